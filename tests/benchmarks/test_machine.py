"""What a page says of the machine that it was measured on."""

import pytest

from benchmarks import machine


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["--parts", "one", "--json", "/somewhere/b.json", "--write"], "--parts one --write"),
        (["--json=/somewhere/b.json", "--rounds", "3"], "--rounds 3"),
        ([], ""),
    ],
)
def test_the_command_is_told_without_a_path_of_the_machine(given: list[str], kept: str) -> None:
    assert " ".join(machine._without_file(given)) == kept
