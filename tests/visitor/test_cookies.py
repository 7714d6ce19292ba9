"""The cookie jar does what browsers do: RFC 6265, section 5, and its successor."""

import pytest

from checker.visitor import Clock, CookieJar

HOST = "http://localhost/"
DAY = 86_400


@pytest.fixture
def clock():
    return Clock(1_000_000_000.0)


@pytest.fixture
def jar(clock):
    return CookieJar(clock)


def test_a_cookie_comes_back_to_where_it_came_from(jar):
    jar.store("session=abc; Path=/; HttpOnly", HOST)
    assert jar.header("http://localhost/login?next=/") == "session=abc"
    cookie = jar.get("session")
    assert cookie.http_only and cookie.is_session and cookie.host_only
    assert cookie.raw == "session=abc; Path=/; HttpOnly"


def test_a_cookie_does_not_go_to_another_host(jar):
    jar.store("session=abc", HOST)
    assert jar.header("http://evil.example/") == ""
    assert jar.header("http://sub.localhost/") == ""


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        ("a=b", "a", "b"),
        ("  a  =  b c  ;Path=/", "a", "b c"),
        ("a=b=c==", "a", "b=c=="),
        ('a="b; Path=/x"', "a", '"b'),
        ("a=", "a", ""),
        ("=b", "", "b"),
        ("b", "", "b"),
        ("a=b; =; ;;; nonsense; Max-Age", "a", "b"),
        ("a=\xc3\xa9", "a", "\xc3\xa9"),
    ],
)
def test_name_and_value_are_cut_out_as_browsers_do(jar, raw, name, value):
    cookie = jar.store(raw, HOST)
    assert (cookie.name, cookie.value) == (name, value)


def test_a_cookie_without_a_name_is_sent_as_its_value_alone(jar):
    jar.store("loner", HOST)
    assert jar.header(HOST) == "loner"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("=", "neither a name nor a value"),
        ("", "neither a name nor a value"),
        ("a=b\0c", "control character"),
        ("a=b\r\nc", "control character"),
        ("a=" + "x" * 4096, "4097 bytes"),
        ("a=b; Domain=evil.example", "meant for “evil.example”"),
        ("a=b; Domain=com", "all of “com”"),
        ("__Secure-a=b; Path=/", "not marked Secure"),
        ("__Host-a=b; Secure", "asks for Secure, Path=/"),
        ("__Host-a=b; Path=/", "asks for Secure, Path=/"),
        ("__Host-a=b; Secure; Path=/app", "asks for Secure, Path=/"),
        ("__hOsT-a=b; Path=/", "asks for Secure, Path=/"),
        ("__Host-a", "has no name"),
    ],
)
def test_a_browser_refuses(jar, raw, reason):
    assert jar.store(raw, HOST) is None
    assert len(jar) == 0
    assert reason in jar.refused[-1].reason
    assert jar.refused[-1].raw == raw


def test_protected_names_are_taken_where_their_promise_holds(jar):
    jar.store("__Secure-a=1; Secure", HOST)
    jar.store("__Host-b=2; Secure; Path=/", HOST)
    assert jar.header(HOST) == "__Secure-a=1; __Host-b=2"


def test_a_value_of_4095_bytes_still_fits(jar):
    assert jar.store("a=" + "x" * 4095, HOST) is not None


def test_secure_cookies_are_kept_on_localhost_and_over_https_but_not_over_plain_http(jar):
    assert jar.store("a=1; Secure", "http://localhost/")
    assert jar.store("a=1; Secure", "http://127.0.0.1:5000/")
    assert jar.store("a=1; Secure", "http://[::1]/")
    assert jar.store("a=1; Secure", "https://app.example/")
    assert jar.store("a=1; Secure", "http://app.example/") is None
    assert jar.header("http://localhost/") == "a=1"
    assert jar.header("https://app.example/") == "a=1"
    assert jar.header("http://app.example/") == ""


def test_plain_http_cannot_overwrite_a_secure_cookie(jar):
    jar.store("a=safe; Secure; Path=/", "https://app.example/")
    assert jar.store("a=fake; Path=/", "http://app.example/") is None
    assert jar.get("a").value == "safe"


@pytest.mark.parametrize(
    ("host", "domain", "other", "goes_there"),
    [
        ("app.example", "app.example", "sub.app.example", True),
        ("app.example", ".app.example", "sub.app.example", True),
        ("app.example", "APP.Example", "app.example", True),
        ("sub.app.example", "app.example", "app.example", True),
        ("app.example", "app.example", "myapp.example", False),
        ("localhost", "localhost", "sub.localhost", False),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", True),
        ("app.example", "", "sub.app.example", False),
    ],
)
def test_a_domain_widens_a_cookie_to_what_is_below_it(jar, host, domain, other, goes_there):
    assert jar.store(f"a=1; Domain={domain}", f"https://{host}/")
    assert bool(jar.header(f"https://{other}/")) is goes_there


def test_an_address_has_nothing_below_it(jar):
    assert jar.store("a=1; Domain=0.0.1", "http://127.0.0.1/") is None


@pytest.mark.parametrize(
    ("page", "attribute", "path"),
    [
        ("/", "", "/"),
        ("/login", "", "/"),
        ("/app/login", "", "/app"),
        ("/app/", "", "/app"),
        ("/app/login", "; Path=", "/app"),
        ("/app/login", "; Path=relative", "/app"),
        ("/app/login", "; Path=/other", "/other"),
        ("/app/login", "; Path=/x; Path=/y", "/y"),
    ],
)
def test_a_cookie_belongs_to_a_path(jar, page, attribute, path):
    assert jar.store(f"a=1{attribute}", f"http://localhost{page}").path == path


