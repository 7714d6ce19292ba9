"""What the attack `cross-site-form` says of browsers, looked at in one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect
from real_browser import browser
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

PASSWORD = "Analytical-Engine-1843"
FORM = (
    "<!doctype html><title>Another site</title>"
    '<form method="post" action="{action}">{fields}<button>Win a prize</button></form>'
)


def test_a_form_of_another_site_comes_without_the_cookie_and_logs_in_all_the_same(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    with browser(playwright, tmp_path / "profile") as context:
        page = context.pages[0]
        register(page, address, "mallory")
        page.get_by_role("button", name="Log out").click()
        register(page, address, "alice")
        expect(page.get_by_text("Hello, alice!")).to_be_visible()

        # Even with the right password in it: the cookie that says who is there stays at home.
        fields = {"current_password": PASSWORD, "new_password": "owned-by-mallory"}
        fields["confirmation"] = fields["new_password"]
        with another_site(f"{address}/password", fields) as elsewhere:
            page.goto(elsewhere)
            page.get_by_role("button").click()
            expect(page.get_by_text("Your password is changed.")).to_have_count(0)
            expect(page.get_by_role("heading", name="Log in")).to_be_visible()

        fields = {"email_or_username": "mallory", "password": PASSWORD}
        with another_site(f"{address}/login", fields) as elsewhere:
            page.goto(elsewhere)
            page.get_by_role("button").click()
            expect(page.get_by_text("Hello, mallory!")).to_be_visible()


def register(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/register")
    page.get_by_label("Username").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()


@contextmanager
def another_site(action: str, fields: dict[str, str]) -> Iterator[str]:
    """Serve a page with a form for the app from `localhost`, which is not the site 127.0.0.1."""
    inputs = "".join(
        f'<input type="hidden" name="{name}" value="{value}">' for name, value in fields.items()
    )
    body = FORM.format(action=action, fields=inputs)

    @Request.application
    def site(_request: Request) -> Response:
        return Response(body, mimetype="text/html")

    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
