"""Times on a page are read as a browser would, and compared to the minute."""

import pytest
from werkzeug.datastructures import Headers

from checker.suites.last_visits import iso, other_times, shows_old_time, shows_time, times_on
from checker.visitor import Answer, Exchange, Page, Request
from checker.visitor.urls import parse_url

MOMENT = 1_795_930_245.0  # 2026-11-29 05:30:45 in UTC


def page(*times: str) -> Page:
    body = "".join(f'<time datetime="{text}">then</time>' for text in times)
    url = parse_url("http://localhost/dashboard")
    assert url is not None
    exchange = Exchange("somebody", Request("GET", url, ()))
    headers = Headers({"Content-Type": "text/html; charset=utf-8"})
    exchange.answer = Answer(200, "200 OK", headers, body.encode())
    return Page(url, exchange)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-29T05:30:45+00:00",
        "2026-11-29T05:30:45Z",
        "2026-11-29T07:30:45+02:00",
        "2026-11-29 05:30:45.123456",
        "2026-11-29T05:30",
        "2026-11-29",
    ],
)
def test_a_moment_may_be_written_in_any_valid_way(text: str) -> None:
    assert shows_time(page("nonsense", text), MOMENT)


@pytest.mark.parametrize("text", ["2026-11-29T05:35", "2026-11-28", "", "yesterday", "05:30"])
def test_another_moment_is_not_taken_for_it(text: str) -> None:
    assert not shows_time(page(text), MOMENT)


def test_a_time_without_datetime_is_no_time() -> None:
    assert times_on(page()) == []


def test_times_of_long_ago_are_noticed() -> None:
    assert shows_old_time(page("1970-01-01T00:00:00+00:00"))
    assert not shows_old_time(page(iso(MOMENT)))


def test_every_part_of_a_cookie_is_changed_once() -> None:
    values = [value for what, value in other_times("visit.awvC.7D-gl") if "letter" in what]
    assert values == ["viAit.awvC.7D-gl", "visit.awAC.7D-gl", "visit.awvC.7DAgl"]
