"""What a page shows to a reader."""

import pytest

from checker.visitor import generic


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello</p><p>World</p>", "Hello World"),
        ("<p>Hel<b>lo</b>, <i>W</i>orld</p>", "Hello, World"),
        ("Hello<br>World", "Hello World"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<p>  much \n\t\xa0 space </p>", "much space"),
        ("<p>O&#39;Brien &lt;3 &amp;amp;</p>", "O'Brien <3 &amp;"),
        ("<title>Title</title><p>Text", "Text"),
        ("<script>var hidden</script><style>p{}</style><noscript>no</noscript><p>Text", "Text"),
        ("<p hidden>no</p><p style='color:red; DISPLAY : none'>no</p><p>Text", "Text"),
        ("<dialog>no</dialog><dialog open>yes</dialog>", "yes"),
        ("<template>no</template><p>Text<!-- no -->", "Text"),
        (
            "<input value=typed><input type=hidden value=token><textarea>typed</textarea>Text",
            "Text",
        ),
        ("<input type=submit value=Send><button>Go</button>", "Send Go"),
        ("<img alt=Logo src=x>Text", "Logo Text"),
        ("<svg><title>no</title><text>Drawn</text></svg>", "Drawn"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("", ""),
    ],
)
def test_a_reader_sees(show, html, text):
    assert show(html).visible_text == text


def test_text_is_found_whatever_white_space_it_holds(show):
    page = show("<p>Welcome\n   back,&nbsp;<b>Ada</b>!</p>")
    assert page.sees("Welcome back, Ada!")
    assert page.sees("  back,\tAda")
    assert not page.sees("welcome")


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("Hello ada!", "ada", True),
        ("HELLO ADA", "ada", True),
        ("Canada", "ada", False),
        ("Hello ada-4f2.", "ada-4f2", True),
        ("Hello ada-4f21", "ada-4f2", False),
        ("Hello O'Brien", "O'Brien", True),
        ("100% here", "100%", True),
        ("Hello Straße", "STRASSE", True),
        ("Hello", "", False),
    ],
)
def test_a_name_is_greeted_only_as_a_word_of_its_own(show, text, name, found):
    assert show(f"<p>{text}</p>").greets(name) is found


def test_title_and_links_are_read(show):
    page = show(
        "<title> Log\n in </title><a href=/login>Log <b>in</b></a><a name=x>no link</a>"
        "<a href='//evil.example'>out</a><a href='http://[bad'>bad</a>"
    )
    assert page.title == "Log in"
    assert [tuple(link) for link in page.links] == [
        ("Log in", "http://localhost/login"),
        ("out", "http://evil.example/"),
        ("bad", "http://[bad"),
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("né".encode(), "text/html; charset=utf-8", "né"),
        (b"\xef\xbb\xbfn\xc3\xa9", "text/html; charset=utf-8", "né"),
        (b"n\xe9", "text/html; charset=latin-1", "né"),
        (b"n\xe9 \x80", "text/html", "né €"),
        (b"<meta charset=utf-8>n\xc3\xa9", "text/html", "né"),
        (b"n\xc3\xa9", "text/html; charset=nonsense", "nÃ©"),
        (b"\x93\xfa", "text/html; charset=shift_jis", "日"),
        ("né".encode("utf-16-le"), "text/html; charset=utf-16le", "né"),
        (b"n\xff", "text/html; charset=utf-8", "n\ufffd"),
        (b"+AGE-", "text/html; charset=utf-7", "+AGE-"),
        (b'{"a": "<b>"}', "application/json", '{"a": "<b>"}'),
        (b"<b>bold</b>", "text/plain", "<b>bold</b>"),
        (b"<b>bold</b>", None, "bold"),
        (b"a < b", None, "a < b"),
        (b"\x89PNG", "image/png", ""),
        (b"", None, ""),
    ],
)
def test_bytes_are_decoded_as_a_browser_does(show, body, content_type, text):
    assert show(body, content_type).visible_text == text


def test_only_html_has_forms(show):
    assert show("<form></form>", "text/plain").forms == []
    assert len(show("<form></form>", "application/xhtml+xml").forms) == 1


def test_the_tree_is_there_for_other_questions(show):
    assert show("<p class=error>No.</p>").document.query_one("p.error").to_text() == "No."


def test_pages_that_tell_a_reader_the_same_are_reduced_to_the_same(show):
    one = show(
        "<p>No such login for Ada-1. It is 12:03:59.</p><input type=hidden value=aaa1>"
        "<p>Request 5f2c9e4b1a7d4c8e9f00aa11</p>"
    )
    other = show(
        "<p>No such  login for BOB_22. It is 12:04:00.</p><input type=hidden value=bbb2>"
        "<p>Request 99ffee00112233445566aabb</p>"
    )
    assert generic(one, "Ada-1") == generic(other, "bob_22")
    assert generic(one, "Ada-1")[0] == 200


def test_pages_that_tell_a_reader_different_things_stay_different(show):
    assert generic(show("<p>Unknown user ada."), "ada") != generic(
        show("<p>Wrong password, ada."), "ada"
    )
    assert generic(show("internationalisationproblems")) != generic(
        show("internationalisationtroubles")
    )


def test_a_name_inside_a_word_is_no_echo(show):
    assert generic(show("Canada ada"), "ada") == (200, "Canada …")


@pytest.mark.parametrize(
    ("html", "description"),
    [
        ("<p>Hello", "a page without a form"),
        ("<input><input>", "a page without a form (its fields stand outside of any <form>)"),
        ("<form></form><form><input name=a></form>",
         '2 forms: a form without any field; a form with the field "a" (text)'),
    ],
)  # fmt: skip
def test_a_page_is_described_for_the_author_of_the_app(show, html, description):
    assert show(html).described() == description
