"""Rules for what is no Python: templates and SQL."""

from __future__ import annotations

import re

from checker.audit.rules import TextOperator

TEXTS = (
    TextOperator(
        "escaping-off",
        "puts a value into a page unescaped",
        ".html",
        re.compile(r"\{\{ ((?:account\.)?(?:username|email|email_or_username|next)) \}\}"),
        r"{{ \1|safe }}",
        ("names-escaped", "entered-values-kept", "next-stays-here"),
    ),
    TextOperator(
        "form-by-get",
        "sends a form in the address",
        ".html",
        re.compile(r'method="post"'),
        'method="get"',
        ("login-form", "register-form", "password-page", "log-out"),
    ),
    TextOperator(
        "password-shown",
        "shows a password while it is typed",
        ".html",
        re.compile(r'type="password"'),
        'type="text"',
        ("login-form", "register-form", "password-page"),
    ),
    TextOperator(
        "password-echoed",
        "sends a typed password back",
        ".html",
        re.compile(r'name="password"'),
        """name="password" value="{{ request.form.get('password', '') }}\"""",
        ("wrong-password", "entered-values-kept"),
    ),
    TextOperator(
        "password-echoed",
        "sends a typed password back",
        "register.html",
        re.compile(r'name="confirmation"'),
        """name="confirmation" value="{{ request.form.get('confirmation', '') }}\"""",
        ("entered-values-kept",),
    ),
    TextOperator(
        "csrf-token-dropped",
        "leaves a form without its token",
        ".html",
        re.compile(r"\{\{ (?:form\.hidden_tag\(\)|form\.csrf_token|csrf_token\(\)) \}\}"),
        "",
        ("login-form",),
    ),
    TextOperator(
        "field-without-name",
        "takes a field's name away",
        ".html",
        re.compile(r'(<(?:input|button)[^>]*?) name="[^"]*"'),
        r"\1",
    ),
    TextOperator(
        "attribute-dropped",
        "takes away what a browser checks or fills in",
        ".html",
        re.compile(r'\s(?:required|autocomplete="[^"]*"|minlength="\d+"|autocapitalize="none")'),
        "",
    ),
    TextOperator(
        "value-dropped",
        "leaves out a value that a page shows",
        ".html",
        re.compile(r"\{\{ [^}]*(?:account\.|username|email|next|message|error)[^}]*\}\}"),
        "",
    ),
    TextOperator(
        "not-unique",
        "lets a name be used twice",
        ".sql",
        re.compile(r" UNIQUE"),
        "",
        ("taken-name", "taken-email", "same-moment"),
    ),
    TextOperator(
        "case-counts",
        "makes Ada and ada two names",
        ".sql",
        re.compile(r"utf8mb4_unicode_520_ci"),
        "utf8mb4_bin",
        ("look-alikes", "taken-name"),
    ),
    TextOperator(
        "constraint-dropped",
        "leaves out what a column has to be",
        ".sql",
        re.compile(r" (?:NOT NULL|DEFAULT TRUE|AUTO_INCREMENT|PRIMARY KEY)"),
        "",
    ),
)
