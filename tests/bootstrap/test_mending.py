"""Set-ups that were interrupted, failed, or became out of date."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import Gate, Project, on_other_machine


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_set_up_is_mended_by_the_next_start(
    project: Project, how: signal.Signals
) -> None:
    gate = Gate(project)
    with project.begin("check") as interrupted:
        gate.wait()
        os.killpg(interrupted.pid, how)
        _, said = interrupted.communicate(timeout=60)
    assert interrupted.returncode == (130 if how is signal.SIGINT else -how)
    assert "Traceback" not in said
    assert project.venv.exists()
    gate.remove()
    started = project.start("check")
    assert started.code == 0, started.stderr
    assert "not whole" in started.stderr
    assert project.has("greeting") == "1.0"
    assert project.start("check").stderr == ""


def test_an_interrupted_upgrade_is_started_afresh(ready: Project) -> None:
    ready.require("greeting==2.0")
    gate = Gate(ready)
    with ready.begin("check") as interrupted:
        gate.wait()
        os.killpg(interrupted.pid, signal.SIGKILL)
    gate.remove()
    ready.require("greeting==1.0")  # which its record says is there
    started = ready.start("check")
    assert started.code == 0, started.stderr
    assert "not whole" in started.stderr


def test_an_installer_that_outlives_its_start_is_waited_for(project: Project) -> None:
    gate = Gate(project)
    with project.begin("check") as killed:
        gate.wait()
        killed.kill()
        with project.begin("hint") as second:
            assert second.stderr
            assert "Waiting" in second.stderr.readline()
            gate.remove()
            gate.open()
            _, said = second.communicate(timeout=60)
    assert second.returncode == 0, said
    assert project.has("greeting") == "1.0"


def test_without_network_nothing_is_left_behind_and_the_reason_is_shown(project: Project) -> None:
    project.require("greeting==9.9")
    started = project.start("check")
    assert started.code == 3
    assert "greeting" in started.stderr
    assert "If the network was away" in started.stderr
    assert started.stdout == ""
    assert not project.venv.exists()


def test_a_full_disk_is_named_and_nothing_is_left_behind(project: Project, tmp_path: Path) -> None:
    on_other_machine(project)
    project.require("big==1.0")
    files = tmp_path / "files"
    shutil.copytree(project.folder, files)
    project.prefix += ["--size", "2000000", "--tmpfs", str(project.folder)]
    script = f'cp -r {files}/. . && {project.python} -m checker check; code=$?; ls -A; exit "$code"'
    started = project.type([*project.prefix, "sh", "-c", script], project.folder)
    assert started.code == 3, started.stderr
    assert "The disk is full" in started.stderr
    assert "Traceback" not in started.stderr.replace("    Traceback", "")
    assert ".venv" not in started.stdout


def test_a_raised_pin_is_installed_and_the_students_own_packages_stay(ready: Project) -> None:
    ready.type(
        ["uv", "pip", "install", "--python", str(ready.venv / "bin" / "python"), "extra"],
        ready.folder,
    )
    ready.require("greeting==2.0")
    started = ready.start("check")
    assert started.code == 0, started.stderr
    assert started.stderr.startswith("The packages in .venv have to be brought up to date.\n")
    assert (ready.has("greeting"), ready.has("extra")) == ("2.0", "1.0")


def test_a_raised_pin_that_cannot_be_had_leaves_the_environment_as_it_was(ready: Project) -> None:
    ready.require("greeting==9.9")
    assert ready.start("check").code == 3
    assert ready.has("greeting") == "1.0"
    ready.require("greeting==1.0")
    started = ready.start("check")
    assert (started.code, started.stderr) == (0, "")


def test_an_environment_whose_python_is_gone_is_made_anew(ready: Project) -> None:
    (ready.venv / "bin" / "python").unlink()
    (ready.venv / "bin" / "python").symlink_to("/nowhere/python3")
    started = ready.start("check")
    assert started.code == 0, started.stderr
    assert "its Python is gone" in started.stderr


def test_an_environment_that_lost_its_configuration_is_made_anew(ready: Project) -> None:
    on_other_machine(ready)
    ready.prefix += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    (ready.venv / "pyvenv.cfg").unlink()
    ready.require("greeting==2.0")
    started = ready.start("check")
    assert started.code == 0, started.stderr
    assert "not whole" in started.stderr
    assert ready.has("greeting") == "2.0"


def test_an_environment_that_was_made_for_another_python_is_made_anew(ready: Project) -> None:
    stamp = ready.venv / ".workshop-installed"
    stamp.write_text(stamp.read_text().replace("python==3.", "python==2."))
    started = ready.start("check")
    assert started.code == 0, started.stderr
    assert "not whole" in started.stderr
    assert ready.has("greeting") == "1.0"


def test_a_students_own_venv_is_completed_and_kept(project: Project) -> None:
    subprocess.run([project.python, "-m", "venv", "--without-pip", project.venv], check=True)
    (project.venv / "keep.txt").write_text("mine")
    started = project.start("check")
    assert started.code == 0, started.stderr
    assert (project.venv / "keep.txt").read_text() == "mine"
    assert project.has("greeting") == "1.0"


def test_a_venv_of_an_older_python_is_not_deleted_but_named(project: Project) -> None:
    python = project.venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho 3.8; echo {project.venv}\n")
    python.chmod(0o755)
    started = project.start("check")
    assert started.code == 3
    assert "mv .venv .venv-old" in started.stderr
    assert python.exists()
