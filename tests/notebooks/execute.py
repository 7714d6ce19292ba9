"""The notebooks, run from the top in a kernel of this environment, compared and rewritten.

::

    python -m tests.notebooks.execute                  # names those that are out of date, exit 1
    python -m tests.notebooks.execute --write          # brings them up to date
    python -m tests.notebooks.execute --write 01 04    # these two
"""

import argparse
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

FOLDER = Path(__file__).parents[2] / "notebooks"
#: Above a cell that measures time: its output is kept as it was, and never compared.
MEASURED = "# NBVAL_IGNORE_OUTPUT"
#: The same on every machine and every Python, so that a run changes nothing.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
READABLE_ID = re.compile(r"[a-z]+(-[a-z]+)*(-\d+)?")


def notebooks() -> list[Path]:
    """Return all of them, in order."""
    return sorted(FOLDER.glob("*.ipynb"))


def run(notebook: NotebookNode, environment: Mapping[str, str] | None = None) -> None:
    """Run all cells in a new kernel, in the notebooks' folder, and put their outputs in.

    :param environment: the kernel's environment variables, all of them; else those of here.
    :raises nbclient.exceptions.CellExecutionError: a cell raised something.
    """
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
        ),
        resources={"metadata": {"path": str(FOLDER)}},
        record_timing=False,
        coalesce_streams=True,
        timeout=60,
    )
    with Path(os.devnull).open("w") as nowhere:  # where the kernel warns of what is usual
        client.execute(env=environment or os.environ, stderr=nowhere, cleanup_kc=True)


def updated(stored: NotebookNode) -> NotebookNode:
    """Return the notebook as it is when run now, with nothing in it that differs between runs."""
    notebook = nbformat.from_dict(stored)
    run(notebook)
    notebook.metadata = nbformat.from_dict(METADATA)
    count = 0
    for cell, before in zip(notebook.cells, stored.cells, strict=True):
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            if MEASURED in cell.source and before.outputs:
                cell.outputs = before.outputs
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count
                if "metadata" in output:
                    output.metadata = nbformat.from_dict({})
    _name_cells(notebook)
    return notebook


def _name_cells(notebook: NotebookNode) -> None:
    """Give the cells that an editor has named at random the words of the heading above them."""
    taken = {cell.id for cell in notebook.cells if READABLE_ID.fullmatch(cell.id)}
    heading = "top"
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^#+ (.+)", cell.source, re.M)):
            heading = "-".join(re.findall(r"[a-z]+", found[1].lower())[:5]) or "top"
        if not READABLE_ID.fullmatch(cell.id):
            numbered = (f"{heading}-{number}" for number in range(2, len(notebook.cells) + 3))
            cell.id = next(name for name in (heading, *numbered) if name not in taken)
            taken.add(cell.id)


def text(notebook: NotebookNode) -> str:
    """Return what stands in the file."""
    written: str = nbformat.writes(notebook)
    return written + "\n"


def main(arguments: list[str]) -> int:
    """Compare notebooks with a run of theirs, or rewrite them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks.execute")
    parser.add_argument("--write", action="store_true", help="bring the notebooks up to date")
    parser.add_argument("names", nargs="*", metavar="NAME", help="how a name begins; else all")
    options = parser.parse_args(arguments)

    stale = failing = False
    for path in notebooks():
        if options.names and not path.name.startswith(tuple(options.names)):
            continue
        before = path.read_text("utf-8")
        try:
            current = text(updated(nbformat.reads(before, as_version=4)))
        except CellExecutionError as error:
            failing = True
            print(f"fails: {path.name}\n{error}")
            continue
        if current == before:
            continue
        stale = True
        if options.write:
            path.write_text(current, "utf-8")
        print("rewritten:" if options.write else "out of date:", path.name)
    return int(failing or (stale and not options.write))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
