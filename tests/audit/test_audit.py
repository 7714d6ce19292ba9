"""A small audit of everything that an audit does, on real apps."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from checker import mistakes
from checker.audit import automatic, catalogue, hijacks, matrix, right, vacuity
from checker.audit.findings import Subject
from checker.audit.parts import prove, subjects
from checker.audit.workers import busy, close_benches, each
from checker.cli import main
from checker.commands import auditing
from checker.course import ROOT, steps

FIRST = steps()[0]


@pytest.fixture(scope="module", autouse=True)
def _benches() -> Iterator[None]:
    yield
    close_benches()


def mutant(name: str) -> Subject:
    """Return the automatic mutant of step 1 whose name begins so."""
    both = [*automatic.security_subjects(FIRST), *automatic.ordinary_subjects(FIRST)]
    return next(subject for subject in both if subject.name.startswith(name))


def test_a_catalogued_mistake_is_killed_by_its_check() -> None:
    finding = catalogue.prove(Subject("mutants", 1, "f-string"))
    assert (finding.outcome, finding.checks) == ("by its check", ("injection-login",))
    assert not finding.problem


def test_a_mistake_that_no_longer_fits_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    (mistake,) = mistakes.parse(
        """
        [[mistake]]
        id = "old"
        title = "Old"
        killed_by = "wrong-password"
        from = "01.3"
        teaches = "Old."
        [[mistake.edit]]
        file = "app.py"
        find = "no such line"
        replace = "another"
        """,
        "test",
    )
    monkeypatch.setattr(mistakes, "load", lambda step: (mistake,))
    for part in (catalogue, matrix):
        finding = part.prove(Subject("mutants", 1, "old"))
        assert finding.outcome == "out of date"
        assert "occurs 0 times" in finding.problem


def test_the_matrix_has_every_check_that_fails() -> None:
    finding = matrix.prove(Subject("matrix", 1, "f-string"))
    assert {"injection-login", "injection-damage", "injection-sleep"} <= set(finding.checks)
    assert matrix.of([finding]) == {"1/f-string": finding.checks}


def test_an_automatic_mutant_is_killed_by_a_check_about_the_same_thing() -> None:
    finding = automatic.prove(mutant("query-from-text"))
    assert (finding.outcome, finding.checks) == ("killed", ("injection-login",))


def test_a_mutant_that_does_not_start_says_nothing_about_the_checks() -> None:
    broken = Subject("ordinary", 1, "broken", {"app.py": b"import no_such_module"})
    assert automatic.prove(broken).outcome == "does not start"


def test_a_mutant_that_does_the_same_survives_and_is_a_problem() -> None:
    """The solution itself, with the checks that are about passwords asked first."""
    same = Subject("security", 1, "same", right.Submission.read(FIRST.solution).files)
    finding = automatic.prove(same)
    assert (finding.outcome, finding.problem) == ("survived", "no check fails")


def test_an_explained_mutant_is_not_tried() -> None:
    assert automatic.prove(mutant("timing-comparison")).outcome == "explained"


def test_a_right_app_loses_nothing_and_a_wrong_one_is_named() -> None:
    assert right.prove(Subject("alternatives", 1, "spanish")).outcome == "passed"
    fault = right.prove(Subject("alternatives", 1, "laptop-credentials"))
    assert (fault.outcome, fault.checks) == ("told its one fault", ("settings-from-environment",))


def test_a_hostile_submission_is_caught_and_its_neighbour_is_not_disturbed() -> None:
    finding = hijacks.prove(Subject("hijacks", 1, "patches-pytest"))
    assert (finding.outcome, finding.problem) == ("caught", "")


@pytest.mark.parametrize("app", ["404", "every-form"])
def test_an_app_that_answers_everything_alike_passes_next_to_nothing(app: str) -> None:
    finding = vacuity.prove(Subject("vacuity", 1, f"{app} on mariadb"))
    assert finding.problem == ""
    assert set(finding.checks) <= vacuity.allowed(app)
    assert "app-starts" in finding.checks


def test_a_check_that_passes_on_it_all_the_same_is_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vacuity, "allowed", lambda app: frozenset())
    finding = vacuity.prove(Subject("vacuity", 1, "404 on mariadb"))
    assert finding.outcome == "vacuous"
    assert finding.problem == "passes vacuously: app-starts"


def test_every_database_is_tried_and_all_of_them_together() -> None:
    fourth = [subject.name for subject in vacuity.subjects(steps()[3])]
    assert {name for name in fourth if name.startswith("404 ")} == {
        "404 on sqlite and mariadb",
        "404 on sqlite",
        "404 on mariadb",
    }


def test_workers_try_things_side_by_side_also_beside_busy_loops() -> None:
    known = list(automatic.ordinary_subjects(FIRST))
    asked = [subject for subject in known if not subject.files][:4]
    with busy(1):
        found = [finding for _, finding in each(prove, asked, 2)]
    assert sorted(finding.name for finding in found) == sorted(one.name for one in asked)
    assert [finding.outcome for finding in found] == ["explained"] * 4


def test_whatever_is_made_from_a_solution_is_tried_with_it() -> None:
    asked = subjects([FIRST], ["security"])
    assert asked[0] == Subject("solutions", 1, FIRST.name)
    assert {subject.part for subject in asked[1:]} == {"security"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit of two mutants that are explained, which takes no time."""
    known = [one for one in automatic.ordinary_subjects(FIRST) if not one.files][:2]
    monkeypatch.setattr(auditing.parts, "subjects", lambda steps, names: known)


