"""A notebook fails where what it teaches is no longer true.

Each fact is changed in the kernel's own start-up file, as a new version of the package might do.
"""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.notebooks.execute import notebooks, run
from tests.notebooks.hygiene import read

FACTS = {
    "01, clicks renew permanent sessions": (
        "from flask import Flask\n"
        "Flask.default_config = dict(Flask.default_config, SESSION_REFRESH_EACH_REQUEST=False)",
        "no longer so: each click renews a permanent session",
    ),
    "02, the salt of sessions": (
        "from flask.sessions import SecureCookieSessionInterface\n"
        "SecureCookieSessionInterface.salt = 'session'",
        "no longer so: the key is all that is secret about a signature",
    ),
    "03, the default method": (
        "from werkzeug.security import generate_password_hash\n"
        "generate_password_hash.__defaults__ = ('pbkdf2', 16)",
        "no longer so: Werkzeug's default is scrypt with this cost",
    ),
    "04, how remember tokens are signed": (
        "import hashlib, flask_login.utils\nflask_login.utils.sha512 = hashlib.sha256",
        "no longer so: the signature is an HMAC of the id, and of nothing else",
    ),
    "05, the server looks at the age of a session": (
        "from itsdangerous import URLSafeTimedSerializer as Serializer\n"
        "loads = Serializer.loads\n"
        "Serializer.loads = lambda self, text, max_age=None, **more: loads(self, text, **more)",
        "no longer so: both end with the lifetime",
    ),
    "06, nobody looks where a form comes from": (
        "from flask import Flask, abort, request\n"
        "def look(app):\n"
        "    return abort(403) if 'Origin' in request.headers else None\n"
        "Flask.preprocess_request = look",
        "no longer so: Flask executes a form of another site",
    ),
    "07, bcrypt refuses what it would cut": (
        "import bcrypt\n"
        "hashpw = bcrypt.hashpw\n"
        "bcrypt.hashpw = lambda password, salt: hashpw(password[:72], salt)",
        "no longer so: bcrypt takes 72 bytes and no more",
    ),
    "08, tables are made in a context": (
        "from flask_sqlalchemy import SQLAlchemy\nSQLAlchemy.create_all = lambda self: None",
        "no longer so: it needs a context",
    ),
    "09, which attributes cookies have": (
        "from flask import Flask\n"
        "Flask.default_config = dict(Flask.default_config, SESSION_COOKIE_SAMESITE='Lax')",
        "no longer so: HttpOnly is the default, the others are not",
    ),
    "10, UserMixin asks is_active": (
        "from flask_login import UserMixin\n"
        "UserMixin.is_authenticated = property(lambda self: True)",
        "no longer so: open sessions depend on is_authenticated",
    ),
}


def test_each_notebook_has_a_fact() -> None:
    assert [fact[:2] for fact in FACTS] == [path.name[:2] for path in notebooks()]


@pytest.mark.parametrize("fact", FACTS)
def test_a_changed_fact_stops(fact: str, tmp_path: Path) -> None:
    change, sentence = FACTS[fact]
    start_up = tmp_path / "profile_default" / "startup"
    start_up.mkdir(parents=True)
    (start_up / "changed.py").write_text(change, "utf-8")
    notebook = nbformat.reads(read(fact[:2]), as_version=4)
    with pytest.raises(CellExecutionError) as failure:
        run(notebook, os.environ | {"IPYTHONDIR": str(tmp_path)})
    assert sentence in failure.value.evalue
