"""Builds of the site, and of sites that are broken on purpose."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import yaml

from checker.course import ROOT

DOCS = ROOT / "docs"
SETTINGS = ROOT / "mkdocs.yml"
#: The theme greets whoever builds with news of MkDocs, unless it is told not to.
QUIET = {"NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"}
#: Seconds; a build takes a few.
BUILT_WITHIN = 240

Done = subprocess.CompletedProcess[str]


def settings() -> dict[str, Any]:
    """Return what mkdocs.yml says, read without a single YAML tag of MkDocs' own."""
    found: dict[str, Any] = yaml.safe_load(SETTINGS.read_text("utf-8"))
    return found


def source_pages() -> list[str]:
    """Return the pages as docs/ has them, such as ``lessons/02-registration.md``."""
    vendored = DOCS / "assets"
    found = (path for path in DOCS.rglob("*.md") if vendored not in path.parents)
    return sorted(path.relative_to(DOCS).as_posix() for path in found)


def address(source: str) -> str:
    """Return where a page is on the site, relative to its start: ``lessons/02-registration/``."""
    folder, _, name = source.removesuffix(".md").rpartition("/")
    parts = [part for part in (folder, "" if name in ("index", "README") else name) if part]
    return "".join(f"{part}/" for part in parts)


def built_pages(site: Path) -> list[str]:
    """Return the addresses of the pages of a built site; the page for a lost way is not one."""
    found = (path.parent.relative_to(site).as_posix() for path in site.rglob("index.html"))
    return sorted("" if folder == "." else f"{folder}/" for folder in found)


def mkdocs(folder: Path, into: Path) -> Done:
    """Build the project in a folder strictly; return the command's end and what it printed."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(into)]
    return _run(command, folder)


def zensical(folder: Path) -> Done:
    """Build the project in a folder strictly, into its ``site``, with the second engine."""
    return _run([_program("zensical"), "build", "--strict", "-f", "mkdocs.yml"], folder)


def broken_links(site: Path) -> list[str]:
    """Return "file: address" of every link, picture and fragment that is not there.

    Without a network: what is on other hosts is left out, and nothing else is.
    """
    command = [_program("lychee"), "--offline", "--include-fragments", "--no-progress"]
    # A folder without a page is no page.
    command += ["--index-files", "index.html", "--format", "json", "--root-dir", str(site)]
    pages = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html"))]
    done = _run([*command, *pages], site)
    assert done.returncode in (0, 2), done.stdout
    said = json.loads(done.stdout)
    assert said["total"] == said["successful"] + said["errors"] + said["excludes"], done.stdout
    left_out = [link["url"] for links in said["excluded_map"].values() for link in links]
    assert [url for url in left_out if not url.startswith(("http://", "https://"))] == []
    return [
        f"{page}: {link['url'].removeprefix(site.as_uri())}"
        for page, links in said["error_map"].items()
        for link in links
    ]


def whole_copy(folder: Path) -> Path:
    """Copy what the site is built from, but for the vendored files, which no page links to."""
    vendored = shutil.ignore_patterns("vendor")
    shutil.copytree(DOCS, folder / "docs", ignore=vendored)
    shutil.copy(SETTINGS, folder)
    return folder


def project_of(folder: Path, **pages: str) -> Path:
    """Write a project of a few pages, with our settings: {name: Markdown}."""
    (folder / "docs" / "assets").mkdir(parents=True)
    for path in (DOCS / "assets").glob("site.*"):
        shutil.copy(path, folder / "docs" / "assets")
    for name, text in pages.items():
        (folder / "docs" / f"{name}.md").write_text(text)
    said = settings() | {"nav": [{name: f"{name}.md"} for name in pages]}
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(said))
    return folder


def _program(name: str) -> str:
    """Return the path of a program that came with a package."""
    path = Path(sysconfig.get_path("scripts"), name)
    assert path.is_file(), f"{path} is missing: requirements-dev.txt brings it"
    return str(path)


def _run(command: list[str], folder: Path) -> Done:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=BUILT_WITHIN,
    )
