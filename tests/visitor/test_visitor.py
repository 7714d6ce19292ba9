"""A visitor walks through real small Flask apps as a person with a browser does."""

import time

import pytest
from flask import Flask, abort, flash, redirect, render_template_string, request, session

from checker.visitor import NoForm, NoLoginForm

FORM = (
    "{% for message in get_flashed_messages() %}<p>{{ message }}</p>{% endfor %}"
    "<form method=post action=/login><label>Name <input name=user></label>"
    "<label>Password <input type=password name=pw></label><button>Log in</button></form>"
)


def login_app(home, form=FORM, login_path="/login"):
    """An app with one account, ada / secret; `home` is a view that is told who is there."""
    app = Flask("submission")
    app.secret_key = "for these tests only"

    def login():
        if request.method == "POST":
            if (request.form["user"], request.form["pw"]) == ("ada", "secret"):
                session.clear()
                session["user"] = "ada"
                return redirect("/")
            flash("Wrong name or password.")
        return render_template_string(form)

    app.add_url_rule("/", "home", lambda: home(session.get("user")))
    app.add_url_rule(login_path, "login", login, methods=["GET", "POST"])
    return app


def guarded(user):
    return f"<h1>Welcome, {user}</h1>" if user else redirect("/login")


def with_link(user):
    return f"<h1>Welcome, {user}</h1>" if user else "<h1>Hello</h1><a href=/login>Log in</a>"


def greets_everybody(user):
    return f"<p>Hello {user or 'stranger'}</p><a href=/login>Log in</a>"


def mini_form(user):
    return f"<p>Hello {user}</p>" if user else render_template_string(FORM)


def with_flash(user):
    return render_template_string(
        "{% for message in get_flashed_messages() %}<p>{{ message }}</p>{% endfor %}"
        "<p>{% if user %}It is you, {{ user }}.{% else %}Nobody.{% endif %}</p>",
        user=user,
    )


def with_clock(user):
    return f"<p>{time.perf_counter_ns()} {time.time():.6f}</p><p>Hello {user or ''}</p>"


def with_token(user):
    token = f"{time.perf_counter_ns():x}{id(request):x}" * 2
    return f"<p>Your ticket: {token}</p><p>{'Log out' if user else 'Log in'}</p>"


def with_random_words(user):
    words = str(time.perf_counter_ns()).translate(str.maketrans("0123456789", "abcdefghij"))
    return f"<p>Word of the day: {words}</p><p>Please {'stay' if user else 'log in'}.</p>"


def with_visitor_name(user):
    words = str(time.perf_counter_ns()).translate(str.maketrans("0123456789", "abcdefghij"))
    return f"<p>Hello {user or words}</p>"


def with_counter(user):
    session["visits"] = session.get("visits", 0) + 1
    greeting = "First visit" if session["visits"] == 1 else "Welcome back"
    return f"<p>{greeting}, this is visit {session['visits']}</p><p>{user or 'Nobody'}</p>"


def form_for_everybody(user):
    return f"<p>{user or 'Nobody'}</p>" + render_template_string(FORM)


def settings_form(user):
    if not user:
        return redirect("/login")
    return (
        "<p>Your settings</p><form method=post action=/email><input type=email name=e>"
        "<input type=password name=p><button>Change</button></form>"
    )


HOMES = [
    guarded, with_link, greets_everybody, mini_form, with_flash, with_clock, with_token,
    with_random_words, with_visitor_name, with_counter, form_for_everybody, settings_form,
]  # fmt: skip


@pytest.mark.parametrize("home", HOMES)
def test_logged_in_is_judged_by_its_effect(visit, home):
    visitor = visit(login_app(home))
    assert not visitor.logged_in()
    visitor.log_in("ada", "wrong")
    assert not visitor.logged_in()
    assert not visitor.logged_in()
    visitor.log_in("ada", "secret")
    assert visitor.logged_in()
    assert visitor.logged_in()
    visitor.cookies.clear()
    assert not visitor.logged_in()


def test_where_home_is_the_same_for_everybody_another_page_can_tell(visit):
    app = login_app(lambda user: "<a href=/login>Log in</a> <a href=/dashboard>My page</a>")
    app.add_url_rule("/dashboard", "dashboard", lambda: guarded(session.get("user")))
    visitor = visit(app)
    visitor.log_in("ada", "secret")
    assert not visitor.logged_in()
    visitor.own_pages = ("home", "dashboard")
    assert visitor.logged_in()
    assert "Opened / and /dashboard to see who is logged in: somebody is" in visitor.story[-1]
    assert not visitor.stranger().logged_in()


