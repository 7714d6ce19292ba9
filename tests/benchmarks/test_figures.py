"""What is made of figures: ratios, tables, the site's page and its picture."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from benchmarks import figures, page
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Results, Row, Table, Target, from_json
from benchmarks.picture import svg

RECORDED = Path(__file__).with_name("recorded.json")
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def results() -> Results:
    return from_json(json.loads(RECORDED.read_text()))


def test_results_come_back_from_json_as_they_went(results: Results) -> None:
    assert from_json(json.loads(json.dumps(results.as_json()))) == results
    assert [table.id for table in results.tables] == ["one", "class", "suites-wall", "waiting"]


@pytest.mark.parametrize("said", [[], {}, {"about": {}, "tables": [{"id": "one"}]}, "figures"])
def test_other_json_is_refused(said: object) -> None:
    with pytest.raises(BenchmarkError, match="no results of `python3 -m benchmarks --json`"):
        from_json(said)


def test_a_ratio_is_of_medians_and_its_spread_is_of_rounds() -> None:
    target = figures.ratio("a / b", [1.0, 2.0, 9.0], [2.0, 4.0, 6.0], 0.5)
    assert (target.value, target.low, target.high) == (0.5, 0.5, 1.5)
    assert target.told() == "a / b: 0.50 (0.50 to 1.50), wanted at most 0.50: met"


def test_more_than_wanted_is_not_met() -> None:
    assert Target("x", 0.51, 0.51, 0.51, 0.5).told().endswith("wanted at most 0.50: not met")
    assert Target("x", 0.51, 0.51, 0.51).met is None


def test_rounds_of_different_length_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="zip"):
        figures.ratio("a / b", [1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("value", "told"),
    [
        *((0, "0"), (0.01234, "0.012"), (0.5, "0.50"), (12.346, "12.35"), (45.67, "45.7")),
        *((234.5, "234"), (12345.6, "12,346")),
    ],
)
def test_figures_have_the_digits_that_mean_something(value: float, told: str) -> None:
    assert figures.number(value) == told


def test_a_cell_is_the_median_with_the_fastest_and_the_slowest() -> None:
    assert figures.cell([3.0, 1.0, 2.0]) == "2.00 (1.00–3.00)"
    assert figures.cell([2.0]) == "2.00"
    assert figures.cell([]) == "–"


def test_a_table_for_the_terminal_has_aligned_columns(results: Results) -> None:
    lines = list(figures.as_text(results.tables[0]))
    assert lines[0].startswith("One submission of step 1, the same ten checks [seconds]")
    assert lines[0].endswith("on the processor")
    assert len({len(line) for line in lines[:6]}) == 1
    assert any(line.lstrip().startswith("check, cold / plain pytest") for line in lines)


def test_a_table_for_the_site_has_a_cell_for_each_column(results: Results) -> None:
    for table in results.tables:
        rows = [line for line in figures.as_markdown(table) if line.startswith("|")]
        assert len(rows) == len(table.rows) + 2
        assert {line.count("|") for line in rows} == {len(table.columns) + 2}


def test_later_results_replace_earlier_ones_part_by_part(results: Results) -> None:
    later = Results({"date": "later"}, [Table("one", "anew", "s", ["x"], [Row("y", [[1.0]])])])
    both = later.including(results)
    assert both.about == {"date": "later"}
    assert both.tables[0].title == "anew"
    assert len(both.tables) == len(results.tables)


def test_the_page_gets_the_figures_between_its_markers(results: Results) -> None:
    text = f"before\n{page.BEGIN}\nfigures of then\n{page.END}\nafter\n"
    written = page.with_figures(text, results)
    assert written.startswith(f"before\n{page.BEGIN}\n")
    assert written.endswith(f"{page.END}\nafter\n")
    assert "figures of then" not in written
    assert all(table.title in written for table in results.tables)
    assert page.with_figures(written, results) == written


@pytest.mark.parametrize("text", ["no marker", page.BEGIN, f"{page.END}{page.BEGIN}"])
def test_a_page_without_its_markers_is_not_written(text: str, results: Results) -> None:
    with pytest.raises(BenchmarkError, match="has lost a marker"):
        page.with_figures(text, results)


def test_the_sites_page_has_its_markers(results: Results) -> None:
    page.with_figures(page.PAGE.read_text(encoding="utf-8"), results)


def test_the_picture_has_a_bar_for_each_figure_and_none_too_long(results: Results) -> None:
    drawn = ElementTree.fromstring(svg(results))
    bars = [each for each in drawn.iter(f"{_SVG}rect") if each.get("class") in ("o", "p")]
    assert len(bars) == 5 + 4 + 6 + 2
    assert max(float(each.get("width", 0)) for each in bars) <= 720 - 200 - 120
    assert all(float(each.get("width", 0)) > 0 for each in bars)
    assert float(str(drawn.get("viewBox")).split()[3]) >= max(
        float(each.get("y", 0)) + 16 for each in bars
    )


def test_our_bars_have_another_colour_than_the_peers(results: Results) -> None:
    drawn = list(ElementTree.fromstring(svg(results)))
    named = {}
    for text, bar in itertools.pairwise(drawn):
        if bar.get("class") in ("o", "p"):
            named[str(text.text)] = bar.get("class") == "o"
    assert {name for name, is_ours in named.items() if is_ours} == {
        *("check, cold", "check, warm (watch)", "grade", "step 1", "step 6"),
        *("checker, 2 benches", "checker, 1 bench"),
    }


def test_the_picture_is_told_in_words_and_fetches_nothing(results: Results) -> None:
    drawn = svg(results)
    assert re.search(r'role="img" aria-label="One submission, ten checks: [^"]+ check50 ', drawn)
    assert "prefers-color-scheme:dark" in drawn
    assert not re.search(r"@font-face|url\(|href", drawn)


def test_names_in_the_picture_cannot_break_it(results: Results) -> None:
    results.tables[0].rows[0].name = '<b> & "c"'
    texts = [each.text for each in ElementTree.fromstring(svg(results)).iter(f"{_SVG}text")]
    assert '<b> & "c"' in texts
