"""The page where a password is changed (step 04 on): its form, filled in by a person or a tool."""

from __future__ import annotations

from checker.visitor import Form, NoForm, Page, Visitor
from checker.visitor.kinds import Role


def password_form(visitor: Visitor) -> Form:
    """Let a visitor open the page and find its form.

    :raises NoForm: there is none.
    """
    form = visitor.find_form("password")
    if form is None:
        seen = visitor.page.described() if visitor.page else "nothing"
        raise NoForm(f"a form to change the password at {visitor.paths['password']}", seen)
    return form


def change_password(
    visitor: Visitor, current: str, new: str, confirmation: str | None = None
) -> Page:
    """Let a visitor fill in the form and send it.

    :param confirmation: the new password again, unless something else.
    :raises NoForm: there is no such form, or a field is missing in it.
    """
    form = password_form(visitor)
    return visitor.submit(form, form.filled(_typed(form, current, new, confirmation)))


def sent_to_change(form: Form, current: str | None, new: str | None) -> list[tuple[str, str]]:
    """Return what a tool would send: hidden fields, and the passwords under the form's own names.

    :param current: the current password; ``None`` leaves its field out.
    :param new: the new one; ``None`` leaves its field out.
    """
    typed = _typed(form, current or "", new or "")
    if current is None:
        del typed["current_password"]
    if new is None:
        del typed["password"]
    hidden = [(each.name, each.value) for each in form.fields if each.type == "hidden"]
    return [*hidden, *((form.roles[role].name, text) for role, text in typed.items())]


def _typed(form: Form, current: str, new: str, confirmation: str | None = None) -> dict[Role, str]:
    typed: dict[Role, str] = {"current_password": current, "password": new}
    if "confirmation" in form.roles:
        typed["confirmation"] = new if confirmation is None else confirmation
    return typed
