"""The app seen from outside: an ordinary WSGI callable, and each way of not answering by name."""

from __future__ import annotations

import contextlib
import io
import signal
import time

import psutil
import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from checker.apps.limits import MIB, Limits
from checker.apps.trouble import (
    AnswerMalformed,
    AnswerTooLong,
    AppEnded,
    AppFailedToStart,
    AppHungUp,
    AppTimedOut,
    AppTookTooLong,
    AppTookTooMuchMemory,
    AppTrouble,
    FilesRefused,
    RequestTooLong,
)

HURRIED = Limits(start_seconds=0.5)
IMPATIENT = Limits(request_seconds=0.7)
LITTLE = Limits(memory=256 * MIB, request_seconds=3)


def test_a_request_arrives_whole_and_the_response_comes_back_whole(start):
    app = start("""
    @app.post("/greet/<name>")
    def greet(name):
        seen = [name, request.query_string.decode(), request.form["word"], request.cookies["c"]]
        body = "|".join(seen).encode() + bytes(range(256))
        return body, 201, [("X-One", "1"), ("X-Two", "a"), ("X-Two", "ü"), ("Set-Cookie", "d=4")]
    """)
    client = Client(app, use_cookies=False)
    response = client.post(
        "/greet/Zo%C3%AB?a=%20b", data={"word": "wö rd"}, headers={"Cookie": "c=3"}
    )
    assert response.status == "201 CREATED"
    assert response.data == "Zoë|a=%20b|wö rd|3".encode() + bytes(range(256))
    assert response.headers.getlist("X-Two") == ["a", "ü"]
    assert response.headers["Set-Cookie"] == "d=4"


def test_a_large_upload_arrives(start, get):
    app = start("""
    @app.post("/")
    def size():
        return str(len(request.get_data()))
    """)
    assert get(app, method="POST", data=b"x" * 5_000_000).text == "5000000"


def test_an_answer_of_the_longest_length_is_not_too_long(start, get):
    app = start("""
    @app.get("/<int:length>")
    def page(length):
        return b"x" * length
    """)
    assert len(get(app, f"/{MIB}").data) == MIB
    with pytest.raises(AnswerTooLong, match="longer than 1 MB"):
        get(app, f"/{MIB + 1}")
    assert get(app, "/3").data == b"xxx", "the app goes on after an answer that was too long"


def test_every_check_gets_an_app_that_was_never_used(start, get):
    counting = """
    count = 0

    @app.get("/")
    def page():
        global count
        count += 1
        return str(count)
    """
    first, second = start(counting), start(counting)
    assert [get(first).text, get(first).text, get(second).text] == ["1", "2", "1"]


def test_pretended_time_is_the_apps_time(start):
    app = start("""
    import datetime, time

    @app.get("/")
    def now():
        return f"{time.time():.0f} {datetime.datetime.now(datetime.UTC):%Y}"
    """)
    environ = EnvironBuilder().get_environ()
    body, _status, _headers = run_wsgi_app(app, environ | {"checker.now": 2_000_000_000.0})
    assert b"".join(body) == b"2000000000 2033"
    body, _status, _headers = run_wsgi_app(app, environ)
    assert abs(int(b"".join(body).split()[0]) - time.time()) < 60


def test_an_exception_in_a_view_is_a_500_with_its_place(start, get):
    app = start("""
    @app.get("/")
    def view():
        return {}["missing"]

    @app.get("/caught")
    def caught():
        return 1 / 0

    @app.get("/nothing")
    def nothing():
        pass

    @app.errorhandler(ZeroDivisionError)
    def friendly(error):
        return "sorry", 400
    """)
    assert get(app).status_code == 500
    (raised,) = app.exceptions
    assert (raised.type, raised.message) == ("KeyError", "'missing'")
    assert [(place.file, place.function) for place in raised.places] == [("app.py", "view")]
    assert raised.places[0].source == 'return {}["missing"]'
    assert get(app, "/caught").status_code == 400
    assert [raised.type for raised in app.exceptions] == ["ZeroDivisionError"]
    assert get(app, "/nothing").status_code == 500
    assert [raised.type for raised in app.exceptions] == ["TypeError"]
    assert get(app, "/caught").status_code == 400
    assert [raised.type for raised in app.exceptions] == ["ZeroDivisionError"]


