"""What a browser sends when a form has been filled in: the HTML standard's form submission."""

from email import message_from_bytes

import pytest

from checker.visitor import CannotSubmit

LOGIN_FIELDS = "<input name=user><input name=pw type=password>"


@pytest.fixture
def sent(visit, recorder):
    """Submit the first form of a page; give what the app received."""

    def submit(html, values=None, **options):
        app = recorder(f"<!doctype html>{html}")
        visitor = visit(app)
        form = visitor.open("/form").forms[0]
        visitor.submit(form, values or {}, **options)
        return app

    return submit


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("<input name=a value=1><input name=b value=2><button>Go</button>", "a=1&b=2"),
        ("<input name=a><button>Go</button>", "a="),
        ("<input value=1><input name='' value=2><button>Go</button>", ""),
        ("<input type=hidden name=token value='x y'><button>Go</button>", "token=x+y"),
        ("<input name=a value=1 disabled><button>Go</button>", ""),
        ("<input name=a value=1 readonly><button>Go</button>", "a=1"),
        ("<fieldset disabled><input name=a></fieldset><button>Go</button>", ""),
        ("<input type=checkbox name=a><button>Go</button>", ""),
        ("<input type=checkbox name=a checked><button>Go</button>", "a=on"),
        ("<input type=checkbox name=a checked value=yes><button>Go</button>", "a=yes"),
        ("<input type=checkbox name=a checked value=''><button>Go</button>", "a="),
        ("<input type=radio name=a value=1><input type=radio name=a value=2><button>Go", ""),
        ("<input type=radio name=a value=1><input type=radio name=a value=2 checked><button>Go",
         "a=2"),
        ("<select name=a><option>x<option selected>y</select><button>Go</button>", "a=y"),
        ("<select name=a multiple><option selected>x<option selected>y</select><button>Go",
         "a=x&a=y"),
        ("<select name=a multiple><option>x</select><button>Go</button>", ""),
        ("<textarea name=a>\none\ntwo</textarea><button>Go</button>", "a=one%0D%0Atwo"),
        ("<button name=go value=1>Go</button>", "go=1"),
        ("<input type=submit name=go value=Yes>", "go=Yes"),
        ("<button name=a value=1>Go</button><button name=b value=2>Log in</button>", "a=1"),
        ("<input name=x><button name=no>Cancel</button><button name=b value=2>Go", "x=&b=2"),
        ("<button disabled name=a>Go</button><button name=b>Go</button>", "b="),
        ("<input type=image name=i alt=Go>", "i.x=1&i.y=1"),
        ("<button type=reset name=r>R</button><button type=button name=b>B</button><button>Go", ""),
        ("<input name=a value='~*-._ é'><button>Go</button>", "a=%7E*-._+%C3%A9"),
        ("<input type=file name=f><button>Go</button>", "f="),
        ("<input type=hidden name=_charset_><button>Go</button>", "_charset_=utf-8"),
        ("<input name=a>", "a="),
    ],
)  # fmt: skip
def test_a_browser_sends(sent, html, body):
    assert sent(f"<form method=post action=/x>{html}</form>").text == body


def test_what_a_person_types_goes_into_the_named_field(sent):
    app = sent(
        f"<form method=post action=/login>{LOGIN_FIELDS}<button>Log in</button></form>",
        {"user": "ada", "pw": "a b&c=d"},
    )
    assert app.text == "user=ada&pw=a+b%26c%3Dd"
    assert app.environ["CONTENT_TYPE"] == "application/x-www-form-urlencoded"
    assert app.environ["CONTENT_LENGTH"] == "23"
    assert app.environ["HTTP_ORIGIN"] == "http://localhost"
    assert app.environ["HTTP_REFERER"] == "http://localhost/form"


def test_a_box_can_be_ticked_and_unticked_and_a_choice_made(sent):
    html = (
        "<form method=post><input type=checkbox name=a><input type=checkbox name=b checked>"
        "<select name=c><option>1<option>2</select><button>Go</button></form>"
    )
    assert sent(html, {"a": True, "b": False, "c": "2"}).text == "a=on&c=2"


def test_one_of_a_group_of_radio_buttons_is_sent(visit, recorder):
    app = recorder(
        "<form method=post><input type=radio name=a value=1 checked>"
        "<input type=radio name=a value=2><button>Go</button></form>"
    )
    visitor = visit(app)
    form = visitor.open("/").forms[0]
    visitor.submit(form, {form.fields[1]: True})
    assert app.text == "a=2"


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("<input name=a required>", "a=example"),
        ("<input name=a required value=kept>", "a=kept"),
        ("<input name=a required minlength=10>", "a=exampleexa"),
        ("<input name=a required maxlength=3>", "a=exa"),
        ("<input name=a type=email required>", "a=someone%40example.com"),
        ("<input name=a type=number required min=18>", "a=18"),
        ("<input name=a type=date required>", "a=2001-02-03"),
        ("<input name=a type=checkbox required>", "a=on"),
        ("<input name=a type=radio value=1><input name=a type=radio value=2 required>", "a=1"),
        ("<select name=a required><option value=''>Choose<option>x</select>", "a=x"),
        ("<textarea name=a required></textarea>", "a=example"),
        ("<input name=a>", "a="),
    ],
)
def test_what_else_is_required_gets_a_plausible_answer(sent, html, body):
    assert sent(f"<form method=post action=/x>{html}<button>Go</button></form>").text == body


