"""CSV that a spreadsheet can open without doing what somebody wrote into a name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from checker.reports.printable import printable

#: A cell that begins so is a formula to some spreadsheet, the full-width forms included. Source:
#: OWASP, "CSV Injection".
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")

Value = str | int | float | None


def as_csv(rows: Iterable[Sequence[Value]]) -> str:
    """Return rows as CSV (RFC 4180): 7.0 as 7, ``None`` as an empty cell.

    Text is harmless: no control characters, and an apostrophe before what would be a formula,
    blanks in front of it or not.
    """
    file = io.StringIO()
    csv.writer(file).writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: Value) -> str | int | float | None:
    if not isinstance(value, str):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    text = printable(value, 2_000).replace("\n", " ")
    return f"'{text}" if value.lstrip(" ").startswith(_FORMULA) else text
