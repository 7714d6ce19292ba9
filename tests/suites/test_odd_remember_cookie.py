"""A bug of Flask-Login's is told to the student, and costs nothing."""

from checker.apps.submission import Submission
from checker.course import steps
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Report, Verdict

COURSE = steps()
STEP = COURSE[5]
CHECK = "remember-cookie-forged"
GUARD = """\
    if not request.cookies.get("remember_token", "").isascii():
        session["_remember"] = "clear"
"""


def report_on(app: str, bench: Bench) -> Report:
    files = Submission.read(STEP.solution).files | {"app.py": app.encode()}
    return run(STEP, COURSE, Submission(files), bench, only=[CHECK])


def solution() -> str:
    return (STEP.solution / "app.py").read_text("utf-8")


def test_an_app_that_crashes_at_foreign_letters_passes_with_a_notice(bench: Bench) -> None:
    app = solution()
    assert GUARD in app
    report = report_on(app.replace(GUARD, ""), bench)
    assert report.results[CHECK].verdict is Verdict.PASSED
    assert [notice.kind for notice in report.notices] == ["flask-login-0.6.3"]


def test_an_app_that_looks_at_the_cookie_first_gets_none(bench: Bench) -> None:
    report = report_on(solution(), bench)
    assert report.results[CHECK].verdict is Verdict.PASSED
    assert report.notices == []
