"""What is worth saying about a submission besides its verdicts. None of it costs points."""

from __future__ import annotations

import re

from checker.apps.submission import Submission
from checker.suites.trial import Trial
from checker.verdicts.outcomes import Notice

#: Printed text that could be meant for somebody who reads verdicts.
_VERDICT_LIKE = re.compile(
    r"\b\d{1,3} ?(?:/|of|out of) ?\d{1,3}\b.{0,20}(?:points?|passed|checks?)"
    r"|\ball (?:tests|checks) (?:have )?passed|\b\d+ passed\b|[\"'](?:score|verdict)[\"'] ?:",
    re.IGNORECASE,
)
_MOST_SKIPPED = 5
_SAID = {
    "grader": (
        "tampering",
        "{file} line {line} imports `{name}`, a tool that judges code. It is not the one that "
        "judges this app: the verdict is made in another process, out of its reach.",
    ),
    "patch": (
        "tampering",
        "{file} line {line} replaces `{name}`, a part of the framework. The verdict is made in "
        "another process, where the change does not exist.",
    ),
    "report": (
        "tampering",
        "{file} line {line} names the report file `{name}`. Files that the app writes are thrown "
        "away and never read.",
    ),
}


def notices_from(trial: Trial, submission: Submission) -> list[Notice]:
    """Return the notices that a trial gives rise to."""
    skipped = [
        Notice("skipped", f"{name} was left out: {why}.") for name, why in submission.skipped
    ]
    notices = skipped[:_MOST_SKIPPED]
    if more := skipped[_MOST_SKIPPED:]:
        notices.append(Notice("skipped", f"{len(more)} more entries were left out."))
    notices += trial.notices
    for app in trial.remotes:
        for finding in app.findings:
            if finding.kind in _SAID:
                kind, text = _SAID[finding.kind]
                place = finding.place
                notices.append(
                    Notice(kind, text.format(name=finding.name, file=place.file, line=place.line))
                )
        for place in app.served[:1]:
            notices.append(
                Notice(
                    "server-on-import",
                    f"{place.file} line {place.line} calls `app.run()` whenever the file is "
                    "imported. `flask run` ignores that; other servers would start a second one. "
                    'Put it under `if __name__ == "__main__":` or leave it out.',
                )
            )
        if (match := _VERDICT_LIKE.search(app.output)) is not None:
            notices.append(
                Notice(
                    "tampering",
                    f"The app printed something that reads like a verdict ({match[0][:60]!r}). "
                    "What an app prints counts for nothing.",
                )
            )
    return notices
