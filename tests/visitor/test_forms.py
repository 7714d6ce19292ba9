"""Forms are found and understood whatever their language and layout."""

import pytest

LOGIN = (
    '<form method="post" action="/login"><label for="u">Username</label><input id="u" name="user">'
    '<label>Password <input name="pw" type="password"></label><button>Log in</button></form>'
)


def test_a_form_knows_how_and_where_it_is_sent(show):
    (form,) = show(LOGIN).forms
    assert (form.method, form.action) == ("post", "http://localhost/login")
    assert form.enctype == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("head", "action", "resolved"),
    [
        ("", None, "http://localhost/a/page?x=1"),
        ("", "", "http://localhost/a/page?x=1"),
        ("", " ", "http://localhost/a/page?x=1"),
        ("", "login", "http://localhost/a/login"),
        ("", "/login", "http://localhost/login"),
        ("", "?go=1", "http://localhost/a/page?go=1"),
        ("", "//evil.example/x", "http://evil.example/x"),
        ("<base href='/b/'>", "login", "http://localhost/b/login"),
        ("<base href='/b/'>", "", "http://localhost/a/page?x=1"),
        ("<base href='/b/'><base href='/c/'>", "login", "http://localhost/b/login"),
        ("<base target='_top'><base href='/c/'>", "login", "http://localhost/c/login"),
    ],
)
def test_the_action_is_resolved_as_a_browser_does(show, head, action, resolved):
    attribute = "" if action is None else f"action='{action}'"
    page = show(f"{head}<form {attribute}><button>Go</button></form>", path="/a/page?x=1")
    assert page.forms[0].action == resolved


@pytest.mark.parametrize(
    ("html", "label"),
    [
        ('<label for="x">Nombre de usuario</label><input id="x" name="n">', "Nombre de usuario"),
        ('<label> Name: <b>yours</b> <input name="n"></label>', "Name: yours"),
        ('<input name="n" aria-label="Kennung">', "Kennung"),
        ('<input name="n" placeholder="E-mail">', "E-mail"),
        ('<input name="n" title="Login">', "Login"),
        ("<table><tr><td>User:</td><td><input name=n></td></tr></table>", "User:"),
        ("<h2>Welcome</h2><p>Identifiant</p><input name=n>", "Identifiant"),
        ("<input name=n>", ""),
        ("<label>Land <select name=n><option>A<option>B</select></label>", "Land"),
    ],
)
def test_a_field_is_called_what_a_reader_would_call_it(show, html, label):
    form = show(f"<p>Some text before.</p><form>{html}</form>").forms[0]
    assert form.named("n").label == label


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<input name=a><input name=b type=password>", "a"),
        ("<input name=a><input name=b><input name=c type=password>", "b"),
        ("<input name=a type=password><input name=b>", "b"),
        ("<input name=user><input name=b><input name=c type=password>", "user"),
        ("<input name=q type=search><input name=b><input type=password name=c>", "b"),
        ("<input name=a hidden><input name=b style='display: none'><input name=c>"
         "<input type=hidden name=d><input type=password name=e>", "c"),
        ("<input name=phone type=tel><input type=password name=e>", "phone"),
        ("<input name=mail type=email><input type=password name=e>", "mail"),
        ("<input name=correo><input name=contrasena type=password>", "correo"),
        ("<input name=company><input name=x autocomplete='username'><input name=o>"
         "<input type=password>", "x"),
        ("<label>用户名 <input name=a></label><input name=b><input type=password>", "a"),
        ("<input name=txtUserName><input name=b><input type=password>", "txtUserName"),
        ("<input name=a disabled><input name=b readonly><input name=c><input type=password>", "c"),
        ("<input name=a type=TEXT><input type=PassWord name=p>", "a"),
        ("<input name=a type=whatever><input type=password name=p>", "a"),
    ],
)  # fmt: skip
def test_the_username_field_is_found_by_what_it_says_or_where_it_stands(show, html, name):
    assert show(f"<form>{html}<button>OK</button></form>").forms[0].text_field.name == name


