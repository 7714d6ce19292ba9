"""An app that speaks on the checker's line by itself: it is named, and it gains nothing."""

from __future__ import annotations

import pytest
from conftest import CHANNEL

from checker.apps.trouble import AppTimedOut, AppTrouble, ChannelDisturbed

_HEAD = CHANNEL + "from flask import Flask\napp = Flask(__name__)\n"


def at_import(code: str) -> dict[str, str]:
    return {"app.py": _HEAD + code}


def in_a_view(code: str) -> dict[str, str]:
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    return {"app.py": f"{_HEAD}@app.get('/')\ndef view():\n{lines}    return 'honest'\n"}


@pytest.mark.parametrize(
    "kind",
    ["response", "finished", "findings", "ready", "trouble", "broken", "refused", "exit", "", None],
)
def test_what_is_said_while_starting_but_not_expected_is_tampering(start, kind):
    with pytest.raises(ChannelDisturbed, match="tampered with the line"):
        start(at_import(f"os.write(channel(), frame({{'type': {kind!r}, 'text': 'no space'}}))"))


def test_findings_are_told_by_the_checkers_own_process_only(start):
    code = "import pytest\nos.write(channel(), frame({'type': 'findings', 'findings': []}))"
    with pytest.raises(ChannelDisturbed) as trouble:
        start(at_import(code), inspect=True)
    assert [finding.name for finding in trouble.value.app.findings] == ["pytest"]


def test_an_app_that_declares_itself_started_has_not_answered_anything(start, get):
    app = start(
        at_import("os.write(channel(), frame({'type': 'started'})); import time; time.sleep(9)")
    )
    with pytest.raises(AppTimedOut):
        get(app)


def test_an_app_that_declares_itself_started_and_then_is_contradicts_itself(start, get):
    app = start(at_import("os.write(channel(), frame({'type': 'started', 'served': []}))"))
    with pytest.raises(ChannelDisturbed):
        get(app)


@pytest.mark.parametrize("number", ["1", "True", "1.0", "'1'", "None", "[1]", "{}"])
def test_the_number_of_a_request_cannot_be_guessed(start, get, number: str):
    app = start(in_a_view(f"os.write(channel(), answer(id={number}))"))
    with pytest.raises(ChannelDisturbed, match="something that it was not asked"):
        get(app)


def test_an_answer_ahead_of_the_question_is_tampering(start, get):
    app = start(
        in_a_view("""
import threading
threading.Timer(0.05, os.write, (channel(), answer())).start()
""")
    )
    assert get(app).text == "honest"
    with pytest.raises(ChannelDisturbed, match="asked"):
        for _ in range(1000):
            get(app, "/nothing")


def test_a_second_answer_shows_at_the_next_request(start, get):
    app = start(in_a_view("os.write(channel(), answer())"))
    assert get(app).text == "forged", "what a view says is what the app says: no more than that"
    with pytest.raises(ChannelDisturbed):
        get(app)


def test_a_second_answer_shows_at_the_end_even_if_it_comes_late(start, get):
    app = start(
        in_a_view("""
os.write(channel(), answer())
import time
time.sleep(0.2)
""")
    )
    assert get(app).text == "forged"
    with pytest.raises(ChannelDisturbed, match="was not asked"):
        app.finish()


def test_an_answer_before_the_view_is_done_leaves_an_app_that_is_not_ready(start, get):
    app = start(in_a_view("os.write(channel(), answer())\nimport time\ntime.sleep(9)"))
    assert get(app).text == "forged"
    with pytest.raises(AppTimedOut, match="getting ready for the next request"):
        app.finish()


def test_an_honest_app_has_nothing_more_to_say(start, get):
    app = start(in_a_view(""))
    assert get(app).text == "honest"
    app.finish()
    assert get(app).text == "honest"
    app.finish()


def test_an_app_that_ended_after_its_last_answer_has_nothing_more_to_say(start, get):
    app = start(in_a_view("import threading\nthreading.Timer(0.05, os._exit, (0,)).start()"))
    assert get(app).text == "honest"
    while True:  # until it has ended
        try:
            get(app, "/nothing")
        except AppTrouble:
            break
    app.finish()


@pytest.mark.parametrize(
    "data",
    [
        "os.urandom(4096)",
        "b'HTTP/1.1 200 OK\\r\\n\\r\\n'",
        "b'fw'",
        "b'fw' + bytes([2]) + bytes(8)",
        "b'fw' + bytes([1]) + b'\\xff' * 8",
        "frame(b'[' * 100_000)",
        "frame(b'{' + b'\"a\":{' * 60_000)",
        "frame(b'[]')",
        "frame(b'{\"type\": NaN}')",
        "frame(b'')",
        "frame({'type': 'response'}, b'x' * 70_000_000)[:20]",
    ],
)
def test_what_is_no_frame_is_tampering(start, get, data: str):
    app = start(in_a_view(f"os.write(channel(), {data})"))
    with pytest.raises(ChannelDisturbed):
        get(app)


def test_bytes_between_two_honest_frames_are_tampering(start, get):
    app = start(in_a_view("from flask import after_this_request\nos.write(channel(), b'\\0')\n"))
    with pytest.raises(ChannelDisturbed):
        get(app)


def test_half_a_frame_is_waited_for_no_longer_than_a_whole_one(start, get):
    app = start(in_a_view("os.write(channel(), answer()[:-3]); import time; time.sleep(9)"))
    with pytest.raises(AppTimedOut):
        get(app)


