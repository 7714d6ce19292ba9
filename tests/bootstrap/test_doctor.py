"""`doctor`, on this machine and on worse ones."""

import io
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from checker import doctor
from checker.setup import environment


def examine(encoding: str = "utf-8") -> tuple[int, str]:
    """Return the doctor's exit code and what it printed."""
    output = io.BytesIO()
    text = io.TextIOWrapper(output, encoding=encoding, write_through=True)
    code = doctor.run(Console(file=text, width=200))
    return code, output.getvalue().decode(encoding)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No database settings of whoever runs the tests."""
    for name in ("HOST", "PORT", "UNIX_SOCKET", "USER", "PASSWORD", "DB"):
        monkeypatch.delenv(f"MYSQL_{name}", raising=False)
    return monkeypatch


def test_a_machine_that_runs_these_tests_is_well(only: pytest.MonkeyPatch, tmp_path: Path) -> None:
    only.setattr(doctor, "STATE", tmp_path / "state")
    code, said = examine()
    assert code == 0, said
    for item in (
        *environment.pins(environment.STUDENT),
        "mariadbd",
        "bwrap (bubblewrap)",
        "The jail",
    ):
        assert f"✓ {item}: " in said
    assert "✓ A private database server: starts and answers: " in said
    assert said.endswith("All is well.\n")


def test_a_wrong_and_a_missing_package_are_named(only: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pytest==0.1\nnot-there==1.0\n")
    only.setattr(environment, "ROOT", tmp_path)
    only.setattr(doctor, "ITEMS", (doctor._packages,))
    code, said = examine()
    assert code == 1
    assert f"✗ pytest: {pytest.__version__}, wanted 0.1" in said
    assert "✗ not-there: missing, wanted 1.0" in said
    assert "2 to mend" in said


def test_a_program_that_is_missing_comes_with_the_command_that_brings_it(
    only: pytest.MonkeyPatch,
) -> None:
    only.setattr(doctor, "ITEMS", (doctor._programs,))
    only.setattr(doctor.machine, "MORE_FOLDERS", ())
    only.setenv("PATH", "/nowhere")
    code, said = examine()
    assert code == 1
    assert "✗ bwrap (bubblewrap): missing (the jail that your app runs in)" in said


def test_a_server_of_your_own_that_does_not_answer_is_to_mend(only: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        only.setenv("MYSQL_HOST", "127.0.0.1")
        only.setenv("MYSQL_PORT", str(taken.getsockname()[1]))
        only.setenv("MYSQL_PASSWORD", "not-to-be-shown")
        only.setattr(doctor, "ITEMS", (doctor._database,))
        code, said = examine()
    assert code == 1
    assert "✗ Your own database server: " in said
    assert "correct MYSQL_HOST, MYSQL_PASSWORD, MYSQL_PORT, or unset them" in said
    assert "not-to-be-shown" not in said


def test_a_state_folder_that_cannot_be_written_is_to_mend(
    only: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    only.setattr(doctor, "STATE", tmp_path / "file" / ".workshop")
    only.setattr(doctor, "ITEMS", (doctor._state,))
    code, said = examine()
    assert code == 1
    assert "sudo chown" in said


def test_a_terminal_without_unicode_gets_words(only: pytest.MonkeyPatch) -> None:
    only.setattr(doctor, "ITEMS", (doctor._system,))
    code, said = examine("ascii")
    assert code == 0
    assert said.startswith("ok System: ")


def test_an_item_that_breaks_does_not_stop_the_others(only: pytest.MonkeyPatch) -> None:
    def _broken() -> Iterator[doctor.Finding]:
        raise RuntimeError("[bold]what now?[/]")
        yield

    only.setattr(doctor, "ITEMS", (_broken, doctor._system))
    code, said = examine()
    assert code == 1
    assert "✗ broken: RuntimeError: [bold]what now?[/]" in said
    assert "✓ System: " in said