@pytest.mark.parametrize(
    ("source", "type_of_exception"),
    [
        ("def f(:\n", "SyntaxError"),
        ("import nothing_like_this\n", "ModuleNotFoundError"),
        ("print('no app here')\n", "flask.cli.NoAppException"),
        ("import sys\nsys.exit(0)\n", "SystemExit"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("raise type('Odd', (BaseException,), {'__str__': None})\n", "app.Odd"),
        ("def f(): f()\nf()\n", "RecursionError"),
    ],
)
def test_an_app_that_cannot_be_loaded_says_why(start, source: str, type_of_exception: str):
    with pytest.raises(AppFailedToStart) as trouble:
        start({"app.py": source})
    assert type_of_exception in [raised.type for raised in trouble.value.exceptions]
    assert trouble.value.app is not None


def test_without_an_app_file_flasks_own_words_are_told(start):
    with pytest.raises(AppFailedToStart) as trouble:
        start({"README.md": "# nothing"})
    assert "Could not locate a Flask application" in trouble.value.exceptions[0].message


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("os._exit(0)", "ended itself (exit code 0) while it was "),
        ("os._exit(7)", "ended itself (exit code 7) while it was "),
        ("import ctypes; ctypes.string_at(0)", "ended by the signal SIGSEGV while it was "),
        ("os.abort()", "was ended by the signal SIG"),
    ],
)
def test_a_process_that_ends_is_told_apart_from_an_answer(start, get, ending: str, expected: str):
    with pytest.raises(AppEnded) as trouble:
        start({"app.py": f"import os\n{ending}\n"})
    assert expected in str(trouble.value)
    app = start(f"""
    @app.get("/")
    def view():
        import os
        {ending}
    """)
    with pytest.raises(AppEnded) as trouble:
        get(app)
    assert expected in str(trouble.value)
    with pytest.raises(AppEnded):
        get(app, "/again")


def test_leaving_python_in_a_view_is_an_error_500_and_not_the_end(start, get):
    app = start("""
    @app.get("/<code>")
    def view(code):
        import sys
        sys.exit(code)
    """)
    assert get(app, "/0").status_code == 500
    assert app.exceptions[0].type == "SystemExit"
    assert get(app, "/again").status_code == 500


def test_what_was_printed_before_the_end_is_kept(start, get):
    app = start("""
    import os

    @app.get("/")
    def view():
        print("last words")
        os.write(2, b"and bytes: \\xff\\n")
        os._exit(1)
    """)
    with pytest.raises(AppEnded):
        get(app)
    assert app.output == "last words\nand bytes: \N{REPLACEMENT CHARACTER}\n"


@pytest.mark.parametrize("work", ["while True: pass", "time.sleep(100)", "os.read(pipe[0], 1)"])
def test_an_app_that_does_not_come_to_an_end_is_stopped_in_time(start, get, work: str):
    begin = time.monotonic()
    with pytest.raises(AppTimedOut, match=r"still starting after 0\.5 seconds, and was stopped"):
        start({"app.py": f"import os, time\npipe = os.pipe()\n{work}\n"}, limits=HURRIED)
    assert time.monotonic() - begin < 3
    app = start(
        f"""
    import os, time
    pipe = os.pipe()

    @app.get("/")
    def view():
        {work}
    """,
        limits=IMPATIENT,
    )
    begin = time.monotonic()
    with pytest.raises(AppTimedOut, match=r"still answering GET / after 0\.7 seconds"):
        get(app)
    assert time.monotonic() - begin < 3


def test_an_app_that_is_just_quick_enough_each_time_does_not_take_the_day(start, get):
    limits = Limits(request_seconds=0.5, app_seconds=1)
    app = start(
        """
    import time

    @app.get("/")
    def view():
        time.sleep(0.3)
        return "slow"
    """,
        limits=limits,
    )
    with pytest.raises(AppTookTooLong, match="more than 1 seconds for 4 answers"):
        for _ in range(10):
            get(app)


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param('b"x" * 65536 for _ in itertools.count()', id="fast"),
        pytest.param('b"" for _ in itertools.count()', id="of nothing"),
        pytest.param('time.sleep(0.1) or b"x" for _ in itertools.count()', id="slow"),
        pytest.param('b"x" * 300_000_000 for _ in "1"', id="in one piece"),
    ],
)
def test_a_response_without_an_end_is_cut_off(start, get, chunks: str):
    app = start(f"""
    import itertools, time

    @app.get("/")
    def view():
        return app.response_class({chunks})
    """)
    begin = time.monotonic()
    with pytest.raises((AnswerTooLong, AppTimedOut)):
        get(app)
    assert time.monotonic() - begin < 4


