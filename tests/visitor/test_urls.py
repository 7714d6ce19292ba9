"""URLs are read as browsers read them. The expected values come from Node's URL, not from us."""

import json
from pathlib import Path

import pytest

from checker.visitor.urls import parse_url, resolve

DATA = json.loads((Path(__file__).parent / "url_vectors.json").read_text())


@pytest.mark.parametrize("vector", DATA["vectors"], ids=lambda vector: ascii(vector["location"]))
def test_a_location_leads_where_a_browser_goes(vector):
    url, is_same_site = resolve(DATA["base"], vector["location"])
    assert (url and str(url)) == vector["url"]
    assert is_same_site == vector["is_same_site"]


@pytest.mark.parametrize(
    "location",
    [
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\t/evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:///evil.example",
        "https:evil.example",
        "http://localhost@evil.example",
        "http://localhost.evil.example",
        "javascript:alert(1)",
        " //evil.example",
    ],
)
def test_no_known_trick_passes_for_a_path_of_the_site(location):
    assert not resolve("http://localhost/login", location).is_same_site


def test_only_on_an_http_page_is_http_colon_name_a_path():
    assert str(resolve("http://localhost/a/login", "http:evil.example").url) == (
        "http://localhost/a/evil.example"
    )
    assert str(resolve("https://localhost/a/login", "http:evil.example").url) == (
        "http://evil.example/"
    )


def test_going_to_https_on_the_same_host_stays_on_the_site():
    assert resolve("http://localhost/", "https://localhost/").is_same_site
    assert not resolve("http://localhost:5000/", "https://localhost:5001/").is_same_site


def test_a_url_knows_its_parts():
    url = parse_url("https://ada:pw@LOCALHOST:8443/a%20b/é?q=ü#top")
    assert url is not None
    assert (url.username, url.password, url.host, url.port) == ("ada", "pw", "localhost", 8443)
    assert url.pathname == "/a%20b/%C3%A9"
    assert url.target == "/a%20b/%C3%A9?q=%C3%BC"
    assert url.origin == "https://localhost:8443"
    assert url.host_header == "localhost:8443"
    assert str(url.without_fragment()).endswith("?q=%C3%BC")


def test_a_mail_address_has_no_relatives():
    mail = parse_url("mailto:ada@x.example")
    assert mail is not None
    assert parse_url("/login", mail) is None
    assert str(parse_url("#top", mail)) == "mailto:ada@x.example#top"


def test_a_huge_port_or_address_is_refused_without_being_computed():
    assert parse_url("http://localhost:" + "9" * 100_000) is None
    assert parse_url("http://" + "9" * 100_000) is None


def test_a_base_that_is_no_url_is_a_programming_error():
    with pytest.raises(ValueError, match="not a URL"):
        resolve("/login", "/")
