"""The last step, served."""

from collections.abc import Iterator

import pytest
from real_browser import served


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the solution of step 6 is."""
    with served(6) as address:
        yield address
