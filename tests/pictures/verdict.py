"""The picture of a verdict in the README: a real run, drawn.

::

    python -m tests.pictures.verdict           # draws it anew
"""

from pathlib import Path

from checker import mistakes
from checker.apps.submission import Submission
from checker.course import ROOT, STATE, steps
from checker.reports.terminal import show
from checker.running import run
from checker.suites.bench import Bench
from tests.pictures.terminal import as_svg, recording

PICTURE = ROOT / "docs" / "assets" / "verdict.svg"
_MISTAKE = "two-messages"
_SEED = 1843


def draw() -> str:
    """Check the solution of step 1 with one mistake in it, and return the report as SVG."""
    course = steps()
    step = course[0]
    (mistake,) = (one for one in mistakes.load(1) if one.id == _MISTAKE)
    files = {name: data.decode() for name, data in Submission.read(step.solution).files.items()}
    changed = mistakes.apply(mistake, files)
    submission = Submission({name: text.encode() for name, text in changed.items()})
    with Bench(STATE / "cache") as bench:
        report = run(step, course, submission, bench, name=f"steps/{step.name}", seed=_SEED)
    report.seconds = 0.0
    console = recording()
    show(report, console)
    svg = as_svg(console, "python3 -m checker check 1", "verdict")
    return svg.replace(" · 0.0 s", "").replace("&#160;·&#160;0.0&#160;s", "")


def main() -> None:
    """Write the picture."""
    Path(PICTURE).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
