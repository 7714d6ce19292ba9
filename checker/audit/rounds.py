"""Rounds of an audit in files, so that one that was broken off goes on where it was.

``round-1.jsonl`` and so on in a folder: the first line says what the round was made of, each other
line is a finding. A round that was made of other code or other apps is not taken for one of these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from checker.audit.findings import AuditError, Finding, Subject, key
from checker.course import ROOT

#: What verdicts depend on, from the project's root.
_MADE_OF = (
    *("checker/course.py", "checker/running.py", "checker/bubblewrap.py", "checker/runfolder.py"),
    *("checker/apps/**/*.py", "checker/audit/*.*", "checker/databases/*.py"),
    *("checker/mistakes/**/*.*", "checker/starters/**/*", "checker/suites/**/*.*"),
    *("checker/verdicts/**/*.*", "checker/visitor/**/*.*", "requirements.txt"),
    *("solutions/**/*", "steps/*/step.toml", "tests/alternatives/**/*"),
    *(f"tests/hostile/{corpus}/**/*" for corpus in ("honest", "submissions", "wire")),
)
#: Written by an audit, or only telling what it has found.
_OF_RESULTS = ("figures.json", "kills.json", "matrix.json", "page.py", "telling.py")


class Round:
    """One round, in a file that grows with every finding.

    :param file: made when it is missing.
    :param subjects: everything that the round tries.
    :param busy: whether the processors have other work meanwhile.
    :raises AuditError: the file is of a round that cannot be compared with this one.
    """

    def __init__(self, file: Path, subjects: Sequence[Subject], *, busy: bool) -> None:
        self._file = file
        head = {"digest": digest(), "subjects": len(subjects), "busy": busy}
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                file.write_text(json.dumps(head) + "\n", encoding="utf-8")
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise AuditError(f"{file} cannot be used: {error.strerror}.") from error
        whole = text[: text.rfind("\n") + 1]  # a line that was broken off was not found
        if whole != text:
            file.write_text(whole, encoding="utf-8")
        lines = _lines(file, whole)
        if not lines or lines[0] != head:
            raise AuditError(
                f"{file} is a round of other apps, or was made by other code: it cannot be "
                "compared with what is tried now. Delete it, or name another folder."
            )
        self._found = {key(finding): finding for finding in map(_finding, lines[1:])}
        self._subjects = subjects

    @property
    def found(self) -> list[Finding]:
        """What is known so far."""
        return list(self._found.values())

    @property
    def left(self) -> list[Subject]:
        """What has not been tried yet."""
        return [one for one in self._subjects if key(one) not in self._found]

    def add(self, finding: Finding) -> None:
        """Write a finding down."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(finding)) + "\n")
        self._found[key(finding)] = finding


def digest() -> str:
    """Return the SHA-256 of everything that a verdict depends on."""
    whole = hashlib.sha256()
    for path in sorted({path for pattern in _MADE_OF for path in ROOT.glob(pattern)}):
        if path.is_file() and path.name not in _OF_RESULTS and "__pycache__" not in path.parts:
            whole.update(f"{path.relative_to(ROOT)}\0".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _lines(file: Path, text: str) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError as error:
        raise AuditError(f"{file} is no round of an audit: {error}. Delete it.") from error


def _finding(line: dict[str, Any]) -> Finding:
    return Finding(**line | {"checks": tuple(line["checks"])})