@pytest.mark.parametrize("home", HOMES)
def test_somebody_elses_session_counts_as_logged_in(visit, home):
    """An attacker who gets in never typed the name that home greets."""
    victim = visit(login_app(home))
    victim.log_in("ada", "secret")
    thief = victim.stranger("the thief")
    if home in (with_visitor_name, form_for_everybody):  # nothing but the name tells
        thief.names.append("ada")
    assert not thief.logged_in()
    thief.cookies = victim.cookies.copy()
    assert thief.logged_in()


def test_the_login_form_may_be_home_itself(visit):
    app = Flask("submission")
    app.secret_key = "for these tests only"

    @app.route("/", methods=["GET", "POST"])
    def home():
        if request.method == "POST" and request.form["pw"] == "secret":
            session["user"] = request.form["user"]
        form = "<form method=post><input name=user><input type=password name=pw><button>Log in"
        return f"<p>Hi {session['user']}</p>" if "user" in session else form

    visitor = visit(app, paths={"login": "/"})
    visitor.log_in("ada", "wrong")
    assert not visitor.logged_in()
    assert visitor.log_in("ada", "secret").status == 200
    assert visitor.logged_in()


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_nobody_is_logged_in_on_an_error_page(visit, status):
    visitor = visit(login_app(lambda user: abort(status) if user else redirect("/login")))
    visitor.log_in("ada", "secret")
    assert not visitor.logged_in()
    assert visitor.story[-1] == (
        f"Opened / to see who is logged in: nobody is, there is a page with status {status}."
    )


def test_nobody_is_logged_in_where_home_leads_off_the_site_or_round_in_circles(visit):
    away = visit(login_app(lambda user: redirect("https://evil.example/")))
    assert not away.logged_in()
    circle = visit(login_app(lambda user: redirect("/")))
    assert not circle.logged_in()
    assert "a redirect loop" in circle.story[-1]


def test_a_flash_with_the_name_is_not_a_greeting(visit):
    def home(user):
        if user:
            return "<p>Your page</p>" + render_template_string(
                "{% for message in get_flashed_messages() %}{{ message }}{% endfor %}"
            )
        return redirect("/login")

    visitor = visit(login_app(home))
    visitor.log_in("ada", "secret")
    assert visitor.logged_in()
    assert not visitor.greets("ada")


def test_a_session_that_lasts_for_one_page_is_none(visit):
    def home(user):
        session.pop("user", None)
        return f"<p>Welcome, {user}</p>" if user else "<p>Hello</p>" + render_template_string(FORM)

    visitor = visit(login_app(home))
    form = visitor.find_login_form()
    page = visitor.request("POST", "/login", form={"user": "ada", "pw": "secret"})
    assert page.status == 302 and form is not None
    assert not visitor.logged_in()


def test_home_greets_by_name(visit):
    visitor = visit(login_app(guarded))
    assert not visitor.greets("ada")
    visitor.log_in("ada", "secret")
    assert visitor.greets("ada")
    assert visitor.greets("ADA")
    assert not visitor.greets("ad")
    assert visitor.story[-1] == 'Opened / to look for the name "ad": it was not there.'


def test_a_login_page_that_shows_the_name_typed_greets_nobody(visit):
    app = login_app(guarded, FORM + "<p>ada, that was wrong</p>")
    assert not visit(app).greets("ada")


def test_the_story_tells_what_a_person_did(visit):
    visitor = visit(login_app(guarded))
    visitor.log_in("ada", "O'Brien\"; DROP TABLE accounts; --\n\x00")
    visitor.log_in("ada", "secret")
    visitor.logged_in()
    visitor.travel(31 * 86_400)
    visitor.restart_browser()
    thief = visitor.stranger("the thief")
    thief.tell("copied the cookies")
    thief.open("home")
    assert visitor.story == [
        "Opened /login.",
        'Typed the username "ada" and the password '
        '"O\\\'Brien"; DROP TABLE accounts; --\\n\\x00" into the form and pressed "Log in".',
        "Opened /login.",
        'Typed the username "ada" and the password "secret" into the form and pressed "Log in".',
        "Was sent on to / (302).",
        "Opened / to see who is logged in: somebody is, "
        "the login form that strangers get is not there.",
        "Waited 31 days.",
        "Closed the browser and opened it again.",
        "The thief copied the cookies.",
        "The thief opened /.",
        "The thief was sent on to /login (302).",
    ]


