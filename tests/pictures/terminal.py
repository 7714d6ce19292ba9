"""A terminal as a picture: SVG whose text is text, and nothing fetched from elsewhere."""

from __future__ import annotations

import io
import re

from rich.console import Console

_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"


def recording(width: int = 100) -> Console:
    """Return a console that keeps what is printed for :func:`as_svg`."""
    return Console(
        file=io.StringIO(),
        record=True,
        width=width,
        highlight=False,
        markup=False,
        force_terminal=True,
    )


def as_svg(console: Console, title: str, unique_id: str) -> str:
    """Return what a recording console printed as a picture.

    :param unique_id: begins the names of its styles, so that two pictures can stand in one page.
    """
    svg = console.export_svg(title=title, unique_id=unique_id)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # they fetch from elsewhere
    return svg.replace("Fira Code, monospace", _FONT).replace("Fira Code", _FONT)
