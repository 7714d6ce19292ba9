"""One solution in a process of its own, answering one list of requests after the other.

The solutions' modules have the same names (``models``, ``logins``), and blinker's signals belong
to the whole process, so two of them cannot live in one.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import time_machine

#: Loaded once, before the processes are forked. Nothing of a solution is among it.
LIBRARIES = ["flask_login", "flask_mysqldb", "flask_sqlalchemy", "pymysql", "sqlalchemy.orm"]


def serve(folder: Path, environment: dict[str, str], errors: Path, pipe: Connection) -> None:
    """Import the app in ``folder``, then send what it answers to all that comes down the pipe."""
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    os.chdir(folder)
    os.environ.update(environment)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    warnings.simplefilter("error")
    # Python 3.12 advises against what Flask-Login 0.6.3 does.
    warnings.filterwarnings("ignore", "datetime.datetime.utcnow", module="flask_login")

    from app import app

    def answer(request: dict[str, Any]) -> tuple[int, list[tuple[str, str]], str, float]:
        begin = time.thread_time()
        response = app.test_client(use_cookies=False).open(**request)
        text, work = response.get_data(True), time.thread_time() - begin
        return response.status_code, response.headers.to_wsgi_list(), text, work

    while True:
        try:
            now, requests = pipe.recv()
        except EOFError:
            return
        if now is None:
            with ThreadPoolExecutor(len(requests)) as threads:
                pipe.send(list(threads.map(answer, requests)))
        else:
            with time_machine.travel(now, tick=True):
                pipe.send([answer(request) for request in requests])