@pytest.mark.usefixtures("few")
def test_the_command_prints_one_object_and_says_by_its_code_whether_all_is_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "--steps", "1", "--jobs", "1", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["passed"], said["total"]) == (True, {"ordinary": {"explained": 2}})


@pytest.mark.usefixtures("few")
def test_the_command_prints_a_table_a_step_and_a_total(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "--steps", "1", "--jobs", "1", "--times", "2"]) == 0
    said = capsys.readouterr().out
    assert "Step 1 · Log in with MySQL" in said
    assert "All steps" in said
    assert "0 of 2 outcomes differed from the first (0.00%)" in said


def test_a_number_of_processes_that_makes_no_sense_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["audit", "--jobs", "0"]) == 2
    assert "--jobs and --times are 1 or more" in capsys.readouterr().err


@pytest.mark.usefixtures("few")
def test_rounds_that_were_kept_are_not_made_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["audit", "--jobs", "1", "--times", "3", "--keep", str(tmp_path)]
    assert main(command) == 0
    assert "0 of 4 outcomes" in capsys.readouterr().out
    last = tmp_path / "round-3.jsonl"
    head, first, second = last.read_text().splitlines(keepends=True)
    other = second.replace('"explained"', '"survived"')
    last.write_text(head + other + first[:20])  # broken off in the middle of a line
    tried: list[str] = []

    def noting(function, subjects, jobs):
        tried.extend(one.name for one in subjects)
        return each(function, subjects, jobs)

    monkeypatch.setattr(auditing, "each", noting)
    assert main(command) == 1
    assert tried == [json.loads(first)["name"]]
    assert "1 of 4 outcomes differed from the first (25.00%)" in capsys.readouterr().out


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("said", "complaint"),
    [('{"digest": "of something else"}\n', "other code"), ("no JSON\n", "no round of an audit")],
)
def test_a_round_that_cannot_be_compared_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str, complaint: str
) -> None:
    Path(tmp_path, "round-1.jsonl").write_text(said)
    assert main(["audit", "--jobs", "1", "--keep", str(tmp_path)]) == 3
    told = " ".join(capsys.readouterr().out.split())
    assert "round-1.jsonl" in told.replace(" ", "")
    assert complaint in told


BUSY = """
import multiprocessing, time
from checker.audit.workers import busy

if __name__ == "__main__":
    with busy(1):
        print(multiprocessing.active_children()[0].pid, flush=True)
        time.sleep(60)
"""


def test_loops_end_with_an_audit_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(BUSY)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, program], env=environment, stdout=subprocess.PIPE, text=True
    ) as audit:
        assert audit.stdout is not None
        loop = psutil.Process(int(audit.stdout.readline()))
        audit.kill()
    gone, alive = psutil.wait_procs([loop], timeout=20)
    assert (len(gone), alive) == (1, [])
