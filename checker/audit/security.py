"""Rules that take away what keeps others out, one small wrong change each."""

from __future__ import annotations

import ast
import re

from checker.audit.rules import (
    Changes,
    Operator,
    called,
    called_as_statement,
    compared_by,
    is_text,
    setting_of,
)
from checker.audit.source import Edit, Source


def _query_from_text(node: ast.AST, source: Source) -> Changes:
    """``execute("… = %s", (name,))`` → ``execute("… = '%s'" % (name,))``; the same for a column."""
    if called(node) == "execute" and isinstance(node, ast.Call) and len(node.args) == 2:
        query, values = node.args
        if is_text(query) and "session[" not in source.of(values):  # which the app has signed
            for quotes in ("'%s'", '\\"%s\\"'):
                text = source.of(query).replace("%s", quotes)
                span = source.span(query)[0], source.span(values)[1]
                yield Edit(*span, f"{text} % {source.of(values)}")
    if (
        isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Attribute)
        and isinstance(node.left.value, ast.Name)
        and node.left.value.id[:1].isupper()
        and isinstance(node.comparators[0], ast.Name)
    ):
        typed = node.comparators[0].id
        yield source.instead(node.comparators[0], f"db.literal_column(f\"'{{{typed}}}'\")")


def _password_not_hashed(node: ast.AST, source: Source) -> Changes:
    if (
        called(node) in ("generate_password_hash", "hash_password")
        and isinstance(node, ast.Call)
        and not isinstance(source.parents[node], ast.Expr)
    ):
        yield source.instead(node, source.of(node.args[0]))


def _weak_hash(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Constant) and str(node.value).startswith("scrypt:"):
        yield source.instead(node, '"pbkdf2:sha256:1000"')
        yield source.instead(node, '"pbkdf2:sha256:150000"')  # a default of years ago
        yield source.instead(node, '"scrypt:1024:8:1"')


def _fast_hash(node: ast.AST, source: Source) -> Changes:
    """Hash without a salt, and so fast that a list of guesses takes no time."""
    if called(node) == "generate_password_hash" and isinstance(node, ast.Call):
        typed = source.of(node.args[0])
        yield source.instead(node, f'__import__("hashlib").sha256({typed}.encode()).hexdigest()')


def _hash_of_beginning(node: ast.AST, source: Source) -> Changes:
    """Hash as much of a password as bcrypt takes."""
    if called(node) == "generate_password_hash" and isinstance(node, ast.Call):
        yield source.instead(node.args[0], f"{source.of(node.args[0])}[:72]")


def _error_shown(node: ast.AST, source: Source) -> Changes:
    """Tell the visitor what the log should be told."""
    function = source.function(node)
    if (
        isinstance(node, ast.Return)
        and node.value is not None
        and function is not None
        and any(called(each) == "errorhandler" for each in function.decorator_list)
    ):
        yield source.instead(node.value, f"repr({function.args.args[0].arg}), 503")


def _session_tells(node: ast.AST, source: Source) -> Changes:
    """Put more into the session than the id of the account."""
    if (
        isinstance(node, ast.Assign)
        and source.of(node.targets[0]) == 'session["account_id"]'
        and (found := re.match(r"account(?=[.\[])", source.of(node.value)))
    ):
        dictionary = f'{found[0]}["password"]', f"{found[0]}.password"
        password = dictionary["." in source.of(node.value)]
        yield source.instead(node, f'{source.of(node)}; session["key"] = {password}')


def _hash_swapped(node: ast.AST, source: Source) -> Changes:
    if called(node) == "check_password_hash" and isinstance(node, ast.Call):
        stored, typed = map(source.of, node.args)
        yield source.instead(node, f"check_password_hash({typed}, {stored})")


def _dummy_work_dropped(node: ast.AST, source: Source) -> Changes:
    """Answer at once where there is no account: the time tells which names exist."""
    if isinstance(node, ast.Expr) and called(node.value) in (
        "hash_password",
        "check_password_hash",
    ):
        yield source.instead(node, "pass")


def _weak_rule_for_next(node: ast.AST, source: Source) -> Changes:
    """Judge the page to go to by how it begins, or by its having no host."""
    if called(node) == "fullmatch" and isinstance(node, ast.Call):
        target = source.of(node.args[0])
        if target in ("target", "next", "url"):
            yield source.instead(node, f'{target}.startswith("/")')
            parse = '__import__("urllib.parse").parse.urlsplit'
            yield source.instead(node, f"not {parse}({target}).netloc")


