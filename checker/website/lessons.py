"""The pages of the lessons, from ``steps/NN-…/README.md``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from checker.course import ROOT, Step
from checker.lessons.blocks import Block, LessonError, blocks
from checker.lessons.cutting import CutError, span
from checker.website import changes, markdown
from checker.website.links import SiteError, rewritten

_CAPTION = re.compile(r"\*\*`(?P<file>[^`]+)`, (?P<where>in place of TODO \d+|a new file)\*\*")
_FOLDERS = re.compile(r"(solutions|steps|checker/starters)/[^/]+/")


def pages(course: Sequence[Step], root: Path = ROOT) -> dict[str, str]:
    """Return the pages of all lessons: path below ``docs`` to text.

    :raises SiteError: a lesson cannot be read, or shows what its file does not have.
    """
    made = {}
    for step in course:
        try:
            made[f"lessons/{step.name}.md"] = _page(step, course, root)
        except (CutError, LessonError, OSError, SyntaxError) as error:
            raise SiteError(f"steps/{step.name}/README.md: {error}") from error
    return made


def before(step: Step, course: Sequence[Step], root: Path = ROOT) -> dict[str, str]:
    """Return the app that a step changes: the solution of the one before, else the starter."""
    last = next((one for one in course if one.number == step.number - 1), None)
    folder = root / "checker" / "starters" / step.name if last is None else last.solution
    return changes.program(folder)


def _page(step: Step, course: Sequence[Step], root: Path) -> str:
    source = f"steps/{step.name}/README.md"
    lesson = (root / source).read_text(encoding="utf-8")
    known = before(step, course, root)
    listed = _listings(_with_marks_explained(lesson, step), known, root)
    body = rewritten(markdown.for_site(listed), source, root)
    title, _, body = body.lstrip().partition("\n")
    body = _with_changes(body, _all_changes(lesson, step, known), step)
    return "\n".join(
        [
            markdown.head(f"{step.number} {step.title}", source) + title,
            "",
            _strip(step, course),
            body.rstrip(),
            "",
            f'<div class="step-done" data-step="{step.name}"></div>',
            "",
        ]
    )


def _listings(lesson: str, known: dict[str, str], root: Path) -> str:
    """Return a lesson with titles and marks on its listings, and without the comments."""
    lines = lesson.splitlines()
    for block in reversed(blocks(lesson)):
        if not block.kind:
            continue
        title = ""
        marked: list[int] = []
        if block.kind in ("listing", "mistake"):
            title = _FOLDERS.sub("", block.path, count=1)
        if block.kind == "listing" and not block.is_new_file:
            marked = _marked(block, known.get(title, ""), root)
        fence = markdown.fenced(block.text, block.language, title=title, marked=marked)
        # With the comment above it.
        lines[block.start - 2 : block.end + 1] = fence.splitlines()
    return _CAPTION.sub(_where, "\n".join(lines) + "\n")


def _where(caption: re.Match[str]) -> str:
    """Return where a listing goes, without the file's name, which stands above the listing."""
    where = caption["where"]
    return f"{where[0].upper()}{where[1:]}:"


def _marked(block: Block, before: str, root: Path) -> list[int]:
    """Return the lines of a listing that the app did not have; none where all are new."""
    after = (root / block.path).read_text(encoding="utf-8")
    lines = block.text.splitlines()
    is_python = block.path.endswith(".py")
    start, _ = span(after, block.part, python=is_python) if block.part else (0, 0)
    new = changes.new_lines(before, after, python=is_python)
    filled = [number for number, line in enumerate(lines, start=1) if line.strip()]
    marked = [number for number in filled if start + number in new]
    if marked == filled:
        return []
    # An empty line between two marked ones as well, so that what belongs together looks so.
    between = [number + 1 for number in marked if number + 1 not in filled and number + 2 in marked]
    return sorted([*marked, *between])


def _all_changes(lesson: str, step: Step, known: dict[str, str]) -> str:
    after = changes.program(step.solution)
    shown_whole = {
        _FOLDERS.sub("", block.path, count=1) for block in blocks(lesson) if block.is_new_file
    }
    made = []
    for name in changes.changed(known, after):
        if name in shown_whole:
            continue
        if name not in after:
            made.append(f"`{name}` is no longer needed; remove it.")
            continue
        what = "All that changes in" if name in known else "A new file:"
        diff = changes.diff(known.get(name, ""), after[name])
        made += [
            f'<details class="change" markdown="1"><summary>{what} <code>{name}</code></summary>',
            markdown.fenced(diff, "diff", title=name),
            "</details>",
        ]
    return "\n\n".join(made)


def _with_marks_explained(lesson: str, step: Step) -> str:
    """Return a lesson with what the marks mean, before the first section that changes something."""
    changing = (block for block in blocks(lesson) if block.todo or block.is_new_file)
    first = next(changing, None)
    if first is None:
        return lesson
    since = "the starter" if step.number == 1 else f"step {step.number - 1}"
    sentence = f"Marked lines are new since {since}. A listing without marks is new as a whole."
    return lesson.replace(f"\n## {first.section}\n", f"\n{sentence}\n\n## {first.section}\n", 1)


def _with_changes(body: str, all_changes: str, step: Step) -> str:
    """Return a lesson's text with the whole change before the task, and what to read after it."""
    first, heading, rest = body.partition("\n## Your task\n")
    task, hints, rest = rest.partition("\n## Hints\n")
    if not hints:
        raise SiteError(f"{step.folder / 'README.md'}: no `## Your task` with `## Hints` after it.")
    more = (
        f"[The checks of step {step.number}](../checks/{step.name}.md), each with three hints · "
        f"[Common mistakes in step {step.number}](../mistakes/{step.name}.md)"
    )
    return f"{first}\n## The whole change\n\n{all_changes}\n{heading}{task}\n{more}\n{hints}{rest}"


def _strip(step: Step, course: Sequence[Step]) -> str:
    items = [
        f'<li data-step="{one.name}" markdown="span">[{one.number} {one.title}]({one.name}.md)'
        f"{'{ aria-current=page }' if one is step else ''}</li>"
        for one in course
    ]
    return "\n".join(
        [
            f'<nav class="steps" aria-label="The steps" data-here="{step.name}" markdown="1">',
            '<ol markdown="1">',
            *items,
            "</ol>",
            "</nav>",
        ]
    )
