"""What can be seen of a page: who is shut out, what sticks out, how it is ordered."""

from __future__ import annotations

import contextlib
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, TimeoutError, expect

#: Faults of this kind keep somebody from reading or using a page.
GRAVE = ("serious", "critical")
#: A telephone, and a laptop; in CSS pixels.
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}

#: Milliseconds in which a busy machine has read the library that draws, three megabytes, and drawn.
DRAWN_WITHIN = 60_000
#: Colours that are on their way from one to another are nobody's.
STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"

# Contrast takes axe longer than all other rules together, and what it depends on is the same for
# most texts of the site: colour, font, and what is behind. One text of each kind is marked for it.
_MARK_TEXTS = """(known) => {
    for (const one of document.querySelectorAll("[data-kind]")) one.removeAttribute("data-kind");
    const kinds = new Set(known);
    const places = new Map();
    const behind = (element) => {
        if (!element) return "";
        if (!places.has(element)) {
            const style = getComputedStyle(element);
            const colour = style.backgroundColor.replace("rgba(0, 0, 0, 0)", "");
            const all = [colour, style.backgroundImage, style.opacity];
            const own = all.join().replace(",none,1", "");
            places.set(element, own ? `${own} / ${behind(element.parentElement)}`
                : behind(element.parentElement));
        }
        return places.get(element);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const checked = new Set();
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (checked.has(element) || !walker.currentNode.data.trim()) continue;
        checked.add(element);
        const style = getComputedStyle(element);
        const kind = [style.color, style.fontSize, style.fontWeight, behind(element)].join();
        if (kinds.has(kind) || !element.checkVisibility()) continue;
        kinds.add(kind);
        element.setAttribute("data-kind", "");
    }
    return [...kinds];
}"""
_RUN_AXE = """async ([context, options]) => {
    const found = await axe.run(context, { resultTypes: ["violations"], ...options });
    return found.violations.map(
        ({ id, impact, nodes }) => [id, impact, nodes.map((node) => node.html)]);
}"""
# What only gives code its colours tells the other rules nothing, and takes them half of their time.
_ALL_THAT_SCROLLS_IS_REACHED = """() =>
    [...document.querySelectorAll("pre > code, .md-typeset__scrollwrap")].every(
        (one) => one.scrollWidth <= one.clientWidth || one.tabIndex === 0)"""
_BLEACH = """() => document.querySelectorAll("pre code span:not([id]):not([tabindex])")
    .forEach((span) => span.replaceWith(...span.childNodes))"""
_FOCUS = """() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const box = one.getBoundingClientRect();
    // The theme's switch of colours is a field without size; the button is the label behind it.
    const behind = one.nextElementSibling;
    const parts = behind && behind.matches("input.md-option + label") ? [one, behind] : [one];
    const look = () => JSON.stringify(parts.flatMap((part) =>
        [null, "::before", "::after"].map((pseudo) => {
            const style = getComputedStyle(part, pseudo);
            const outline = style.outlineStyle === "none" ? "" : style.outline;
            return [outline, style.boxShadow, style.backgroundColor, style.color, style.opacity,
                style.borderColor, style.textDecorationLine];
        })));
    const focused = look();
    one.blur();
    const plain = look();
    one.focus({ preventScroll: true });
    return {
        name: (one.getAttribute("aria-label") || one.innerText || one.title).trim(),
        folds: one.matches("main summary"),
        html: one.outerHTML.replace(/\\s+/g, " ").slice(0, 160),
        // A field that is typed into shows where it is by its caret.
        isShown: focused !== plain || one.matches("input[type=text], input[type=search], textarea"),
        isThere: parts.some((part) => part.checkVisibility()) && box.bottom > 0
            && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""
_STICKING_OUT = """() => {
    const found = [];
    const visible = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > visible) {
        const names = [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > visible + 1)
            .map((one) => one.outerHTML.slice(0, 100));
        found.push(`the page: ${names.at(-1)}`);
    }
    for (const code of document.querySelectorAll("pre, pre > code, table")) {
        if (code.scrollWidth <= code.clientWidth + 1) continue;
        const around = [code, code.parentElement, code.parentElement.parentElement];
        const ways = around.map((one) => getComputedStyle(one).overflowX);
        if (!ways.some((way) => way === "auto" || way === "scroll"))
            found.push(`cut off: ${code.textContent.trim().slice(0, 60)}`);
    }
    return found;
}"""
_HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter((one) => one.checkVisibility())
    .map((one) => [Number(one.tagName[1]), one.textContent.trim()])"""


