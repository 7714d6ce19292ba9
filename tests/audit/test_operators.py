"""The rules make the mutants that they say, and say where."""

import ast
import textwrap

import pytest

from checker.audit.operators import mutants_of
from checker.audit.ordinary import ORDINARY
from checker.audit.security import SECURITY
from checker.audit.texts import TEXTS


def made(name: str, source: str, file: str = "app.py") -> list[str]:
    """Return what one rule makes of the changed part of a file."""
    found = mutants_of({file: textwrap.dedent(source)})
    return [mutant.after for mutant in found if mutant.operator.name == name]


@pytest.mark.parametrize(
    "name, source, after",
    [
        (
            "query-from-text",
            'cursor.execute("SELECT id FROM accounts WHERE username = %s", (username,))',
            [
                "\"SELECT id FROM accounts WHERE username = '%s'\" % (username,)",
                r""""SELECT id FROM accounts WHERE username = \"%s\"" % (username,)""",
            ],
        ),
        (
            "query-from-text",
            "found = Account.email == typed",
            ["db.literal_column(f\"'{typed}'\")"],
        ),
        ("plain-comparison", "check_password_hash(stored, typed)", ["stored == typed"]),
        ("password-not-hashed", "kept = generate_password_hash(typed, METHOD)", ["typed"]),
        ("password-not-hashed", "hash_password(typed)", []),
        ("weak-hash", 'METHOD = "scrypt:32768:8:1"', 3 * [...]),
        (
            "hash-of-beginning",
            "return generate_password_hash(password, METHOD)",
            ["password[:72]"],
        ),
        ("case-counts", 'text = String(50, collation="NOCASE")', ['"BINARY"']),
        (
            "fast-hash",
            "return generate_password_hash(password, METHOD)",
            ['__import__("hashlib").sha256(password.encode()).hexdigest()'],
        ),
        (
            "hash-swapped",
            "check_password_hash(stored, typed)",
            ["check_password_hash(typed, stored)"],
        ),
        ("dummy-work-dropped", "hash_password(typed)", ["pass"]),
        ("dummy-work-dropped", "stored = hash_password(typed)", []),
        (
            "weak-rule-for-next",
            "LOCAL.fullmatch(target)",
            [
                'target.startswith("/")',
                'not __import__("urllib.parse").parse.urlsplit(target).netloc',
            ],
        ),
        ("weak-rule-for-next", "USERNAME.fullmatch(username)", []),
        (
            "error-shown",
            "@app.errorhandler(Problem)\ndef sorry(error):\n    return page(), 503",
            ["repr(error), 503"],
        ),
        ("session-tells", 'session["account_id"] = account["id"]', [...]),
        ("session-tells", 'session["account_id"] = account_id', []),
        ("answer-true", "def is_safe(target):\n    return target in PAGES", ["True"]),
        ("answer-true", "def target():\n    return asked if safe else home", ["asked"]),
        (
            "guard-dropped",
            "def view():\n    if me() is None:\n        return login()\n    show()",
            ["pass"],
        ),
        ("guard-dropped", "@login_required\ndef view(): ...", [""]),
        ("condition-dropped", "account and right and account.active", 3 * [...]),
        ("check-dropped", "if short:\n    problems.append('Too short.')", ["pass"]),
        ("check-of-itself", "wrong = password != confirmation", ["confirmation"]),
        ("check-of-itself", "right = 8 <= len(password) <= 128", ["1"]),
        ("commit-dropped", "db.session.commit()", ["pass"]),
        ("session-kept", "session.clear()", ["pass"]),
        (
            "secret-in-code",
            'KEY = os.environ["SECRET_KEY"]',
            ["os.urandom(32)", '"dev"', 'os.environ.get("SECRET_KEY", "dev")'],
        ),
        ("cookie-flag-off", 'SESSION_COOKIE_SAMESITE = "Lax"', ['"None"']),
        ("cookie-flag-off", "response.set_cookie(name, value, httponly=True)", ["False"]),
        (
            "cookie-flag-off",
            "app.config.update(SECRET_KEY=key)",
            ["SECRET_KEY=key, SESSION_COOKIE_HTTPONLY=False"],
        ),
        (
            "specific-message",
            "def login():\n    account = find()\n    flash('Wrong name or password.')",
            ['("No such account." if account is None else "Wrong.")'],
        ),
        (
            "storing-allowed",
            'response.headers["Cache-Control"] = "no-store"',
            ["pass", '"no-cache"', '"public, max-age=600"'],
        ),
        ("password-trimmed", 'request.form.get("password", "")', 3 * [...]),
        ("password-trimmed", 'request.form.get("username", "").strip()', []),
        (
            "catch-removed",
            "try:\n    load()\nexcept (TypeError, ValueError):\n    pass",
            ["()", "(ValueError,)", "(TypeError,)"],
        ),
        ("method-allowed", '@app.route("/logout", methods=["POST"])\ndef f(): ...', [...]),
        (
            "form-or-address",
            'def login():\n    typed = request.form.get("password", "")',
            ["request.values"],
        ),
        ("limit-lifted", "DURATION = timedelta(days=30)", ["100 * 30"]),
        ("limit-lifted", "signer.unsign(cookie, max_age=60)", [""]),
        ("not-unique", "name = mapped_column(String(50), unique=True)", [""]),
        ("pattern-loosened", "USERNAME.fullmatch(name)", ["USERNAME.match"]),
        ("pattern-loosened", 'LOCAL = re.compile(r"/(?!/).*")', ['r"/.*"']),
        ("stale-login-enough", "@fresh_login_required\ndef f(): ...", ["login_required"]),
        ("always-remembered", "login_user(account, remember)", ["True"]),
        ("token-of-id-alone", "def get_id(self):\n    return mark()", ["return str(self.id)"]),
        ("timing-comparison", "hmac.compare_digest(one, other)", ["one == other"]),
        ("error-page-dropped", "@app.errorhandler(500)\ndef f(error): ...", [""]),
        ("comparison-flipped", "1 <= size < 9", ["<", "<="]),
        ("condition-negated", "if ready: go()", ["not (ready)"]),
        ("and-or-swapped", "one or other", ["(one) and (other)"]),
        ("constant-changed", "LENGTH = 8", ["9", "7"]),
        ("constant-changed", "STRICT = True", ["False"]),
        ("statement-removed", "flash('Done.')", ["pass"]),
        ("nothing-returned", "def f():\n    return page()", ["None"]),
        ("argument-removed", "render('page.html', error=error)", [""]),
        ("conversion-removed", "name.strip()", ["name"]),
    ],
)
def test_a_rule_for_python_makes_these_changes(name: str, source: str, after: list[str]) -> None:
    found = made(name, source)
    assert len(found) == len(after)
    assert all(wanted in (..., got) for got, wanted in zip(found, after, strict=True)), found


