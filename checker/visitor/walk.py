"""One walk over a page's tree, which finds everything a visitor wants to know of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from justhtml import JustHTML

from checker.visitor.decoding import encoding_named
from checker.visitor.forms import Button, Field, Form, Method, Option
from checker.visitor.reading import Link, Reading, parse_refresh
from checker.visitor.urls import URL, resolve
from checker.visitor.words import folded

_END_OF_FORM = re.compile(r"</form[\t\n\f\r />]", re.IGNORECASE)
_HIDDEN_BY_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Nothing inside these is seen by a reader whose browser runs scripts.
# fmt: off
_NEVER_SHOWN = frozenset((
    "audio", "canvas", "datalist", "iframe", "noembed", "noframes", "noscript", "object", "script",
    "style", "template", "title", "video",
))
# Everything else starts and ends a line of its own, or a cell.
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))
_INPUT_TYPES = frozenset((
    "checkbox", "color", "date", "datetime-local", "email", "file", "hidden", "month", "number",
    "password", "radio", "range", "search", "tel", "text", "time", "url", "week",
))
# fmt: on
_URLENCODED = "application/x-www-form-urlencoded"
_ENCTYPES = (_URLENCODED, "multipart/form-data", "text/plain")


def read_document(document: JustHTML, source: str, url: URL, encoding: str) -> Reading:
    """Walk over the tree of `source`, a page that came from `url` in `encoding`."""
    reading = Reading(document)
    _Walk(reading, source, url, encoding).run()
    return reading


@dataclass(frozen=True, slots=True)
class _Around:
    """What the ancestors of a node say about it."""

    is_shown: bool = True
    is_disabled: bool = False
    form: Form | None = None
    select: Field | None = None
    label: list[str] | None = None  # collects the text of the label around
    collectors: tuple[list[str], ...] = ()  # collect the text of the button, link, option around


@dataclass(slots=True)
class _Control:
    """A field or button, with what is needed to find its form and its label."""

    control: Field | Button
    form_id: str | None  # its attribute `form`
    form_around: Form | None
    offset: int  # where it stands in the source
    html_id: str
    label_around: list[str] | None
    text_before: str


class _Walk:
    """One pass over the tree in the order of the page, without recursion: trees may be deep."""

    def __init__(self, reading: Reading, source: str, url: URL, encoding: str) -> None:
        self.reading = reading
        self.url = url
        self.encoding = encoding
        self.base: str | None = None
        self.parts: list[str] = []  # the visible text; "\n" stands between blocks
        self.last_control = 0  # where in `parts` the text after the last control starts
        self.form_elements: list[tuple[Form, Mapping[str, str], int]] = []
        self.controls: list[_Control] = []
        self.labels_by_id: dict[str, list[str]] = {}
        self.buttons: list[tuple[Button, list[str]]] = []
        self.options: list[tuple[Option, bool, list[str]]] = []  # with "has a value of its own"
        self.textareas: list[tuple[Field, list[str]]] = []
        self.links: list[tuple[str, list[str]]] = []
        self.enabled_legends: set[int] = set()
        self.ends_of_forms = [found.start() for found in _END_OF_FORM.finditer(source)]
        self.visits: dict[str, Callable[[Any, Mapping[str, str], _Around], _Around | None]] = {
            "a": self.visit_link,
            "area": self.visit_link,
            "base": self.visit_base,
            "button": self.visit_button,
            "dialog": self.visit_dialog,
            "fieldset": self.visit_fieldset,
            "form": self.visit_form,
            "img": self.visit_image,
            "input": self.visit_input,
            "label": self.visit_label,
            "legend": self.visit_legend,
            "meta": self.visit_meta,
            "optgroup": self.visit_optgroup,
            "option": self.visit_option,
            "select": self.visit_select,
            "textarea": self.visit_textarea,
            "title": self.visit_title,
        }

    def run(self) -> None:
        """Walk the whole tree and fill the reading."""
        stack: list[tuple[Any, _Around] | None] = [(self.reading.document.root, _Around())]
        while stack:
            step = stack.pop()
            if step is None:  # the end of a block
                self.parts.append("\n")
                continue
            node, around = step
            if node.name == "#text":
                self.visit_text(node.data or "", around)
                continue
            if not node.children and node.name not in self.visits:
                if node.name == "br":
                    self.parts.append("\n")
                continue
            if node.name not in _INLINE:
                self.parts.append("\n")
                stack.append(None)
            inner = self.visit(node, around) if node.attrs is not None else around
            if inner is not None and node.children:
                stack.extend((child, inner) for child in reversed(node.children))
        self.finish()

    def visit(self, node: Any, around: _Around) -> _Around | None:
        """Take in one element; what is returned holds for its children, None leaves them out."""
        attributes: Mapping[str, str] = {
            name: value or "" for name, value in (node.attrs or {}).items()
        }
        if around.is_shown and (
            ("hidden" in attributes and attributes["hidden"].lower() != "until-found")
            or ("style" in attributes and _HIDDEN_BY_STYLE.search(attributes["style"][:2000]))
        ):
            around = replace(around, is_shown=False)
        if node.namespace == "html" and node.name in self.visits:
            return self.visits[node.name](node, attributes, around)
        return None if node.name in _NEVER_SHOWN else around

    def visit_text(self, text: str, around: _Around) -> None:
        if around.is_shown:
            self.parts.append(text)
        if around.label is not None:
            around.label.append(text)
        for collector in around.collectors:
            collector.append(text)

    def visit_title(self, node: Any, _: Mapping[str, str], __: _Around) -> None:
        if not self.reading.title:
            texts = (child.data or "" for child in node.children if child.name == "#text")
            self.reading.title = folded("".join(texts))

    def visit_base(self, _: Any, attributes: Mapping[str, str], __: _Around) -> None:
        if self.base is None:
            self.base = attributes.get("href")

    def visit_meta(self, _: Any, attributes: Mapping[str, str], __: _Around) -> None:
        if self.reading.refresh is None and attributes.get("http-equiv", "").lower() == "refresh":
            self.reading.refresh = parse_refresh(attributes.get("content", ""))

    def visit_image(self, _: Any, attributes: Mapping[str, str], around: _Around) -> None:
        self.visit_text(attributes.get("alt", ""), around)

    def visit_link(self, _: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        if "href" not in attributes:
            return around
        texts: list[str] = []
        self.links.append((attributes["href"], texts))
        return replace(around, collectors=(texts, *around.collectors[:2]))

    def visit_dialog(self, _: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        return around if "open" in attributes else replace(around, is_shown=False)

    def visit_fieldset(self, node: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        if "disabled" not in attributes or around.is_disabled:
            return around
        first_legend = next((child for child in node.children if child.name == "legend"), None)
        if first_legend is not None:  # what stands in it stays enabled
            self.enabled_legends.add(id(first_legend))
        return replace(around, is_disabled=True)

    def visit_legend(self, node: Any, _: Mapping[str, str], around: _Around) -> _Around:
        return replace(around, is_disabled=False) if id(node) in self.enabled_legends else around

    def visit_label(self, _: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        texts: list[str] = []
        if "for" in attributes:
            self.labels_by_id.setdefault(attributes["for"], texts)
        return replace(around, label=texts)

    def visit_form(self, node: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        form = Form(
            action=attributes.get("action", ""),
            page_url=str(self.url),
            method=_method(attributes.get("method", "")) or "get",
            enctype=_enctype(attributes.get("enctype", "")) or _URLENCODED,
            encoding=_encoding(attributes.get("accept-charset", "")) or self.encoding,
            identity=" ".join(attributes.get(name, "") for name in ("id", "name", "class")),
        )
        self.form_elements.append((form, attributes, node.origin_offset or 0))
        self.last_control = len(self.parts)
        return replace(around, form=form)

    def visit_input(self, node: Any, attributes: Mapping[str, str], around: _Around) -> None:
        kind = attributes.get("type", "").lower()
        value = attributes.get("value", "")
        if kind in ("submit", "image"):
            label = value if kind == "submit" else attributes.get("alt", "")
            label = label or ("Submit" if "value" not in attributes else "")
            button = self.button(attributes, around, kind, label)
            self.visit_text(f" {label} ", around)
            self.add_control(button, node, attributes, around)
        elif kind in ("button", "reset"):  # does nothing without a script
            self.visit_text(f" {value} ", around)
        else:
            self.field(node, attributes, around, kind if kind in _INPUT_TYPES else "text", value)

    def visit_textarea(self, node: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        texts: list[str] = []
        self.textareas.append((self.field(node, attributes, around, "textarea", ""), texts))
        return replace(around, is_shown=False, label=None, collectors=(texts,))

    def visit_select(self, node: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        kind = "select-multiple" if "multiple" in attributes else "select-one"
        select = self.field(node, attributes, around, kind, "")
        return replace(around, select=select, label=None, collectors=())

    def visit_optgroup(self, _: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        return replace(around, is_disabled=True) if "disabled" in attributes else around

    def visit_option(self, _: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        if around.select is None:
            return around
        texts: list[str] = []
        option = Option(
            attributes.get("value", ""),
            attributes.get("label", ""),
            selected="selected" in attributes,
            disabled="disabled" in attributes or around.is_disabled,
        )
        around.select.options.append(option)
        self.options.append((option, "value" in attributes, texts))
        return replace(around, collectors=(texts,))

    def visit_button(self, node: Any, attributes: Mapping[str, str], around: _Around) -> _Around:
        texts: list[str] = []
        if attributes.get("type", "").lower() not in ("button", "reset"):
            label = attributes.get("aria-label", "") or attributes.get("title", "")
            button = self.button(attributes, around, "submit", label)
            self.buttons.append((button, texts))
            self.add_control(button, node, attributes, around)
        return replace(around, label=None, collectors=(texts, *around.collectors[:2]))

    def button(
        self, attributes: Mapping[str, str], around: _Around, kind: str, label: str
    ) -> Button:
        return Button(
            attributes.get("name", ""),
            attributes.get("value", ""),
            folded(label),
            "image" if kind == "image" else "submit",
            disabled="disabled" in attributes or around.is_disabled,
            is_shown=around.is_shown,
            action=attributes.get("formaction"),
            method=_method(attributes.get("formmethod", "")),
            enctype=_enctype(attributes.get("formenctype", "")),
        )

    def field(
        self, node: Any, attributes: Mapping[str, str], around: _Around, kind: str, value: str
    ) -> Field:
        field = Field(
            attributes.get("name", ""),
            kind,
            value,
            required="required" in attributes,
            checked="checked" in attributes,
            disabled="disabled" in attributes or around.is_disabled,
            is_shown=around.is_shown and kind != "hidden",
            attributes=attributes,
        )
        self.add_control(field, node, attributes, around)
        return field

    def add_control(
        self, control: Field | Button, node: Any, attributes: Mapping[str, str], around: _Around
    ) -> None:
        before: list[str] = []
        if not (isinstance(control, Field) and control.type == "hidden"):
            before = "".join(self.parts[self.last_control :]).split("\n")
            self.last_control = len(self.parts)
        self.controls.append(
            _Control(
                control,
                attributes.get("form"),
                around.form,
                node.origin_offset or 0,
                attributes.get("id", ""),
                around.label,
                next((line for line in map(folded, reversed(before)) if line), ""),
            )
        )

    def finish(self) -> None:
        """Put together what can be known only at the end of the page."""
        reading = self.reading
        base, _ = resolve(self.url, self.base or "")
        base = base or self.url
        for textarea, texts in self.textareas:
            textarea.value = "".join(texts)
        for option, has_value, texts in self.options:
            text = folded("".join(texts))
            option.label = option.label or text
            option.value = option.value if has_value else text
        for button, texts in self.buttons:
            button.label = folded("".join(texts)) or button.label
        for href, texts in self.links:
            reading.links.append(Link(folded("".join(texts)), _resolved(base, href)))
        by_id: dict[str, Form] = {}
        for form, attributes, _ in self.form_elements:
            form.action = (
                _resolved(base, form.action)
                if form.action.strip()
                else str(self.url.without_fragment())
            )
            if attributes.get("id"):
                by_id.setdefault(attributes["id"], form)
            reading.forms.append(form)
        for found in self.controls:
            self.finish_control(found, by_id, base)
        reading.visible_text = folded("".join(self.parts))

    def finish_control(self, found: _Control, by_id: Mapping[str, Form], base: URL) -> None:
        control = found.control
        if isinstance(control, Button):
            if control.action is not None:
                control.action = _resolved(base, control.action) if control.action.strip() else None
        else:
            _choose_options(control)
            given = self.labels_by_id.get(found.html_id) if found.html_id else None
            texts = (
                "".join(given or ()),
                "".join(found.label_around or ()),
                *(control.attributes.get(name, "") for name in ("aria-label", "placeholder")),
                control.attributes.get("title", ""),
                found.text_before,
            )
            control.label = next((text for text in map(folded, texts) if text), "")
        if found.form_id is not None:
            form = by_id.get(found.form_id)
        else:
            form = found.form_around or self.form_still_open(found.offset)
        if form is not None:
            form.controls.append(control)
        elif isinstance(control, Field):
            self.reading.loose_fields.append(control)

    def form_still_open(self, offset: int) -> Form | None:
        """The form a control belongs to though the tree has it elsewhere.

        `<table><form><tr>…` and `<div><form></div>…` leave the form's element behind, but the
        parser goes on counting controls to it until `</form>` (HTML standard, "form element
        pointer").
        """
        place = bisect_left(self.form_elements, offset, key=lambda each: each[2])
        if place == 0:
            return None
        form, _, start = self.form_elements[place - 1]
        next_end = bisect_left(self.ends_of_forms, start)
        is_closed = next_end < len(self.ends_of_forms) and self.ends_of_forms[next_end] < offset
        return None if is_closed else form


def _choose_options(select: Field) -> None:
    """Leave exactly those options selected that a browser shows as chosen at first."""
    if select.type == "select-multiple" or not select.options:
        return
    chosen = [option for option in select.options if option.selected]
    choosable = [option for option in select.options if not option.disabled]
    default = chosen[-1] if chosen else next(iter(choosable), None)
    for option in select.options:
        option.selected = option is default
    select.value = default.value if default is not None else ""


def _resolved(base: URL, location: str) -> str:
    url = resolve(base, location).url
    return location if url is None else str(url)


def _method(text: str) -> Method | None:
    lowered = text.strip().lower()
    for method in ("get", "post", "dialog"):
        if lowered == method:
            return method
    return None


def _enctype(text: str) -> str | None:
    lowered = text.strip().lower()
    return lowered if lowered in _ENCTYPES else None


def _encoding(labels: str) -> str | None:
    """The first name in `accept-charset` that stands for an encoding forms can be sent in."""
    for label in labels[:500].replace(",", " ").split():
        name = encoding_named(label)
        if name is not None:
            return name
    return None
