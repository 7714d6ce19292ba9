"""The command that runs the notebooks anew."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks import execute
from tests.notebooks.execute import MEASURED, METADATA, main, text

SAID = [new_output("stream", name="stdout", text="7 seconds\n")]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook as an editor leaves it: cells with ids made at random, not all of them run."""
    monkeypatch.setattr(execute, "FOLDER", tmp_path)
    cells = [
        new_markdown_cell("# 1. Two cells", id="1c3f58aa"),
        new_code_cell("print('one')", id="d2e4a1b0", execution_count=7),
        new_markdown_cell("Nothing is measured here.", id="mine"),
        new_code_cell(f"{MEASURED}\nprint('8 seconds')", id="0badcafe", outputs=SAID),
    ]
    path = tmp_path / "01-two.ipynb"
    path.write_text(text(new_notebook(cells=cells, metadata={"language_info": {"name": "R"}})))
    return path


def test_a_notebook_is_named_rewritten_and_then_left_alone(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = notebook.read_text()
    assert main([]) == 1
    assert capsys.readouterr().out == "out of date: 01-two.ipynb\n"
    assert notebook.read_text() == before

    assert main(["--write", "01"]) == 0
    assert capsys.readouterr().out == "rewritten: 01-two.ipynb\n"
    written = notebook.read_text()
    cells = nbformat.reads(written, as_version=4).cells
    assert [cell.id for cell in cells] == ["two-cells", "two-cells-2", "mine", "two-cells-3"]
    assert [cell.get("execution_count") for cell in cells] == [None, 1, None, 2]
    assert cells[1].outputs[0].text == "one\n"
    assert cells[3].outputs == SAID, "what was measured is kept"
    assert nbformat.reads(written, as_version=4).metadata == METADATA

    assert main(["--write"]) == 0
    assert main(["--write", "02"]) == 0, "there is none whose name begins so"
    assert capsys.readouterr().out == ""
    assert notebook.read_text() == written


def test_a_cell_that_fails_is_shown_and_nothing_written(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = notebook.read_text().replace("print('one')", "print(one)")
    notebook.write_text(broken)
    assert main(["--write"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("fails: 01-two.ipynb\n")
    assert "name 'one' is not defined" in said
    assert notebook.read_text() == broken
