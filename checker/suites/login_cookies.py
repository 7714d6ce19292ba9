"""The cookies that log somebody in."""

from __future__ import annotations

from checker.suites.check import expect
from checker.visitor import Visitor


def cookies_that_log_in(owner: Visitor) -> list[str]:
    """Return the names of the cookies without which the owner is not logged in any more."""
    needed = []
    for left_out in owner.cookies:
        visitor = owner.stranger("the same browser without one cookie")
        visitor.cookies = owner.cookies.copy()
        visitor.cookies.delete(left_out.name)
        if not visitor.logged_in():
            needed.append(left_out.name)
    return needed


def expect_shielded(owner: Visitor) -> None:
    """Expect that no script reads these cookies, and that they do not ask to go with other sites.

    Frameworks see to that by themselves; step 6 asks for more.
    """
    names = cookies_that_log_in(owner)
    for cookie in owner.cookies:
        if cookie.name in names:
            expect(
                cookie.http_only,
                expected="No script in a page can read a cookie that logs in: it is HttpOnly.",
                seen=f"The cookie {cookie.name!r} is not: {_attributes(cookie.raw)}.",
            )
            expect(
                cookie.same_site != "none",
                expected="Forms of other sites do not bring along a cookie that logs in.",
                seen=f"The cookie {cookie.name!r} asks for just that: {_attributes(cookie.raw)}.",
            )


def _attributes(raw: str) -> str:
    return raw.partition(";")[2].strip() or "it has no attributes"