@pytest.mark.parametrize(
    "fields",
    [
        "status=None",
        "status=200",
        "status=['200 OK']",
        "status='200 OK' + chr(10)",
        "headers=None",
        "headers={}",
        "headers='X: y'",
        "headers=['X']",
        "headers=[['X']]",
        "headers=[['X', 'y', 'z']]",
        "headers=[['X', 1]]",
        "headers=[[None, 'y']]",
        "headers=[{'X': 'y'}]",
        "headers=[['X', 'y']] * 201",
        "malformed=None",
        "malformed=chr(27) * 1000",
        "too_long=[1]",
    ],
)
def test_fields_of_the_wrong_kind_are_a_malformed_answer(start, get, fields: str):
    app = start(in_a_view(f"os.write(channel(), answer(**dict({fields})))"))
    with pytest.raises(AppTrouble) as trouble:
        get(app)
    assert len(str(trouble.value)) < 500


@pytest.mark.parametrize(
    "exceptions",
    [
        "None",
        "'text'",
        "{'type': 'X'}",
        "[None, 1, 'x', []]",
        "[{'type': 1, 'message': None, 'places': 3, 'causes': {}}]",
        "[{'type': 'X' * 10**5, 'message': 'Y' * 10**5, 'places': []}]",
        "[{'places': [{'file': 1, 'line': 'x', 'source': None}] * 99}] * 50",
        "[{'places': [{'file': '../../etc/passwd', 'line': -5, 'source': chr(27)}]}]",
        "[{'places': [{'file': 'app.py', 'line': True}]}]",
    ],
)
def test_exceptions_of_the_wrong_kind_are_left_out_or_cut_short(start, get, exceptions: str):
    app = start(in_a_view(f"os.write(channel(), answer(exceptions={exceptions}))"))
    assert get(app).text == "forged"
    assert len(app.exceptions) <= 50
    for raised in app.exceptions:
        assert isinstance(raised.type, str)
        assert len(raised.type + raised.message) <= 5000


def test_where_the_server_was_started_is_no_more_than_a_short_list_of_places(start):
    served = "[{'file': 'x' * 999, 'line': 10**14, 'source': []}] * 99 + [1]"
    code = f"os.write(channel(), frame({{'type': 'started', 'served': {served}}}))"
    app = start(at_import(code))
    assert len(app.served) <= 50
    assert {(len(place.file), place.line) for place in app.served} == {(200, 0)}


def test_a_process_that_the_app_forked_does_not_answer_for_it(start, get):
    app = start(
        in_a_view("if os.fork() == 0:\n    return 'the child'\nos.wait()"),
    )
    assert get(app).text == "honest"
    app.finish()


def test_two_processes_that_both_write_are_tampering(start, get):
    app = start(
        in_a_view("if os.fork() == 0:\n    os.write(channel(), answer()); os._exit(0)\nos.wait()")
    )
    assert get(app).text == "forged"
    with pytest.raises(ChannelDisturbed):
        app.finish()


@pytest.mark.parametrize(
    "patch",
    [
        "import builtins; builtins.isinstance = lambda *a: True",
        "import json; json.dumps = lambda *a, **k: '{}'",
        "import struct; struct.pack = lambda *a: b''",
        "import socket; socket.socket.sendall = lambda *a: None",
        "import os; os.getpid = lambda: 1",
        "import gc; [o.clear() for o in gc.get_objects() if type(o) is dict and 'frames' in o]",
        "import sys; sys.modules.clear()",
        "import sys; sys._getframe(1).f_builtins.clear()",
        "import sys\nsys.settrace(lambda *a: 1 / 0)",
        "import sys; sys.setrecursionlimit(30)",
        "import flask.cli; flask.cli.ScriptInfo.load_app = lambda self: 42",
        "import flask; flask.Flask.__call__ = lambda *a: [b'patched']",
        "class Same:\n    __eq__ = __ne__ = lambda *a: True\n    __hash__ = None\n"
        "import builtins; builtins.str = Same",
    ],
)
def test_patches_reach_the_apps_own_process_only(start, get, patch: str):
    """Whatever it breaks there, outside it is an answer, or a trouble with a name."""
    source = {"app.py": f"from flask import Flask\napp = Flask(__name__)\n{patch}\n"}
    try:
        app = start(source)
        assert get(app).status_code in (200, 404, 500)
    except AppTrouble as trouble:
        assert str(trouble)
    honest = start({"app.py": "from flask import Flask\napp = Flask(__name__)\n"})
    assert get(honest).status_code == 404, "the next app knows nothing of it"


def test_an_app_that_reads_the_line_by_itself_can_say_what_any_view_can_and_no_more(start, get):
    """The truth about this: a Flask app may answer any request with anything, and so may it."""
    app = start(
        at_import("""
original = socket.socket.recv

def serve(line, length):
    socket.socket.recv = original
    while True:
        head, body = struct.unpack(">2sBII", line.recv(11, socket.MSG_WAITALL))[2:]
        number = json.loads(line.recv(head, socket.MSG_WAITALL))["id"]
        line.sendall(frame({"type": "response", "id": number, "status": "200 OK", "headers": [],
                            "exceptions": [], "too_long": False}, b"All checks passed"))

socket.socket.recv = serve
""")
    )
    assert get(app).text == "All checks passed"
    assert get(app, "/login").text == "All checks passed"
    with pytest.raises(ChannelDisturbed):
        app.finish()
