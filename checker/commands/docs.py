"""``docs``: the site, to read on this machine, to build, and to bring up to date."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from checker.commands.workshop import FAILED, PASSED, Misuse, Workshop, shown
from checker.course import ROOT
from checker.website import pages, vendor
from checker.website.links import SiteError

#: The theme prints an advertisement of its successor without this.
_QUIET = {"NO_MKDOCS_2_WARNING": "1"}
_HOST = "127.0.0.1"
_MOST_NAMED = 5
#: What every built site has.
_BUILT = {"index.html", "sitemap.xml", "assets"}


def docs(options: argparse.Namespace) -> int:
    """Serve the site until Ctrl-C, or build it, or write the pages that are made.

    :param options: ``build`` is a folder to build into, ``write`` whether to write the made pages
        first, ``port`` where to serve.
    :raises Misuse: there is no such way to do it; the text says what to type instead.
    """
    console = Workshop.open().console
    try:
        if options.write:
            _write(console)
            if options.build is None:
                return PASSED
        else:
            _warn(console)
    except SiteError as error:
        raise Misuse(str(error)) from error
    if options.build is not None:
        return _build(Path(options.build), console)
    _serve(options.port, console)


def _write(console: Console) -> None:
    changed = pages.write()
    for path in changed:
        console.print(f"{'written' if (ROOT / 'docs' / path).exists() else 'removed'}: docs/{path}")
    if not changed:
        console.print("All pages that are made are up to date.")


def _warn(console: Console) -> None:
    """Say which pages no longer are what their sources make of them."""
    stale = pages.stale()
    if not stale:
        return
    named = ", ".join(f"docs/{path}" for path in stale[:_MOST_NAMED])
    more = f" and {len(stale) - _MOST_NAMED} more" if len(stale) > _MOST_NAMED else ""
    _say(
        console,
        f"Out of date: {named}{more}. This writes them anew: python3 -m checker docs --write",
    )


def _say(console: Console, warning: str) -> None:
    # As one line, so that a command in it can be copied.
    console.print(warning, style="yellow", soft_wrap=True)


def _fetch(console: Console) -> None:
    """Fetch what pages run Python and draw diagrams with; the site can be read without."""
    if vendor.is_complete():
        return
    console.print("Fetching what the pages run Python and draw diagrams with, once …")
    if vendor.main():
        _say(
            console,
            "The site works without it, but notebooks do not run in their pages, and diagrams are "
            "shown as text. With a network, start again.",
        )


def _build(folder: Path, console: Console) -> int:
    _refuse_to_empty(folder)
    _fetch(console)
    command = _mkdocs("build", "--strict", "--site-dir", str(folder.absolute()))
    if subprocess.call(command, cwd=ROOT, env=os.environ | _QUIET):
        return FAILED
    console.print(
        f"Built in {shown(folder)}. To look at it: "
        f"python3 -m http.server --bind {_HOST} --directory {shown(folder)}",
        soft_wrap=True,
    )
    return PASSED


def _refuse_to_empty(folder: Path) -> None:
    """Let nothing be lost: mkdocs removes what is in the folder that it builds into.

    :raises Misuse: something is there, and it is not a site that was built before.
    """
    if folder.exists() and not folder.is_dir():
        raise Misuse(f"{shown(folder)} is a file. Name a folder, or one that is not there yet.")
    there = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if there and not there.issuperset(_BUILT):
        raise Misuse(
            f"{shown(folder)} has files, and they are not those of a built site. Building would "
            "remove them. Name an empty folder, or one that is not there yet."
        )


def _serve(port: int, console: Console) -> NoReturn:
    """Become mkdocs until Ctrl-C."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except (OSError, OverflowError) as error:
            raise Misuse(
                f"Port {port} cannot be used ({_why(error)}). "
                f"Choose another one: python3 -m checker docs --port {_another(port)}"
            ) from error
    _fetch(console)
    console.print(f"The site is at http://{_HOST}:{port}/ as soon as it is built. Ctrl-C ends it.")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(
        sys.executable, _mkdocs("serve", "--dev-addr", f"{_HOST}:{port}"), os.environ | _QUIET
    )


def _why(error: OSError | OverflowError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _another(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 8001


def _mkdocs(*arguments: str) -> list[str]:
    settings = str(ROOT / "mkdocs.yml")
    return [sys.executable, "-m", "mkdocs", *arguments, "--config-file", settings]
