"""Starts inside an environment that somebody made and activated."""

import subprocess
import zipfile
from pathlib import Path

from small_project import Project


def environment_with(project: Project, folder: Path, *wheels: Path) -> str:
    subprocess.run([project.python, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for wheel in wheels:
        zipfile.ZipFile(wheel).extractall(packages)
    return str(folder / "bin" / "python")


def test_an_active_environment_that_has_everything_is_used_as_it_is(
    project: Project, wheels: Path, tmp_path: Path
) -> None:
    wheel = wheels / "greeting-1.0-py3-none-any.whl"
    python = environment_with(project, tmp_path / "mine", wheel)
    started = project.start("check", python=python)
    assert (started.code, started.stderr) == (0, "")
    assert started.answer["prefix"] == str(tmp_path / "mine")
    assert not project.venv.exists()


def test_an_active_environment_that_lacks_a_version_is_left_alone(
    project: Project, wheels: Path, tmp_path: Path
) -> None:
    wheel = wheels / "greeting-2.0-py3-none-any.whl"
    python = environment_with(project, tmp_path / "mine", wheel)
    started = project.start("check", python=python)
    assert started.code == 0, started.stderr
    assert started.answer["prefix"] == str(project.venv)
    assert list((tmp_path / "mine").rglob("greeting-*")) == list(
        (tmp_path / "mine").rglob("greeting-2.0*")
    )
    again = project.start("check", python=python)
    assert (again.code, again.stderr) == (0, "")
