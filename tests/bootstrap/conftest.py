"""Small projects in every state that a start can meet."""

import shutil
from pathlib import Path

import pytest
from small_project import Project, Started, make_project, make_wheel, on_other_machine


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    make_wheel(folder, "greeting", "1.0")
    make_wheel(folder, "greeting", "2.0")
    make_wheel(folder, "extra", "1.0")
    make_wheel(folder, "big", "1.0", "#" * 4_000_000)
    make_wheel(folder, "pip", "99.0", "raise SystemExit('There is no network.')")
    return folder


@pytest.fixture
def project(tmp_path: Path, wheels: Path) -> Project:
    """A fresh clone: no `.venv` yet."""
    return make_project(tmp_path, wheels)


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> tuple[Project, Started]:
    """A project after its first start, and what that printed."""
    project = make_project(tmp_path_factory.mktemp("ready"), wheels)
    return project, project.start("check", "1", "--json")


@pytest.fixture
def ready(project: Project, first_start: tuple[Project, Started]) -> Project:
    """A project of this test's own that has been set up."""
    shutil.copytree(first_start[0].venv, project.venv, symlinks=True)
    return project


@pytest.fixture
def machine(project: Project) -> Project:
    """A project on a machine without MariaDB, seen by an ordinary user without a password.

    What is installed is covered up in a mount namespace; the machine itself is not touched.
    """
    return on_other_machine(project, hidden=("mariadbd", "mariadb-install-db"))
