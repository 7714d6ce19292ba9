"""The picture: bars, drawn as SVG, readable on light and on dark pages, with the reader's font."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from html import escape

from benchmarks.figures import Results, Table, number

_WIDTH = 720
_NAMES = 200  # for the bars' names, at the left
_FIGURES = 120  # for the figures, at the right
_BAR, _GAP = 16, 6
_HEAD = 34
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}.n{fill:#57606a}"
    ".o{fill:#2f6fdd}.p{fill:#9aa5b1}.w{stroke:#24292f;stroke-width:1}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.n{fill:#9aa5b1}.o{fill:#6ea8fe}"
    ".p{fill:#6b7681}.w{stroke:#e6edf3}.b{fill:#161b22}}"
)
#: Which column of which table is drawn, and under which title; None sums the rows up.
_DRAWN = (
    ("one", 0, "One submission, ten checks: seconds on the clock"),
    ("class", 0, "A class, ten checks: processor seconds per submission"),
    ("suites-wall", None, "Whole suites of the steps: seconds on the clock"),
    ("waiting", 1, "watch: seconds from saving a file to the verdict"),
)


def svg(results: Results) -> str:
    """Return the picture of all tables that it knows and that are there."""
    tables = {table.id: table for table in results.tables}
    top = 8
    shapes: list[str] = []
    for id, column, title in _DRAWN:
        if id in tables:
            bars = list(_bars(tables[id], column))
            shapes += _drawn(title, bars, top)
            top += _HEAD + len(bars) * (_BAR + _GAP) + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" role="img" '
        f'aria-label="{escape(_told(results))}">\n<style>{_STYLE}</style>\n'
        f'<rect class="b" width="{_WIDTH}" height="{top}" rx="6" fill="#ffffff"/>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def _bars(table: Table, column: int | None) -> Iterator[tuple[str, list[float]]]:
    """Yield each bar's name with what was measured."""
    if column is None:  # the last row has the sums: a bar for each of its columns
        yield from zip(table.columns, table.rows[-1].cells, strict=True)
        return
    for row in table.rows:
        if row.cells[column]:
            yield row.name, row.cells[column]


def _drawn(title: str, bars: list[tuple[str, list[float]]], top: int) -> Iterator[str]:
    most = max(max(values) for _, values in bars)
    scale = (_WIDTH - _NAMES - _FIGURES) / most
    yield f'<text class="t" x="12" y="{top + 16}">{escape(title)}</text>'
    y = top + _HEAD - 6
    for name, values in bars:
        middle = statistics.median(values)
        kind = "o" if _is_ours(name) else "p"
        base = y + _BAR - 4
        yield f'<text x="{_NAMES - 10}" y="{base}" text-anchor="end">{escape(name)}</text>'
        yield (
            f'<rect class="{kind}" x="{_NAMES}" y="{y}" width="{middle * scale:.1f}" '
            f'height="{_BAR}" rx="2"/>'
        )
        low, high = (_NAMES + edge * scale for edge in (min(values), max(values)))
        if high - low > 1:  # the fastest and the slowest
            half = y + _BAR / 2
            yield f'<path class="w" d="M{low:.1f} {half}H{high:.1f}"/>'
        yield (
            f'<text class="n" x="{max(high, _NAMES + middle * scale) + 8:.1f}" y="{base}">'
            f"{number(middle)}</text>"
        )
        y += _BAR + _GAP


def _is_ours(name: str) -> bool:
    return name == "grade" or name.startswith(("check,", "checker", "step"))


def _told(results: Results) -> str:
    """Return the picture in words, for who does not see it."""
    lines = []
    tables = {table.id: table for table in results.tables}
    for id, column, title in _DRAWN:
        if id in tables:
            bars = _bars(tables[id], column)
            told = (f"{name} {number(statistics.median(values))}" for name, values in bars)
            lines.append(f"{title}: {', '.join(told)}.")
    return " ".join(lines)
