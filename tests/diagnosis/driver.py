"""Runs the small failing apps and tells, as JSON, what is to be seen of each failure.

``python driver.py SCRATCH APP…`` loads every APP folder as ``flask run`` does, in a process and a
copy of its own, sends the requests of its ``case.toml``, and prints one JSON object a line.
What it tells is what the checker's engine tells of a submission in its jail.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import tomllib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# Loaded once, before the fork: most of the start-up time of an app is theirs.
import bcrypt
import flask
import flask.cli
import flask_login
import flask_mysqldb
import flask_sqlalchemy
import flask_wtf
import pymysql
import sqlalchemy.dialects.mysql.mysqldb

from checker.apps.inside.describe import describe

PRELOADED = (bcrypt, flask_login, flask_mysqldb, flask_sqlalchemy, flask_wtf, pymysql, sqlalchemy)


def main(scratch: Path, folders: list[Path]) -> None:
    sys.path.pop(0)  # the project's folder
    gc.freeze()  # forks share what is loaded
    for folder in folders:
        copy = Path(shutil.copytree(folder, scratch / folder.name))
        case = tomllib.loads((copy / "case.toml").read_text())
        (copy / "case.toml").unlink()
        told = json.loads(in_a_fork(copy, case, scratch / f"{folder.name}.output"))
        print(json.dumps({"case": folder.name} | told), flush=True)


def in_a_fork(folder: Path, case: dict[str, Any], output: Path) -> bytes:
    """Run the app of ``folder`` in a child process and return the JSON that it answers."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            with output.open("wb") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            told = run(folder, case)
            sys.stdout.flush()
            sys.stderr.flush()
            told["output"] = output.read_text(errors="replace")
            os.write(writing, json.dumps(told).encode())
        except BaseException:  # the driver's own fault: a test shows it
            os.write(writing, json.dumps({"trouble": traceback.format_exc()}).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer


def run(folder: Path, case: dict[str, Any]) -> dict[str, Any]:
    """Load the app, send the requests, and tell what was seen of the last one."""
    os.chdir(folder)
    os.environ["FLASK_RUN_FROM_CLI"] = "true"
    for name in case.get("forget", ()):
        del sys.modules[name]  # so that the app's own file of this name is found
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    sources = {
        name: Path(name).read_text(errors="replace") for name in files if name.endswith(".py")
    }
    told: dict[str, Any] = {"exceptions": [], "status": None, "body": ""}
    told |= {"files": files, "sources": sources}
    try:
        app = flask.cli.ScriptInfo().load_app()
    except BaseException as error:
        return told | {"exceptions": [describe(error, folder)]}
    note_exceptions(app, folder, told["exceptions"])
    client = app.test_client()
    for request in case.get("requests", []) * case.get("times", 1):
        told["exceptions"].clear()
        method, path, form = f"{request} ".split(" ")[:3]
        content_type = "application/x-www-form-urlencoded" if form else None
        try:
            page = client.open(path, method=method, data=form or None, content_type=content_type)
        except BaseException as error:  # raised past Flask: a server would answer 500
            told["exceptions"].append(describe(error, folder))
            told |= {"status": 500, "body": ""}
        else:
            told |= {"status": page.status_code, "body": page.text}
    return told


def note_exceptions(app: flask.Flask, folder: Path, noted: list[dict[str, Any]]) -> None:
    """Describe what views raise, also where Flask makes a page of it (400, 405), and Flask's own
    complaints about what a view has returned."""

    def noting(handle: Callable[[Exception], Any]) -> Callable[[Exception], Any]:
        def note(error: Exception) -> Any:
            described = describe(error, folder)
            if described not in noted:
                noted.append(described)
            return handle(error)

        return note

    app.handle_user_exception = noting(app.handle_user_exception)
    app.handle_exception = noting(app.handle_exception)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name).resolve() for name in sys.argv[2:]])
