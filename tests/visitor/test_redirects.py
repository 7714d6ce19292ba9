"""Redirects are followed by hand: as browsers do it, but not for ever and not off the site."""

import pytest
from flask import redirect, request


@pytest.fixture
def app(flask_app):
    @flask_app.route("/to")
    def to():
        return redirect(request.args["next"], int(request.args.get("code", 302)))

    @flask_app.route("/here", methods=["GET", "POST", "PUT"])
    def here():
        return f"<p>{request.method} {request.get_data().decode()}</p>"

    @flask_app.route("/send/<int:code>", methods=["GET", "POST"])
    def send(code):
        if request.args.get("form"):
            return "<form method=post><input name=a value=1><button>Go</button></form>"
        return redirect("/here", code)

    return flask_app


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(visit, app, code):
    visitor = visit(app)
    page = visitor.open(f"/to?next=/here&code={code}")
    assert page.visible_text == "GET"
    assert str(page.url) == "http://localhost/here"
    assert [hop.status for hop in page.redirects] == [code]
    assert visitor.story == [
        f"Opened /to?next=/here&code={code}.",
        f"Was sent on to /here ({code}).",
    ]


@pytest.mark.parametrize(
    ("code", "text"),
    [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST a=1"), (308, "POST a=1")],
)
def test_only_307_and_308_send_the_form_again(visit, app, code, text):
    visitor = visit(app)
    form = visitor.open(f"/send/{code}?form=1").forms[0]
    form.action = f"http://localhost/send/{code}"
    assert visitor.submit(form, {}).visible_text == text


@pytest.mark.parametrize("code", [200, 201, 300, 304, 305, 400, 500])
def test_other_codes_are_no_redirects(visit, code):
    def app(environ, start_response):
        start_response(f"{code} Whatever", [("Location", "/elsewhere")])
        return [b""]

    page = visit(app).open("/")
    assert (page.status, page.redirects, page.location) == (code, [], None)


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "////evil.example", "/\t/evil.example", "http:///evil.example",
     "https://evil.example/x"],
)  # fmt: skip
def test_a_redirect_off_the_site_is_seen_and_not_followed(visit, app, target):
    visitor = visit(app)
    page = visitor.request("GET", "/to", query={"next": target})
    assert page.left_site is None  # one request, nothing followed
    page = visitor.follow(page)
    assert page.left_site.startswith(("http://evil.example/", "https://evil.example/"))
    assert page.status == 302
    assert len(visitor.exchanges) == 1
    assert visitor.story[-1] == f"Was sent on to {page.left_site}, another server."


@pytest.mark.parametrize(
    "location", ["/\\evil.example", "\\\\evil.example", "http:\\\\evil.example"]
)
def test_a_backslash_in_location_is_a_slash(visit, location):
    def app(environ, start_response):
        start_response("302 Found", [("Location", location)])
        return [b""]

    assert visit(app).open("/").left_site == "http://evil.example/"


def test_a_script_in_location_is_not_followed(visit, app):
    page = visit(app).open("/to?next=javascript:alert(1)")
    assert page.left_site == "javascript:alert(1)"


def test_a_location_that_is_no_address_ends_there(visit):
    def app(environ, start_response):
        start_response("302 Found", [("Location", "http://[bad")])
        return [b""]

    page = visit(app).open("/")
    assert page.problem == 'a redirect to "http://[bad", which is no address'


def test_a_page_that_redirects_to_itself_is_a_loop(visit, app):
    visitor = visit(app)
    page = visitor.open("/to?next=%3Fnext%3D/to")
    assert page.problem == ""  # /to?next=/to leads on to /to without a query: 400

    def loop(environ, start_response):
        start_response("302 Found", [("Location", "/login")])
        return [b""]

    visitor = visit(loop)
    page = visitor.open("/login")
    assert page.problem == "a redirect loop"
    assert len(visitor.exchanges) == 1
    assert visitor.story[-1] == "Was sent round in a circle: /login again."


def test_a_redirect_to_itself_that_sets_a_cookie_first_is_no_loop(visit, flask_app):
    @flask_app.route("/")
    def home():
        if "seen" in request.cookies:
            return "<p>Welcome</p>"
        answer = redirect("/")
        answer.set_cookie("seen", "1")
        return answer

    assert visit(flask_app).open("/").visible_text == "Welcome"