@pytest.mark.parametrize(
    "name, file, source, after",
    [
        ("escaping-off", "page.html", "<p>{{ username }}</p>", ["{{ username|safe }}"]),
        ("form-by-get", "page.html", '<form method="post">', ['method="get"']),
        ("password-shown", "page.html", '<input type="password">', ['type="text"']),
        (
            "password-echoed",
            "templates/register.html",
            '<input name="confirmation">',
            ["name=\"confirmation\" value=\"{{ request.form.get('confirmation', '') }}\""],
        ),
        (
            "password-echoed",
            "page.html",
            '<input name="password">',
            ["name=\"password\" value=\"{{ request.form.get('password', '') }}\""],
        ),
        ("csrf-token-dropped", "page.html", "<form>{{ form.hidden_tag() }}</form>", [""]),
        ("field-without-name", "page.html", '<input id="a" name="b">', ['<input id="a"']),
        ("attribute-dropped", "page.html", '<input required autocomplete="off">', ["", ""]),
        ("value-dropped", "page.html", "<p>{{ message }}</p>", [""]),
        ("not-unique", "schema.sql", "name TEXT UNIQUE", [""]),
        ("case-counts", "schema.sql", "COLLATE utf8mb4_unicode_520_ci", ["utf8mb4_bin"]),
        ("constraint-dropped", "schema.sql", "name TEXT NOT NULL", [""]),
    ],
)
def test_a_rule_for_templates_and_sql_makes_these_changes(
    name: str, file: str, source: str, after: list[str]
) -> None:
    assert made(name, source, file) == after


def test_every_rule_is_tried_here() -> None:
    tried = {
        case[0]
        for test in (
            test_a_rule_for_python_makes_these_changes,
            test_a_rule_for_templates_and_sql_makes_these_changes,
        )
        for mark in test.pytestmark
        for case in mark.args[1]
    }
    assert {operator.name for operator in (*SECURITY, *ORDINARY, *TEXTS)} == tried


def test_a_mutant_says_where_it_is_in_a_way_that_other_lines_do_not_change() -> None:
    source = "class Account:\n    def get_id(self):\n        db.session.commit()\n"
    one = mutants_of({"models.py": source})
    other = mutants_of({"app.py": f"import os\n\n\n{source}"})
    assert [mutant.place for mutant in one] == [mutant.place for mutant in other]
    assert one[0].place == ("commit-dropped", "Account.get_id", "db.session.commit()", "pass", 1)


def test_equal_places_in_one_function_are_numbered() -> None:
    source = "def f():\n    session.clear()\n    session.clear()\n"
    found = mutants_of({"app.py": source})
    assert [mutant.number for mutant in found] == [1, 2]
    assert found[0].text != found[1].text


def test_every_mutant_is_a_program_and_none_is_made_twice() -> None:
    source = """
    def login():
        account = find_account(request.form.get("name", "").strip())
        if account is not None and account.active:
            session.clear()
            return redirect("/")
        flash("Wrong name or password: é")
    """
    found = mutants_of({"app.py": textwrap.dedent(source)})
    assert len(found) > 10
    assert len({mutant.text for mutant in found}) == len(found)
    for mutant in found:
        ast.parse(mutant.text)
        assert mutant.text != textwrap.dedent(source)


def test_a_change_after_other_letters_than_ascii_is_made_in_the_right_place() -> None:
    found = mutants_of({"app.py": 'print("é", session.clear())\nnamé = 1; session.clear()\n'})
    kept = [mutant.text for mutant in found if mutant.operator.name == "session-kept"]
    assert kept == ['print("é", session.clear())\nnamé = 1; pass\n']
