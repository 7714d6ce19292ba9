"""What the ten checks of step 1 type into the form; the same for every peer."""

from __future__ import annotations

import re

NAME, PASSWORD = "Mirela417", "Pw-Tonda301-Belu555"
WRONG = PASSWORD[:-1] + "~"
UNKNOWN = "Sorano233"
TEN = (
    *("app-starts", "login-form", "home-needs-login", "right-password", "redirect-home"),
    *("wrong-password", "unknown-user", "same-error", "injection-login", "missing-fields"),
)
#: Names and passwords that log in where a query is made of text; those of the checker.
INJECTIONS = (
    (f"{NAME}' -- ", "x"),
    (f"{NAME}'#", "x"),
    (f'{NAME}" -- ', "x"),
    (f"{NAME}') -- ", "x"),
    ("' OR '1'='1", "' OR '1'='1"),
    ("' OR '1'='1' -- ", "x"),
    ('" OR "1"="1', '" OR "1"="1'),
    ('x" OR ""="', 'x" OR ""="'),
    (f"{NAME}\\", " OR 1=1 -- "),
    ("x\\", f" OR username='{NAME}' -- "),
    (NAME, "' OR '1'='1"),
    (NAME, f"' OR username='{NAME}' -- "),
    (f"{NAME} OR 1=1", "x"),
    *(
        (f"x' UNION SELECT {columns} -- ", "x")
        for columns in (
            f"1,'{NAME}','x'",
            f"'{NAME}','x'",
            "'x'",
            "1,'x'",
            f"'{NAME}'",
            f"1,'{NAME}','x',1",
            "1,'x',1",
            f"1,'{NAME}','x','{NAME}',1",
        )
    ),
)
#: What is sent when somebody leaves out a field.
MISSING: tuple[dict[str, str], ...] = (
    {"username": NAME},
    {"password": PASSWORD},
    {},
    {"username": "", "password": PASSWORD},
    {"username": NAME, "password": ""},
    {"username": "", "password": ""},
)
_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.S | re.I)


def login_form(page: str) -> str | None:
    """Return the form with a password field that a page has, if any."""
    for found in _FORM.finditer(page):
        form = found.group()
        if re.search(r'<input[^>]*type="password"', form, re.I):
            return form
    return None


def is_as_it_should(form: str | None) -> bool:
    """Tell whether a login form sends by POST what is typed into two named fields."""
    patterns = (
        r'<form[^>]*method="post"',
        r'<input[^>]*name="username"',
        r'<input[^>]*name="password"',
    )
    return form is not None and all(re.search(pattern, form, re.I) for pattern in patterns)
