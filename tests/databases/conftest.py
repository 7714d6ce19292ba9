"""Real MariaDB servers, one for a whole module where that is possible."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_helpers import App

from checker.databases.database import Database
from checker.databases.private import PrivateServer

SCHEMA = """
CREATE TABLE accounts (
    id INT AUTO_INCREMENT PRIMARY KEY,
    username VARCHAR(50) NOT NULL UNIQUE,
    password VARCHAR(255) NOT NULL
);
"""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for templates, so that they are made once for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def server(cache: Path) -> Iterator[PrivateServer]:
    """A private server in its jail."""
    with contextlib.closing(PrivateServer.start(cache)) as server:
        yield server


@pytest.fixture
def database(server: PrivateServer) -> Database:
    """A new database with the table ``accounts``."""
    return server.new_database(SCHEMA)


@pytest.fixture
def app(server: PrivateServer, database: Database) -> Iterator[App]:
    """Somebody who does to the database what an app can do."""
    with App(server, database) as app:
        yield app
