"""A notebook fails where what it teaches is no longer true.

Each fact is changed in the kernel's own start-up file, as a new version of the package might do.
"""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.notebooks.execute import run
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
    "05, which attributes cookies have": (
        "from flask import Flask\n"
        "Flask.default_config = dict(Flask.default_config, SESSION_COOKIE_SAMESITE='Lax')",
        "no longer so: HttpOnly is the default, the others are not",
    ),
}


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
