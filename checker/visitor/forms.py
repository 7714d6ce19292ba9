"""A form as a page offers it: its fields, its buttons, where and how it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from checker.visitor import kinds
from checker.visitor.errors import NoForm
from checker.visitor.words import counted, listed, plain

Kind = kinds.Kind
Role = kinds.Role
Method = Literal["get", "post", "dialog"]


@dataclass(eq=False, slots=True)
class Option:
    """One choice of a `<select>`."""

    value: str
    label: str
    selected: bool = False
    disabled: bool = False


@dataclass(eq=False, slots=True)
class Field:
    """Something in a form that is filled in, ticked or chosen; hidden fields too.

    `type` is the input's type in lower case ("text" where it is missing or unknown), "textarea",
    "select-one" or "select-multiple". `name` is "" where the attribute is missing or empty: such a
    field is never sent.
    """

    name: str
    type: str
    value: str = ""
    label: str = ""
    required: bool = False
    checked: bool = False
    disabled: bool = False
    is_shown: bool = True
    options: list[Option] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_usable(self) -> bool:
        """Whether a person can see it and change it."""
        return self.is_shown and not self.disabled and "readonly" not in self.attributes


@dataclass(eq=False, slots=True)
class Button:
    """A button that sends its form. What it leaves open (None), the form decides."""

    name: str
    value: str
    label: str = ""
    type: Literal["submit", "image"] = "submit"
    disabled: bool = False
    is_shown: bool = True
    action: str | None = None  # a whole URL, like the form's
    method: Method | None = None
    enctype: str | None = None


@dataclass(eq=False)
class Form:
    """One form. `action` is a whole URL, resolved as a browser does it.

    `controls` holds fields and buttons in the order of the page, which is the order they are sent
    in. `encoding` is the name of a Python codec.
    """

    action: str
    page_url: str
    method: Method = "get"
    enctype: str = "application/x-www-form-urlencoded"
    encoding: str = "utf-8"
    identity: str = ""  # its id, name and classes, which may tell what it is for
    controls: list[Field | Button] = field(default_factory=list)

    @property
    def fields(self) -> list[Field]:
        """Everything but the buttons."""
        return [control for control in self.controls if isinstance(control, Field)]

    @property
    def buttons(self) -> list[Button]:
        """The buttons that send the form."""
        return [control for control in self.controls if isinstance(control, Button)]

    @property
    def password_fields(self) -> list[Field]:
        """The fields of type password that a person can type into."""
        return [each for each in self.fields if each.type == "password" and each.is_usable]

    @property
    def text_field(self) -> Field | None:
        """Where a username goes, judged by what fields say and, failing that, by their place."""
        return kinds.username_field(self)

    @property
    def email_field(self) -> Field | None:
        """Where an e-mail address goes."""
        return kinds.email_field(self)

    @cached_property
    def kind(self) -> Kind:
        """What the form is for."""
        return kinds.kind_of(self)

    @cached_property
    def roles(self) -> Mapping[Role, Field]:
        """Which field takes what, as far as the form's kind says it."""
        return kinds.roles_of(self)

    def filled(self, typed: Mapping[Role, str]) -> dict[Field | str, str | bool]:
        """The values to submit, by field, for what is typed into each role.

        Raises `NoForm` if the form has no field for one of them.
        """
        for role in typed:
            if role not in self.roles:
                raise NoForm(f"a field for the {role.replace('_', ' ')}", self.described())
        return {self.roles[role]: text for role, text in typed.items()}

    def named(self, name: str) -> Field | None:
        """The first field of that name."""
        return next((each for each in self.fields if each.name == name), None)

    @property
    def problems(self) -> list[str]:
        """What keeps this form from working in a browser, in sentences for its author."""
        found = [
            f"The {self._described_field(each)} has no name attribute, "
            "so browsers do not send what is typed there."
            for each in self.fields
            if not each.name and each.is_usable and each.type not in ("checkbox", "radio", "file")
        ]
        if not any(not button.disabled for button in self.buttons):
            found.append("The form has no button that sends it.")
        return found

    def described(self) -> str:
        """The form in a noun phrase: `a form with the fields "User" (text) and …`."""
        shown = [each for each in self.fields if each.is_shown and each.type != "hidden"]
        if not shown:
            return "a form without any field"
        names = [f'"{plain(each.label or each.name, 25)}" ({each.type})' for each in shown[:5]]
        if len(shown) > 5:
            names.append(counted(len(shown) - 5, "more", "more"))
        return f"a form with the {'field' if len(shown) == 1 else 'fields'} {listed(names)}"

    def _described_field(self, each: Field) -> str:
        for role, own in self.roles.items():
            if own is each:
                return f"{role.replace('_', ' ')} field"
        return f"{each.type} field"
