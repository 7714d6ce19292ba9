"""A MariaDB for the solutions, and each of them running on it and on SQLite."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from solution_helpers import Databases, Running, Workbench

from checker.course import STATE
from checker.databases.database import Database
from checker.databases.private import PrivateServer


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    return Workbench(tmp_path_factory.mktemp("solutions"))


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Database]:
    """A server; what is returned can make further databases on it."""
    with contextlib.closing(PrivateServer.start(STATE / "cache", jail=False)) as server:
        yield server.new_database("CREATE DATABASE IF NOT EXISTS pythonlogin;")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, mariadb: Database) -> Databases:
    return Databases(tmp_path_factory.mktemp("sqlite"), mariadb)


@pytest.fixture(scope="session")
def app(
    request: pytest.FixtureRequest, workbench: Workbench, databases: Databases
) -> Iterator[Running]:
    """The solution of a step on one of its databases; see ``from_step``."""
    step, kind = request.param
    settings = databases.new(step, kind)
    with workbench.solution(step, settings) as process:
        yield Running(step, process, settings, databases)
