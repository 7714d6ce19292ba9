"""An instructor's own checks: asked with the others, and refused when they cannot be used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from checker.apps.submission import Submission
from checker.course import ROOT, STATE, checks_of, steps
from checker.own_checks import OwnCheckError, added, announced, announcement, read
from checker.reports.json_report import as_json
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict, Visibility

GOOD = '''
from checker.own_checks import Account, Trial, Visitor, expect, own_check


@own_check("greets", steps=(1, 2), points=5, visibility="hidden", needs=("right-password",))
def test_greets(visitor: Visitor, account: Account) -> None:
    """Whoever logs in is greeted by name."""
    visitor.log_in(account.username, account.password)
    expect(visitor.sees(account.username), expected="The name is there.", seen="It is not.")


@own_check("sings", steps=(1,), points=3, visibility="after_due_date", needs=("greets",))
def test_sings(trial: Trial) -> None:
    """The home page sings."""
    page = trial.visitor().open("home")
    expect(page.sees("la la la"), expected="The home page sings.", seen="It is silent.")
'''
USABLE = '@own_check("own", steps=(1,), points=1)\ndef test_own(trial):\n    """It is."""\n'
IMPORT = "from checker.own_checks import own_check\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_manners.py").write_text(GOOD)
    return tmp_path


def test_they_are_asked_last_and_count_on_top(folder: Path):
    course = added(steps(), read(folder))
    asked = checks_of(course[0], course)
    assert [each.check.id for each in asked[-2:]] == ["greets", "sings"]
    assert [len(step.own) for step in course[:3]] == [2, 1, 0]
    with Bench(STATE / "cache") as bench:
        solution = Submission.read(course[0].solution)
        report = run(course[0], course, solution, bench, only=["greets", "sings"])
        assert report.results["greets"].verdict is Verdict.PASSED
        sings = report.results["sings"]
        assert (sings.verdict, sings.seen) == (Verdict.FAILED, "It is silent.")
        assert sings.visibility is Visibility.AFTER_DUE_DATE
        told = {check["id"]: check for check in json.loads(json.dumps(as_json(report)))["checks"]}
        assert told["greets"]["visibility"] == "hidden"
        assert told["right-password"]["visibility"] == "visible"
        assert (told["greets"]["points"], told["sings"]["points"]) == (5, 0)
        starter = run(course[0], course, Submission.read(course[0].folder), bench, only=["sings"])
        assert starter.results["sings"].verdict is Verdict.BLOCKED
    assert sum(each.points for each in asked) == 108


def test_a_course_without_them_stays_as_it_is():
    course = steps()
    assert added(course, {}) == course


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import nothing_like_it\n", "test_a.py line 1: ModuleNotFoundError: No module named"),
        ("\n\ndef (:\n", "test_a.py line 3: SyntaxError"),
        ("", "test_a.py holds no function with @own_check"),
        (IMPORT + USABLE.replace("(1,)", "(9,)"), "'own' is for step 9, which there is not"),
        (IMPORT + USABLE.replace("(1,)", "()"), "steps=() names no step"),
        (IMPORT + USABLE.replace('"own"', '"app-starts"'), "step 1 has a check 'app-starts'"),
        (IMPORT + USABLE.replace("=1)", "=-1)"), "points=-1 is no whole number"),
        (IMPORT + USABLE.replace("=1)", "=1.5)"), "points=1.5 is no whole number"),
        (IMPORT + USABLE.replace("=1)", "=1, visibility='no')"), "visibility='no' is none of"),
        (IMPORT + USABLE.replace("=1)", "=1, needs=('nobody',))"), "needs 'nobody', which is no"),
        (IMPORT + USABLE.replace("(trial)", "(browser)"), "asks for 'browser'. What a check can"),
        (IMPORT + USABLE.replace('"""It is."""', "..."), "has no docstring"),
        (
            "from checker.suites.check import check\n"
            "@check('own', lesson='', hints=('', '', ''))\n"
            "def test_own(trial):\n    '''It is.'''\n",
            "write @own_check(…) instead of @check(…)",
        ),
    ],
)
def test_what_cannot_be_used_is_told_with_file_and_remedy(text: str, told: str):
    with pytest.raises(OwnCheckError) as raised:
        added(steps(), {"test_a.py": text})
    assert told in str(raised.value)
    assert "test_a.py" in str(raised.value)


def test_a_folder_without_checks_is_told(tmp_path: Path):
    with pytest.raises(OwnCheckError, match=r"holds no file test_….py"):
        read(tmp_path)
    with pytest.raises(OwnCheckError, match="is not a folder"):
        read(tmp_path / "nowhere")
    (tmp_path / "test_a.py").write_bytes(b"\xff")
    with pytest.raises(OwnCheckError, match="UTF-8"):
        read(tmp_path)


def test_students_learn_how_many_there_are_and_nothing_else(folder: Path, tmp_path: Path):
    course = added(steps(), read(folder))
    path = tmp_path / "class.toml"
    assert announced(course[0], path) == 0
    path.write_text(announcement(course))
    assert [announced(step, path) for step in course[:3]] == [2, 1, 0]
    assert "greets" not in path.read_text()
    path.write_text("[added_at_grading]\n1 = 'many'\n")
    with pytest.raises(OwnCheckError, match="step 1 has 'many' added checks"):
        announced(course[0], path)
    path.write_text("added_at_grading =")
    with pytest.raises(OwnCheckError, match="Get the file again"):
        announced(course[0], path)


def typed(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "checker", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_tries_them_on_the_solutions_first(folder: Path):
    done = typed("checks", str(folder))
    assert done.returncode == 1, done.stderr
    assert "sings: the solution of step 1 fails it. It is silent." in done.stdout
    assert done.stdout.count("greets ") == 2
    done = typed("check", "1", "--solution", "--checks", str(folder), "--only", "greets")
    assert done.returncode == 0, done.stdout
    assert "Whoever logs in is greeted" in done.stdout or "greets" in done.stdout
    done = typed("check", "1", "--checks", str(folder / "nowhere"))
    assert done.returncode == 2
    assert "is not a folder" in done.stderr
