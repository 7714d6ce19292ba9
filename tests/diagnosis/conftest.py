"""The failing apps, run once, and the database server that they need."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest
from failing_apps import run_all

from checker.verdicts.diagnosis import Evidence

#: Little memory, no network, few connections.
OPTIONS = [
    "--skip-networking",
    "--max-connections=10",
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=24M",
    "--performance-schema=0",
    "--skip-log-bin",
]
#: The workshop's database, and accounts that may do more, less, or log in differently.
SETUP = """
CREATE DATABASE pythonlogin CHARACTER SET utf8mb4;
CREATE DATABASE login;
CREATE USER app@localhost IDENTIFIED BY 'secret';
GRANT ALL ON pythonlogin.* TO app@localhost;
CREATE USER owner@localhost IDENTIFIED BY 'secret';
GRANT ALL ON *.* TO owner@localhost;
CREATE USER single@localhost IDENTIFIED BY 'secret' WITH MAX_USER_CONNECTIONS 1;
CREATE USER admin@localhost IDENTIFIED VIA unix_socket;
CREATE TABLE pythonlogin.accounts (
    id INT AUTO_INCREMENT PRIMARY KEY,
    username VARCHAR(50) NOT NULL UNIQUE,
    password VARCHAR(255) NOT NULL
);
INSERT INTO pythonlogin.accounts (username, password) VALUES ('ada', 'secret')
"""


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a MariaDB server with passwords and rights."""
    folder = tmp_path_factory.mktemp("mariadb")
    socket = folder / "socket"
    options = ["--no-defaults", f"--datadir={folder / 'data'}"]
    if os.getuid() == 0:  # MariaDB wants to be told when it is to run as root
        options.append("--user=root")
    install = ["mariadb-install-db", "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([install[0], *options, *install[1:]], check=True, capture_output=True)
    server = subprocess.Popen(
        ["mariadbd", *options, *OPTIONS, f"--socket={socket}", f"--pid-file={folder / 'pid'}"],
        stderr=subprocess.PIPE,
        text=True,
    )
    with server:
        try:
            assert server.stderr is not None
            ready = any("ready for connections" in line for line in server.stderr)
            assert ready, f"MariaDB ended with status {server.wait()}"
            with pymysql.connect(unix_socket=str(socket), user="root", autocommit=True) as root:
                for statement in SETUP.split(";\n"):
                    root.cursor().execute(statement)
            yield socket
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def seen(database: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Evidence]:
    """What was seen of every failing app, by its name."""
    return run_all(tmp_path_factory.mktemp("apps"), database)