def open_all(page: Page) -> None:
    """Open what is folded, have every diagram drawn, and let nothing move any more."""
    page.add_style_tag(content=STILL)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    # Diagrams are drawn when they come near; all of them, when one does.
    page.evaluate("document.querySelector('pre.diagram')?.scrollIntoView()")
    expect(page.locator("pre.diagram")).to_have_count(0, timeout=DRAWN_WITHIN)


def drawn(page: Page) -> Locator:
    """Scroll to a lesson's diagram, and return it once it is a picture."""
    # At one go: the one takes the place of the other.
    page.evaluate("document.querySelector('.diagram, .drawn').scrollIntoView()")
    diagram = page.get_by_role("group", name="Diagram: ")
    expect(diagram.locator("svg")).to_be_visible(timeout=DRAWN_WITHIN)
    return diagram


def wrong_at_the_top(page: Page) -> list[str]:
    """Return what is wrong with the title, the language and the order of the headings."""
    wrong = []
    if not page.title().strip():
        wrong.append("no title")
    if page.locator("html").get_attribute("lang") != "en":
        wrong.append("no language")
    headings = page.evaluate(_HEADINGS)
    levels = [level for level, _ in headings]
    if levels.count(1) != 1:
        wrong.append(f"{levels.count(1)} headings of level 1")
    before = 0
    for level, text in headings:
        if level > before + 1:
            wrong.append(f"level {before} is followed by level {level}: {text}")
        before = level
    return wrong


def sticking_out(page: Page) -> list[str]:
    """Return what is wider than the page, or is cut off where nobody can scroll."""
    found: list[str] = page.evaluate(_STICKING_OUT)
    return found


def at_rest(page: Page) -> None:
    """Wait until the page has seen its new width: what scrolls now can be reached by the keyboard.

    Where that does not come to pass, :func:`shutting_out` says what it is that cannot.
    """
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(_ALL_THAT_SCROLLS_IS_REACHED, timeout=10_000)


def shutting_out(page: Page) -> list[str]:
    """Return what axe finds grave, except contrast, as "rule: element".

    Code has no colours afterwards.
    """
    page.evaluate(_BLEACH)
    return _grave(page, None, {"rules": {"color-contrast": {"enabled": False}}})


def hard_to_read(page: Page, known: set[str]) -> list[str]:
    """Return the texts that axe finds too pale, one of each kind.

    :param known: the kinds of text that have been looked at; those of this page are added.
    """
    kinds = set(page.evaluate(_MARK_TEXTS, sorted(known)))
    assert kinds
    if kinds == known:
        return []
    known |= kinds
    return _grave(page, {"include": [["[data-kind]"]]}, {"runOnly": ["color-contrast"]})


def focus(page: Page) -> dict[str, Any] | None:
    """Return what there is to know of the element that has the focus, or None for the page itself.

    Its ``name``, whether it ``folds``, and what is ``wrong`` with it, or "".
    """
    found: dict[str, Any] | None = page.evaluate(_FOCUS)
    if found is not None:
        found["wrong"] = ""
        if not found["isThere"]:
            found["wrong"] = f"not in sight: {found['html']}"
        elif not found["isShown"]:
            found["wrong"] = f"looks as without focus: {found['html']}"
    return found


def _grave(page: Page, context: Any, options: dict[str, Any]) -> list[str]:
    if not page.evaluate("window.axe !== undefined"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_RUN_AXE, [context or {"include": [["html"]]}, options])
    return [
        f"{rule}: {' '.join(element.split())[:160]}"
        for rule, impact, elements in found
        if impact in GRAVE
        for element in elements
    ]
