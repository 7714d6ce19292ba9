"""How HTML pages are made: templates, and a policy that lets nothing from elsewhere in.

A page is one file. Its only style and its only script are the files beside the template, named in
its Content Security Policy by their digests: whatever else should get into a page, the browser
neither runs nor fetches it. Every value passes
:func:`~checker.reports.printable.printable` and HTML escaping, so no template can forget either.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from checker.reports.printable import printable

_FOLDER = Path(__file__).with_name("data")


def page(template: str, *, script: str = "", **values: Any) -> str:
    """Return a whole page.

    :param template: its file in ``data``.
    :param script: the file of its script, if it has one.
    :param values: what the template shows.
    """
    style, code = _file("page.css"), _file(script) if script else ""
    return (
        _environment()
        .get_template(template)
        .render(
            policy=_policy(style, code),
            # Our own files: they go in as they are.
            style=Markup(style),
            script=Markup(code),
            **values,
        )
    )


def _policy(style: str, code: str) -> str:
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
    policy += f"style-src '{_digest(style)}'"
    return policy + (f"; script-src '{_digest(code)}'" if code else "")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters["cut"] = printable
    environment.filters["moment"] = _moment
    return environment


def _harmless(value: object) -> object:
    """Spell out what is no visible character in every text that a template shows."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _moment(text: str) -> str:
    """Return an ISO 8601 time as a person reads it; whatever else it is, it stays."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment.tzinfo else text
