"""What must not be in a notebook that is committed."""

import ast
import json
import math
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.notebooks.execute import FOLDER, MEASURED, METADATA, READABLE_ID, text

#: What a cell may import, so that it runs wherever Flask does: pure Python, none of our own server.
PACKAGES = {
    *("flask", "werkzeug", "itsdangerous", "jinja2", "markupsafe"),
    *("flask_login", "flask_sqlalchemy", "sqlalchemy"),
    "bcrypt",  # hashes; not Python, and only where it is taken as an example
    "workbench",
}
#: Homes, temporary files, and where packages are installed.
MACHINE = re.compile(
    r"/(home|root|Users|work|tmp|var|opt|usr|private)/|\b[A-Z]:\\|site-packages|\.venv|ipykernel_\d"
)
#: What every notebook offers its reader.
PARTS = {
    "objectives": "After this notebook you can",
    "a prediction": "**Predict.**",
    "an exercise": "**Exercise.**",
    "a folded answer": "<details><summary>Answer</summary>",
    "the step it belongs to": "](../steps/",
}
#: The longest that a reader has for one notebook.
MOST_MINUTES = 15
WORDS_A_MINUTE = 200
SECONDS_A_CELL, SECONDS_A_PREDICTION = 20, 10


def minutes(notebook: NotebookNode) -> int:
    """Return how long somebody takes who reads it all, predicts, and runs each cell; rounded up.

    What a link leads to, tags and the lines of tables are no words.
    """
    prose = _prose(notebook)
    shown = re.sub(r"\]\([^)]*\)|<[^>]+>", " ", prose)
    words = sum(bool(re.search(r"\w", word)) for word in shown.split())
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    predictions = prose.count(PARTS["a prediction"])
    return math.ceil(
        words / WORDS_A_MINUTE + (cells * SECONDS_A_CELL + predictions * SECONDS_A_PREDICTION) / 60
    )


def _prose(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def faults(written: str) -> list[str]:
    """Return a sentence for whatever is wrong with a notebook.

    :param written: the text of its file.
    """
    notebook = nbformat.reads(written, as_version=4)
    found = []
    if text(notebook) != written:
        found.append("not written as nbformat writes it")
    if notebook.metadata != METADATA:
        found.append("its metadata is not what every notebook has")
    if machine := MACHINE.search(written):
        found.append(f"names something of one machine: {machine[0]}")
    count = 0
    for cell in notebook.cells:
        if not READABLE_ID.fullmatch(cell.id):
            found.append(f"{cell.id}: an id made at random")
        if cell.metadata:
            found.append(f"{cell.id}: has metadata")
        if cell.cell_type == "code":
            count += 1
            if cell.execution_count != count:
                found.append(f"{cell.id}: not run, or not in order")
            found += [f"{cell.id}: {fault}" for fault in _faults_of(cell)]
    prose = _prose(notebook)
    taken = minutes(notebook)
    if taken > MOST_MINUTES:
        found.append(f"takes {taken} minutes, more than {MOST_MINUTES}")
    if not re.search(rf"^About {taken} minutes\. ", prose, re.M):
        found.append(f"does not say that it takes about {taken} minutes")
    found += [f"lacks {name}" for name, words in PARTS.items() if words not in prose]
    found += [
        f"links to {link}, which is not there"
        for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", prose)
        if not (FOLDER / link).is_file()
    ]
    return found


def _faults_of(cell: NotebookNode) -> list[str]:
    found = []
    if any(output.output_type == "error" for output in cell.outputs):
        found.append("ends in an error")
    if any(output.get("name") == "stderr" for output in cell.outputs):
        found.append("prints a warning")
    if "NBVAL_" in cell.source.replace(MEASURED, ""):
        found.append("is kept from being tested")
    measured = cell.source.startswith(MEASURED)
    if measured and ("expect(" not in cell.source or not cell.outputs):
        found.append("its measured output is neither there nor held against anything")
    if not measured and re.search(r"\bseconds\(|perf_counter|timeit", cell.source):
        found.append("measures time, but is not marked")
    tree = ast.parse(cell.source)
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else _names(node))
    }
    if strange := sorted(imported - PACKAGES - sys.stdlib_module_names):
        found.append(f"imports {', '.join(strange)}")
    return found


def _names(node: ast.Import) -> list[str]:
    return [alias.name for alias in node.names]


def changed(written: str, change: dict[str, object], cell: int | None = None) -> str:
    """Return the notebook's text after setting some keys of it or of a cell, as an editor would."""
    notebook = json.loads(written)
    (notebook if cell is None else notebook["cells"][cell]).update(change)
    return text(nbformat.from_dict(notebook))


def read(name: str) -> str:
    """Return the text of the notebook whose name begins so."""
    (path,) = Path(FOLDER).glob(f"{name}*.ipynb")
    return path.read_text("utf-8")
