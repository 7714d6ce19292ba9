"""The last visit: what a dashboard shows of it, and the cookie in which a browser keeps it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from checker.suites.browsers import box_of, device_of, remembering, stop_the_clock, typed_by
from checker.suites.check import Account
from checker.suites.trial import Trial
from checker.visitor import Cookie, Page, Visitor

_HOUR, _DAY = 60 * 60, 24 * 60 * 60
#: How far a shown time may be from the moment that it is about, in seconds: some show minutes only.
ABOUT = 90


def visit(visitor: Visitor, account: Account) -> Page:
    """Open the dashboard, logging in without the tick where that is asked for; return it."""
    page = visitor.open("dashboard")
    form = page.find_form("login")
    if form is None:
        return page
    box = box_of(form)
    page = visitor.submit(form, typed_by(form, account) | ({box: False} if box else {}))
    return dashboard_after(visitor, page)


def dashboard_after(visitor: Visitor, page: Page) -> Page:
    """Return the dashboard, without loading it again when a login has led there."""
    path = visitor.paths["dashboard"].rstrip("/")
    return page if page.url.pathname.rstrip("/") == path else visitor.open("dashboard")


def came_back(trial: Trial, account: Account) -> tuple[Visitor, float]:
    """Return a remembered browser, closed since its first visit, and when that visit was."""
    device = device_of(trial, account, remember=True)
    stop_the_clock(device)
    first = now_of(device)
    device.restart_browser()
    device.travel(_DAY - _HOUR)
    return device, first


def keeping_the_visit(device: Visitor) -> list[Cookie]:
    """Return the cookies that outlive the browser and are not those that remember it."""
    others = {cookie.name for cookie in remembering(device)}
    return [each for each in device.cookies if not each.is_session and each.name not in others]


def other_times(value: str) -> Iterator[tuple[str, str]]:
    """Yield what was done to the cookie of the last visit, and what it holds then."""
    for number, part in enumerate(parts := re.split(r"([|.])", value)):
        if len(part) > 1:
            middle = len(part) // 2
            letter = "A" if part[middle] != "A" else "B"
            changed = part[:middle] + letter + part[middle + 1 :]
            yield (
                "was changed in one letter",
                "".join([*parts[:number], changed, *parts[number + 1 :]]),
            )
    if re.search(r"20\d\d-", value):
        yield "was set to another year", re.sub(r"20\d\d-", "2001-", value, count=1)
    for text in (
        "2001-02-03T04:05:06+00:00",
        "2001-02-03T04:05:06.000000",
        "2001-02-03 04:05:06",
        "2001-02-03",
        "981173106",
        "981173106.0",
    ):
        yield f"was set to {text}", text
        yield f"was set to {text}, in base64", base64.b64encode(text.encode()).decode()


def times_on(page: Page) -> list[str]:
    """Return what the <time> elements of a page have as their datetime."""
    found = (each.attrs or {} for each in page.document.query("time"))
    return [text.strip() for each in found if (text := each.get("datetime"))]


def _moment(text: str) -> float | None:
    """Return the seconds since 1970 of a datetime attribute; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def shows_time(page: Page, moment: float, within: float = ABOUT) -> bool:
    """Tell whether a page shows a moment; one that is given as a day counts for the whole day."""
    for text in times_on(page):
        shown = _moment(text)
        if len(text) == len("2001-02-03") and text == iso(moment)[: len(text)]:
            return True
        if shown is not None and abs(shown - moment) <= within:
            return True
    return False


def shows_old_time(page: Page) -> bool:
    """Tell whether a page shows a time from before there was any app of this workshop."""
    start = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    moments = (_moment(text) for text in times_on(page))
    return any(moment is not None and moment < start for moment in moments)


def listed_times(page: Page) -> str:
    """Return the times that a page shows, in words."""
    times = [repr(text[:40]) for text in times_on(page)]
    return f"<time> with {', '.join(times)}" if times else "no <time> with a datetime"


def now_of(visitor: Visitor) -> float:
    """Return the pretended time, in seconds since 1970."""
    assert visitor.now is not None, "time has to stand still first"
    return visitor.now


def iso(moment: float) -> str:
    """Return a moment as a ``datetime`` attribute may have it, to the minute, in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="minutes")
