"""The jail as a whole: what it starts with, what it shares, and how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import SMALL, submission_of

from checker.apps import jail as jail_module
from checker.apps.jail import Jail, preload_for, why_not_isolated
from checker.apps.limits import Limits
from checker.apps.submission import Submission
from checker.apps.trouble import AppTrouble, JailError

ROOT = Path(__file__).resolve().parents[2]


def family(jail: Jail) -> list[psutil.Process]:
    leader = psutil.Process(jail._process.pid)
    return [leader, *leader.children(recursive=True)]


def gone(processes: list[psutil.Process], seconds: float = 1.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(map(_runs, processes)):
            return True
    return False


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_machine_with_bubblewrap_and_user_namespaces_has_a_jail():
    assert why_not_isolated() is None


def test_without_bubblewrap_it_is_said_why_there_is_no_jail(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    why_not_isolated.cache_clear()
    try:
        assert why_not_isolated() == "bubblewrap is not installed"
    finally:
        why_not_isolated.cache_clear()


def test_a_jail_ends_with_all_its_processes(get):
    with Jail((), limits=SMALL) as jail:
        app = jail.start(
            submission_of("""
    import os, time
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            time.sleep(100)
    """),
            {},
        )
        processes = family(jail)
        assert len(processes) > 7
    assert gone(processes)
    app.close()


def test_a_jail_that_is_killed_is_found_dead_and_says_so():
    with Jail((), limits=SMALL) as jail:
        jail.wait_until_ready()
        processes = family(jail)
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        assert gone(processes)
        assert not jail.alive
        with pytest.raises(JailError, match="The jail has ended"):
            jail.start(submission_of(""), {})


def test_a_jail_that_cannot_start_says_what_bubblewrap_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jail_module, "DATABASE_FOLDER", "/proc/1/no/such/place")
    with (
        pytest.raises(JailError, match="The jail did not start: bwrap: "),
        Jail((), limits=SMALL, database=Path("/")) as jail,
    ):
        jail.wait_until_ready()


def test_a_world_that_cannot_be_made_is_the_machines_fault_and_not_the_apps(
    monkeypatch: pytest.MonkeyPatch,
):
    limits = {name: value for name, value in SMALL.for_zygote().items()} | {"files": -1}
    with Jail((), limits=SMALL) as jail:
        monkeypatch.setattr(jail, "_limits", lambda: limits)
        with pytest.raises(JailError, match=r"The jail cannot start apps: .*mount"):
            jail.start(submission_of(""), {})


def test_libraries_that_the_submission_speaks_of_are_loaded_once():
    assert "MySQLdb.cursors" in preload_for(submission_of("from flask_mysqldb import MySQL"))
    assert "pymysql.cursors" in preload_for(submission_of("import pymysql"))
    assert "pymysql.cursors" not in preload_for(submission_of(""))


def test_the_app_meets_no_tool_that_judges_code_among_what_is_loaded(start, get):
    app = start("""
    @app.get("/")
    def view():
        import sys
        return sorted({name.partition(".")[0] for name in sys.modules})
    """)
    loaded = set(get(app).json)
    assert {"flask", "time_machine"} <= loaded
    assert not loaded & {"pytest", "_pytest", "checker", "webtest", "hypothesis"}
    assert not loaded & {"zygote", "warden", "server", "frames", "confine", "describe"}


@pytest.mark.parametrize(
    "name",
    ["server", "frames", "relay", "confine", "describe", "hurry", "inspection", "warden", "zygote"],
)
def test_an_app_may_have_modules_named_like_ours(start, get, name: str):
    app = start(
        {
            "app.py": f"from flask import Flask\nfrom {name} import word\napp = Flask(__name__)\n"
            "app.add_url_rule('/', view_func=lambda: word)\n",
            f"{name}.py": "word = 'own'\n",
        }
    )
    assert get(app).text == "own"


@pytest.mark.parametrize("name", ["resource", "time_machine", "glob", "uuid", "pwd", "MySQLdb"])
def test_an_apps_own_module_hides_a_library_where_it_does_under_flask_run(
    start, get, tmp_path: Path, name: str
):
    files = {
        "app.py": f"from flask import Flask\nimport {name}\napp = Flask(__name__)\n"
        f"app.add_url_rule('/', view_func=lambda: getattr({name}, 'word', 'library'))\n",
        f"{name}.py": "word = 'own'\n",
    }
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    program = (
        "import sys; sys.argv[0] = 'flask'\nimport flask.cli, dotenv\n"
        "app = flask.cli.ScriptInfo().load_app()\nprint(app.test_client().get('/').text)"
    )
    at_home = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert get(start(files)).text == at_home.stdout.strip()


@pytest.mark.parametrize(
    "files",
    [
        {"flask.py": "raise SystemExit('poisoned')"},
        {"json.py": "raise SystemExit('poisoned')"},
        {"socket/__init__.py": "raise SystemExit('poisoned')"},
        {"sitecustomize.py": "raise SystemExit('poisoned')"},
        {"usercustomize.py": "raise SystemExit('poisoned')"},
        {"conftest.py": "raise SystemExit('poisoned')"},
        {"evil.pth": "import os; os._exit(1)"},
        {"pyvenv.cfg": "home = /tmp"},
        {"flask.pyc": "poisoned"},
        {".flaskenv": "PYTHONPATH=/tmp\nPYTHONSTARTUP=/app/x.py\nLD_PRELOAD=/app/x.so\n"},
    ],
)
def test_files_that_python_or_graders_might_pick_up_change_nothing(start, get, files):
    app = start({"app.py": "from flask import Flask\napp = Flask(__name__)\n"} | files)
    assert get(app).status_code == 404


def test_env_files_do_what_they_do_under_flask_run_and_nothing_to_what_the_checker_sets(start, get):
    app = start(
        {
            ".env": "SECRET_KEY=from-env\nOWN=1\n",
            ".flaskenv": "FLASK_APP=other:make('x')\nSECRET_KEY=from-flaskenv\nOWN=2\n",
            "other.py": "import os\nfrom flask import Flask\ndef make(name):\n"
            "    app = Flask(name)\n    keys = ('SECRET_KEY', 'OWN')\n"
            "    app.add_url_rule('/', view_func=lambda: {key: os.environ[key] for key in keys})\n"
            "    return app\n",
        },
        SECRET_KEY="from-the-checker",
    )
    assert get(app).json == {"SECRET_KEY": "from-the-checker", "OWN": "1"}


@pytest.mark.parametrize(
    "ending",
    [
        "app.run()",
        "app.run(debug=True, port=80)",
        "if __name__ in '__main__':\n    app.run()",
        "app.run(host='0.0.0.0')\napp.run()",
    ],
)
@pytest.mark.parametrize("file", ["app.py", "wsgi.py"])
def test_a_server_started_on_import_is_left_out_as_flask_run_does(start, get, file, ending: str):
    app = start({file: f"from flask import Flask\napp = Flask(__name__)\n{ending}\n"})
    assert get(app).status_code == 404
    expected = bool(not ending.startswith("if") or file.removesuffix(".py") in "__main__")
    assert bool(app.served) == expected
    if app.served:
        assert (app.served[0].file, app.served[0].line) == (file, 3 if "if" not in ending else 4)


def test_a_flaw_in_main_py_is_met_when_it_is_named(start, get):
    app = start(
        {
            "main.py": "from flask import Flask\napp = Flask(__name__)\n"
            "if __name__ in '__main__':\n    app.run()\n",
            ".flaskenv": "FLASK_APP=main\n",
        }
    )
    assert get(app).status_code == 404
    assert [(place.file, place.line) for place in app.served] == [("main.py", 4)]


def test_apps_of_one_jail_cannot_see_each_others_memory_through_the_zygote(start, get):
    remembering = """
    import flask

    @app.get("/")
    def view():
        before = getattr(flask, "left", "nothing")
        flask.left = "something"
        return before
    """
    first = start(remembering)
    assert [get(first).text, get(first).text] == ["nothing", "something"]
    assert get(start(remembering)).text == "nothing"


def test_a_checker_that_is_killed_leaves_nothing_running_a_second_later(tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        f"sys.path[:0] = [{str(ROOT)!r}]\n"
        "from checker.apps.jail import Jail\n"
        "from checker.apps.submission import Submission\n"
        "source = b'import ctypes, os, signal, time\\n'\n"
        "source += b'ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\\n'\n"
        "source += b'signal.signal(15, signal.SIG_IGN)\\n'\n"
        "source += b'for _ in range(3): os.fork() or (os.setsid(), time.sleep(100))\\n'\n"
        "source += b'print(chr(120) * 9, flush=True)\\n'\n"
        "source += b'while True: pass\\n'\n"
        "jail = Jail(())\n"
        "jail.wait_until_ready()\n"
        "print('ready', flush=True)\n"
        "jail.start(Submission({'app.py': source}), {})\n"
    )
    process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        leader = psutil.Process(process.pid)
        deadline = time.monotonic() + 5
        while len(processes := leader.children(recursive=True)) < 8:
            assert time.monotonic() < deadline, processes
        os.kill(process.pid, signal.SIGKILL)
        assert gone(processes, 1.0)


def test_a_start_that_was_given_up_does_not_confuse_the_next_one(jails, get):
    slow = submission_of("import time; time.sleep(9)")
    jail = jails(Limits(start_seconds=0.5))
    for _ in range(2):
        with pytest.raises(AppTrouble):
            jail.start(slow, {})
        with jail.start(submission_of(""), {}) as app:
            assert get(app).status_code == 404


def test_a_jail_is_full_of_apps_before_it_is_out_of_processes(start, get):
    apps = [start("") for _ in range(6)]
    assert [get(app).status_code for app in apps] == [404] * 6


def test_the_digest_of_a_submission_does_not_depend_on_where_it_lies(tmp_path: Path):
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name / "folder").mkdir(parents=True)
        (tmp_path / name / "folder" / "app.py").write_text("x = 1")
        digests.add(Submission.read(tmp_path / name).digest)
    assert len(digests) == 1
