"""`python3 -m checker docs`: the site on this machine, built, and brought up to date."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from checker.course import ROOT
from checker.website import pages

#: What a clone has that the command needs.
PARTS = ("checker", "steps", "solutions", "notebooks", "docs")
LESSON = "steps/02-registration/README.md"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the project, up to date; what its pages run Python with is there already."""
    folder = tmp_path / "clone"
    for name in PARTS:
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("vendor", "__pycache__")
        )
    for path in [ROOT / "mkdocs.yml", *ROOT.glob("requirements*.txt")]:
        shutil.copy(path, folder)
    (folder / "docs/assets/vendor").symlink_to(ROOT / "docs/assets/vendor")
    pages.write(folder)
    return folder


def docs(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Type the command in a clone and return its end."""
    return subprocess.run(
        [sys.executable, "-m", "checker", "docs", *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


@contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Type the command, without an end; yield once it answers."""
    with subprocess.Popen(
        [sys.executable, "-m", "checker", "docs", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def change(folder: Path) -> None:
    lesson = folder / LESSON
    lesson.write_text(lesson.read_text("utf-8").replace("## Break it", "Mend it.\n\n## Break it"))


def test_writing_says_what_it_wrote_and_then_that_nothing_is_left_to_write(clone: Path) -> None:
    change(clone)
    (clone / "docs/checks/old.md").write_text("old")
    done = docs(clone, "--write")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "removed: docs/checks/old.md\nwritten: docs/lessons/02-registration.md\n"
    assert docs(clone, "--write").stdout == "All pages that are made are up to date.\n"


def test_a_source_that_makes_no_page_is_told_in_a_sentence(clone: Path) -> None:
    lesson = clone / LESSON
    lesson.write_text(lesson.read_text("utf-8") + "\n[x](../none.md)\n")
    done = docs(clone, "--write")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{LESSON} links to ../none.md, which is not there. Mend the link.\n"


@pytest.mark.slow
def test_a_build_says_what_is_out_of_date_needs_no_network_and_may_be_repeated(clone: Path) -> None:
    change(clone)
    vendored = clone / "docs/assets/vendor"
    vendored.unlink()
    nothing = clone / "nothing"
    nothing.mkdir()
    done = docs(clone, "--build", "built", PATH=str(nothing), PIP_NO_INDEX="1")
    assert done.returncode == 0, done.stderr
    assert (
        "Out of date: docs/lessons/02-registration.md. This writes them anew: "
        "python3 -m checker docs --write\n"
    ) in done.stdout
    assert "The site works without it, but notebooks do not run in their pages" in done.stdout
    assert done.stdout.endswith(
        "Built in built. To look at it: python3 -m http.server --bind 127.0.0.1 --directory built\n"
    )
    assert "Step 2: Register" in (clone / "built/lessons/02-registration/index.html").read_text()

    if vendored.exists():
        shutil.rmtree(vendored)
    vendored.symlink_to(ROOT / "docs/assets/vendor")
    page = clone / "docs/index.md"
    page.write_text(page.read_text("utf-8") + "\n[x](none.md)\n")
    done = docs(clone, "--build", "built")
    assert done.returncode == 1
    assert "contains a link 'none.md'" in done.stderr


def test_what_is_in_a_folder_is_not_lost_to_a_build(clone: Path) -> None:
    (clone / "letters").mkdir()
    (clone / "letters/index.html").write_text("Dear Ada")
    done = docs(clone, "--build", "letters")
    assert done.returncode == 2
    assert "letters has files, and they are not those of a built site." in done.stderr
    assert (clone / "letters/index.html").read_text() == "Dear Ada"
    done = docs(clone, "--build", "letters/index.html")
    assert done.returncode == 2
    assert "letters/index.html is a file." in done.stderr


def test_a_port_that_is_taken_or_none_is_told_with_another(clone: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = docs(clone, "--port", str(port))
        assert done.returncode == 2
        assert f"Port {port} cannot be used (Address already in use)." in done.stderr
        assert "python3 -m checker docs --port " in done.stderr
    done = docs(clone, "--port", "65536")
    assert done.returncode == 2
    assert "Port 65536 cannot be used" in done.stderr


@pytest.mark.slow
def test_the_site_is_served_on_this_machine_and_follows_changes_until_ctrl_c(clone: Path) -> None:
    port = free_port()
    with serving(clone, port) as process:
        assert process.stdout
        said = ""
        while f"Serving on http://127.0.0.1:{port}/" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        assert f"The site is at http://127.0.0.1:{port}/ as soon as it is built." in said
        assert "Step 2: Register" in fetched(port, "lessons/02-registration/")
        page = clone / "docs/index.md"
        page.write_text(page.read_text("utf-8") + "\nOne more sentence.\n")
        while "Reloading browsers" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        assert "One more sentence." in fetched(port, "")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0


def fetched(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=60) as answer:
        text: str = answer.read().decode("utf-8")
        return text
