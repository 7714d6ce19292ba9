"""Texts of the project as the site needs them: links, folded parts, lists, code, marks."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from markdown import markdown

from checker.website import changes
from checker.website.links import SiteError, page_of, rewritten
from checker.website.markdown import fenced, for_site, plain, spans

EXTENSIONS = ["attr_list", "md_in_html", "pymdownx.superfences"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of a few files that are linked."""
    for name in (
        "steps/README.md",
        "steps/01-one/README.md",
        "steps/02-two/README.md",
        "notebooks/README.md",
        "notebooks/01-sessions.ipynb",
        "notebooks/workbench.py",
        "checker/starters/README.md",
        "docs/seeds.md",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("steps/02-registration/README.md", "lessons/02-registration.md"),
        ("steps/README.md", "students.md"),
        ("notebooks/01-sessions.ipynb", "notebooks/01-sessions.md"),
        ("notebooks/README.md", "notebooks/index.md"),
        ("docs/audit.md", "audit.md"),
        ("docs/schemas/check-1.json", "schemas/check-1.json"),
        ("steps/02-registration/app.py", None),
        ("solutions/README.md", None),
        ("checker/starters", None),
    ],
)
def test_a_file_has_a_page_or_none(file: str, page: str | None) -> None:
    assert page_of(file) == page


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a](../02-two/README.md)", "[a](02-two.md)"),
        ("[a](../02-two/README.md#break-it)", "[a](02-two.md#break-it)"),
        ("[a](../02-two/README.md#this--that)", "[a](02-two.md#this-that)"),
        (
            "[`a` b](../../notebooks/01-sessions.ipynb#cell-id=myth-one)",
            "[`a` b](../notebooks/01-sessions.md#cell-myth-one)",
        ),
        (
            "[a](../../notebooks/01-sessions.ipynb#Log-out)",
            "[a](../notebooks/01-sessions.md#log-out)",
        ),
        ("[a](../../docs/seeds.md)", "[a](../seeds.md)"),
        ("[a](../README.md)", "[a](../students.md)"),
        ("[a](#Break-it)", "[a](#break-it)"),
        ("[a](https://example.com/README.md#X)", "[a](https://example.com/README.md#X)"),
        ("[workbench.py](../../notebooks/workbench.py)", "`workbench.py`"),
        ("[`starters/`](../../checker/starters)", "`starters/`"),
        ("[the starters](../../checker/starters)", "the starters (`checker/starters`)"),
        ("`[a](../none.md)`", "`[a](../none.md)`"),
        ("``a ` [a](../none.md)``", "``a ` [a](../none.md)``"),
        ("```text\n[a](../none.md)\n```", "```text\n[a](../none.md)\n```"),
        ("`x` [a](../02-two/README.md) `y`", "`x` [a](02-two.md) `y`"),
    ],
)  # fmt: skip
def test_a_link_leads_to_the_page_of_its_file(root: Path, text: str, wanted: str) -> None:
    assert rewritten(text, "steps/01-one/README.md", root) == wanted


def test_a_link_can_start_at_another_page_than_that_of_its_file(root: Path) -> None:
    text = "[a](../steps/01-one/README.md) [b](#Claim) [c](README.md)"
    wanted = "[a](lessons/01-one.md) [b](notebooks/01-sessions.md#claim) [c](notebooks/index.md)"
    assert rewritten(text, "notebooks/01-sessions.ipynb", root, "myths.md") == wanted


def test_a_link_to_nothing_is_named(root: Path) -> None:
    with pytest.raises(SiteError, match=r"^steps/01-one/README\.md links to \.\./none\.md, which"):
        rewritten("[a](../none.md)", "steps/01-one/README.md", root)