def test_the_write_callable_has_the_same_limit(start, get):
    app = start("""
    def endless(environ, start_response):
        write = start_response("200 OK", [])
        for _ in range(100):
            write(b"x" * 65536)
        return []

    app.wsgi_app = endless
    """)
    with pytest.raises(AnswerTooLong):
        get(app)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        ("'200'", "[]", None),
        ("'299 Anything ü'", "[]", None),
        ("200", "[]", "200 stands in the response's head and is no text"),
        ("b'200 OK'", "[]", "is no text"),
        ("'OK'", "[]", "is no HTTP status"),
        ("'099 low'", "[]", "is no HTTP status"),
        ("'２００ OK'", "[]", "only Latin-1"),
        ("'200 OK\\r\\nX: y'", "[]", "is no HTTP status"),
        ("'200 ' + 'x' * 100_000", "[]", "a text of 100004 characters"),
        ("'200 OK'", "[('X', 'a\\r\\nSet-Cookie: b=c')]", "is not allowed in HTTP"),
        ("'200 OK'", "[('X\\n', 'a')]", "is not allowed in HTTP"),
        ("'200 OK'", "[('', 'a')]", "is not allowed in HTTP"),
        ("'200 OK'", "[('X y', 'a')]", "is not allowed in HTTP"),
        ("'200 OK'", "[('X', 'a\\0')]", "is not allowed in HTTP"),
        ("'200 OK'", "[('X', '\\x1b[31m')]", "is not allowed in HTTP"),
        ("'200 OK'", "[('X', '✓')]", "only Latin-1"),
        ("'200 OK'", "[('X', '\\udc80')]", "only Latin-1"),
        ("'200 OK'", "[('X', 1)]", "1 stands in the response's head"),
        ("'200 OK'", "[('X', b'a')]", "is no text"),
        ("'200 OK'", "[('X', 'a')] * 10_000", "10000 headers"),
        ("'200 OK'", "[('X', 'a' * 30_000)] * 3", "longer than 48 kB together"),
    ],
)
def test_status_and_headers_are_what_http_allows(start, get, status, headers, expected):
    app = start(f"""
    def answer(environ, start_response):
        start_response({status}, {headers})
        return [b"page"]

    app.wsgi_app = answer
    """)
    if expected is None:
        assert get(app).data == b"page"
        return
    with pytest.raises(AnswerMalformed) as trouble:
        get(app)
    assert expected in str(trouble.value)
    assert str(trouble.value).isprintable()


@pytest.mark.parametrize(
    "returned", ["None", "[1]", "['text']", "'text'", "[None]", "42", "[b'a', 'b']"]
)
def test_a_body_of_anything_but_bytes_is_an_error_of_the_apps(start, get, returned: str):
    app = start(f"""
    def answer(environ, start_response):
        start_response("200 OK", [])
        return {returned}

    app.wsgi_app = answer
    """)
    assert get(app).status_code == 500
    assert app.exceptions[0].type == "TypeError"


def test_an_answer_without_start_response_is_malformed(start, get):
    app = start("""
    app.wsgi_app = lambda environ, start_response: [b"page"]
    """)
    with pytest.raises(AnswerMalformed, match="no status and no headers"):
        get(app)


def test_memory_of_one_process_ends_in_an_error_of_its_own(start, get):
    app = start("""
    @app.get("/")
    def view():
        return str(len(bytearray(8_000_000_000)))
    """)
    assert get(app).status_code == 500
    assert app.exceptions[0].type == "MemoryError"


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("kept = b'x' * 90_000_000", id="private"),
        pytest.param(
            "kept = mmap.mmap(-1, 90_000_000)\n"
            "            for n in range(0, 90_000_000, 4096): kept[n] = 1\n"
            "            kept.madvise(mmap.MADV_DONTNEED)",
            id="shared and not in use",
        ),
    ],
)
def test_memory_spread_over_many_processes_is_found(start, get, way: str):
    app = start(
        f"""
    @app.get("/")
    def view():
        import mmap, os, time
        for _ in range(8):
            if os.fork() == 0:
                {way.replace("            ", "                ")}
                time.sleep(100)
        time.sleep(100)
    """,
        limits=LITTLE,
    )
    with pytest.raises(AppTookTooMuchMemory, match="it may use 256 MB"):
        get(app)


