"""No page of the last step has to be scrolled sideways, however narrow the screen."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright
from real_browser import browser

PASSWORD = "Analytical-Engine-1843"
LONGEST_NAME = "M" * 50


@pytest.mark.parametrize("width", [320, 360])  # 320: what WCAG 2.2 asks for (1.4.10, reflow)
def test_nothing_sticks_out_at_the_side(
    width: int, address: str, playwright: Playwright, tmp_path: Path
) -> None:
    name = f"{LONGEST_NAME[: -len(str(width))]}{width}"
    with browser(playwright, tmp_path / "profile", width=width, height=640) as context:
        page = context.pages[0]
        page.goto(address)
        assert fits(page), "index"
        page.goto(f"{address}/register")
        assert fits(page), "register"
        register(page, name, confirmation="something else")
        assert fits(page), "register, refused"
        register(page, name, confirmation=PASSWORD)
        page.goto(f"{address}/dashboard")
        assert page.get_by_text(name).first.is_visible()
        assert fits(page), "dashboard"
        page.goto(f"{address}/password")
        assert fits(page), "password"
        page.goto(f"{address}/dashboard")
        page.get_by_role("button", name="Log out").click()
        assert fits(page), "login"


def register(page: Page, name: str, *, confirmation: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(confirmation)
    page.get_by_role("button", name="Register").click()


def fits(page: Page) -> bool:
    page.wait_for_load_state()  # after a click the old page may be gone and the new one not there
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
