"""`selftest`, on a project of one function and one test."""

from pathlib import Path

import pytest

from checker import selftest
from checker.setup import environment

SETTINGS = """
[tool.mypy]
files = ["one.py"]
[tool.pytest.ini_options]
markers = ["slow: takes long"]
"""
TESTS = """import pytest


def test_quick() -> None:
    assert True


@pytest.mark.slow
def test_slow() -> None:
    assert True
"""


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source of the project's one module."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "test_one.py").write_text(TESTS)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        monkeypatch.delenv(name, raising=False)
    source = tmp_path / "one.py"
    source.write_text("NUMBER: int = 1\n")
    return source


def test_fast_leaves_out_what_is_slow_and_other_options_go_to_pytest(
    one: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert selftest.run(["--fast", "-n0", "-v", "test_one.py"]) == 0
    out = capfd.readouterr().out
    assert "test_one.py::test_quick PASSED" in out
    *_, counted, _, summary = out.splitlines()
    assert "1 passed, 1 deselected in " in counted
    assert summary == "passed: ruff format, ruff check, mypy, pytest"


def test_the_audit_is_run_when_it_is_asked_for(
    one: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (one.parent / "checker").mkdir()
    (one.parent / "checker/__main__.py").write_text(
        'import sys\n\nsys.exit("survivors" if sys.argv[1:] == ["audit"] else 0)\n'
    )
    assert selftest.run(["--audit", "-n0", "test_one.py"]) == 1
    printed = capfd.readouterr()
    assert "survivors" in printed.err
    assert printed.out.splitlines()[-1] == "failed: audit"


def test_a_fault_is_named_and_all_the_rest_still_runs(
    one: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one.write_text("import os\nNUMBER: int = 'one'\n")
    assert selftest.run(["-n0"]) == 1
    out = capfd.readouterr().out
    assert "F401" in out
    assert "Incompatible types in assignment" in out
    assert "2 passed in " in out
    assert out.splitlines()[-1] == "failed: ruff format, ruff check, mypy"
