"""Any bytes make a page: no exception, in bounded time. Nothing here may depend on luck."""

import random
import time

import pytest

from checker.visitor import generic
from checker.visitor.html import LONGEST_READ, MOST_TAGS, bounded, read_html
from checker.visitor.urls import parse_url

# fmt: off
TAGS = [
    "html", "head", "body", "title", "base", "meta", "p", "b", "a", "i", "table", "tr", "td", "th",
    "tbody", "select", "option", "optgroup", "form", "input", "button", "textarea", "div", "span",
    "ul", "li", "dl", "dd", "dt", "h1", "nobr", "svg", "math", "template", "script", "style",
    "frameset", "label", "noscript", "iframe", "marquee", "object", "caption", "colgroup", "col",
    "hr", "br", "fieldset", "legend", "dialog", "datalist", "img",
]
PIECES = [
    "<", ">", "</", "<!--", "-->", "<!", "<?", "<![CDATA[", "]]>", "&", "&#0;", "&#x110000;", "\0",
    "'", '"', "=", "\r\n", " ", "text", "é", "\x1b[31m",
    "<base href='http://[x'>", "<form action='//[x'>", "<form form=x id=x>",
    "<input type=password>", "<input name=a form=x type=IMAGE>", "<input maxlength=- required>",
    "<meta http-equiv=refresh content='0;url=javascript:x'>", "<option value>", "<button form>",
    "<label for>", "<label for=x>", "<fieldset disabled>", "<select multiple required>",
    "<form accept-charset='utf-7 x' method=DIALOG enctype=x>", "<form method=post action='\ud800'>",
]
CONTENT_TYPES = [
    "text/html; charset=utf-8", "text/html", "text/html; charset=iso-2022-jp", None,
    "text/html; charset=utf-16", "\x00/;;=", "text/html; charset=\xff", "application/x",
]
# fmt: on


def look_at_everything(page):
    """Ask a page for all it can tell."""
    page.described()
    generic(page, "text", "é")
    for form in page.forms:
        form.described()
        assert form.problems is not None and form.roles is not None and form.kind
    assert page.sees("x") in (True, False)
    return page.title, page.links, page.loose_fields, page.refresh, page.text, page.set_cookies


def test_random_bytes_make_a_page(show):
    generator = random.Random(1)
    for number in range(400):
        data = generator.randbytes(generator.randrange(400))
        look_at_everything(show(data, CONTENT_TYPES[number % len(CONTENT_TYPES)]))


def test_random_markup_makes_a_page_and_can_be_submitted(visit, recorder):
    generator = random.Random(2)
    for _ in range(600):
        pieces = [
            generator.choice(PIECES)
            if generator.random() < 0.4
            else f"<{generator.choice(['', '/'])}{generator.choice(TAGS)}>"
            for _ in range(generator.randrange(40))
        ]
        html = "".join(pieces).encode("utf-8", "replace").decode()
        visitor = visit(recorder(html[: generator.randrange(len(html) + 1)]))
        page = visitor.open("/")
        look_at_everything(page)
        visitor.logged_in()


def test_every_beginning_of_a_page_makes_a_page(show):
    html = (
        "<!doctype html><html><head><meta charset=utf-8><title>Log in</title></head><body>"
        "<form method='post' action=\"/login\"><label for=u>Name&nbsp;é</label><input id=u name=u>"
        "<select name=s><option selected>1</select><input type=password name=p><button>Go</button>"
        "</form><!-- end --><script>if (a < b) {}</script></body></html>"
    ).encode()
    for length in range(len(html)):
        look_at_everything(show(html[:length]))


@pytest.mark.parametrize("tag", [*TAGS, "rt", "rp", "mi", "annotation-xml", "font id=x", "x"])
def test_a_hundred_thousand_nested_tags_make_a_page(show, tag):
    look_at_everything(show(f"<{tag}>" * 100_000 + "text"))


