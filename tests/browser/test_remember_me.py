"""Step 6 as a person sees it: register, be remembered, come back, log out."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, expect
from real_browser import browser

PASSWORD = "Analytical-Engine-1843"


def test_a_browser_that_was_closed_is_remembered_until_its_owner_logs_out(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"

    with browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(address)
        register(page)
        expect(page.get_by_role("status")).to_have_text(
            "Your account is ready, and you are logged in."
        )
        expect(page.get_by_text("Hello, ada!")).to_be_visible()
        expect(page.locator("time")).to_have_count(0)
        assert "remember_token" not in cookies(context)

        page.get_by_role("button", name="Log out").click()
        log_in(page, remember=True)
        expect(page).to_have_url(f"{address}/dashboard")
        kept = cookies(context)
        assert kept["session"]["expires"] == -1
        assert kept["remember_token"]["expires"] > 0
        for cookie in kept.values():
            assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax"), cookie

    with browser(playwright, profile) as context:
        assert "session" not in cookies(context), "closing the browser ends the session"
        page = context.pages[0]
        page.goto(address)
        expect(page).to_have_url(f"{address}/dashboard")
        expect(page.get_by_text("Hello, ada!")).to_be_visible()
        expect(page.locator("time")).to_have_count(1)

        page.get_by_role("link", name="Change your password").click()
        expect(page.get_by_text("Please log in again")).to_be_visible()
        expect(page.get_by_label("Remember me")).to_be_checked()
        fill_in(page)
        expect(page).to_have_url(f"{address}/password")

        page.get_by_role("link", name="Back to the dashboard").click()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("status")).to_have_text("You are logged out.")
        assert "remember_token" not in cookies(context)
        page.go_back()
        expect(page.get_by_role("button", name="Log in")).to_be_visible()

    with browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(f"{address}/dashboard")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_browser_that_was_not_asked_to_remember_forgets(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"

    with browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(address)
        register(page, "grace")
        page.get_by_role("button", name="Log out").click()
        log_in(page, "grace", remember=False)
        expect(page.get_by_text("Hello, grace!")).to_be_visible()

    with browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(f"{address}/dashboard")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def register(page: Page, name: str = "ada") -> None:
    page.get_by_role("link", name="register").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()


def log_in(page: Page, name: str = "ada", *, remember: bool) -> None:
    page.get_by_label("Remember me").set_checked(remember)
    fill_in(page, name)


def fill_in(page: Page, name: str = "ada") -> None:
    page.get_by_label("E-mail or username").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def cookies(context: BrowserContext) -> dict[str, dict[str, object]]:
    return {cookie["name"]: dict(cookie) for cookie in context.cookies()}