def test_the_story_tells_ticks_and_choices_too(visit, recorder):
    visitor = visit(
        recorder(
            "<form method=post><input name=u><input name=e type=email><input name=p type=password>"
            "<input name=p2 type=password><input type=checkbox name=news checked>"
            "<label>I agree<input type=checkbox name=terms></label>"
            "<select name=Plan><option>free<option>paid</select><button>Sign up</button></form>"
        )
    )
    form = visitor.open("/register").forms[0]
    typed = form.filled(
        {"username": "ada", "email": "a@x.example", "password": "secret", "confirmation": "secrte"}
    )
    visitor.submit(form, {**typed, "terms": True, "news": False, "Plan": "paid"})
    assert visitor.story[-1] == (
        'Typed the username "ada", the e-mail address "a@x.example", the password "secret" and the '
        'confirmation "secrte" into the form, ticked "I agree", left out "news", chose "paid" for '
        '"Plan" and pressed "Sign up".'
    )


def test_hostile_words_on_a_button_cannot_spoil_the_story(visit):
    label = "\x1b[2J\u202eLog in " + "x" * 5000
    app = login_app(guarded, FORM.replace("Log in</button>", label + "</button>"))
    visitor = visit(app)
    visitor.log_in("ada", "x" * 5000)
    assert all(line.isprintable() and len(line) < 200 for line in visitor.story)


@pytest.mark.parametrize(
    ("form", "seen"),
    [
        ("<p>Hello", "a page without a form"),
        ("<form><input name=user><input name=pw></form>",
         'a form with the fields "user" (text) and "pw" (text)'),
        ("<input name=user><input name=pw type=password>",
         "a page without a form (its fields stand outside of any <form>)"),
        ("<form><input type=password name=pw></form>", 'a form with the field "pw" (password)'),
    ],
)  # fmt: skip
def test_a_missing_login_form_is_told_in_words(visit, form, seen):
    visitor = visit(login_app(guarded, form))
    assert visitor.find_login_form() is None
    with pytest.raises(NoLoginForm) as caught:
        visitor.log_in("ada", "secret")
    assert caught.value.seen == seen
    assert caught.value.expected == (
        "a login form at /login, with a field for the username and one of type password"
    )


def test_a_login_page_with_an_error_status_is_told_in_words(visit, flask_app):
    with pytest.raises(NoLoginForm) as caught:
        visit(flask_app).log_in("ada", "secret")
    assert caught.value.seen == "a page with status 404"


def test_a_form_called_register_on_the_login_page_is_used_if_there_is_no_other(visit):
    form = FORM.replace("<button>Log in", "<button>Join").replace("/login", "/enrol-register")
    assert visit(login_app(guarded, form)).find_login_form() is not None


def test_a_password_field_without_a_name_is_told_in_the_story(visit):
    app = login_app(guarded, FORM.replace("name=pw", "id=pw"))
    visitor = visit(app)
    assert visitor.log_in("ada", "secret").status == 400
    assert visitor.story[-2].endswith('pressed "Log in": status 400.')
    assert visitor.story[-1] == (
        "The password field has no name attribute, "
        "so the browser did not send what was typed there."
    )


@pytest.mark.parametrize(
    "form",
    [
        FORM.replace("method=post", "method=post enctype=multipart/form-data"),
        FORM.replace("<button>", "<button name=action value=login>"),
        "<form action=/search><input name=q><button>Search</button></form>"
        "<form method=post action=/news><input type=email name=e><button>OK</button></form>" + FORM,
        "<form id=f method=post></form><input form=f name=user><input form=f type=password name=pw>"
        "<button form=f>Entrar</button>",
        "<form method=post><p>Benutzername<p><input name=user><p>Kennwort<p>"
        "<input type=password name=pw><input type=submit value=Anmelden></form>",
        "<form method=post><input name=user><input type=password name=pw>"
        "<input type=checkbox name=remember><select name=lang><option>en</select><button>⏎",
        "<table><form method=post><tr><td>User<td><input name=user><tr><td>Pass<td>"
        "<input type=password name=pw><tr><td><button>OK</button></table>",
        "<form method=post><button formaction=/register>Register</button><input name=user>"
        "<input type=password name=pw><button>Log in</button></form>",
    ],
)
def test_a_person_gets_in_whatever_the_form_looks_like(visit, form):
    visitor = visit(login_app(guarded, form))
    visitor.log_in("ada", "secret")
    assert visitor.logged_in()


def test_a_form_may_be_moved_by_a_308(visit, flask_app):
    flask_app.register_blueprint(_blueprint_with_slash())
    visitor = visit(flask_app)
    visitor.log_in("ada", "secret")
    assert visitor.sees("POST ada secret")


