"""What a folded answer says works in the notebook that it belongs to, and so does the prose."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from tests.notebooks.execute import run
from tests.notebooks.hygiene import read

#: By notebook: what the code in the answer begins with, and a cell that tries it.
TRIALS = {
    "01": (
        "def renew(self, session)",
        """
Store.renew = renew

def login():
    session.clear()
    store.renew(session)
    session["username"] = request.form["username"]
    return {}

app.view_functions["login"] = login
assert plant_and_wait() == "stranger"

# A value that begins with a dot is compressed as well.
import zlib
app = make_app()
browser = Browser(app)
browser.post("/login", username="ada " * 40)
value = browser.cookies["session"]
assert value[0] == "."
assert b"ada ada" in zlib.decompress(read(value.split(".")[1]))
""",
    ),
    "02": (
        "assert not isinstance(app.config",
        """
assert error_of(lambda: exec(ANSWER)) == "AssertionError: a list, please"
for fine in (None, [], ["old"]):
    app.config["SECRET_KEY_FALLBACKS"] = fine
    exec(ANSWER)
assert "".split() == []

# A salt of its own keeps it from being taken for something else.
from itsdangerous import TimestampSigner
signed = TimestampSigner(KEY, salt="discount").sign("5")
assert TimestampSigner(KEY, salt="discount").unsign(signed) == b"5"
other = error_of(lambda: TimestampSigner(KEY, salt="last-visit").unsign(signed))
assert other.startswith("BadTimeSignature")

# Forms that were open with a token of Flask-WTF are refused.
from flask_wtf.csrf import generate_csrf, validate_csrf
with make_app("old").test_request_context():
    token, seen = generate_csrf(), dict(session)
for key, fallbacks, wanted in (
    ("old", [], "no error"),
    ("new", ["old"], "ValidationError: The CSRF token is invalid."),
):
    with make_app(key, SECRET_KEY_FALLBACKS=fallbacks).test_request_context():
        session.update(seen)
        assert error_of(lambda: validate_csrf(token)) == wanted
""",
    ),
    "04": (
        "def get_id(self)",
        """
class CountedAccount(Account):
    generation = 0

CountedAccount.get_id = get_id

def log_out_everywhere(app, ada):
    CountedAccount.generation += 1

assert is_out_after(log_out_everywhere, CountedAccount)
assert not is_out_after(lambda app, ada: None, CountedAccount)
""",
    ),
}


@pytest.mark.parametrize("name", TRIALS)
def test_the_answer_does_what_it_says(name: str) -> None:
    beginning, trial = TRIALS[name]
    notebook = nbformat.reads(read(name), as_version=4)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    (answer,) = (
        code
        for code in re.findall(r"```python\n(.*?)```", prose, re.DOTALL)
        if code.startswith(beginning)
    )
    if answer.startswith("def "):
        notebook.cells.append(new_code_cell(answer))
    notebook.cells.append(new_code_cell(f"ANSWER = {answer!r}\n{trial}"))
    run(notebook)