def _answer_true(node: ast.AST, source: Source) -> Changes:
    """``is_safe()`` says yes: each return of a function ``is_…``, and ``a if safe else b``."""
    function = source.function(node)
    named = function is not None and function.name.startswith("is_")
    if isinstance(node, ast.Return) and node.value is not None and named:
        yield source.instead(node.value, "True")
    if isinstance(node, ast.IfExp) and isinstance(source.parents[node], ast.Return):
        yield source.instead(node, source.of(node.body))


def _guard_dropped(node: ast.AST, source: Source) -> Changes:
    """Take away an ``if`` that only sends strangers away, and what stands above a view for that."""
    if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[0], ast.Return):
        asks_for_nobody = re.search(r"\bnot\b(?! None)|\bis None", source.of(node.test))
        if asks_for_nobody:
            yield source.instead(node, "pass")
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            name = source.of(decorator)
            # Where something guards every page before its view, the decorator is a second lock.
            is_second = name == "login_required" and "before_request" in source.text
            if name.endswith("login_required") and not is_second:
                yield source.without_decorator(decorator)


def _condition_dropped(node: ast.AST, source: Source) -> Changes:
    """Leave out each part of ``a and b``."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for left_out in node.values:
            kept = [source.of(value) for value in node.values if value is not left_out]
            yield source.instead(node, " and ".join(kept))


def _check_dropped(node: ast.AST, source: Source) -> Changes:
    """Take away an ``if`` that only notes a problem."""
    if (
        isinstance(node, ast.If)
        and isinstance(node.body[0], ast.Expr)
        and called(node.body[0].value) == "append"
    ):
        yield source.instead(node, "pass")


def _check_of_itself(node: ast.AST, source: Source) -> Changes:
    """Compare the confirmation with itself; be content with one character of a password."""
    if isinstance(node, ast.Compare):
        values = [node.left, *node.comparators]
        texts = [source.of(value) for value in values]
        if "confirmation" in texts and len(values) == 2:
            yield source.instead(node.left, "confirmation")
        if "len(password)" in texts[1:] and isinstance(node.left, ast.Constant):
            yield source.instead(node.left, "1")


def _secret_in_code(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Subscript) and "SECRET_KEY" in source.of(node.slice):
        yield source.instead(node, "os.urandom(32)")
        yield source.instead(node, '"dev"')
        yield source.instead(node, f'{source.of(node.value)}.get("SECRET_KEY", "dev")')


_FLAG = re.compile(r"(SAMESITE|HTTPONLY|SECURE)$", re.IGNORECASE)


def _cookie_flag_off(node: ast.AST, source: Source) -> Changes:
    """Switch a cookie's attribute off, also one that Flask switches on by itself."""
    setting = setting_of(node)
    if setting is None:
        return
    name, value = setting
    if _FLAG.search(name) and isinstance(value, ast.Constant):  # else the machine decides
        yield source.instead(value, '"None"' if name.lower().endswith("samesite") else "False")
    cookie = {"SECRET_KEY": "SESSION", "REMEMBER_COOKIE_DURATION": "REMEMBER"}.get(name)
    if cookie is not None:
        join = ", " if isinstance(node, ast.keyword) else "\n"
        flag = f"{cookie}_COOKIE_HTTPONLY{' = ' if join == chr(10) else '='}False"
        yield source.instead(node, f"{source.of(node)}{join}{flag}")


def _specific_message(node: ast.AST, source: Source) -> Changes:
    """Let the answer to a failed login tell whether there is such an account."""
    if isinstance(node, ast.Constant) and str(node.value).startswith("Wrong "):
        function = source.function(node)
        if function is not None and "account = " in source.of(function):
            yield source.instead(node, '("No such account." if account is None else "Wrong.")')


def _storing_allowed(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Assign) and "Cache-Control" in source.of(node.targets[0]):
        yield source.instead(node, "pass")
        yield source.instead(node.value, '"no-cache"')
        yield source.instead(node.value, '"public, max-age=600"')


def _password_trimmed(node: ast.AST, source: Source) -> Changes:
    """Change a password before it is used: what was typed is no longer what counts."""
    if (
        called(node) == "get"
        and isinstance(node, ast.Call)
        and is_text(node.args[0])
        and re.search("password|confirmation", source.of(node.args[0]))
        and not isinstance(source.parents[node], ast.Attribute)
    ):
        for more in (".strip()", ".lower()", "[:72]"):
            yield source.instead(node, source.of(node) + more)


