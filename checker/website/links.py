"""Links between files of the project, turned into links between pages of the site."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

_DOCS = "docs/"
#: Code first, so that what looks like a link in it stays as it is.
_LINK = re.compile(
    r"(?P<fence>^(?P<ticks>```+).*?^(?P=ticks)$)"
    r"|(?P<code>(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))"
    r"|\[(?P<label>(?:`[^`]*`|[^\[\]`])*)\]\((?P<target>[^)\s]+)\)",
    re.DOTALL | re.MULTILINE,
)


class SiteError(Exception):
    """The site cannot be made; the text names the file and the value, and says what to do."""


def page_of(path: str) -> str | None:
    """Return the page of a file, below ``docs``, or None if the file has no page.

    :param path: the file's path in the project, such as ``steps/02-registration/README.md``.
    """
    if path.startswith(_DOCS):
        return path.removeprefix(_DOCS)
    if path == "steps/README.md":
        return "students.md"
    if path == "notebooks/README.md":
        return "notebooks/index.md"
    if found := re.fullmatch(r"steps/([0-9][^/]*)/README\.md", path):
        return f"lessons/{found[1]}.md"
    if found := re.fullmatch(r"notebooks/([^/]+)\.ipynb", path):
        return f"notebooks/{found[1]}.md"
    return None


def to(target: str, page: str) -> str:
    """Return how a page links to another; both are paths below ``docs``."""
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def rewritten(text: str, source: str, root: Path, page: str | None = None) -> str:
    """Return a text of the project with links that lead from its page to other pages.

    A link to a file without a page becomes the file's name as code.

    :param source: the path of the file that the text is from.
    :param page: where links start, below ``docs``; the file's own page if not said.
    :raises SiteError: a link leads to a file that is not there.
    """
    start = page or page_of(source)
    if start is None:
        raise SiteError(f"{source} has no page on the site, so its links lead nowhere.")

    def replaced(match: re.Match[str]) -> str:
        target = match["target"]
        if target is None or re.match(r"[a-z][a-z+.-]*:", target):
            return match[0]
        path, _, anchor = target.partition("#")
        anchor = _anchor(anchor)
        if not path and page is None:
            return f"[{match['label']}](#{anchor})"
        path = path or posixpath.basename(source)
        full = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if not (root / full).exists():
            raise SiteError(f"{source} links to {target}, which is not there. Mend the link.")
        there = page_of(full)
        if there is None:
            return _as_code(match["label"], full)
        return f"[{match['label']}]({to(there, start)}{'#' * bool(anchor)}{anchor})"

    return _LINK.sub(replaced, text)


def _anchor(anchor: str) -> str:
    """Return an anchor of GitHub or JupyterLab as the site has it."""
    if anchor.startswith("cell-id="):
        return "cell-" + anchor.removeprefix("cell-id=")
    return re.sub(r"-+", "-", anchor.lower())


def _as_code(label: str, path: str) -> str:
    plain = label.replace("`", "")
    if plain.rstrip("/") and (path + os.sep).endswith(plain.rstrip("/") + os.sep):
        return f"`{plain}`"
    return f"{label} (`{path}`)"
