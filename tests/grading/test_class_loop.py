"""The main loop: what is done once and what again, and what one submission costs the others."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from checker.course import steps
from checker.grading import work
from checker.grading.discover import submissions_in
from checker.grading.grader import Grader
from checker.grading.jobs import Unfit
from checker.grading.results import Refusal
from checker.grading.roster import enrol, to_grade
from checker.grading.store import Kept, Store, StoreError
from checker.reports.class_figures import is_final
from tests.grading.class_of import COURSE

#: Judged in no time: it cannot be started.
BROKEN = "def broken("


class Told:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.todo: dict[str, int] = {}
        self.graded_ones: list[tuple[str, int, float, str]] = []
        self.refusals: dict[str, str] = {}
        self.failures: dict[str, str] = {}

    def planned(self, todo: Mapping[str, int], done: int) -> None:
        self.todo, self.kept = dict(todo), done

    def began(self, what: str) -> None:
        pass

    def running(self) -> None:
        pass

    def refused(self, source: str, refusal: Refusal) -> None:
        self.refusals[source] = refusal.what

    def graded(self, source: str, step: int, kept: Kept, changed: str, patience: int) -> None:
        self.graded_ones.append((source, step, kept.score, changed))

    def failed(self, source: str, step: int, why: str) -> None:
        self.failures[source] = why


@pytest.fixture(scope="module")
def threads() -> Iterator[Executor]:
    """One worker, in this process."""
    with ThreadPoolExecutor(1) as executor:
        yield executor
        executor.submit(lambda: work._mine.worker._close()).result()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "results", write=True) as store:
        yield store


@pytest.fixture
def class_of(tmp_path: Path) -> Callable[..., Path]:
    def make(**apps: str | None) -> Path:
        for name, text in apps.items():
            folder = tmp_path / "class" / name
            folder.mkdir(parents=True, exist_ok=True)
            if text is not None:
                (folder / "app.py").write_text(text)
        return tmp_path / "class"

    return make


def grade(
    store: Store,
    folder: Path,
    executor: Executor,
    *,
    numbers: tuple[int, ...] = (1,),
    backwards: bool = False,
    reference: bool = False,
    own: dict[str, str] | None = None,
) -> Told:
    """Grade a class, by default without trying the reference first."""
    found, _others = submissions_in(folder)
    enrolled, _strangers = enrol(found, None)
    store.enrol("a class", numbers, [each.student for each in enrolled])
    told = Told()
    files = tuple((own or {}).items())
    course = work._course(files)
    chosen = [step for step in course if step.number in numbers]
    grader = Grader(store, course, chosen, executor, 1, told, own=files)
    if not reference:
        grader._try_the_reference = lambda: None  # type: ignore[method-assign]
    readable = to_grade(enrolled)
    grader.grade(readable[::-1] if backwards else readable)
    return told


def test_order_does_not_matter_and_the_same_gives_the_same(
    store: Store, class_of: Callable[..., Path], threads: Executor
):
    folder = class_of(ana=BROKEN, bo="import nothing")
    shutil.copytree(COURSE[0].folder, folder / "cy")
    forth = grade(store, folder, threads)
    assert forth.todo == {"ana": 1, "bo": 1, "cy": 1}
    assert [source for source, *_ in forth.graded_ones] == ["ana", "bo", "cy"]
    seeds = {key: each.report["seed"] for key, each in store.results().grades.items()}
    assert len(set(seeds.values())) == 3

    store.ask_again([(name, 1) for name in folder_names(folder)], [])
    back = grade(store, folder, threads, backwards=True)
    assert sorted(back.graded_ones) == sorted(forth.graded_ones)
    assert [source for source, *_ in back.graded_ones] == ["cy", "bo", "ana"]
    again = {key: each.report["seed"] for key, each in store.results().grades.items()}
    assert again == seeds


def folder_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_done_is_done_once_until_something_changes(
    store: Store, class_of: Callable[..., Path], threads: Executor
):
    folder = class_of(ana=BROKEN, bo=BROKEN)
    assert len(grade(store, folder, threads).graded_ones) == 2
    second = grade(store, folder, threads)
    assert (second.todo, second.kept, second.graded_ones) == ({}, 2, [])

    class_of(ana=BROKEN + "again(", cy=BROKEN)
    assert grade(store, folder, threads).todo == {"ana": 1, "cy": 1}

    store._connection.execute("UPDATE grade SET checks = 'of last year' WHERE source = 'bo'")
    assert grade(store, folder, threads).todo == {"bo": 1}

    fault = "UPDATE grade SET report = json_set(report, '$.counts.error', 1) WHERE source = 'cy'"
    store._connection.execute(fault)
    assert grade(store, folder, threads).todo == {"cy": 1}, "a fault of the checker's is no grade"
    assert grade(store, folder, threads).todo == {}


def test_a_step_that_is_missing_or_cannot_be_read_has_no_points_and_says_why(
    store: Store, class_of: Callable[..., Path], threads: Executor
):
    folder = class_of(ana=None)
    for name, text in (("step1", BROKEN), ("step3", BROKEN)):
        (folder / "ana" / name).mkdir()
        (folder / "ana" / name / "app.py").write_text(text)
    (folder / "ana" / "step3" / "checker.toml").write_text("[nothing]")
    told = grade(store, folder, threads, numbers=(1, 2, 3))
    assert {each[:3] for each in told.graded_ones} == {("ana", number, 0) for number in (1, 2, 3)}
    grades = store.results().grades
    missing, unread = grades["ana", 2], grades["ana", 3]
    assert "There is no folder for step 2" in missing.report["checks"][0]["seen"]
    assert "checker.toml: 'nothing' is not known" in unread.report["checks"][0]["seen"]
    assert [missing.report["notices"][0]["kind"], unread.report["notices"][0]["kind"]] == [
        "missing",
        "refused",
    ]
    assert all(map(is_final, grades.values()))
    assert grade(store, folder, threads, numbers=(1, 2, 3)).todo == {}

    # It is handed in after all.
    shutil.copytree(folder / "ana" / "step1", folder / "ana" / "step2")
    (folder / "ana" / "step2" / "app.py").write_text("from flask import Flask\napp = Flask('app')")
    ((_source, _step, score, changed),) = grade(
        store, folder, threads, numbers=(1, 2, 3)
    ).graded_ones
    assert score > 0
    assert changed == "the submission changed"


OWN = """
from checker.own_checks import Trial, expect, own_check


