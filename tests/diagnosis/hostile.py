"""Diagnoses evidence that was made to be slow: each pattern's own words, over and over again."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from checker.verdicts.diagnosis import AppException, Evidence, Place, diagnose, symptoms

MEGABYTE = 1_000_000
PARTS = ("message", "source", "text", "output", "body", "files", "code")
#: A piece of an expression that stands for different texts, and how often it may be repeated.
VARIABLE = re.compile(
    r"(?:\[[^]]*\]|\\[wsdW]|\.|(?<!\\)[a-z])(?:\{\d*,?(\d*)\}|\?)|\[[^]]*\]|\\[wsdW]"
)


def attacks() -> set[tuple[str, str]]:
    """Type and text of exceptions, made so that each pattern is led on and then disappointed."""
    found = set()
    for symptom in symptoms():
        for pattern in symptom.patterns:
            kind = pattern.get("type", "Exception").partition("|")[0]
            for part in PARTS:
                found |= {(kind, text) for text in beginnings(pattern.get(part, "")) if text}
    return found


def beginnings(expression: str) -> set[str]:
    """Texts that begin as the expression does, up to each of its variable pieces, with those
    pieces left out, filled to the limit, or quoted."""
    bare = re.sub(r"\(\?P?[<:=!i]*(?:\w*>)?|(?<!\\)[()^$]", "", expression.replace(r"\x27", "'"))
    found = set()
    for filling in ("", "a", "'", "1 "):
        filled = VARIABLE.sub(lambda piece, text=filling: f"\0{text * int(piece[1] or 1)}\0", bare)
        words = re.sub(r"\\(.)", r"\1", filled).split("\0")
        found |= {"".join(words[: count + 1]) for count in range(len(words))}
    return found


def main() -> None:
    for kind, beginning in sorted(attacks()):
        text = beginning * (MEGABYTE // len(beginning))
        diagnose(
            Evidence(
                (AppException(kind, text, (Place("app.py", 1, "", text),)),),
                output=text,
                status=400,
                body=text,
                files=(text,) * 3,
                sources={"app.py": text},
            )
        )


if __name__ == "__main__":
    main()
