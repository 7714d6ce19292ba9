"""The site is built without a warning, by two engines, and nothing in it leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from checker.course import ROOT
from tests.website.building import (
    address,
    broken_links,
    built_pages,
    mkdocs,
    project_of,
    settings,
    source_pages,
    whole_copy,
    zensical,
)

#: What a build may say.
EXPECTED = re.compile(
    r"INFO    -  (Cleaning site directory|Building documentation to directory: .+"
    r"|Documentation built in [\d.]+ seconds)|exit 0|\s*"
)
BROKEN = "# Start\n\n[Go on](nowhere.md)\n"
#: What another host would be named in: {element: attributes that a browser fetches by itself}.
FETCHED = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "input": ("src",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
}
#: Links that name a page and fetch nothing.
ONLY_NAMED = {"canonical", "prev", "next", "alternate", "edit"}
OF_ANOTHER_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?\s*((?:https?:)?//[^\s\"')]+)", re.IGNORECASE)


class Fetches(HTMLParser):
    """What a page has the browser fetch from another host."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "link" and set(said.get("rel", "").split()) & ONLY_NAMED:
            return
        self.elsewhere += IN_STYLES.findall(said.get("style", ""))
        for name in FETCHED.get(tag, ()):
            for source in said.get(name, "").split(","):
                if OF_ANOTHER_HOST.match(source.strip()):
                    self.elsewhere.append(source.strip())


def fetched_elsewhere(site: Path) -> Iterator[str]:
    """Give "file: address" for what pages, styles and pictures would fetch from another host."""
    for path in sorted(site.rglob("*")):
        found: list[str] = []
        if path.suffix in (".html", ".svg"):
            text = path.read_text("utf-8")
            fetches = Fetches()
            fetches.feed(text)
            styles = re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL)
            found = fetches.elsewhere + IN_STYLES.findall("".join(styles))
        elif path.suffix == ".css":
            found = IN_STYLES.findall(path.read_text("utf-8"))
        for one in found:
            yield f"{path.relative_to(site)}: {one}"


def in_navigation(entries: list[Any]) -> Iterator[str]:
    """Give the pages that an entry of `nav` leads to, in order."""
    for entry in entries:
        for target in entry.values() if isinstance(entry, dict) else [entry]:
            yield from in_navigation(target) if isinstance(target, list) else [target]


def test_the_site_is_built_without_a_warning(build: Path) -> None:
    lines = (build / "printed").read_text().splitlines()
    assert lines[-1] == "exit 0", "\n".join(lines)
    assert [line for line in lines if not EXPECTED.fullmatch(line)] == []


def test_every_page_of_docs_is_a_page_of_the_site(site: Path) -> None:
    assert built_pages(site) == sorted(map(address, source_pages()))


def test_every_page_is_in_the_navigation_once_and_nothing_else_is() -> None:
    assert sorted(in_navigation(settings()["nav"])) == source_pages()


def test_the_second_engine_builds_the_same_pages(site: Path, tmp_path: Path) -> None:
    done = zensical(whole_copy(tmp_path / "project"))
    assert done.returncode == 0, done.stdout
    assert built_pages(tmp_path / "project" / "site") == built_pages(site)


def test_no_link_of_the_site_leads_nowhere(site: Path) -> None:
    assert broken_links(site) == []


def test_a_link_that_leads_nowhere_stops_the_first_engine(tmp_path: Path) -> None:
    done = mkdocs(project_of(tmp_path / "project", index=BROKEN), tmp_path / "site")
    assert done.returncode == 1
    assert "'index.md' contains a link 'nowhere.md'" in done.stdout


def test_a_page_beside_the_navigation_stops_the_first_engine(tmp_path: Path) -> None:
    project = project_of(tmp_path / "project", index="# Start\n")
    (project / "docs" / "forgotten.md").write_text("# Forgotten\n")
    done = mkdocs(project, tmp_path / "site")
    assert done.returncode == 1
    assert "forgotten.md" in done.stdout


def test_a_link_that_leads_nowhere_stops_the_second_engine(tmp_path: Path) -> None:
    done = zensical(project_of(tmp_path / "project", index=BROKEN))
    assert done.returncode == 1
    assert "page does not exist" in done.stdout


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ('<a href="nowhere.html">on</a>', "/nowhere.html"),
        ('<a href="#nowhere">down</a>', "/index.html#nowhere"),
        ('<img src="nowhere.png" alt="">', "/nowhere.png"),
        ('<a href="/nowhere/">up</a>', "/nowhere"),
        ('<a href="empty/">a folder without a page</a>', "/empty"),
        ('<a href="next/#nowhere">a part that the next page has not</a>', "/next#nowhere"),
    ],
)
def test_a_link_written_as_html_is_looked_at_too(tmp_path: Path, written: str, named: str) -> None:
    page = "<!doctype html><title>Start</title><h1 id='start'>Start</h1>"
    (tmp_path / "empty").mkdir()
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "index.html").write_text(page)
    (tmp_path / "index.html").write_text(f"{page}<a href='next/#start'>on</a>{written}")
    assert broken_links(tmp_path) == [f"index.html: {named}"]


def test_the_settings_need_nothing_but_mkdocs_and_its_theme() -> None:
    said = settings()  # fails at a YAML tag of an engine
    assert "hooks" not in said
    assert said["plugins"] == ["search"]
    assert said["theme"]["font"] is False
    assert "custom_dir" not in said["theme"]
    extensions = {
        one if isinstance(one, str) else next(iter(one)) for one in said["markdown_extensions"]
    }
    own = {
        "abbr",
        "admonition",
        "attr_list",
        "def_list",
        "footnotes",
        "md_in_html",
        "tables",
        "toc",
    }
    assert {one for one in extensions - own if not one.startswith("pymdownx.")} == set()
    for name in (*said.get("extra_css", ()), *said.get("extra_javascript", ())):
        path = name if isinstance(name, str) else name["path"]
        assert (ROOT / "docs" / path).is_file(), path


def test_no_page_fetches_anything_from_another_host(site: Path) -> None:
    assert list(fetched_elsewhere(site)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index.html", '<script src="https://cdn.example/x.js"></script>'),
        ("index.html", '<link rel="preconnect" href="//fonts.example">'),
        ("index.html", '<img srcset="a.png 1x, https://cdn.example/b.png 2x" src="a.png" alt="">'),
        ("index.html", "<style>@import 'https://cdn.example/x.css';</style>"),
        ("index.html", '<p style="background: url(//cdn.example/x.png)">'),
        (
            "verdict.svg",
            '<svg><style>@font-face { src: url("https://cdn.example/x") }</style></svg>',
        ),
        ("verdict.svg", '<svg><image href="http://cdn.example/x.png"/></svg>'),
        ("site.css", "body { background: url('https://cdn.example/x.png') }"),
    ],
)
def test_a_thing_from_another_host_would_be_found(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    (found,) = fetched_elsewhere(tmp_path)
    assert found.startswith(f"{name}: ")
