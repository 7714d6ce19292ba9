"""Nothing is in a notebook that does not belong there, and nothing gets in unseen."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.notebooks.execute import FOLDER, MEASURED, notebooks, text
from tests.notebooks.hygiene import changed, faults, minutes, read

OUTPUT = {"output_type": "stream", "name": "stdout", "text": "seen\n"}
ERROR = {"output_type": "error", "ename": "E", "evalue": "no", "traceback": []}
#: Cells of notebook 01: its title and the app.
TITLE, APP = 0, 1


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_nothing_is_wrong_with(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("change", "cell", "fault"),
    [
        ({"execution_count": None, "outputs": []}, APP, "app: not run, or not in order"),
        ({"execution_count": 2}, APP, "app: not run, or not in order"),
        ({"outputs": [ERROR]}, APP, "app: ends in an error"),
        ({"outputs": [OUTPUT | {"name": "stderr"}]}, APP, "app: prints a warning"),
        (
            {"outputs": [OUTPUT | {"text": "/home/ada/app.py"}]},
            APP,
            "names something of one machine: /home/",
        ),
        ({"id": "3f2a9c01"}, APP, "3f2a9c01: an id made at random"),
        ({"metadata": {"tags": ["raises-exception"]}}, APP, "app: has metadata"),
        ({"metadata": {}}, None, "its metadata is not what every notebook has"),
        ({"source": "# NBVAL_SKIP\nassert False"}, APP, "app: is kept from being tested"),
        ({"source": "seconds(print)"}, APP, "app: measures time, but is not marked"),
        (
            {"source": f"{MEASURED}\nseconds(print)", "outputs": [OUTPUT]},
            APP,
            "app: its measured output is neither there nor held against anything",
        ),
        (
            {"source": f"{MEASURED}\nexpect('quick', seconds(print) < 1)", "outputs": []},
            APP,
            "app: its measured output is neither there nor held against anything",
        ),
        ({"source": "import numpy as np"}, APP, "app: imports numpy"),
        ({"source": "# 1. Sessions"}, TITLE, "lacks objectives"),
        ({"source": "[x](../none.md)"}, TITLE, "links to ../none.md, which is not there"),
    ],
)  # fmt: skip
def test_it_would_be_noticed(change: dict[str, object], cell: int | None, fault: str) -> None:
    assert fault in faults(changed(read("01"), change, cell))


def test_words_cells_and_predictions_take_their_time() -> None:
    table = "| | [one](https://example.org/two three) |\n|---|---|\n"
    prose = new_markdown_cell(table + "word " * 193 + "**Predict.** " * 6)
    cells = [prose, *(new_code_cell("'no words to read'") for _ in range(3))]
    assert minutes(new_notebook(cells=cells)) == 3
    prose.source += "word"
    assert minutes(new_notebook(cells=cells)) == 4, "it is rounded up"


@pytest.mark.parametrize(
    ("words", "said", "found"),
    [
        (15 * 200 - 3, 15, []),
        (15 * 200 - 3, 14, ["does not say that it takes about 15 minutes"]),
        (15 * 200 - 2, 16, ["takes 16 minutes, more than 15"]),
    ],
)
def test_a_notebook_says_how_long_it_takes_and_is_not_long(
    words: int, said: int, found: list[str]
) -> None:
    notebook = new_notebook(cells=[new_markdown_cell(f"About {said} minutes. " + "word " * words)])
    about_time = [fault for fault in faults(text(notebook)) if "minutes" in fault]
    assert about_time == found


def test_another_way_of_writing_the_file_would_be_noticed() -> None:
    assert faults(read("01").replace('"cells"', '"cells" ')) == [
        "not written as nbformat writes it"
    ]


def test_cells_are_formatted_as_all_code_is() -> None:
    for command in (["format", "--check"], ["check"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *command, *notebooks()], cwd=FOLDER.parent, check=True
        )


def test_the_readme_lists_them_all() -> None:
    listed = re.findall(r"\]\((\d\d-[\w-]+\.ipynb)\)", (FOLDER / "README.md").read_text("utf-8"))
    assert listed == [path.name for path in notebooks()]
