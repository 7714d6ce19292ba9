"""The site's page: what stands between its two markers is made of the figures."""

from __future__ import annotations

from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.figures import Results, as_markdown
from benchmarks.picture import svg

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "assets" / "benchmarks.svg"
BEGIN = "<!-- Figures: made by `python3 -m benchmarks --write`. Do not edit by hand. -->"
END = "<!-- End of the figures. -->"


def write(results: Results) -> None:
    """Put the figures into the page, and draw the picture.

    :raises BenchmarkError: the page has no place for them.
    """
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")
    PICTURE.write_text(svg(results), encoding="utf-8")


def with_figures(page: str, results: Results) -> str:
    """Return the page's text with these figures between its markers.

    :raises BenchmarkError: it does not have each marker once, in this order.
    """
    before, found, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise BenchmarkError(f"{PAGE.name} has lost a marker: {BEGIN if not found else END}")
    return f"{before}{BEGIN}\n\n{markdown(results)}\n{END}{after}"


def markdown(results: Results) -> str:
    """Return the figures as the page shows them."""
    lines = ["| measured with | |", "|---|---|"]
    lines += [f"| {name} | {text} |" for name, text in results.about.items()]
    lines += ["", "![The same figures as bars](assets/benchmarks.svg)", ""]
    for table in results.tables:
        lines += as_markdown(table)
    return "\n".join(lines).rstrip() + "\n"