PASSWORD = "<input type=password name=p>"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (f"<input name=u>{PASSWORD}<button>OK</button>", "login"),
        (f"<input type=email name=e>{PASSWORD}<button>Anmelden</button>", "login"),
        (f"<input name=u><input type=email name=e>{PASSWORD}{PASSWORD}<button>OK", "register"),
        (f"<input name=u>{PASSWORD}<button>Registrieren</button>", "register"),
        (f"<input name=u>{PASSWORD}<button>Register or log in</button>", "login"),
        ("<input name=u><input type=password autocomplete=new-password><button>OK", "register"),
        ("<input name=u><input type=password autocomplete=current-password><button>Join", "login"),
        (f"{PASSWORD}{PASSWORD}<button>OK", "password"),
        (f"{PASSWORD}{PASSWORD}{PASSWORD}<button>OK", "password"),
        ("<input name=u readonly><input type=password autocomplete=current-password>"
         "<input type=password autocomplete=new-password><button>OK", "password"),
        (f"{PASSWORD}<button>Continue", "confirm"),
        ("<input type=hidden name=csrf><button>Log out</button>", "logout"),
        ("<button>Cerrar sesión</button>", "logout"),
        ("<button>Delete everything</button>", "other"),
        ("<input type=search name=q><button>Search</button>", "other"),
        ("<input type=email name=e><button>Subscribe</button>", "other"),
        (f"<input name=u>{PASSWORD.replace('name', 'disabled name')}<button>OK", "other"),
    ],
)  # fmt: skip
def test_what_a_form_is_for_shows_in_its_fields(show, html, kind):
    assert show(f"<form>{html}</form>", path="/").forms[0].kind == kind


def test_a_logout_form_may_say_so_by_its_address_alone(show):
    assert show("<form action=/auth/logout method=post><button>✕").forms[0].kind == "logout"


def test_a_css_class_like_text_center_does_not_make_a_form_a_login_form(show):
    html = f"<form class='text-center' action=/register><input name=u>{PASSWORD}<button>OK"
    assert show(html, path="/").forms[0].kind == "register"


def test_a_register_form_tells_its_fields_apart(show):
    html = (
        "<form><input name=nick><input name=correo type=email><input name=clave type=password>"
        "<input name=clave2 type=password><button>Crear cuenta</button></form>"
    )
    form = show(html).forms[0]
    assert form.email_field is form.named("correo")
    assert {role: field.name for role, field in form.roles.items()} == {
        "username": "nick",
        "email": "correo",
        "password": "clave",
        "confirmation": "clave2",
    }


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["x autocomplete=new-password", "y", "z autocomplete=current-password"], ["z", "x", "y"]),
        (["current", "new", "again"], ["current", "new", "again"]),
        (["a", "b", "c"], ["a", "b", "c"]),
        (["new", "confirm", "old"], ["old", "new", "confirm"]),
        (["old", "new"], ["old", "new", None]),
        (["new", "confirm"], [None, "new", "confirm"]),
        (["a", "b"], ["a", "b", None]),
    ],
)
def test_a_password_change_tells_its_fields_apart(show, names, expected):
    fields = "".join(f"<input type=password name={name}>" for name in names)
    roles = show(f"<form>{fields}<button>OK</button></form>").forms[0].roles
    found = [roles.get(role) for role in ("current_password", "password", "confirmation")]
    assert [field and field.name for field in found] == expected


def test_the_right_form_is_found_among_others(show):
    page = show(
        "<form action=/search><input name=q><button>Search</button></form>"
        "<form action=/newsletter method=post><input type=email name=e><button>Join</button></form>"
        f"<form action=/register method=post><input name=u>{PASSWORD}{PASSWORD}<button>Sign up"
        f"</button></form><form action=/quick method=post><input name=u>{PASSWORD}<button>Go"
        f"</button></form><form action=/login method=post><input name=u>{PASSWORD}<button>Go"
    )
    assert page.find_form("login", "/login").action == "http://localhost/login"
    assert page.find_form("register").action == "http://localhost/register"
    assert page.find_form("password") is None


def test_fields_outside_the_form_belong_to_it_by_their_form_attribute(show):
    page = show(
        "<input name=before form=f><form id=f><input name=inside><input name=not form=other>"
        "<input name=none form=''></form><input name=after form=f type=password>"
        "<button form=f>Go</button><input name=loose>"
    )
    (form,) = page.forms
    assert [field.name for field in form.fields] == ["before", "inside", "after"]
    assert len(form.buttons) == 1
    assert [field.name for field in page.loose_fields] == ["not", "none", "loose"]