def _catch_removed(node: ast.AST, source: Source) -> Changes:
    """Catch nothing, or one thing less."""
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        yield source.instead(node.type, "()")
        if isinstance(node.type, ast.Tuple):
            for left_out in node.type.elts:
                kept = [source.of(each) for each in node.type.elts if each is not left_out]
                yield source.instead(node.type, f"({', '.join(kept)},)")


def _method_allowed(node: ast.AST, source: Source) -> Changes:
    if (
        isinstance(node, ast.keyword)
        and node.arg == "methods"
        and source.of(node.value) == '["POST"]'
    ):
        yield source.instead(node.value, '["GET", "POST"]')


def _form_or_address(node: ast.AST, source: Source) -> Changes:
    """Take the password of a login from the address as well."""
    if (
        isinstance(node, ast.Attribute)
        and source.of(node) == "request.form.get"
        and source.scope(node) == "login"
        and "password" in source.of(source.parents[node])
    ):
        yield source.instead(node.value, "request.values")


def _limit_lifted(node: ast.AST, source: Source) -> Changes:
    """Let something last a hundred times as long as it was meant to, or without an end."""
    if isinstance(node, ast.keyword) and node.arg == "max_age":
        yield source.without_argument(node)
    if called(node) == "timedelta" and isinstance(node, ast.Call):
        for length in node.keywords:
            yield source.instead(length.value, f"100 * {source.of(length.value)}")


def _not_unique(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.keyword) and node.arg == "unique":
        yield source.without_argument(node)
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None and source.of(key) == '"sqlite_autoincrement"':
                yield source.instead(value, "False")


def _case_counts(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Constant) and node.value == "NOCASE":
        yield source.instead(node, '"BINARY"')


def _pattern_loosened(node: ast.AST, source: Source) -> Changes:
    """Let a pattern fit the beginning of a text, or drop what it must not hold or begin with."""
    if isinstance(node, ast.Attribute) and node.attr == "fullmatch":
        yield source.instead(node, f"{source.of(node.value)}.match")
    if called(node) == "compile" and isinstance(node, ast.Call):
        pattern = source.of(node.args[0])
        for part in re.findall(r"\(\?![^)]*\)", pattern):
            yield source.instead(node.args[0], pattern.replace(part, ""))
        for part in re.findall(r"\\s(?:\\x[0-9a-f]{2}-\\x[0-9a-f]{2})+", pattern):
            yield source.instead(node.args[0], pattern.replace(part, ""))


def _stale_login_enough(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Name) and node.id == "fresh_login_required":
        yield source.instead(node, "login_required")
    if isinstance(node, ast.Call) and called(node) == "login_fresh":
        yield source.instead(node, "True")


def _always_remembered(node: ast.AST, source: Source) -> Changes:
    if called(node) in ("login_user", "log_in") and isinstance(node, ast.Call):
        for given in [*node.args[1:], *(keyword.value for keyword in node.keywords)]:
            yield source.instead(given, "True")


def _token_of_id_alone(node: ast.AST, source: Source) -> Changes:
    """Bind a token to nothing that changes with the password."""
    function = source.function(node)
    if isinstance(node, ast.Return) and function is not None and function.name == "get_id":
        yield source.instead(node, "return str(self.id)")


_LOGIN = ("wrong-password", "unknown-user", "exact-password", "disabled-account")
_PAGES = (
    "dashboard-needs-login",
    "home-needs-login",
    "password-page-guarded",
    "every-page-guarded",
)

