"""A step's whole suite for plain pytest: one test for each tape, on an app that is imported anew.

``BENCH_STEP`` names a JSON file with the step's folders and tapes; ``BENCH_HASHES=quick`` makes
password hashes as cheap as they are in the checker's jail.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(1, str(Path(__file__).parent))
from player import Player, Tape

STEP = json.loads(Path(os.environ["BENCH_STEP"]).read_text())
TAPES: list[Tape] = json.loads(Path(STEP["tapes"]).read_text())


@pytest.fixture(scope="session")
def player() -> Iterator[Player]:
    made = Player(STEP, true_hashes=os.environ["BENCH_HASHES"] == "true")
    yield made
    made.close()


@pytest.mark.parametrize("tape", TAPES, ids=lambda tape: f"{tape['check']}-{tape['kind']}")
def test_tape(player: Player, tape: Tape) -> None:
    player.play(tape)