def _blueprint_with_slash():
    from flask import Blueprint

    auth = Blueprint("auth", "auth")

    @auth.route("/login/", methods=["GET", "POST"])
    def login():
        if request.method == "POST":
            return f"<p>POST {request.form['user']} {request.form['pw']}</p>"
        return FORM.replace("{% for message in get_flashed_messages() %}", "").split(
            "{% endfor %}"
        )[1]

    return auth


def test_a_cookie_the_browser_refuses_is_told_in_the_story(visit, flask_app):
    @flask_app.route("/")
    def home():
        return "<p>Hello</p>", {"Set-Cookie": "session=" + "x" * 5000}

    visitor = visit(flask_app)
    visitor.open("/")
    assert len(visitor.cookies) == 0
    assert visitor.story[-1].startswith('The browser refused the cookie "session": its name and')


def test_one_request_is_sent_exactly_as_written(visit, recorder):
    app = recorder("<p>OK")
    visitor = visit(app)
    visitor.request(
        "PATCH",
        "//x/../%ff é?q=ü",
        query=[("a", "1"), ("a", b"\xff")],
        form=[("n", "ä"), ("n", b"\x00\xff"), ("s", "\ud800")],
        headers={"X-Thing": "ж", "User-Agent": "tool"},
    )
    assert app.environ["REQUEST_METHOD"] == "PATCH"
    assert app.environ["RAW_URI"] == "//x/../%ff%20%C3%A9?q=%C3%BC&a=1&a=%FF"
    assert app.environ["PATH_INFO"].encode("latin-1") == b"//x/../\xff \xc3\xa9"
    assert app.body == b"n=%C3%A4&n=%00%FF&s=%ED%A0%80"
    assert app.environ["CONTENT_LENGTH"] == str(len(app.body))
    assert app.environ["HTTP_X_THING"].encode("latin-1").decode() == "ж"
    assert app.environ["HTTP_USER_AGENT"] == "tool"
    assert visitor.story[-1].startswith("Sent PATCH //x/../%ff%20")


def test_any_body_can_be_sent(visit, recorder):
    app = recorder("<p>OK")
    visitor = visit(app)
    visitor.request("POST", "/login", body='{"username": 0}', content_type="application/json")
    assert app.body == b'{"username": 0}'
    assert app.environ["CONTENT_TYPE"] == "application/json"
    assert visitor.story[-1] == ('Sent POST /login with "{"username": 0}" (application/json).')
    visitor.request("POST", "/login", body=b"\xff" * 1_000_000, content_type="text/plain")
    assert visitor.story[-1] == "Sent POST /login with 1,000,000 bytes (text/plain)."
    visitor.request("POST", "/login", form=[("a", "b")] * 9)
    assert visitor.story[-1].endswith('"a" = "b", "a" = "b" and 3 more fields.')
    visitor.request("POST", "/login", form={"a": "b"}, content_type="multipart/form-data")
    assert app.environ["CONTENT_TYPE"].startswith("multipart/form-data; boundary=")
    visitor.request("POST", "/login")
    assert app.environ["CONTENT_LENGTH"] == "0"


def test_a_browser_says_where_a_visit_starts(visit, recorder):
    app = recorder("<form method=post><button>Go</button></form>")
    visitor = visit(app)
    form = visitor.open("/page#top").forms[0]
    assert app.environ["HTTP_SEC_FETCH_SITE"] == "none"
    assert "HTTP_REFERER" not in app.environ and "HTTP_ORIGIN" not in app.environ
    visitor.submit(form, {})
    assert app.environ["HTTP_SEC_FETCH_SITE"] == "same-origin"
    assert app.environ["HTTP_REFERER"] == "http://localhost/page"
    assert app.environ["HTTP_HOST"] == "localhost"


def test_cookies_of_the_jar_are_sent_unless_a_tool_says_otherwise(visit, recorder):
    app = recorder("<p>OK")
    visitor = visit(app)
    visitor.open("/")
    assert "HTTP_COOKIE" not in app.environ
    visitor.cookies.set("a", "1")
    visitor.open("/")
    assert app.environ["HTTP_COOKIE"] == "a=1"
    visitor.request("GET", "/", headers={"Cookie": "a=2"})
    assert app.environ["HTTP_COOKIE"] == "a=2"


def test_session_cookies_end_with_the_browser_and_others_with_time(visit, flask_app):
    @flask_app.route("/")
    def home():
        session["a"] = 1
        return "<p>OK", {"Set-Cookie": "keep=1; Max-Age=3600"}

    visitor = visit(flask_app)
    visitor.open("/")
    assert {cookie.name for cookie in visitor.cookies} == {"session", "keep"}
    visitor.restart_browser()
    assert {cookie.name for cookie in visitor.cookies} == {"keep"}
    visitor.travel(3601)
    assert len(visitor.cookies) == 0