SECURITY = (
    Operator(
        "query-from-text",
        "puts a value into the text of a query",
        _query_from_text,
        ("injection-login", "injection-register"),
    ),
    Operator(
        "plain-comparison",
        "compares a password with its hash by ==",
        compared_by("check_password_hash"),
        (*_LOGIN, "right-password"),
    ),
    Operator(
        "password-not-hashed",
        "keeps a password as it was typed",
        _password_not_hashed,
        ("passwords-not-readable", "accounts-of-step-03", "change-password"),
    ),
    Operator("weak-hash", "makes hashes that are cheap to guess", _weak_hash, ("slow-hash",)),
    Operator(
        "fast-hash",
        "hashes without salt, in no time",
        _fast_hash,
        ("salted", "slow-hash", "passwords-not-readable", "right-password"),
    ),
    Operator(
        "hash-of-beginning",
        "hashes the beginning of a password",
        _hash_of_beginning,
        ("any-password", "exact-password", "whole-password-counts"),
    ),
    Operator("hash-swapped", "takes a hash for a password", _hash_swapped, ("right-password",)),
    Operator(
        "dummy-work-dropped",
        "answers sooner where there is no account",
        _dummy_work_dropped,
        ("same-time",),
    ),
    Operator(
        "weak-rule-for-next",
        "asks too little of the page to go to",
        _weak_rule_for_next,
        ("next-stays-here", "next-of-any-kind"),
    ),
    Operator(
        "error-shown",
        "shows an error to the visitor",
        _error_shown,
        ("database-down",),
    ),
    Operator(
        "session-tells",
        "puts the password into the session",
        _session_tells,
        ("session-holds-no-password", "session-holds-id-only", "hash-stays-inside"),
    ),
    Operator(
        "answer-true",
        "makes a question of safety answer yes",
        _answer_true,
        (*_LOGIN, "next-stays-here", "disabled-at-once", "change-needs-current"),
    ),
    Operator(
        "guard-dropped",
        "takes a guard away",
        _guard_dropped,
        (*_PAGES, "register-when-logged-in", "deleted-account", "login-leads-home"),
    ),
    Operator(
        "condition-dropped",
        "leaves out one of several conditions",
        _condition_dropped,
        (*_LOGIN, *_PAGES, "disabled-at-once", "new-password-forgets", "session-of-nobody"),
    ),
    Operator(
        "check-dropped",
        "takes a check of what was typed away",
        _check_dropped,
        ("two-passwords", "short-password", "empty-fields", "change-needs-current", "long-input"),
    ),
    Operator(
        "check-of-itself",
        "makes a check of a password say nothing",
        _check_of_itself,
        ("two-passwords", "short-password"),
    ),
    Operator(
        "commit-dropped",
        "does not store what was changed",
        called_as_statement("commit"),
        ("register", "sign-in-log", "change-password", "accounts-of-step-03"),
    ),
    Operator(
        "session-kept",
        "keeps a session that has to end",
        called_as_statement("clear", "logout_user"),
        ("new-session", "switch-account", "log-out", "logout-leaves-nothing", "next-person"),
    ),
    Operator(
        "secret-in-code",
        "takes the secret key from the code",
        _secret_in_code,
        ("secret-key-not-public", "settings-from-environment"),
    ),
    Operator(
        "cookie-flag-off",
        "switches an attribute of a cookie off",
        _cookie_flag_off,
        ("login-cookies-shielded", "cookies-fit", "last-visit-signed"),
    ),
    Operator(
        "specific-message",
        "tells which accounts exist",
        _specific_message,
        ("same-error",),
    ),
    Operator(
        "storing-allowed",
        "lets browsers keep pages",
        _storing_allowed,
        ("dashboard-not-stored",),
    ),
    Operator(
        "password-trimmed",
        "changes a password before it is used",
        _password_trimmed,
        ("any-password", "exact-password", "change-password", "whole-password-counts"),
    ),
    Operator(
        "catch-removed",
        "does not catch an exception",
        _catch_removed,
        ("database-down", "taken-name", "session-of-nobody", "last-visit-odd-values", "old-hashes"),
    ),
    Operator(
        "method-allowed",
        "lets a link do what takes a button",
        _method_allowed,
        ("log-out-by-post-only",),
    ),
    Operator(
        "form-or-address",
        "takes a password from the address",
        _form_or_address,
        ("login-by-post-only",),
    ),
    Operator(
        "limit-lifted",
        "lifts a limit of time",
        _limit_lifted,
        ("remember-ends", "session-ends", "last-visit-days"),
    ),
    Operator(
        "not-unique",
        "lets a name or an id be used twice",
        _not_unique,
        ("unique-in-schema", "taken-name", "ids-not-reused"),
    ),
    Operator(
        "case-counts",
        "makes Ada and ada two names",
        _case_counts,
        ("taken-name", "taken-email", "look-alikes"),
    ),
    Operator(
        "pattern-loosened",
        "lets a pattern fit more than it should",
        _pattern_loosened,
        ("next-stays-here", "look-alikes", "email-addresses", "odd-registrations"),
    ),
    Operator(
        "stale-login-enough",
        "does not ask for a fresh login",
        _stale_login_enough,
        ("fresh-login-for-password",),
    ),
    Operator(
        "always-remembered",
        "remembers whoever did not ask for it",
        _always_remembered,
        ("unticked-is-forgotten",),
    ),
    Operator(
        "token-of-id-alone",
        "makes a token that outlives the password",
        _token_of_id_alone,
        ("new-password-forgets", "new-password-ends-sessions"),
    ),
)