def test_a_loop_whose_address_grows_ends_after_five_hops(visit, flask_app):
    @flask_app.route("/login")
    def login():
        return redirect(f"/login?next={request.full_path}")

    visitor = visit(flask_app)
    page = visitor.open("/login")
    assert page.problem == "a redirect loop"
    assert len(page.redirects) == 5
    assert len(visitor.exchanges) == 6


def test_many_different_redirects_end_too(visit, flask_app):
    @flask_app.route("/<int:number>")
    def step(number):
        return redirect(f"/{number + 1}")

    assert visit(flask_app).open("/1").problem == "too many redirects in a row"


def test_five_redirects_are_followed(visit, flask_app):
    @flask_app.route("/<int:number>")
    def step(number):
        return redirect(f"/{number + 1}") if number < 6 else "<p>There</p>"

    page = visit(flask_app).open("/1")
    assert (page.visible_text, page.problem) == ("There", "")


def test_an_endless_location_is_not_opened(visit, flask_app):
    @flask_app.route("/")
    def home():
        return redirect("/x" + "x" * 3000)

    page = visit(flask_app).open("/")
    assert page.problem.startswith("a redirect to an address of 300")
    assert page.redirects == []


def test_a_fragment_is_kept_for_the_reader_and_not_sent(visit, app):
    visitor = visit(app)
    page = visitor.open("/to?next=/here%23part")
    assert str(page.url) == "http://localhost/here#part"
    assert visitor.exchanges[-1].request.url.target == "/here"


@pytest.mark.parametrize("location", ["/caf\xc3\xa9", "/caf\xe9"])
def test_a_location_is_read_as_utf_8_if_it_is_that(visit, location):
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/":
            start_response("302 Found", [("Location", location)])
        else:
            start_response("200 OK", [])
        return [b""]

    visitor = visit(app)
    assert str(visitor.open("/").url) == "http://localhost/caf%C3%A9"


@pytest.mark.parametrize(
    "html",
    [
        "<meta http-equiv=refresh content='0;url=/here'>",
        "<META HTTP-EQUIV='Refresh' CONTENT=' 0 ; URL = \"/here\" '>",
        "<meta http-equiv=refresh content='0, /here'>",
    ],
)
def test_a_refresh_without_delay_is_a_redirect(visit, app, html):
    app.add_url_rule("/", "home", lambda: html)
    page = visit(app).open("/")
    assert page.visible_text == "GET"


@pytest.mark.parametrize(
    "html",
    [
        "<meta http-equiv=refresh content='5;url=/here'>",
        "<meta http-equiv=refresh content='soon'>",
        "<noscript><meta http-equiv=refresh content='0;url=/here'></noscript>",
        "<p>http-equiv=refresh content=0;url=/here</p>",
        "<!-- <meta http-equiv=refresh content='0;url=/here'> -->",
    ],
)
def test_other_refreshes_leave_the_page_in_place(visit, app, html):
    app.add_url_rule("/", "home", lambda: html)
    assert visit(app).open("/").url.pathname == "/"


def test_a_refresh_header_counts_like_the_tag(visit, app):
    app.add_url_rule("/", "home", lambda: ("<p>wait", {"Refresh": "0; url=/here"}))
    assert visit(app).open("/").visible_text == "GET"


def test_a_page_that_reloads_itself_for_ever_is_a_loop(visit, app):
    app.add_url_rule("/", "home", lambda: "<meta http-equiv=refresh content=0>")
    assert visit(app).open("/").problem == "a redirect loop"


def test_going_over_to_https_is_followed_and_keeps_secure_cookies(visit):
    def app(environ, start_response):
        if environ["wsgi.url_scheme"] == "http":
            start_response("301 Moved", [("Location", "https://localhost/")])
        else:
            start_response("200 OK", [("Set-Cookie", "__Host-a=1; Secure; Path=/")])
        return [b""]

    visitor = visit(app)
    assert str(visitor.open("/").url) == "https://localhost/"
    assert "__Host-a" in visitor.cookies


def test_cookies_set_on_the_way_are_kept(visit, flask_app):
    @flask_app.route("/")
    def home():
        answer = redirect("/next")
        answer.set_cookie("a", "1")
        return answer

    @flask_app.route("/next")
    def after():
        return f"<p>{request.cookies['a']}</p>"

    visitor = visit(flask_app)
    assert visitor.open("/").visible_text == "1"
    assert visitor.page.redirects[0].set_cookies == ["a=1; Path=/"]
