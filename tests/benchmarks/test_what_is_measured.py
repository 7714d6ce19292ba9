"""That the benchmarks compare what they say: the peers' checks, the class, a set-up's parts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from benchmarks import command, environment, growth, setting_up
from benchmarks.class_of import make
from benchmarks.ground import COURSE, mistaken, wrong_apps
from benchmarks.peers.ten import TEN, is_as_it_should, login_form
from benchmarks.setting_up import parts_of
from checker.apps.submission import Submission
from checker.course import checks_of, with_needs

PEERS = environment.HERE / "peers"


def _functions(file: str) -> list[str]:
    tree = ast.walk(ast.parse((PEERS / file).read_text(encoding="utf-8")))
    return [each.name for each in tree if isinstance(each, ast.FunctionDef)]


def test_the_ten_are_checks_of_step_1_and_need_no_others() -> None:
    asked = checks_of(COURSE[0], COURSE)
    assert len(TEN) == 10
    assert with_needs(asked, set(TEN)) == set(TEN)


@pytest.mark.parametrize(
    ("file", "prefix"),
    [("test_ten.py", "test_"), ("gradescope_ten.py", "test_"), ("check50/__init__.py", "")],
)
def test_every_peer_has_each_of_the_ten(file: str, prefix: str) -> None:
    names = _functions(file)
    assert {f"{prefix}{check.replace('-', '_')}" for check in TEN} <= set(names)
    if prefix:
        assert sum(name.startswith(prefix) for name in names) == len(TEN)


def test_each_of_the_ten_has_a_wrong_app_that_differs_from_the_solution() -> None:
    wrong = dict(wrong_apps())
    assert set(wrong) == set(TEN)
    right = Submission.read(COURSE[0].solution).files
    assert all(mistaken(COURSE[0], mistake) != right for mistake in wrong.values())


def test_a_login_form_is_found_and_judged() -> None:
    fields = '<input name="username"><input name="password" type="password">'
    page = f'<form action="/s"></form><form method="post">{fields}</form>'
    form = login_form(page)
    assert form is not None
    assert is_as_it_should(form)
    assert not is_as_it_should(form.replace("post", "get"))
    assert not is_as_it_should(login_form("<form><input></form>"))


def test_the_graders_are_pinned_and_the_apps_packages_come_from_the_project() -> None:
    text = re.sub(r" *#.*", "", environment.WANTED.read_text())
    wanted = dict(re.findall(r"^([\w-]+)(?:==(\S+))?$", text, re.MULTILINE))
    assert {name for name, version in wanted.items() if version} == {
        *("check50", "gradescope-utils", "pytest", "pytest-xdist")
    }
    pinned = environment.CONSTRAINTS.read_text()
    for name, version in wanted.items():
        assert version or re.search(rf"^{name}==", pinned, re.MULTILINE), name


def test_three_of_five_in_a_class_are_right_and_no_two_alike(tmp_path: Path) -> None:
    right = make(tmp_path, 50)
    assert len(right) == 30
    apps = [Submission.read(folder).texts for folder in tmp_path.iterdir()]
    assert len({app["app.py"] for app in apps}) == 50
    without_names = {re.sub(r"# handed in by [\w-]+", "", str(app)) for app in apps}
    assert len(without_names) == 11  # the solution and ten wrong apps


def test_a_class_ten_times_as_large_has_the_same_mixture(tmp_path: Path) -> None:
    assert len(make(tmp_path / "small", 10, kinds=4)) * 10 == len(
        make(tmp_path / "large", 100, kinds=4)
    )
    folders = sorted((tmp_path / "large").iterdir())
    of_ten = [(folders[number], folders[number + 10]) for number in range(90)]
    for one, other in of_ten:
        apps = (str(Submission.read(each).texts).replace(each.name, "") for each in (one, other))
        assert len(set(apps)) == 1


def test_the_parts_of_a_set_up_are_read_from_what_it_prints() -> None:
    lines = [
        (0.1, "Setting up this folder; it is done once.\n"),
        (0.2, "- Making a Python environment in .venv (Python 3.11) ...\n"),
        (2.2, "  done in 2.0 s\n"),
        (2.2, "- Fetching uv==1, a fast installer ...\n"),
        (3.2, "  done in 1.0 s\n"),
        (3.3, "- Installing requirements.txt: 20 packages and what they need, with uv ...\n"),
        (13.3, "  done in 10.0 s\n"),
        (15.0, "23 of 23 checks passed.\n"),
    ]
    parts = parts_of(lines, 15.5)
    assert {name: round(seconds, 3) for name, seconds in parts.items()} == {
        "an environment": 2.0,
        "uv, the installer": 1.0,
        "packages": 10.0,
        "the rest, up to the first verdict": 2.5,
        "in all": 15.5,
    }


def test_the_parts_are_those_that_the_set_up_announces() -> None:
    source = (environment.ROOT / "checker" / "setup" / "installation.py").read_text()
    for start, _name in setting_up._PARTS:
        assert re.search(rf'f?"{start.rpartition(" ")[0]}', source), start


def test_memory_that_grows_is_seen() -> None:
    memory = growth.Memory()
    memory.samples["main"] = [50.0] * 100
    memory.samples["17"] = [100.0 + number for number in range(100)]
    assert memory.growth(main=True) == 1.0
    assert memory.growth(main=False) == pytest.approx(1.7, abs=0.05)
    assert memory.most(main=False) == 199.0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--parts", "one,speed"], "there is no part 'speed'"),
        (["--steps", "7"], "there is no step 7"),
        (["--rounds", "0"], "0 is not 1 or more"),
        (["--growth", "ten"], "no list such as 1,2,3"),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_refused(
    line: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(line)
    assert said in capsys.readouterr().err


def test_figures_that_are_not_there_cannot_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--parts", "", "--keep", "--json", str(tmp_path / "none.json")]
    assert command.main(arguments) == 3
    assert "none.json is not there" in capsys.readouterr().err