@own_check("says-who", steps=(1,), points=5, visibility="hidden", needs=())
def test_says_who(trial: Trial) -> None:
    '''The submission says who wrote it.'''
    said = "# by" in trial.submission.files["app.py"].decode()
    expect(said, expected="A comment with a name.", seen="There is none.")
"""


def test_checks_of_ones_own_are_asked_of_everybody_and_a_new_one_of_everybody_again(
    store: Store, class_of: Callable[..., Path], threads: Executor
):
    folder = class_of(ana=BROKEN, bo=f"# by Bo\n{BROKEN}")
    grade(store, folder, threads)
    assert store.results().maximum() == 100
    told = grade(store, folder, threads, own={"test_own.py": OWN})
    assert sorted(told.graded_ones) == [
        ("ana", 1, 0, "the checks changed"),
        ("bo", 1, 5, "the checks changed"),
    ]
    results = store.results()
    assert results.maximum() == 105
    last = results.grades["bo", 1].report["checks"][-1]
    assert (last["id"], last["verdict"], last["visibility"]) == ("says-who", "passed", "hidden")
    assert grade(store, folder, threads, own={"test_own.py": OWN}).todo == {}


class Losing(ThreadPoolExecutor):
    """Loses whatever one student has handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not args or args[0].name != "ana":
            return super().submit(fn, *args, **kwargs)
        lost: Future[Any] = Future()
        lost.set_exception(BrokenProcessPool("A process was terminated abruptly."))
        return lost


def test_a_submission_that_cannot_be_graded_costs_nobody_else(
    store: Store, class_of: Callable[..., Path], threads: Executor
):
    folder = class_of(ana=BROKEN, bo=BROKEN)
    (folder / "cy").mkdir()
    (folder / "cy" / "etc").symlink_to("/etc")
    with Losing(1) as losing:
        told = grade(store, folder, losing)
        losing.submit(lambda: work._mine.worker._close()).result()
    assert told.failures == {"ana": "A process was terminated abruptly."}
    assert told.refusals == {"cy": "`etc` is a link that leads out of the submission, to `/etc`."}
    assert [each[0] for each in told.graded_ones] == ["bo"]
    again = grade(store, folder, threads)
    assert again.todo == {"ana": 1}
    assert [each[0] for each in again.graded_ones] == ["ana"]


def test_when_the_disk_is_full_all_stops_and_goes_on_later(
    store: Store, class_of: Callable[..., Path], threads: Executor
):
    folder = class_of(**{f"s{number}": BROKEN for number in range(6)})
    pages = "SELECT page_count + 5 FROM pragma_page_count"
    most = store._connection.execute(pages).fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {most}")
    with pytest.raises(StoreError, match="disk is full"):
        grade(store, folder, threads)
    kept = set(store.kept())
    assert 0 < len(kept) < 6
    store._connection.execute("PRAGMA max_page_count = 1000000")
    told = grade(store, folder, threads)
    assert len(told.graded_ones) == 6 - len(kept)
    assert not kept & {(source, step) for source, step, *_ in told.graded_ones}
    assert len(store.results().grades) == 6


def test_where_the_reference_fails_nobody_is_graded(
    store: Store, class_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for name in ("steps", "solutions"):
        for step in COURSE:
            shutil.copytree(step.root / name / step.name, tmp_path / "course" / name / step.name)
    app = tmp_path / "course" / "solutions" / COURSE[0].name / "app.py"
    app.write_text(BROKEN)
    monkeypatch.setattr(work, "_course", lambda _own=(): steps(tmp_path / "course"))
    with ThreadPoolExecutor(1) as executor:
        says = "The reference solution of step 1 does not pass here: app-starts: .*would be wrong"
        with pytest.raises(Unfit, match=says):
            grade(store, class_of(ana=BROKEN), executor, reference=True)
        executor.submit(lambda: work._mine.worker._close()).result()
    assert store.kept() == {}
