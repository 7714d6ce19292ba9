"""Filling in a form as a person does, and what the browser then sends.

Source: HTML standard, "constructing the entry list" and "form submission algorithm". What only the
browser would hold against the person (`maxlength`, `pattern`, the form of an e-mail address) is not
held against them here: it stops nobody who wants to get past it, and the server has to cope.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from checker.visitor.bodies import Body, encode, urlencoded
from checker.visitor.errors import CannotSubmit
from checker.visitor.exchanges import Entry
from checker.visitor.forms import Button, Field, Form
from checker.visitor.kinds import choose_button
from checker.visitor.urls import URL, parse_url
from checker.visitor.words import listed, plain, quoted

Values = Mapping[Field | str, str | bool]
"""What a person enters, by field or by its name: text, the value of an option, ticked or not."""

_LINE_BREAK = re.compile(r"\r\n?|\n")
# What somebody might enter where an answer is demanded and the check has none in mind.
_PLAUSIBLE = {
    "color": "#336699",
    "date": "2001-02-03",
    "datetime-local": "2001-02-03T04:05",
    "email": "someone@example.com",
    "month": "2001-02",
    "number": "1",
    "range": "50",
    "tel": "+44 20 7946 0000",
    "time": "04:05",
    "url": "https://example.com/",
    "week": "2001-W05",
}
# Fields in which pressing Enter sends the form only if there is no second one of them.
_ENTER_TYPES = frozenset(
    ("date", "datetime-local", "email", "month", "number", "password", "search", "tel", "text")
) | {"time", "url", "week"}


@dataclass(frozen=True, slots=True)
class Submission:
    """A filled form, ready to be sent."""

    method: str  # "GET" or "POST"
    url: URL
    entries: tuple[Entry, ...]
    body: Body | None
    button: Button | None


def submission(form: Form, values: Values, button: Button | None = None) -> Submission:
    """Fill in `values`, answer what else is required, press the button.

    `button` is one of the form's, or None for the one a person would choose. Raises `CannotSubmit`
    where a browser would send nothing.
    """
    button = button or choose_button(form.buttons, form.kind)
    if button is None:
        entered = [each for each in form.fields if each.type in _ENTER_TYPES and each.is_usable]
        if form.buttons or len(entered) > 1:
            raise CannotSubmit(
                "a form with a button that sends it", f"{form.described()}, but none"
            )
    method = (button.method if button else None) or form.method
    enctype = (button.enctype if button else None) or form.enctype
    action = (button.action if button else None) or form.action
    if method == "dialog":
        raise CannotSubmit("a form that is sent to the app", 'a form with method="dialog"')
    url = parse_url(action)
    if url is None or url.scheme not in ("http", "https"):
        seen = f'a form whose action is "{plain(action, 60)}"'
        raise CannotSubmit("a form that is sent to the app", seen)
    entries = tuple(_entries(form, values, button))
    if method == "get":
        query = urlencoded(entries, form.encoding)
        return Submission("GET", replace(url, query=query), entries, None, button)
    return Submission("POST", url, entries, encode(entries, enctype, form.encoding), button)


def told(form: Form, values: Values) -> list[str]:
    """What a person would say they did: `typed the username "ada" into the form`, `ticked …`."""
    typed: list[str] = []
    done: list[str] = []
    for each, value in _by_field(form, values).items():
        name = _called(form, each)
        if isinstance(value, bool):
            done.append(f"{'ticked' if value else 'left out'} {name}")
        elif each.type.startswith("select"):
            done.append(f"chose {quoted(value)} for {name}")
        else:
            typed.append(f"{name} {quoted(value)}")
    return [f"typed {listed(typed)} into the form", *done] if typed else done


def _called(form: Form, each: Field) -> str:
    names = {
        "username": "the username",
        "email": "the e-mail address",
        "password": "the password",
        "confirmation": "the confirmation",
        "current_password": "the current password",
    }
    for role, own in form.roles.items():
        if own is each:
            return names[role]
    return f'"{plain(each.label or each.name)}"'


def _by_field(form: Form, values: Values) -> dict[Field, str | bool]:
    chosen: dict[Field, str | bool] = {}
    for key, value in values.items():
        each = form.named(key) if isinstance(key, str) else key
        if each is None:
            raise CannotSubmit(f'a field named "{key}"', form.described())
        chosen[each] = value
    return chosen


def _entries(form: Form, values: Values, pressed: Button | None) -> list[Entry]:
    chosen = _by_field(form, values)
    _choose_radios(form, chosen)
    entries: list[Entry] = []
    for control in form.controls:
        if isinstance(control, Button):
            if control is pressed and not control.disabled:
                entries += _button_entries(control)
        elif not control.disabled:
            entries += _field_entries(control, chosen.get(control), form)
    return entries


def _button_entries(button: Button) -> list[Entry]:
    if button.type == "image":  # where it was pressed: its middle would do as well
        prefix = f"{button.name}." if button.name else ""
        return [Entry(f"{prefix}x", "1"), Entry(f"{prefix}y", "1")]
    return [Entry(button.name, button.value)] if button.name else []


def _field_entries(each: Field, value: str | bool | None, form: Form) -> list[Entry]:
    if not each.name:
        return []
    if each.type in ("checkbox", "radio"):
        ticked = each.checked or each.required if value is None else bool(value)
        default = "on" if "value" not in each.attributes else each.value
        return [Entry(each.name, default)] if ticked else []
    if each.type.startswith("select"):
        return [Entry(each.name, text) for text in _selected(each, value)]
    if each.type == "file":
        filled = each.required
        return [
            Entry(
                each.name, b"example\n" if filled else b"", filename="example.txt" if filled else ""
            )
        ]
    if each.type == "hidden" and each.name == "_charset_" and not each.value:
        return [Entry(each.name, form.encoding)]
    text = value if isinstance(value, str) else each.value or _plausible(each)
    return [Entry(each.name, _as_typed(text, each.type), each.type == "password")]


def _plausible(each: Field) -> str:
    """Something to enter where an answer is required; "" where none is."""
    if not each.required or not each.is_usable:
        return ""
    given = {name: each.attributes.get(name, "") for name in ("min", "minlength", "maxlength")}
    if given["min"] and each.type in ("number", "range", "date", "month", "week", "time"):
        return given["min"]
    text = _PLAUSIBLE.get(each.type, "example")
    if given["minlength"].isdecimal() and len(text) < int(given["minlength"][:4]):
        text = (text * 200)[: int(given["minlength"][:4])]
    return text[: int(given["maxlength"][:4])] if given["maxlength"].isdecimal() else text


def _as_typed(text: str, kind: str) -> str:
    """What a browser's field makes of a text: no line breaks but in a `<textarea>`."""
    if kind in ("textarea", "hidden"):
        return _LINE_BREAK.sub("\r\n", text)
    text = _LINE_BREAK.sub("", text)
    return text.strip("\t\n\f\r ") if kind in ("email", "url") else text


def _selected(select: Field, value: str | bool | None) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    selected = [
        option.value for option in select.options if option.selected and not option.disabled
    ]
    if select.required and not any(selected):
        choosable = (option.value for option in select.options if not option.disabled)
        return [next((text for text in choosable if text), "")]
    return selected


def _choose_radios(form: Form, chosen: dict[Field, str | bool]) -> None:
    """One of a group: the one that was chosen, or checked already, or the first if required."""
    groups: dict[str, list[Field]] = {}
    for each in form.fields:
        if each.type == "radio" and not each.disabled:
            groups.setdefault(each.name, []).append(each)
    for group in groups.values():  # each of them is in `chosen` afterwards
        winner = next((each for each in group if chosen.get(each)), None)
        checked = [each for each in group if each.checked]
        if winner is None and checked:
            winner = checked[-1]
        if winner is None and any(each.required for each in group):
            winner = group[0]
        for each in group:
            chosen[each] = each is winner
