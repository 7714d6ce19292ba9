"""The page for students shows what the commands print."""

import re
from pathlib import Path

import pytest

from checker.course import ROOT
from tests.commands.conftest import Command

PAGE = (ROOT / "docs" / "students.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"<!-- output: (.+?) -->\n```text\n(.*?)```\n", PAGE, re.DOTALL))
#: What is made up anew in every run, or measured: names, passwords, cookies, seconds.
BY_CHANCE = re.compile(
    r'(?<=")Pw-\w+-\w+(?=")|(?<=")[A-Z][a-z]+\d+(?=")|(?<=session=)[\w.\s-]+(?=;)|[\d.]+(?= s$)',
    re.MULTILINE,
)
RETURNED = '            return redirect(url_for("home"))'


def lines(text: str) -> list[str]:
    """Return the lines of what is shown or printed, without what is by chance or not seen."""
    return [line.rstrip() for line in BY_CHANCE.sub("…", text).strip("\n").splitlines()]


def shown(command: str) -> list[str]:
    """Return what the page says that a command prints."""
    return lines(SHOWN[command])


@pytest.mark.parametrize("arguments", ["", "start", "check"])
def test_a_fresh_clone_prints_it(command: Command, arguments: str) -> None:
    typed = f"python3 -m checker {arguments}".strip()
    assert lines(command(*arguments.split()).stdout) == shown(typed)


def test_the_first_hint(command: Command) -> None:
    command("check")
    assert lines(command("hint").stdout) == shown("python3 -m checker hint")


def test_one_fault_in_one_line(command: Command, solved: Path) -> None:
    app = solved / "app.py"
    app.write_text(app.read_text().replace(RETURNED, RETURNED.replace("return ", "")))
    printed = lines(command("check").stdout)
    end = shown("the end of python3 -m checker check, without return")
    assert printed[-len(end) :] == end


def test_an_attack(command: Command, solved: Path) -> None:
    printed = lines(command("attack", "shared-computer").stdout)
    end = shown("the end of python3 -m checker attack shared-computer")
    assert printed[-len(end) :] == end


def test_a_slip_in_the_paths(command: Command, project: Path) -> None:
    file = project / "steps" / "01-raw-mysql-login" / "checker.toml"
    file.write_text('[paths]\nlogn = "/entrar"\n')
    assert lines(command("check").stderr) == shown(
        "python3 -m checker check, with a slip in checker.toml"
    )


def test_every_output_is_compared() -> None:
    assert len(SHOWN) == 7
    others = len(re.findall("^```text$", PAGE, re.MULTILINE)) - len(SHOWN)
    assert others == 2, (
        "a line of `watch` and some of `doctor`, which differ from machine to machine"
    )
