"""A whole class from a folder to marks: killed in the middle, gone on with, changed, on a cluster.

The class is a small one; ``python -m tests.grading.class_of --grade`` does the same with 200.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from checker import cli
from checker.course import ROOT
from checker.grading.store import Store
from tests.grading.class_of import (
    COURSE,
    PROOF,
    Member,
    differences,
    grades_in,
    make,
    started,
)

STUDENTS = 16
#: Costs nobody a point, so that the marks are those on record.
OWN = """
from checker.own_checks import Trial, expect, own_check


@own_check("names-flask", steps=(1,), points=0, visibility="hidden", needs=())
def test_names_flask(trial: Trial) -> None:
    '''Some file of the submission says Flask.'''
    said = any(b"Flask" in content for content in trial.submission.files.values())
    expect(said, expected="A file that says Flask.", seen="There is none.")
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder with a short name, which is also the temporary folder of all that is started."""
    with (
        tempfile.TemporaryDirectory(prefix="flg-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        Path(folder).chmod(0o711)
        (temporary := Path(folder) / "t").mkdir(mode=0o711)
        patch.setenv("TMPDIR", str(temporary))
        yield Path(folder)


@pytest.fixture(scope="module")
def members(place: Path) -> list[Member]:
    return make(place / "class", STUDENTS)


@pytest.fixture(scope="module")
def results(place: Path) -> Path:
    return place / "results"


def until(wanted: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def left_of(family: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def grade(place: Path, results: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "checker", "grade", str(place / "class")]
    return subprocess.run(
        [*command, "--out", str(results), "--steps", "1", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def student(members: list[Member], name: str) -> Member:
    return next(member for member in members if member.case.name.startswith(name))


@pytest.mark.apart
@pytest.mark.slow
def test_a_class_that_is_killed_goes_on_is_changed_and_asked_again(
    place: Path, results: Path, members: list[Member], capsys: pytest.CaptureFixture[str]
):
    graded = [member for member in members if member.case.mark is not None]
    assert {member.case.name.partition("/")[0] for member in members} == {
        *("alternative", "mistake", "hostile", "refused"),
    }

    # Killed in the middle: nothing of it is left a moment later.
    checker = started(place / "class", results, "--steps", "1", "--jobs", "2")
    assert until(lambda: len(grades_in(results)) >= 3, 60)
    family = psutil.Process(checker.pid).children(recursive=True)
    checker.kill()
    checker.communicate()
    before = grades_in(results)
    assert 3 <= len(before) < len(graded)
    assert until(lambda: not left_of(family), 3), left_of(family)

    # Stopped by Ctrl-C: the same, at once, and it says how to go on.
    checker = started(place / "class", results, "--steps", "1", "--jobs", "2")
    assert until(lambda: len(grades_in(results)) > len(before), 60)
    family = psutil.Process(checker.pid).children(recursive=True)
    checker.send_signal(signal.SIGINT)
    checker.communicate(timeout=20)
    assert checker.returncode == 130
    assert until(lambda: not left_of(family), 3), left_of(family)
    assert before.items() <= grades_in(results).items()
    before = grades_in(results)

    # The same command goes on: nothing is done again or lost, and the marks are as they must be.
    done = grade(place, results, "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    after = grades_in(results)
    assert before.items() <= after.items()
    assert len(after) == len(graded)
    assert differences(members, results) == []
    assert f"; {len(before)} are kept from before" in done.stdout
    for member in members:
        assert member.id in done.stdout
    assert " s left]" in done.stdout
    assert not list(place.rglob(PROOF)), "nothing of a clone is run"
    assert (results / "class.html").is_file()
    assert not list((place / "t").glob("flw-*")), "workers take their folders with them"

    # There is nothing left to do; a program gets one JSON object.
    asked = grade(place, results, "--json")
    assert len(json.loads(asked.stdout)["students"]) == STUDENTS
    assert "0 grades to make" in asked.stderr
    assert grades_in(results) == after

    # Who mends a mistake is graded anew and told why; so is who is named, and nobody else.
    wrong, right = student(members, "mistake"), student(members, "alternative")
    for path in (place / "class").glob(f"{wrong.id}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(COURSE[0].solution, place / "class" / wrong.id)
    changed = grade(place, results, "--again", right.id, "login-form")
    assert changed.returncode == 0, changed.stdout + changed.stderr
    assert "(changed: the submission changed)" in changed.stdout
    now = grades_in(results)
    made_again = {source for (source, _step), at in now.items() if after.get((source, 1)) != at}
    assert {source.partition(".")[0] for source in made_again} == {wrong.id, right.id}
    with Store(results) as store:
        grades = store.results().grades
    assert grades[wrong.id, 1].changed == "the submission changed"
    assert (grades[right.id, 1].changed, grades[right.id, 1].report["partial"]) == ("", False)

    # Whoever comes later sees it all once more.
    assert cli.main(["report", str(results)]) == 0
    shown = capsys.readouterr().out
    assert f"{len(graded)} of {STUDENTS} students graded, {STUDENTS - len(graded)} refused" in shown
    assert "* 1 changed" in shown


@pytest.fixture
def cluster(place: Path) -> Iterator[tuple[str, list[psutil.Popen]]]:
    """A Dask scheduler and two workers, as the documentation says to start them."""
    file = place / "scheduler.json"
    quiet = {**os.environ, "DASK_LOGGING__DISTRIBUTED": "error"}

    def run(module: str, *options: str) -> psutil.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options]
        command += ["--scheduler-file", str(file), "--no-dashboard"]
        null = subprocess.DEVNULL
        return psutil.Popen(command, cwd=ROOT, env=quiet, stdout=null, stderr=null)

    programs = [run("dask_scheduler", "--host", "127.0.0.1", "--port", "0")]
    options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(place / "t"))
    programs += [run("dask_worker", *options) for _worker in range(2)]
    try:
        assert until(file.exists, 30)
        yield json.loads(file.read_text())["address"], programs[1:]
    finally:
        for program in programs:
            program.kill()
            program.wait()


@pytest.mark.apart
@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_marks(
    place: Path, cluster: tuple[str, list[psutil.Popen]]
):
    from distributed import Client

    address, workers = cluster
    results = place / "results-of-cluster"
    members = make(place / "another-class", 6, seed=2)
    (own := place / "own").mkdir()
    (own / "test_own.py").write_text(OWN)
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    options = ("--steps", "1", "--scheduler", address, "--checks", str(own))
    with started(place / "another-class", results, *options) as checker:
        # Both are at it: a worker that grades has a jail and a server below it.
        assert until(lambda: all(worker.children() for worker in workers), 60)
        assert until(lambda: bool(grades_in(results)), 60)
        workers[0].kill()
        said, _ = checker.communicate(timeout=120)
    assert checker.returncode == 0, said
    assert differences(members, results) == []
    # The workers have asked the instructor's own check too, which only the checker was given.
    with Store(results) as store:
        grades = store.results().grades.values()
    asked = [grade.report["checks"][-1] for grade in grades]
    assert {check["id"] for check in asked} == {"names-flask"}
    assert "passed" in {check["verdict"] for check in asked}


@pytest.mark.parametrize(
    "options, says",
    [
        (["--out", "{class}/results"], "is inside the submissions"),
        (["--steps", "3-1"], "3-1 runs backwards. Say 1-3."),
        (["--steps", "9"], "There is no step '9'"),
        (["--roster", "{class}/nobody.csv"], "nobody.csv cannot be read: No such file"),
        (["--again", "zoe"], "--again zoe: there is no such student, step or check"),
        (["--scheduler", "tcp://127.0.0.1:1"], "No Dask scheduler answers at tcp://127.0.0.1:1"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch, options, says: str
):
    monkeypatch.setattr("checker.grading.executors._SECONDS_TO_CONNECT", "0.2s")
    shutil.copytree(COURSE[0].solution, tmp_path / "class" / "ana")
    said = [option.replace("{class}", str(tmp_path / "class")) for option in options]
    if "--out" not in said:
        said += ["--out", str(tmp_path / "results")]
    assert cli.main(["grade", str(tmp_path / "class"), *said]) == 2
    assert says in capsys.readouterr().err


def test_a_class_that_was_never_graded_has_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "There are no results in" in capsys.readouterr().err


def test_where_there_is_no_jail_nothing_is_graded_unless_it_is_trusted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
):
    monkeypatch.setattr("checker.commands.grading.why_not_isolated", lambda: "no bubblewrap")
    shutil.copytree(COURSE[0].solution, tmp_path / "class" / "ana")
    assert cli.main(["grade", str(tmp_path / "class"), "--out", str(tmp_path / "results")]) == 2
    assert "There is no jail for the submissions: no bubblewrap" in capsys.readouterr().err