def test_travelling_in_time_is_told_to_the_app_and_shared_by_all_visitors(visit, recorder):
    app = recorder("<p>OK")
    visitor = visit(app)
    visitor.open("/")
    assert visitor.now is None and app.environ["checker.now"] is None
    visitor.now = 1_000_000_000.0
    visitor.travel(60)
    stranger = visitor.stranger()
    stranger.open("/")
    assert app.environ["checker.now"] == 1_000_000_060.0
    assert visitor.exchanges[-1].now == 1_000_000_060.0
    assert stranger.now == visitor.now


def test_a_stranger_has_cookies_of_their_own(visit):
    visitor = visit(login_app(guarded))
    visitor.log_in("ada", "secret")
    stranger = visitor.stranger()
    assert not stranger.logged_in()
    assert visitor.logged_in()
    assert stranger.story is visitor.story


def test_a_stolen_jar_keeps_the_thiefs_time(visit, recorder):
    victim, thief = visit(recorder("")), visit(recorder(""))
    victim.cookies.store("remember=1; Max-Age=60", "http://localhost/")
    thief.cookies = victim.cookies.copy()
    thief.travel(61)
    assert len(thief.cookies) == 0
    assert len(victim.cookies) == 1


class AppStopped(Exception):
    """Stands for what the jail's remote app raises."""


def test_an_app_that_gives_no_answer_is_recorded_and_its_error_passed_on(visit):
    def app(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST" or environ["PATH_INFO"] == "/":
            raise AppStopped("gone")
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [FORM.encode()]

    visitor = visit(app)
    with pytest.raises(AppStopped):
        visitor.log_in("ada", "secret")
    assert visitor.story[-1].endswith('pressed "Log in", but no answer came.')
    assert isinstance(visitor.exchanges[-1].failure, AppStopped)
    assert visitor.exchanges[-1].answer is None
    assert visitor.exchanges[-1].answer_lines() == ["(no answer)"]
    with pytest.raises(AppStopped):
        visitor.logged_in()
    assert visitor.story[-1] == "Opened / to see who is logged in, but no answer came."


def test_an_error_page_is_told_with_its_status(visit, flask_app):
    visitor = visit(flask_app)
    visitor.open("login")
    assert visitor.story == ["Opened /login: status 404."]


def test_an_address_elsewhere_is_not_opened(visit, recorder):
    visitor = visit(recorder("<p>OK"))
    away = "http://evil.example/"
    for page in (visitor.open(away), visitor.request("POST", away, form={"pw": "secret"})):
        assert (page.left_site, page.status) == (away, 0)
    for page in (visitor.open("http://[bad"), visitor.request("GET", "http://[bad")):
        assert page.problem == 'the address "http://[bad", of which browsers make nothing'
    assert visitor.open("mailto:a@b.example").left_site == "mailto:a@b.example"
    assert visitor.exchanges == []


def test_a_visitor_may_come_over_https(visit, recorder):
    app = recorder("<p>OK")
    visit(app, base="https://app.example:8443").open("/")
    assert app.environ["wsgi.url_scheme"] == "https"
    assert app.environ["HTTP_HOST"] == "app.example:8443"
    assert app.environ["SERVER_PORT"] == "8443"
    with pytest.raises(ValueError, match="not a base URL"):
        visit(app, base="localhost")


def test_other_forms_are_found_on_their_pages(visit, flask_app):
    password = "<input type=password name={}>"
    pages = {
        "/register": "<input name=u><input name=e type=email>" + password.format("p") * 2,
        "/password": "".join(password.format(name) for name in ("old", "new", "again")),
        "/dashboard": "<input type=hidden name=csrf value=1><button>Log out</button>",
    }
    for path, fields in pages.items():
        html = f"<form method=post>{fields}<button>OK</button></form>"
        flask_app.add_url_rule(path, path, lambda html=html: html)
    visitor = visit(flask_app)
    register = visitor.find_form("register")
    assert register.filled({"username": "ada", "email": "a@x.example"}) == {
        register.fields[0]: "ada",
        register.fields[1]: "a@x.example",
    }
    assert [field.name for field in visitor.find_form("password").roles.values()] == [
        "old",
        "new",
        "again",
    ]
    with pytest.raises(NoForm, match="a field for the current password"):
        register.filled({"current_password": "secret"})
    assert visitor.find_form("logout") is not None
    assert visitor.find_form("logout", "register") is None
