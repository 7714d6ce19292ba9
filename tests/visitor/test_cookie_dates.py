"""Dates of cookies: RFC 6265, section 5.1.1."""

import pytest

from checker.visitor.cookie_dates import parse_cookie_date

NINTH_OF_JUNE_2021 = 1623233894.0  # Wed, 09 Jun 2021 10:18:14 GMT


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 09 Jun 2021 10:18:14 GMT",
        "Wednesday, 09-Jun-21 10:18:14 GMT",
        "Wed Jun  9 10:18:14 2021",
        "09 jun 2021 10:18:14",
        "10:18:14 2021 June 9th",
        "Wed,09-Jun-2021 10:18:14 UTC+0200",
        "9/Jun/2021 10:18:14.123 whatever 77",
        "\t~Jun~9~10:18:14~2021~",
    ],
)
def test_a_date_is_read_however_it_is_spelt(text):
    assert parse_cookie_date(text) == NINTH_OF_JUNE_2021


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "tomorrow",
        "1623233894",
        "Wed, 09 Jun 2021",
        "Wed, 09 Jun 10:18:14 GMT",
        "Wed, 32 Jun 2021 10:18:14 GMT",
        "Tue, 30 Feb 2021 10:18:14 GMT",
        "Wed, 09 Jun 2021 24:18:14 GMT",
        "Wed, 09 Jun 2021 10:60:14 GMT",
        "Wed, 09 Jun 2021 10:18:60 GMT",
        "Wed, 09 Jun 1600 10:18:14 GMT",
        "Wed, 09 Brumaire 2021 10:18:14 GMT",
    ],
)
def test_what_is_no_date_is_ignored(text):
    assert parse_cookie_date(text) is None


@pytest.mark.parametrize(
    ("year", "whole"), [("70", 1970), ("99", 1999), ("00", 2000), ("69", 2069)]
)
def test_two_digits_of_a_year_are_completed(year, whole):
    date = "09 Jun {} 10:18:14"
    assert parse_cookie_date(date.format(year)) == parse_cookie_date(date.format(whole))


def test_the_beginning_of_time_is_a_date():
    assert parse_cookie_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0.0