def test_a_get_form_puts_its_fields_into_the_address_and_drops_the_old_query(sent):
    app = sent(
        "<form action='/find?old=1#top'><input name=q value='a b'><button>Go</button></form>"
    )
    assert app.environ["REQUEST_METHOD"] == "GET"
    assert app.environ["REQUEST_URI"] == "/find?q=a+b"
    assert app.body == b""


def test_a_multipart_form_is_sent_as_one(sent):
    app = sent(
        "<form method=post enctype=multipart/form-data action=/x><input name='a\"b' value='é'>"
        "<input type=password name=pw><input type=file name=f required><input type=file name=g>"
        "<button>Go</button></form>",
        {"pw": "two words"},
    )
    head = f"Content-Type: {app.environ['CONTENT_TYPE']}\r\n\r\n".encode()
    parts = message_from_bytes(head + app.body).get_payload()
    assert [(part["Content-Disposition"], part.get_payload(decode=True)) for part in parts] == [
        ('form-data; name="a%22b"', "é".encode()),
        ('form-data; name="pw"', b"two words"),
        ('form-data; name="f"; filename="example.txt"', b"example\n"),
        ('form-data; name="g"; filename=""', b""),
    ]


def test_a_plain_text_form_is_sent_as_one(sent):
    app = sent("<form method=post enctype=text/plain action=/x><input name=a value=1><button>Go")
    assert app.body == b"a=1\r\n"


def test_the_button_may_change_where_and_how_the_form_is_sent(sent):
    app = sent(
        "<form action=/wrong><input name=a value=1><button formaction=/right formmethod=post "
        "formenctype=text/plain name=b value=2>Go</button></form>"
    )
    assert app.environ["PATH_INFO"] == "/right"
    assert app.environ["REQUEST_METHOD"] == "POST"
    assert app.body == b"a=1\r\nb=2\r\n"


def test_the_button_that_logs_in_is_pressed_among_several(sent):
    app = sent(
        f"<form method=post action=/login>{LOGIN_FIELDS}<button name=do value=register>Registrarse"
        "</button><button name=do value=login>Iniciar sesión</button></form>"
    )
    assert app.text.endswith("do=login")


def test_a_form_is_sent_in_the_encoding_of_its_page(visit, recorder):
    app = recorder("<form method=post><input name=a><button>Go</button></form>",
                   "text/html; charset=iso-8859-2")  # fmt: skip
    visitor = visit(app)
    visitor.submit(visitor.open("/").forms[0], {"a": "ň€"})
    assert app.text == "a=%F2%26%238364%3B"


def test_accept_charset_decides_over_the_encoding_of_the_page(visit, recorder):
    app = recorder(
        "<form method=post accept-charset='x-unknown utf-8'><input name=a><button>Go",
        "text/html; charset=iso-8859-1",
    )
    visitor = visit(app)
    visitor.submit(visitor.open("/").forms[0], {"a": "ň"})
    assert app.text == "a=%C5%88"


def test_what_no_field_can_hold_is_changed_as_browsers_change_it(sent):
    html = (
        "<form method=post action=/x><input name=a><input name=b type=email><input name=c "
        "type=password><textarea name=d></textarea><button>Go</button></form>"
    )
    app = sent(html, {"a": "one\r\ntwo", "b": " ada@x.example ", "c": " keep\ud800 ", "d": "1\n2"})
    assert app.text == "a=onetwo&b=ada%40x.example&c=+keep%EF%BF%BD+&d=1%0D%0A2"


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        (f"<form method=post>{LOGIN_FIELDS}</form>", "but none"),
        (f"<form method=post>{LOGIN_FIELDS}<button type=button>Log in</button></form>", "but none"),
        (f"<form method=post>{LOGIN_FIELDS}<button disabled>Log in</button></form>", "but none"),
        ("<form method=dialog><button>Log in</button></form>", 'method="dialog"'),
        ("<form method=post action='javascript:login()'><button>Go</button></form>", "javascript:"),
        ("<form method=post action='mailto:a@b.example'><button>Go</button></form>", "mailto:"),
        ("<form method=post action='http://[bad'><button>Go</button></form>", "http://[bad"),
    ],
)
def test_what_a_browser_cannot_send_is_said_in_words(sent, html, seen):
    with pytest.raises(CannotSubmit) as caught:
        sent(html)
    assert seen in caught.value.seen


def test_a_field_that_is_not_there_cannot_be_filled(sent):
    with pytest.raises(CannotSubmit, match='a field named "b"'):
        sent("<form method=post><input name=a><button>Go</button></form>", {"b": "1"})


def test_a_form_for_another_server_is_not_sent(visit, recorder):
    app = recorder("<form method=post action='https://evil.example/steal'><input name=a><button>Go")
    visitor = visit(app)
    page = visitor.submit(visitor.open("/").forms[0], {"a": "secret"})
    assert page.left_site == "https://evil.example/steal"
    assert app.environ["REQUEST_METHOD"] == "GET"
    assert visitor.story[-1].endswith("which leads to https://evil.example/steal, another server.")
