"""Submissions that mean harm: what each tries, and what must come of it.

``tests/hostile/submissions/<name>/expect.toml`` holds:

- ``why``: what it tries;
- ``verdicts``: how named checks must end;
- ``says``: texts that the report must show somewhere;
- ``never``: texts that it must not show anywhere;
- ``notices``: kinds of notices that must be there; other kinds must not;
- ``score_at_most``; ``only`` (checks to run, all when missing); ``seconds`` (the whole run, 12);
- ``limits``: other limits than :data:`LIMITS`;
- ``files``, ``links``, ``pipes``: what cannot well be kept in a repository, by name.

The files beside it are the submission. One with a ``trick.py`` is the app in ``honest/`` with that
trick played before each request; one that imports ``line`` gets the module in ``wire/``.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.apps.limits import Limits
from checker.audit.findings import checkout
from checker.course import ROOT
from checker.verdicts.outcomes import CheckResult, Notice, Verdict

HERE = ROOT / "tests" / "hostile"
HONEST, WIRE = HERE / "honest", HERE / "wire"
#: A tenth of a second is enough for an honest app; so what hangs does not take the day.
LIMITS = Limits(start_seconds=1.0, request_seconds=0.8, app_seconds=8.0)
_EXPECTED = "expect.toml"


@dataclass(frozen=True)
class Hostile:
    """One submission of the corpus."""

    folder: Path
    why: str
    score_at_most: int
    verdicts: dict[str, str] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    seconds: float = 12.0
    limits: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    pipes: dict[str, str] = field(default_factory=dict)

    def put_into(self, folder: Path) -> Path:
        """Write the submission into an empty folder as it would be handed in."""
        if (self.folder / "trick.py").exists():
            shutil.copytree(HONEST, folder, dirs_exist_ok=True)
        app = self.folder / "app.py"
        if app.exists() and "from line import" in app.read_text():
            shutil.copytree(WIRE, folder, dirs_exist_ok=True)
        leave_out = shutil.ignore_patterns(_EXPECTED, "__pycache__")
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, ignore=leave_out)
        for name, text in self.files.items():
            (folder / name).write_text(text)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)
        for name in self.pipes:
            os.mkfifo(folder / name)
        return folder

    def wrong(self, results: Mapping[str, CheckResult], notices: Iterable[Notice]) -> str:
        """Say what is not as it must be in the results of a run; nothing when all is.

        :param results: of every check that was asked.
        """
        notices = list(notices)
        said = told(results.values(), notices)
        verdicts = {name: result.verdict.value for name, result in results.items()}
        if Verdict.ERROR in verdicts.values():
            return "the checker itself failed"
        for name, wanted in self.verdicts.items():
            if (verdict := verdicts.get(name)) != wanted:
                return f"{name} ended as {verdict}, not as {wanted}"
        score = sum(result.points for result in results.values())
        if score > self.score_at_most:
            return f"it scored {score}, and may have {self.score_at_most}"
        for text in self.says:
            if text not in said:
                return f"the report does not say {text!r}"
        for text in self.never:
            if text in said:
                return f"the report says {text!r}"
        kinds = {notice.kind for notice in notices}
        if kinds != set(self.notices):
            return f"the notices are {sorted(kinds)}, not {sorted(set(self.notices))}"
        return ""


def corpus() -> list[Hostile]:
    """Return all submissions, by name.

    :raises AuditError: they are not here: the package without its tests cannot be audited.
    """
    checkout(HERE)
    return [
        Hostile(path.parent, **tomllib.loads(path.read_text()))
        for path in sorted((HERE / "submissions").glob(f"*/{_EXPECTED}"))
    ]


def told(results: Iterable[CheckResult], notices: Iterable[Notice]) -> str:
    """Return every text of a report, one a line."""
    texts = [notice.text for notice in notices]
    for result in results:
        texts += [result.expected, result.seen, result.exchange, *result.steps]
        if result.cause is not None:
            texts += [result.cause.title, result.cause.advice, result.cause.location]
    return "\n".join(texts)