def test_a_folded_part_holds_markdown_and_its_summary_code() -> None:
    text = for_site("<details><summary>Why `a < b`?</summary>\n\n*Because*\n\n</details>\n")
    page = markdown(text, extensions=EXTENSIONS)
    assert "<summary>Why <code>a &lt; b</code>?</summary>" in page
    assert "<em>Because</em>" in page


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("You can\n- one\n- two", "You can\n\n- one\n- two"),
        ("1. one\n\n   more\n2. two", "1. one\n\n    more\n\n2. two"),
        ("- one\n  more\n- two", "- one\n    more\n- two"),
        ("- one\n  - inner", "- one\n    - inner"),
        ("- one\n- two\n\nThen\n- three", "- one\n- two\n\nThen\n\n- three"),
        ("a\n- 1 is no list in code: `- x`", "a\n\n- 1 is no list in code: `- x`"),
        ("```text\na\n- b\n  c\n```", "```text\na\n- b\n  c\n```"),
    ],
)
def test_a_list_is_one_for_python_markdown_too(text: str, wanted: str) -> None:
    assert for_site(text) == wanted


def test_code_in_an_item_of_a_list_stays_in_it() -> None:
    text = for_site("1. Format:\n\n   ```\n   ruff format\n   ```\n\n   Then look.\n2. Run it.\n")
    page = markdown(text, extensions=EXTENSIONS)
    assert page.count("<ol>") == 1
    assert page.count("<li>") == 2
    assert "<code>ruff format\n</code>" in page


def test_a_diagram_keeps_its_signs() -> None:
    text = for_site("Look:\n\n```mermaid\nsequenceDiagram\n    A->>B: <id> & key\n```\n")
    assert text == (
        'Look:\n\n<pre class="diagram"><code>sequenceDiagram\n'
        "    A-&gt;&gt;B: &lt;id&gt; &amp; key</code></pre>\n"
    )
    assert "A-&gt;&gt;B: &lt;id&gt; &amp; key" in markdown(text, extensions=EXTENSIONS)


@pytest.mark.parametrize(
    "text",
    [
        "__name__ is not __main__",
        "_ci ignores case, as in snake_case",
        "Account(**request.form) and 2 * 3 * 4",
        "<script>alert(1)</script> & &amp;",
        "[SQL: INSERT] (x) C:\\x",
        "{{ 7*7 }} ends with {% endblock %}",
        "one ` alone",
    ],
)
def test_a_plain_text_reads_as_it_was_written(text: str) -> None:
    page = markdown(f"# {plain(text)}", extensions=EXTENSIONS)
    assert html.unescape(page) == f"<h1>{text}</h1>"


def test_code_in_a_plain_text_stays_code() -> None:
    assert plain("the table `a_b*` was\nemptied") == "the table `a_b*` was emptied"


def test_a_fence_is_longer_than_what_is_in_it() -> None:
    block = fenced("```sh\nls\n```\n", "markdown", title="README.md", marked=[1, 2, 4])
    assert block == '````markdown title="README.md" hl_lines="1-2 4"\n```sh\nls\n```\n````'


def test_numbers_are_told_as_spans() -> None:
    assert spans([]) == []
    assert spans([3]) == ["3"]
    assert spans([1, 4, 5, 6, 9, 10]) == ["1", "4-6", "9-10"]


def test_a_line_is_new_when_the_function_of_that_name_did_not_have_it() -> None:
    before = "import os\n\n\ndef one():\n    a()\n    return 1\n"
    after = (
        "import os\nimport re\n\n\n@decorated\ndef one():\n    a()\n\n    b()\n    return 1\n"
        "\n\ndef two():\n    a()\n    return 1\n"
    )
    assert sorted(changes.new_lines(before, after, python=True)) == [2, 5, 9, 13, 14, 15]


def test_a_diff_says_where_each_part_begins() -> None:
    before = "".join(f"{number}\n" for number in range(1, 31))
    after = before.replace("3\n", "three\n", 1).replace("27\n", "")
    assert changes.diff(before, after).splitlines() == [
        *("@@ from line 1 @@", " 1", " 2", "-3", "+three", " 4", " 5", " 6"),
        *("@@ from line 24 @@", " 24", " 25", " 26", "-27", " 28", " 29", " 30"),
    ]


def test_what_two_apps_do_not_share_is_named_with_the_app_first() -> None:
    before = {"schema.sql": "", "app.py": "1", "templates/a.html": "a", "same.py": ""}
    after = {"app.py": "2", "templates/a.html": "b", "same.py": "", "models.py": ""}
    names = changes.changed(before, after)
    assert names == ["app.py", "models.py", "schema.sql", "templates/a.html"]
