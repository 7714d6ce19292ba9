"""The pages of the notebooks, and the pictures in them, from ``notebooks/*.ipynb``."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.course import ROOT
from checker.website import markdown
from checker.website.links import SiteError, rewritten

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
#: For the tests of the notebooks: the output of such a cell is a time, and never compared.
_MEASURED = "# NBVAL_IGNORE_OUTPUT\n"
_NOT_IN_PAGE = "not-in-page"


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    :ivar id: its id in the file; in the page its anchor is ``cell-`` and this.
    """

    id: str
    is_code: bool
    source: str
    outputs: tuple[Mapping[str, Any], ...]
    metadata: Mapping[str, Any]

    @property
    def is_for_page(self) -> bool:
        """Whether it can run in a page; those that cannot have a tag ``not-in-page``."""
        return _NOT_IN_PAGE not in (*self.metadata.get("tags", ()), *self.metadata)


@dataclass(frozen=True)
class Notebook:
    """A notebook as its file has it.

    :ivar name: the file's name without its end, such as ``01-sessions``.
    """

    name: str
    cells: tuple[Cell, ...]

    @property
    def source(self) -> str:
        """Its path in the project."""
        return f"notebooks/{self.name}.ipynb"

    @property
    def title(self) -> str:
        """Its first heading."""
        for cell in self.cells:
            if not cell.is_code and (found := re.search(r"^# (.+)", cell.source, re.MULTILINE)):
                return found[1]
        raise SiteError(f"{self.source} has no heading that begins with `# `. Add one.")


def notebooks(root: Path = ROOT) -> list[Notebook]:
    """Return all notebooks in order.

    :raises SiteError: a file cannot be read as a notebook.
    """
    return [_read(path) for path in sorted((root / "notebooks").glob("*.ipynb"))]


def pages(root: Path = ROOT) -> dict[str, str]:
    """Return the pages of all notebooks with their index, and pictures: path to text."""
    source = "notebooks/README.md"
    readme = (root / source).read_text(encoding="utf-8")
    made = {
        "notebooks/index.md": markdown.head("Notebooks", source)
        + rewritten(markdown.for_site(readme), source, root)
    }
    for notebook in notebooks(root):
        made |= _made(notebook, root)
    return made


def _made(notebook: Notebook, root: Path) -> dict[str, str]:
    pictures: dict[str, str] = {}
    parts = []
    for cell in notebook.cells:
        if not cell.is_code:
            text = rewritten(markdown.for_site(cell.source), notebook.source, root)
            parts.append(_div(text, "text", id=f"cell-{cell.id}"))
            continue
        code = markdown.fenced(cell.source.removeprefix(_MEASURED), "python")
        outputs = list(_outputs(cell, notebook, pictures))
        more = {} if cell.is_for_page else {"data-not-in-page": ""}
        whole = [code, _div("\n\n".join(outputs), "output")] if outputs else [code]
        parts.append(
            _div("\n\n".join(whole), "cell", id=f"cell-{cell.id}", **{"data-cell": cell.id}, **more)
        )
    # The heading first: what reads pages looks for it there.
    body = _div("\n\n".join(parts), "notebook", **{"data-notebook": notebook.name})
    page = f"{markdown.head(notebook.title, notebook.source)}{body}\n"
    return {f"notebooks/{notebook.name}.md": page, **pictures}


def _div(text: str, kind: str, **attributes: str) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<div class="{kind}"{said} markdown="1">\n\n{text}\n\n</div>'


def _outputs(cell: Cell, notebook: Notebook, pictures: dict[str, str]) -> Iterator[str]:
    """Yield what a cell has put out; its pictures go to ``pictures``."""
    for output in cell.outputs:
        data = output.get("data", {})
        if svg := _joined(data.get("image/svg+xml", "")):
            number = "" if len(cell.outputs) == 1 else f"-{1 + list(cell.outputs).index(output)}"
            path = f"assets/notebooks/{notebook.name}-{cell.id}{number}.svg"
            pictures[path] = svg.rstrip() + "\n"
            words = _words(svg, _joined(data.get("text/plain", "")))
            # A link to the picture alone: on a telephone it is too small to be read in the page.
            yield f"[![{words}](../{path})](../{path})"
        elif output["output_type"] == "error":
            yield markdown.fenced(_plain("\n".join(output["traceback"])), "text")
        elif text := _plain(_joined(output.get("text") or data.get("text/plain", ""))):
            yield markdown.fenced(text, "text")
    if cell.source.startswith(_MEASURED) and cell.outputs:
        yield "Measured on one machine; yours will take another time."


def _words(svg: str, plain: str) -> str:
    """Return a picture in words, on one line."""
    found = re.search(r"<title>(.+?)</title>", svg) or re.search(r'aria-label="(.+?)"', svg)
    said = plain or (html.unescape(found[1]) if found else "A picture")
    one_line = "; ".join(line.strip() for line in said.splitlines() if line.strip())
    return markdown.plain(one_line)


def _plain(text: str) -> str:
    return _ANSI.sub("", text).rstrip("\n")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _read(path: Path) -> Notebook:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(
            Cell(
                id=cell["id"],
                is_code=cell["cell_type"] == "code",
                source=_joined(cell["source"]),
                outputs=tuple(cell.get("outputs", ())),
                metadata=cell["metadata"],
            )
            for cell in said["cells"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError(
            f"notebooks/{path.name} cannot be read as a notebook ({type(error).__name__}: {error})."
            " Open and save it: python3 -m checker notebooks"
        ) from error
    return Notebook(path.stem, cells)
