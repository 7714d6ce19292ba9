"""One check's result in plain text, for platforms that show text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.verdicts.outcomes import Verdict


def told(check: Mapping[str, Any]) -> str:
    """Return what a student reads of a check; it is not escaped yet. Empty when it passed.

    :param check: an entry of ``checks`` of what ``check --json`` prints.
    """
    match Verdict(check["verdict"]):
        case Verdict.PASSED:
            return ""
        case Verdict.BLOCKED:
            return f"Not tried: it waits for {check['blocked_by']}."
        case Verdict.NOT_RUN:
            return "Not run."
        case Verdict.FLAKY:
            first = ["It failed, and passed when it was repeated. It costs nothing."]
        case Verdict.ERROR:
            first = ["The checker's own fault: these points are open, not lost."]
        case _:
            first = []
    lines = [*first, *_labelled("Tried", "\n".join(f"- {step}" for step in check["steps"]))]
    lines += _labelled("Expected", check["expected"])
    lines += _labelled("Seen", check["seen"])
    if check["reference_seconds"]:
        factor = check["seconds"] / check["reference_seconds"]
        lines += _labelled("Slower", f"over {factor:.0f} times slower than the reference solution")
    if (cause := check["cause"]) is not None:
        lines += _labelled("Cause", f"{cause['title']} {cause['location']}".rstrip())
        lines += [cause["advice"]]
    lines += _labelled("Looks like", check["mistake"])
    lines += _labelled("Hint", check["hint"])
    lines += _labelled("Lesson", check["lesson"])
    return "\n".join(lines)


def _labelled(label: str, text: str) -> list[str]:
    if not text:
        return []
    return [f"{label}:\n{text}" if "\n" in text or text.startswith("- ") else f"{label}: {text}"]