@pytest.mark.parametrize(
    ("cookie_path", "page", "goes_there"),
    [
        ("/", "/anything", True),
        ("/app", "/app", True),
        ("/app", "/app/", True),
        ("/app", "/app/login", True),
        ("/app/", "/app/login", True),
        ("/app/", "/app", False),
        ("/app", "/application", False),
        ("/app", "/", False),
    ],
)
def test_a_path_covers_what_is_below_it(jar, cookie_path, page, goes_there):
    jar.store(f"a=1; Path={cookie_path}", HOST)
    assert bool(jar.header(f"http://localhost{page}")) is goes_there


def test_longer_paths_are_sent_first_and_then_older_cookies(jar):
    for raw in ("a=1; Path=/", "b=2; Path=/app/login", "c=3; Path=/app", "d=4; Path=/"):
        jar.store(raw, HOST)
    jar.store("a=again; Path=/", HOST)  # keeps its place
    assert jar.header("http://localhost/app/login") == "b=2; c=3; a=again; d=4"


def test_the_same_name_on_two_paths_is_two_cookies(jar):
    jar.store("a=1; Path=/", HOST)
    jar.store("a=2; Path=/app", HOST)
    assert jar.header("http://localhost/app") == "a=2; a=1"
    assert jar.get("a").value == "2"


def test_max_age_counts_from_now_in_seconds(jar, clock):
    jar.store("a=1; Max-Age=3600", HOST)
    clock.travel(3599)
    assert "a" in jar
    clock.travel(1)
    assert "a" not in jar
    assert jar.header(HOST) == ""


def test_max_age_wins_over_expires_wherever_it_stands(jar, clock):
    jar.store("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", HOST)
    assert jar.get("a").expires == clock() + 60


@pytest.mark.parametrize("value", ["", "soon", "1e3", "+5", "5.5", "--1"])
def test_a_max_age_that_is_no_number_is_ignored(jar, value):
    assert jar.store(f"a=1; Max-Age={value}", HOST).is_session


@pytest.mark.parametrize(
    "attribute", ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_a_cookie_is_deleted_by_one_that_has_expired(jar, attribute):
    jar.store("session=abc; Path=/", HOST)
    jar.store(f"session=; {attribute}; Path=/", HOST)
    assert "session" not in jar
    assert len(jar) == 0


def test_deleting_takes_the_same_path(jar):
    jar.store("session=abc; Path=/app", HOST)
    jar.store("session=; Max-Age=0; Path=/", HOST)
    assert "session" in jar


def test_no_cookie_lives_longer_than_400_days(jar, clock):
    jar.store("a=1; Max-Age=99999999999999999999999999", HOST)
    jar.store("b=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", HOST)
    assert {cookie.expires for cookie in jar} == {clock() + 400 * DAY}


def test_closing_the_browser_ends_session_cookies_only(jar):
    jar.store("session=abc", HOST)
    jar.store("remember=abc; Max-Age=60", HOST)
    jar.end_session()
    assert [cookie.name for cookie in jar] == ["remember"]


@pytest.mark.parametrize(
    ("attribute", "kept"),
    [("; SameSite=Lax", "lax"), ("; samesite=STRICT", "strict"), ("; SameSite=None", "none"),
     ("; SameSite=yes", ""), ("", "")],
)  # fmt: skip
def test_same_site_is_kept_for_those_who_look(jar, attribute, kept):
    assert jar.store(f"a=1{attribute}", HOST).same_site == kept


def test_an_overlong_attribute_is_ignored(jar):
    assert jar.store("a=1; Path=/" + "x" * 1024, HOST).path == "/"
    assert jar.store("a=1; Expires=soon; Domain=" + "x" * 1025, HOST).is_session


def test_a_cookie_can_be_set_by_hand(jar):
    jar.set("loggedin", "1")
    jar.set("name", "ж")
    assert jar.header("http://localhost/any/path") == "loggedin=1; name=\xd0\xb6"


def test_a_cookie_changed_by_hand_keeps_its_attributes(jar):
    jar.store("session=abc; HttpOnly; Path=/; Max-Age=60", HOST)
    jar.set("session", "abx")
    cookie = jar.get("session")
    assert cookie.value == "abx" and cookie.http_only and not cookie.is_session
    assert len(jar) == 1


def test_a_stolen_copy_lives_its_own_life(jar):
    jar.store("session=abc", HOST)
    stolen = jar.copy()
    jar.clear()
    stolen.set("session", "forged")
    assert len(jar) == 0
    assert stolen.header(HOST) == "session=forged"


def test_a_cookie_can_be_taken_out_by_hand(jar):
    jar.store("a=1; Path=/", HOST)
    jar.store("a=2; Path=/app", HOST)
    jar.store("b=3", HOST)
    jar.delete("a")
    assert [cookie.name for cookie in jar] == ["b"]


def test_a_jar_wants_whole_urls(jar):
    with pytest.raises(ValueError, match="not a URL"):
        jar.header("/login")


def test_a_jar_does_not_grow_for_ever(jar):
    for number in range(500):
        jar.store(f"c{number}=x", HOST)
    assert len(jar) == 180
    assert "c0" not in jar and "c499" in jar
