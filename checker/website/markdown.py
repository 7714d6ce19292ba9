"""GitHub's Markdown, as lessons and notebooks are written in, turned into that of the site.

Python-Markdown, which both engines of the site use, differs in small things: it reads Markdown in
HTML only where it is told to, wants an empty line before a list, and four blanks for what belongs
to an item of one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

_FENCED = re.compile(r"^(?P<ticks>```+)(?P<about>[^\n`]*)\n(?P<text>.*?)^(?P=ticks)$", re.M | re.S)
_ITEM = re.compile(r"(?P<mark>[-*]|\d+\.) +\S")
#: Code is left as it is; an underscore means something only at the edge of a word.
_MARKDOWN = re.compile(
    r"(?P<code>`[^`]+`)|(?P<html>[<>&])|[\\`*\[\]{}]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
)
_CODE_IN_SUMMARY = re.compile(r"`([^`]+)`")


def for_site(text: str) -> str:
    """Return a text with its folded parts, lists and diagrams as the site needs them."""
    text = outside_code(text, lambda prose: _folded(_lists(prose)))
    return _FENCED.sub(_diagram, text)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return a text after changing what stands outside its fenced blocks."""
    made = []
    end = 0
    for block in _FENCED.finditer(text):
        made += [change(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*made, change(text[end:])])


def fenced(text: str, language: str, *, title: str = "", marked: Iterable[int] = ()) -> str:
    """Return a fenced block.

    :param title: what stands above it, such as a file's name.
    :param marked: numbers of the lines to mark, from 1.
    """
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    about = language
    if title:
        about += f' title="{title}"'
    if lines := " ".join(spans(marked)):
        about += f' hl_lines="{lines}"'
    return f"{ticks}{about}\n{text.rstrip(chr(10))}\n{ticks}"


def spans(numbers: Iterable[int]) -> list[str]:
    """Return ascending numbers as spans: ``["1", "4-6"]`` for 1, 4, 5 and 6."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]


def head(title: str, source: str) -> str:
    """Return what stands first in a page that is made: whence it comes, and its title.

    :param source: what to change instead of the page.
    """
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    made = f"Made from {source} by `python3 -m checker docs --write`: change that, not this."
    return f'---\n# {made}\ntitle: "{quoted}"\n---\n\n'


def plain(text: str) -> str:
    """Return a text on one line in which nothing but code is taken for Markdown or HTML."""

    def safe(found: re.Match[str]) -> str:
        if found["html"]:
            return html.escape(found[0])
        return found["code"] or f"\\{found[0]}"

    return _MARKDOWN.sub(safe, " ".join(text.split()))


def _diagram(block: re.Match[str]) -> str:
    if block["about"].strip() != "mermaid":
        return block[0]
    drawing = html.escape(block["text"].rstrip("\n"), quote=False)
    return f'<pre class="diagram"><code>{drawing}</code></pre>'


def _folded(prose: str) -> str:
    prose = prose.replace("<details>", '<details markdown="1">')
    return re.sub(
        r"<summary>.*?</summary>",
        lambda found: _CODE_IN_SUMMARY.sub(r"<code>\1</code>", found[0]),
        prose,
        flags=re.DOTALL,
    )


def _lists(prose: str) -> str:
    made: list[str] = []
    width = 0  # of the mark of the list that we are in
    has_paragraphs = False  # whether its last item has an empty line in it
    for line in prose.split("\n"):
        item = _ITEM.match(line)
        if item:
            if made and made[-1].strip() and (has_paragraphs or not width):
                made.append("")
            width = len(item["mark"]) + 1
            has_paragraphs = False
        elif width and line.startswith(" " * width):
            line = "    " + line[width:]
            has_paragraphs = has_paragraphs or not made[-1].strip()
        elif line.strip():
            width = 0
            has_paragraphs = False
        made.append(line)
    return "\n".join(made)