# The slowest that a search among ten thousand repeated patterns found, and the classics. A second
# at most each; without the bounds, minutes and gigabytes.
SLOW = {
    "deep elements, then cells": "<rp>" * 1_000_000 + "<tr>--><col>" * 1_000_000,
    "deep first, within the bound": "<rt>" * (MOST_TAGS // 2) + "<tbody>" * MOST_TAGS,
    "formatting that every paragraph repeats": "<p>"
    + "".join(f"<b id={number}>" for number in range(MOST_TAGS // 2))
    + "<p>x" * MOST_TAGS,
    "formatting that never ends": "<b " * 700_000,
    "formatting that hides its end": "<b id='>" * 200_000 + "<p>x" * 200_000,
    "rows": "<tr><td>x</td></tr>" * 100_000,
    "less-than signs": "<" * 2_000_000,
    "ampersands": "<svg>" + "&a" * 1_000_000,
    "one giant attribute": "<input name='" + "x" * 2_000_000 + "'>",
    "countless attributes": "<input " + " ".join(f"a{number}" for number in range(200_000)) + ">",
    "one giant word": "x" * 2_000_000,
    "one giant refresh": "<meta http-equiv=refresh content='0;" + " ;," * 500_000 + "'>",
    "one giant style": "<p style='" + "display " * 200_000 + "'>",
    "nested labels": "<label>x" * 100_000,
    "hidden fields in long text": "<form>" + "word <input type=hidden>" * 100_000,
    "comments": "<!--" * 500_000,
}


@pytest.mark.parametrize("html", SLOW.values(), ids=SLOW.keys())
def test_megabytes_made_to_be_slow_are_read_in_bounded_time(show, html):
    # Processor time, so that a busy machine does not fail the test; an idle one needs a quarter.
    start = time.process_time()
    look_at_everything(show(html))
    assert time.process_time() - start < 10


def test_a_page_that_is_cut_says_so(show):
    assert show("<p>x" * (MOST_TAGS + 1)).was_cut
    assert show("x" * (LONGEST_READ + 1)).was_cut
    assert not show("<p>x" * (MOST_TAGS - 1)).was_cut


def test_what_is_read_of_a_large_page_is_its_start(show):
    page = show("<p>The start</p>" + "<form><input name=a></form>" * 100_000 + "<p>The end</p>")
    assert page.sees("The start")
    assert not page.sees("The end")
    assert 900 < len(page.forms) <= MOST_TAGS


def test_an_ordinary_large_page_is_read_whole():
    html = "<!doctype html><p>" + "A <b class=x>word</b> in 5 < 6. " * 20 + "</p>" * 900
    assert bounded(html) == html


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("", []),
        ("OK", []),
        ("200", []),
        ("99999 Much", []),
        ("-1 No", []),
        ("２００ OK", []),
        ("200 OK\r\nSet-Cookie: a=b", []),
        ("200 OK", [("Content-Type", "text/html\r\nSet-Cookie: a=b")]),
        ("200 OK", [("", "x"), ("Bad Name", "x"), ("X:", "x"), ("X\r\n", "x")]),
        ("200 OK", [("X", "\x00\x1b\uffff")]),
        ("302 Found", [("Location", "\x00\r\n//evil.example\ud800")]),
        ("302 Found", [("Location", "")]),
        ("302 Found", []),
        ("200 OK", [("Refresh", "x" * 100_000)]),
        ("200 OK", [("Set-Cookie", ";" * 100_000)] * 50),
        ("200 OK", [("Set-Cookie", "a=b; Expires=" + "1 " * 100_000)]),
        ("200 OK", [("Set-Cookie", "a=b; Max-Age=" + "9" * 100_000)]),
    ],
)
def test_malformed_status_and_headers_make_a_page(visit, status, headers):
    def app(environ, start_response):
        start_response(status, headers)
        return [b"<p>Hello"]

    page = visit(app).open("/")
    look_at_everything(page)
    assert page.status in (0, 200, 302)
    lines = page.exchange.request_lines() + page.exchange.answer_lines()
    assert all(line.isprintable() and len(line) <= 300 for line in lines)


def test_what_is_malformed_is_named(visit):
    def app(environ, start_response):
        start_response("Fine", [("Content-Type", "text/html\r\nX: y"), ("Bad Name", "x")])
        return [b"<p>Hello"]

    page = visit(app).open("/")
    assert page.malformed == (
        "its status line could not be read; its header Content-Type holds characters that must not "
        "be there; one of its headers has no proper name"
    )
    assert page.described().startswith("an answer that no browser understands: its status line")


def test_an_app_may_write_and_close_as_wsgi_allows(visit):
    closed = []

    class Body(list):
        def close(self):
            closed.append(True)

    def app(environ, start_response):
        write = start_response("500 Never mind", [])
        write = start_response("200 OK", [("Content-Type", "text/html")])
        write(b"<p>one ")
        return Body([b"two ", b"three"])

    page = visit(app).open("/")
    assert (page.visible_text, page.status, closed) == ("one two three", 200, [True])


def test_an_app_that_never_starts_its_response_is_named(visit):
    page = visit(lambda environ, start_response: [b"Hello"]).open("/")
    assert (page.status, page.malformed) == (0, "the app sent no status line")


def test_a_page_is_not_parsed_before_somebody_asks_what_is_on_it(visit, recorder):
    """A check makes many requests of a third of a millisecond each; parsing doubles that."""
    visitor = visit(recorder("<form><input name=a><button>Go"))
    page = visitor.open("/login")
    assert (page.status, page.refresh) == (200, None)
    assert "_reading" not in vars(page)
    assert page.forms
    assert "_reading" in vars(page)


def test_a_short_page_is_read_once_and_a_long_one_is_not_kept():
    url = parse_url("http://localhost/")
    assert url is not None
    short, long = "<p>Hello", "<p>" + "x" * 20_000
    assert read_html(short, url) is read_html(short, url)
    assert read_html(short, url) is not read_html(short + "!", url)
    assert read_html(long, url) is not read_html(long, url)
