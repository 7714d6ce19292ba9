"""Parts of files are cut out by name, and a name that fits nothing is an error."""

import pytest

from checker.lessons.cutting import CutError, cut
from tests.lessons.following import followed, put_in_place

PROGRAM = '''\
"""About."""

import os

from flask import Flask

app = Flask(__name__)
app.config.update(A=1)


# A reason.
@app.route("/")
def home():
    return "home"
'''

PAGE = """\
<main>
  <form>
    <input>
  </form>

  <form id="second">
  </form>
</main>
"""


def test_a_function_is_cut_with_its_decorators():
    assert cut(PROGRAM, "home", python=True) == '@app.route("/")\ndef home():\n    return "home"'


def test_imports_are_cut_as_one():
    assert cut(PROGRAM, "imports", python=True) == "import os\n\nfrom flask import Flask"


def test_a_run_of_statements_is_cut_from_the_first_to_the_last():
    expected = "app = Flask(__name__)\napp.config.update(A=1)"
    assert cut(PROGRAM, "app..app.config.update", python=True) == expected


def test_text_is_cut_from_line_to_line_and_loses_its_indentation():
    expected = '<form id="second">\n</form>'
    assert cut(PAGE, '<form id="second">..</form>', python=False) == expected


@pytest.mark.parametrize("part", ["login", "home..login"])
def test_a_name_that_is_not_there_is_an_error(part):
    with pytest.raises(CutError, match="nothing at the top level is called 'login'"):
        cut(PROGRAM, part, python=True)


def test_a_name_defined_twice_is_an_error():
    with pytest.raises(CutError, match="'app' is defined twice"):
        cut(PROGRAM + "\n\napp = None\n", "home", python=True)


def test_a_text_on_two_lines_is_an_error():
    with pytest.raises(CutError, match="'<form' stands on 2 lines"):
        cut(PAGE, "<form..</form>", python=False)


def test_a_listing_replaces_the_comment_and_the_lines_up_to_the_next_empty_one():
    starter = "<main>\n  {# TODO 2: the form #}\n  <p>Nothing.</p>\n\n</main>\n"
    expected = "<main>\n  <form>\n    <input>\n  </form>\n\n</main>\n"
    assert put_in_place(starter, 2, "<form>\n  <input>\n</form>") == expected


def test_a_listing_for_a_todo_that_is_not_there_is_an_error():
    with pytest.raises(AssertionError, match="TODO 1 stands on 0 lines"):
        put_in_place("# TODO 10: another one\n", 1, "pass")


def test_a_listing_replaces_everything_up_to_the_end_of_the_todo_where_the_starter_names_one():
    starter = "# TODO 2: both\ndef a():\n    pass\n\n\ndef b():\n    pass\n\n\n# End of TODO 2.\n"
    assert put_in_place(f"import os\n\n{starter}\nx = 1\n", 2, "c = 1") == (
        "import os\n\nc = 1\n\nx = 1\n"
    )


def test_a_lesson_adds_and_removes_files():
    lesson = (
        "<!-- listing: solutions/03-x/models.py as a new file -->\n```python\nx = 1\n```\n"
        "```sh\nrm steps/03-x/schema.sql\n```\n"
    )
    assert followed(lesson, {"schema.sql": "", "app.py": ""}) == {
        "app.py": "",
        "models.py": "x = 1\n",
    }


def test_a_block_of_statements_is_cut_by_the_first_line_of_it():
    source = "x = 1\nwith app.app_context():\n    db.create_all()\n"
    assert cut(source, "x..with app.app_context()", python=True) == source.rstrip()
