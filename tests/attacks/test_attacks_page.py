"""The page about the attacks says what the attacks are, and what one looks like."""

import re
from pathlib import Path

import pytest

from checker.attacks import ATTACKS
from checker.cli import main
from checker.course import ROOT

PAGE = ROOT / "docs" / "attacks.md"
COMMAND = "python3 -m checker attack sql-login --weak"


def test_its_table_has_every_attack_with_both_sides() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert rows == [
        (
            each.name,
            str(each.works_on).removeprefix("the solution of "),
            str(each.fails_on).removeprefix("the solution of "),
        )
        for each in ATTACKS
    ]


def test_the_output_it_shows_is_what_the_command_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    assert main(COMMAND.split()[3:]) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert shown(PAGE) == printed


def shown(page: Path) -> list[str]:
    """The text block below the comment that names the command."""
    _, _, rest = page.read_text(encoding="utf-8").partition(
        f"<!-- output: {COMMAND} -->\n```text\n"
    )
    return rest.partition("\n```")[0].splitlines()
