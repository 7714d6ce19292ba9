"""Real runs of step 1, made once for all files here."""

from typing import Any

import pytest
from sample_class import recorded


@pytest.fixture(scope="session")
def reports() -> list[dict[str, Any]]:
    """What ``check 1 --json`` prints for the solution and for each of ``sample_class.MISTAKES``."""
    return recorded()