@pytest.mark.parametrize(
    "html",
    [
        "<table><form id=f><tr><td><input name=a></td></tr><tr><td><button>Go</table></form>",
        "<div><form id=f></div><div><input name=a><button>Go</button></div></form>",
        "<div><form id=f><input name=a></div><button>Go</button></form>",
        "<form id=f><input name=a><button>Go",
        "<form id=f><form id=g><input name=a></form><button form=f>Go</button>",
        "<p><form id=f><p><input name=a><div><button>Go</button></div></form>",
        "<table><tr><form id=f><td><input name=a></td><td><button>Go</td></form></tr></table>",
    ],
)
def test_misnested_forms_own_what_browsers_give_them(show, html):
    page = show(html)
    (form,) = page.forms
    assert form.identity.startswith("f")
    assert [field.name for field in form.fields] == ["a"]
    assert len(form.buttons) == 1
    assert page.loose_fields == []


def test_what_follows_the_end_of_a_misnested_form_is_not_its_own(show):
    page = show("<div><form></div><input name=a></form><input name=b><form><input name=c></form>")
    assert [[field.name for field in form.fields] for form in page.forms] == [["a"], ["c"]]
    assert [field.name for field in page.loose_fields] == ["b"]


def test_forms_in_a_template_do_not_exist_yet(show):
    assert show(f"<template>{LOGIN}</template>").forms == []


def test_a_disabled_fieldset_disables_all_but_its_first_legend(show):
    page = show(
        "<form><fieldset disabled><legend><input name=a></legend><legend><input name=b></legend>"
        "<input name=c><fieldset><input name=d></fieldset></fieldset><input name=e></form>"
    )
    enabled = [field.name for field in page.forms[0].fields if not field.disabled]
    assert enabled == ["a", "e"]


def test_a_select_shows_what_is_chosen_at_first(show):
    page = show(
        "<form><select name=a><option value=1>One<option value=2>Two</select>"
        "<select name=b><option disabled>x<option>y</select>"
        "<select name=c><option selected>x<option selected>y</select>"
        "<select name=d multiple><option>x<option selected>y</select>"
        "<select name=e><optgroup disabled><option>x</optgroup><option> y  z </option></select>"
    )
    assert [field.value for field in page.forms[0].fields] == ["1", "y", "y", "", "y z"]
    assert [option.label for option in page.forms[0].named("a").options] == ["One", "Two"]


def test_buttons_are_called_what_stands_on_them(show):
    page = show(
        "<form><button><b>Log</b> in</button><input type=submit value=Enviar><input type=submit>"
        "<input type=image alt=Go><button aria-label=Send></button><button type=button>No</button>"
        "<button type=reset>No</button><input type=reset><input type=button value=No></form>"
    )
    labels = [button.label for button in page.forms[0].buttons]
    assert labels == ["Log in", "Enviar", "Submit", "Go", "Send"]


def test_a_field_without_a_name_is_named_as_a_problem(show):
    form = show("<form><input name=u><input type=password><button>Log in</button></form>").forms[0]
    assert form.problems == [
        "The password field has no name attribute, so browsers do not send what is typed there."
    ]


def test_a_form_without_a_button_is_named_as_a_problem(show):
    form = show(f"<form><input name=u>{PASSWORD}<button type=button>Log in</button></form>").forms[
        0
    ]
    assert form.problems == ["The form has no button that sends it."]


def test_a_good_form_has_no_problems(show):
    assert show(LOGIN).forms[0].problems == []


def test_a_form_is_described_by_its_fields(show):
    page = show("<form><input type=hidden name=t><label>Name<input></label><input name=pw></form>")
    assert page.described() == 'a form with the fields "Name" (text) and "pw" (text)'
    assert show("<form></form>").described() == "a form without any field"


def test_a_long_form_is_described_by_its_first_fields(show):
    page = show("<form>" + "".join(f"<input name=n{number}>" for number in range(8)) + "</form>")
    assert page.described().endswith('"n4" (text) and 3 more')


def test_a_hostile_label_cannot_spoil_a_sentence(show):
    label = "\x1b[31m\u202eevil\x07 " + "very " * 500
    page = show(f"<form><label>{label}<input name=x></label></form>")
    description = page.described()
    assert len(description) < 80
    assert description.isprintable()
