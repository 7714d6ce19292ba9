"""What happens to a real app of the course, for the lessons that show it: attacks, a copied cookie.

Everything here is played against a solution, in the jail, on the private database.
"""

import io
from functools import cache

from rich.console import Console

from checker.apps.submission import Submission
from checker.attacks import ATTACKS
from checker.attacks.playing import play, target_app
from checker.attacks.story import Story, answer_lines
from checker.attacks.telling import show
from checker.course import STATE, Step, steps
from checker.suites.bench import Bench
from checker.suites.trial import Trial
from checker.visitor import Page

_WIDTH = 92
_EXCERPT = 60


@cache
def attack(name: str) -> str:
    """Return the last scene of ``python3 -m checker attack NAME --weak``, and how it ended."""
    chosen = next(each for each in ATTACKS if each.name == name)
    course = steps()
    submission, step = target_app(chosen.works_on, course)
    with Bench(STATE / "cache") as bench:
        story = play(chosen, submission, step, bench)
    assert story.worked, "a lesson shows attacks that work"
    last = Story(story.scenes[-1:], story.worked, story.why)
    console = Console(file=io.StringIO(), width=_WIDTH, highlight=False, markup=False)
    show(last, chosen, step, [step], console, name="", database=step.databases[0])
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    start = next(number for number, line in enumerate(lines) if line.startswith("1  "))
    lines[start] = lines[start].replace("1  ", f"{len(story.scenes)}  ", 1)
    return "\n".join(lines[start:]).strip("\n")


def copied_cookie(step: Step) -> str:
    """Return what a copy of Ada's cookie opens before and after she has logged out."""
    told = []

    def tell(what: str, page: Page) -> None:
        first = page.redirects[0] if page.redirects else page
        told.append(f"{what:<28}{answer_lines(first)[0]}")
        if not page.redirects:
            told.append(f"{'':<28}“{page.visible_text[:_EXCERPT].strip()}…”")

    with Bench(STATE / "cache") as bench:
        submission = Submission.read(step.solution)
        trial = Trial(bench, submission, step, None, step.databases[0], "cookie", inspect=False)
        try:
            ada = trial.account(username="ada", email="ada@example.org")
            browser, copy = trial.visitor(), trial.visitor()
            browser.log_in(ada.login, ada.password)
            copy.cookies = browser.cookies.copy()
            tell("Ada opens /dashboard", browser.open("dashboard"))
            tell("She presses Log out", trial.log_out(browser))
            tell("She opens /dashboard", browser.open("dashboard"))
            tell("The copy opens /dashboard", copy.open("dashboard"))
        finally:
            trial.close()
    return "\n".join(told)
