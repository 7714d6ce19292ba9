"""Cookie dates, as browsers read them: RFC 6265, section 5.1.1.

The rule takes almost anything: it looks for four tokens that look like a time, a day of the month,
a month and a year, in any order, between any delimiters, and ignores the rest.
"""

from __future__ import annotations

import calendar
import re

_DELIMITERS = re.compile(r"[\x09\x20-\x2F\x3B-\x40\x5B-\x60\x7B-\x7E]+")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?\Z", re.ASCII | re.DOTALL)
_DAY = re.compile(r"(\d{1,2})(?:\D.*)?\Z", re.ASCII | re.DOTALL)
_YEAR = re.compile(r"(\d{2,4})(?:\D.*)?\Z", re.ASCII | re.DOTALL)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_cookie_date(text: str) -> float | None:
    """Read the value of `Expires`: seconds since 1970, UTC, or None where a browser ignores it."""
    hour_minute_second: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DELIMITERS.split(text[:1024]):
        if not token:
            continue
        if hour_minute_second is None and (found := _TIME.match(token)):
            hour_minute_second = (int(found[1]), int(found[2]), int(found[3]))
        elif day is None and (found := _DAY.match(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := _YEAR.match(token)):
            year = int(found[1])
    if hour_minute_second is None or day is None or month is None or year is None:
        return None
    if 70 <= year <= 99:
        year += 1900
    elif 0 <= year <= 69:
        year += 2000
    hour, minute, second = hour_minute_second
    if year < 1601 or hour > 23 or minute > 59 or second > 59:
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return float(calendar.timegm((year, month, day, hour, minute, second)))
