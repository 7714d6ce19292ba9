"""Pictures of the pages of every solution, narrow and wide, and of the page of a class.

``python -m tests.browser.screenshots`` puts them into ``docs/assets/screens`` in place of those of
the last time, and their sizes into ``docs/screens.md``. A page that looks just as in the step
before has no picture of its own. Look at them afterwards: no test does.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from checker.commands.serving import DEMO_ACCOUNT
from checker.course import ROOT, Step, steps
from checker.reports import class_page
from tests.sample_class import large_class, recorded

sys.path.insert(0, str(Path(__file__).parent))  # as pytest does for the tests beside this
import png
from real_browser import browser, served

FOLDER = ROOT / "docs" / "assets" / "screens"
CLASS_PAGE = ROOT / "docs" / "assets" / "class-page.png"
PAGE = ROOT / "docs" / "screens.md"
#: A small telephone, and a laptop; browsers measure in CSS pixels.
WIDTHS = {360: 640, 1280: 720}
#: A time that is different whenever the pictures are taken shows as this one.
ALWAYS = "20 November 2026 at 09:30 UTC"
NAME, PASSWORD = DEMO_ACCOUNT
EMAIL = f"{NAME}@example.org"

Shoot = Callable[[str], None]


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    seen: dict[str, str] = {}
    with sync_playwright() as playwright:
        for step in steps():
            with (
                tempfile.TemporaryDirectory(prefix="flw-") as profile,
                served(step.number) as address,
                browser(playwright, Path(profile)) as context,
            ):
                page = context.pages[0]
                walk(page, address, step, _camera(page, step, seen))
        with (
            tempfile.TemporaryDirectory(prefix="flw-") as folder,
            browser(playwright, Path(folder, "profile"), height=900) as context,
        ):
            shoot_class(context.pages[0], Path(folder, "class.html"))
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_sizes(text), encoding="utf-8")
    pictures = sorted(FOLDER.glob("*.png"))
    size = sum(picture.stat().st_size for picture in pictures)
    print(f"{len(pictures)} pictures, {size / 1024:.0f} KiB, in {FOLDER.relative_to(ROOT)}")


def walk(page: Page, address: str, step: Step, shoot: Shoot) -> None:
    """Go to every page of a step's app, as a person comes to them."""
    if step.number == 1:
        page.goto(f"{address}/login")
        shoot("login")
        log_in(page, NAME, "not the password")
        shoot("login-refused")
        log_in(page, NAME, PASSWORD)
        shoot("home")
        return
    if step.number >= 3:
        page.goto(address)
        shoot("index")
    page.goto(f"{address}/register")
    shoot("register")
    register(page, confirmation="something else")
    shoot("register-refused")
    register(page, confirmation=PASSWORD)
    shoot("dashboard-registered")
    if step.number >= 4:
        page.goto(f"{address}/password")
        shoot("password")
        page.goto(f"{address}/dashboard")
    page.get_by_role("button", name="Log out").click()
    shoot("login-logged-out")
    if step.number >= 5:
        page.goto(f"{address}/dashboard")
        shoot("login-asked-for")
    log_in(page, EMAIL, "not the password")
    shoot("login-refused")
    log_in(page, EMAIL, PASSWORD)
    shoot("dashboard")


def shoot_class(page: Page, file: Path) -> None:
    """Take the first screen of what `grade` writes for a made-up class of fourteen."""
    results = large_class(recorded(), students=14)
    file.write_text(class_page.render(results, {1: steps()[0].title}), encoding="utf-8")
    page.goto(file.as_uri())
    CLASS_PAGE.write_bytes(png.smaller(page.screenshot()))


def with_sizes(text: str) -> str:
    """Return the page of screens with the size that each picture has.

    A browser that knows it keeps the place free, and what one reads does not jump.
    """
    return re.sub(
        r"(?P<before>\((?P<path>assets/[^()]+\.png)\)\{)[^}]*\}",
        lambda found: f"{found['before']} {size_of(PAGE.parent / found['path'])} loading=lazy }}",
        text,
    )


def size_of(picture: Path) -> str:
    """Return a picture's size as the attributes of an image."""
    width, height = png.size(picture.read_bytes())
    return f"width={width} height={height}"


def register(page: Page, *, confirmation: str) -> None:
    """Fill in the registration form and send it."""
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(confirmation)
    page.get_by_role("button", name="Register").click()


def log_in(page: Page, name: str, password: str) -> None:
    """Fill in the login form and send it."""
    page.get_by_label("Username").or_(page.get_by_label("E-mail or username")).fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def _camera(page: Page, step: Step, seen: dict[str, str]) -> Shoot:
    """Return what takes a picture in each width, unless the last step's would be the same."""
    style = (step.solution / "static" / "style.css").read_text(encoding="utf-8")

    def shoot(name: str) -> None:
        shown = style + page.locator("body").aria_snapshot()
        if seen.get(name) == shown:
            return
        seen[name] = shown
        for time in page.locator("main time").all():
            time.evaluate("(time, always) => { time.textContent = always }", ALWAYS)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            path = FOLDER / f"{step.number:02d}-{name}-{width}.png"
            path.write_bytes(png.smaller(page.screenshot(full_page=True, caret="hide")))

    return shoot


if __name__ == "__main__":
    main()
