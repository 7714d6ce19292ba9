"""What the jail imports is compiled by the set-up: inside, nobody may write."""

import importlib.util
from pathlib import Path

import pytest

from checker.setup import environment
from checker.setup.installation import FOR_APPS


def test_every_package_that_is_compiled_is_one_that_is_installed() -> None:
    assert [name for name in FOR_APPS if importlib.util.find_spec(name) is None] == []


@pytest.mark.skipif(not environment.is_ours(), reason="an environment of somebody's own")
def test_packages_of_the_apps_are_compiled() -> None:
    # A file that no test imports, so that only the set-up can have compiled it.
    spec = importlib.util.find_spec("sqlalchemy")
    assert spec is not None and spec.origin is not None
    source = Path(spec.origin).parent / "dialects" / "oracle" / "cx_oracle.py"
    assert source.is_file()
    assert Path(importlib.util.cache_from_source(str(source))).is_file()