def test_memory_is_found_between_requests_too(start, get):
    app = start(
        """
    import os, time

    @app.get("/")
    def view():
        if os.fork() == 0:
            kept = b"x" * 90_000_000
            time.sleep(100)
        return "quick"
    """,
        limits=LITTLE,
    )
    with pytest.raises(AppTookTooMuchMemory):
        for _ in range(2000):
            get(app)


def test_what_an_app_prints_is_kept_up_to_a_limit_and_costs_no_time(start, get):
    app = start("""
    @app.get("/")
    def view():
        import os, threading
        for _ in range(2000):
            os.write(1, b"x" * 65536)
        return "done"
    """)
    assert get(app).text == "done"
    assert app.output == "x" * 65536


def test_an_app_that_never_stops_printing_cannot_keep_anybody_waiting(start, get):
    begin = time.monotonic()
    app = start("""
    import os, threading

    def shout():
        while True:
            os.write(1, b"score: 100\\x1b[2J" * 4096)

    for _ in range(3):
        if os.fork() == 0:
            shout()

    @app.get("/")
    def view():
        shout()
    """)
    with pytest.raises(AppTimedOut):
        get(app)
    assert len(app.output) <= 65536
    app.close()
    assert time.monotonic() - begin < 5


def test_random_bytes_printed_are_text_of_some_kind(start, get):
    app = start("""
    @app.get("/")
    def view():
        import os, sys
        print("\\udcff \\x1b]0;title\\x07")
        os.write(2, os.urandom(5000))
        return "done"
    """)
    assert get(app).text == "done"
    assert app.output.encode()


def test_an_app_that_closes_its_line_is_told_so(start, get):
    app = start("""
    @app.get("/")
    def view():
        import os, time
        os.closerange(3, 256)
        time.sleep(100)
    """)
    with pytest.raises(AppHungUp, match="closed the connection"):
        get(app)


def test_a_browser_that_was_made_to_remember_too_much_is_no_fault_of_the_checkers(start, get):
    app = start("")
    with pytest.raises(RequestTooLong, match="cookies or addresses"):
        get(app, headers={"Cookie": "a=" + "\u00fc" * 300_000})


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a" * 300 + ".py": b""}, "File name too long"),
        ({f"{n}" + "/d" * 19 + "/app.py": b"" for n in range(2000)}, "No space left on device"),
        ({"app.py": b"x" * 20 * MIB}, "No space left on device"),
        ({f"{n}" + "\u00fc" * 100: b"" for n in range(2000)}, "names are too long together"),
        ({"app.py": b"", "app.py/x": b""}, "File exists"),
        ({"x\0y": b""}, "null"),
    ],
)
def test_files_that_cannot_be_put_down_are_the_submissions_fault(jails, files, expected):
    from checker.apps.submission import Submission

    with pytest.raises(FilesRefused) as trouble:
        jails().start(Submission(files), {})
    assert expected in str(trouble.value)


def test_a_closed_app_answers_no_more_and_can_be_closed_again(start, get):
    app = start("")
    app.close()
    app.close()
    app.finish()
    with pytest.raises((AppTrouble, OSError, ValueError)):
        get(app)


def test_an_app_can_be_closed_while_it_is_busy(start):
    app = start("""
    @app.get("/")
    def view():
        while True:
            pass
    """)
    with contextlib.suppress(KeyboardInterrupt):
        handler = signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            Client(app, use_cookies=False).get("/")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)
    begin = time.monotonic()
    app.close()
    assert time.monotonic() - begin < 1


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_nothing_of_ours_is_left_open_after_an_app(start, get):
    def descriptors() -> int:
        return psutil.Process().num_fds()

    start("").close()
    before = descriptors()
    for _ in range(3):
        app = start("")
        get(app)
        app.close()
        with contextlib.suppress(AppTrouble):
            start({"app.py": "import os; os._exit(0)"})
    assert descriptors() == before


def test_the_body_of_a_request_may_be_read_in_parts(start):
    app = start("""
    @app.post("/")
    def view():
        return request.stream.read(3) + b"|" + request.stream.read()
    """)
    builder = EnvironBuilder(method="POST", input_stream=io.BytesIO(b"abcdef"), content_length=6)
    assert Client(app, use_cookies=False).open(builder.get_environ()).data == b"abc|def"
