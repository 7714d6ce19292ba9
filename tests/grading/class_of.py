"""A made-up class: right, wrong, hostile and broken apps, with the marks that they must get.

    python -m tests.grading.class_of --students 200 --into DIR            # only makes the class
    python -m tests.grading.class_of --students 200 --into DIR --grade    # grades and compares it
    python -m tests.grading.class_of --students 200 --record              # completes marks.json

``--grade`` also kills the checker (``kill -9``) at ``--kills`` random points, goes on with the same
command each time, and prints how much memory the processes had.

Right apps get all points, and what cannot be graded is refused; that much is certain. What a wrong
or a hostile app gets is on record in ``marks.json``, made by checking each by itself. Where the
checks have changed on purpose, remove that file and record it anew.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from checker import mistakes
from checker.apps.submission import Submission
from checker.audit.hostile import corpus
from checker.course import ROOT, STATE, Step, steps
from checker.grading.store import Store, StoreError
from checker.running import run
from checker.suites.bench import Bench

COURSE = steps()
MARKS = Path(__file__).with_name("marks.json")
ALTERNATIVES = ROOT / "tests" / "alternatives"
#: The one right app that is told something, on purpose: see tests/suites/test_alternatives.py.
COMPLAINTS = {"laptop-credentials": "settings-from-environment"}
_MARK = "marks"

#: What the hooks and the configuration of a clone would leave behind, if git were run.
PROOF = "git-was-run"

Files = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """One app, and what it must get.

    :ivar mark: points in :attr:`step`; ``None`` when it is refused.
    :ivar says: a part of what a refusal says.
    :ivar write: puts the submission under a path that does not exist yet; returns the real one.
    """

    name: str
    step: int
    mark: float | None
    says: str = ""
    files: Callable[[], Files] | None = None
    write: Callable[[Path], Path] | None = None


@dataclass(frozen=True)
class Member:
    """A student of the class: what was handed in, and what has to come of it."""

    id: str
    case: Case


# -- what students hand in -------------------------------------------------------------------------


def right_apps() -> Iterator[Case]:
    """Yield the solutions and every right app that is written otherwise."""
    for step in COURSE:
        yield Case("solution", step.number, 100, files=lambda s=step: _read(s.solution))
        for folder in sorted(ALTERNATIVES.glob(f"step_{step.number:02d}/*/")):
            lost = COMPLAINTS.get(folder.name)
            mark = 100 - (step.points[lost] if lost else 0)
            yield Case(
                f"alternative/{folder.name}", step.number, mark, files=lambda f=folder: _read(f)
            )


def wrong_apps(known: Mapping[str, float]) -> Iterator[Case]:
    """Yield every catalogued mistake whose mark is on record."""
    for step in COURSE:
        for mistake in mistakes.load(step.number):
            name = f"mistake/{mistake.id}"
            yield Case(
                name,
                step.number,
                known.get(f"{step.number}/{name}", -1),
                files=lambda s=step, m=mistake: _mistaken(s, m),
            )


def hostile_apps(known: Mapping[str, float]) -> Iterator[Case]:
    """Yield the submissions that mean harm; what has links and pipes, or no app, is refused."""
    for hostile in corpus():
        name = f"hostile/{hostile.folder.name}"
        if hostile.links or hostile.pipes:
            yield Case(
                name,
                1,
                None,
                "is a link that leads out of the submission",
                write=lambda path, h=hostile: h.put_into(_made(path)),
            )
        elif not any((*hostile.folder.rglob("*.py"), *map(_is_python, hostile.files))):
            yield Case(
                name,
                1,
                None,
                "There is no Python file in it",
                write=lambda path, h=hostile: h.put_into(_made(path)),
            )
        else:
            mark = known.get(f"1/{name}", -1)
            yield Case(name, 1, mark, write=lambda path, h=hostile: h.put_into(_made(path)))


def refused() -> Iterator[Case]:
    """Yield what must not be graded at all, each refused by name."""
    for name, says, write in (
        ("zip-leads-up", "leads out of the submission", _zip_with("../../evil.py")),
        ("zip-from-the-root", "leads out of the submission", _zip_with("/etc/cron.d/evil")),
        ("zip-backslashes", "leads out of the submission", _zip_with("..\\evil.py")),
        ("zip-drive", "leads out of the submission", _zip_with("C:/evil.py")),
        ("zip-control", "holds characters that names have not", _zip_with("a\x1b[2J.py")),
        ("zip-long-name", "is too long for a file", _zip_with("a" * 300 + ".py")),
        ("zip-link", "is a link that leads out of the submission, to `/etc/passwd`", _zip_link),
        ("zip-bomb", "It is a zip bomb", _zip_bomb),
        ("zip-100000-files", "holds 100,001 entries", _zip_of_many),
        ("zip-password", "is protected by a password", _zip_encrypted),
        ("zip-cut-off", "cannot be read as a zip", _zip_cut_off),
        ("zip-no-utf-8", "is no valid UTF-8", _zip_latin),
        ("zip-twice", "are both called `app.py`", _zip_twice),
        ("link-to-etc", "is a link that leads out of the submission, to `/etc`", _link_to_etc),
        ("folder-is-a-link", "is a link, to `/etc`", _is_link),
        ("name-no-utf-8", "is no valid UTF-8", _latin_name),
        ("pipe", "is neither a file nor a folder", _pipe),
        ("no-python", "There is no Python file in it", _no_python),
        ("another-archive", "is an archive, but no zip", _rar),
    ):
        yield Case(f"refused/{name}", 1, None, says, write=write)


def _read(folder: Path) -> Files:
    return dict(Submission.read(folder).files)


def _mistaken(step: Step, mistake: mistakes.Mistake) -> Files:
    texts = {name: data.decode() for name, data in _read(step.solution).items()}
    return {name: text.encode() for name, text in mistakes.apply(mistake, texts).items()}


def _is_python(name: str) -> bool:
    return name.endswith(".py")


def _made(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def _app() -> Files:
    return _read(COURSE[0].solution)


def _zip_with(name: str) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        with zipfile.ZipFile(zipped := path.with_name(path.name + ".zip"), "w") as archive:
            for each, content in _app().items():
                archive.writestr(each, content)
            info = zipfile.ZipInfo("x")
            info.filename = name  # the constructor would mend it
            archive.writestr(info, "print('out')")
        return zipped

    return write


def _zip_link(path: Path) -> Path:
    info = zipfile.ZipInfo("secrets.py")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(zipped := path.with_name(path.name + ".zip"), "w") as archive:
        archive.writestr("app.py", b"")
        archive.writestr(info, "/etc/passwd")
    return zipped


def _zip_bomb(path: Path) -> Path:
    zipped = path.with_name(path.name + ".zip")
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("app.py", b"")
        for number in range(11):
            archive.writestr(f"static/{number}.css", bytes(20_000_000))
    return zipped


def _zip_of_many(path: Path) -> Path:
    with zipfile.ZipFile(zipped := path.with_name(path.name + ".zip"), "w") as archive:
        archive.writestr("app.py", b"")
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return zipped


def _zip_encrypted(path: Path) -> Path:
    zipped = _zip_with("notes.txt")(path)
    content = bytearray(zipped.read_bytes())
    entry = content.index(b"PK\x01\x02")  # the table's first entry; its flags are 8 bytes on
    content[entry + 8] |= 1
    zipped.write_bytes(content)
    return zipped


def _zip_cut_off(path: Path) -> Path:
    zipped = _zip_with("notes.txt")(path)
    zipped.write_bytes(zipped.read_bytes()[:-30])
    return zipped


def _zip_latin(path: Path) -> Path:
    zipped = _zip_with("na-ve.py")(path)
    zipped.write_bytes(zipped.read_bytes().replace(b"na-ve.py", b"na\xefve.py"))
    return zipped


def _zip_twice(path: Path) -> Path:
    zipped = _zip_with("app.px")(path)
    zipped.write_bytes(zipped.read_bytes().replace(b"app.px", b"app.py"))
    return zipped


def _link_to_etc(path: Path) -> Path:
    _write(_app(), _made(path))
    (path / "static" / "all").symlink_to("/etc")
    return path


def _is_link(path: Path) -> Path:
    path.symlink_to("/etc")
    return path


def _latin_name(path: Path) -> Path:
    _write(_app(), _made(path))
    (path / os.fsdecode(b"na\xefve.py")).write_text("")
    return path


def _pipe(path: Path) -> Path:
    _write(_app(), _made(path))
    os.mkfifo(path / "pipe.py")
    return path


def _no_python(path: Path) -> Path:
    _made(path)
    (path / "report.txt").write_text("It works on my machine.")
    return path


def _rar(path: Path) -> Path:
    packed = path.with_name(path.name + ".rar")
    packed.write_bytes(b"Rar!\x1a\x07\x00")
    return packed


# -- how they hand it in ---------------------------------------------------------------------------


def _write(files: Files, folder: Path) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _zip(files: Files, path: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(inside + name, content)
    return path


def _as_clone(files: Files, path: Path, step: Step) -> Path:
    """Put a step into a clone of the workshop, with what git would run if anybody asked it."""
    _write(files, path / "steps" / step.name)
    _write(_read(step.solution), path / "solutions" / step.name)
    proof = f"touch {PROOF}\n"
    hooks = {f".git/hooks/{name}": f"#!/bin/sh\n{proof}".encode() for name in ("post-checkout",)}
    config = f"[core]\n\tfsmonitor = {proof}\tsshCommand = {proof}".encode()
    _write(hooks | {".git/config": config, ".git/HEAD": b"ref: refs/heads/main\n"}, path)
    (path / ".git/hooks/post-checkout").chmod(0o755)
    return path


def _hand_in(case: Case, path: Path, way: int) -> Path:
    """Write a submission in one of the ways that students have."""
    step = COURSE[case.step - 1]
    if case.mark is None:
        assert case.write is not None
        return case.write(path)
    if case.files is None:
        assert case.write is not None
        case.write(path / step.name)
        return path
    files = case.files()
    inside = f"step{step.number}/"
    match way % 5:
        case 0:
            return _write(files, path / step.name).parent
        case 1:
            return _zip(files, path.with_name(f"{path.name}.zip"), inside)
        case 2:
            return _as_clone(files, path, step)
        case 3:  # packed by a Mac, with the folder itself
            packed = {f"my work/{inside}{name}": content for name, content in files.items()}
            packed["__MACOSX/my work/._app.py"] = b"\0\5\x16\7"
            return _zip(packed, path.with_name(f"{path.name}.zip"))
        case _:  # what a platform makes of an uploaded zip
            _zip(files, _made(path) / "upload.zip", inside)
            return path


# -- the class -------------------------------------------------------------------------------------


def known_marks() -> dict[str, float]:
    return json.loads(MARKS.read_text())[_MARK] if MARKS.exists() else {}


def cases(only: tuple[int, ...] = (1, 2, 3, 4, 5, 6), *, on_record: bool = True) -> list[Case]:
    """Return what students may hand in, the most different first."""
    known = known_marks()
    kinds = [
        list(refused()),
        [case for case in right_apps() if case.step in only],
        [case for case in wrong_apps(known) if case.step in only],
        list(hostile_apps(known)),
    ]
    # One of each kind in turn, so that any number of students is a mixture; step 1 most of all.
    for kind in kinds:
        kind.sort(key=lambda case: (case.step > 1, case.name))
    mixed = [
        case
        for row in range(max(map(len, kinds)))
        for case in (kind[row] for kind in kinds if row < len(kind))
    ]
    return [case for case in mixed if case.mark != -1 or not on_record]


def choose(students: int, only: tuple[int, ...], *, on_record: bool = True) -> list[Case]:
    """Return a class's cases: some of every step that is graded, and most of step 1."""
    every = cases(only, on_record=on_record)
    later = {step: [case for case in every if case.step == step] for step in only if step > 1}
    few = [case for own in later.values() for case in own[: max(1, students // 50)]]
    first = [case for case in every if case.step == 1][: students - len(few)]
    more = [case for case in every if case not in few and case not in first]
    chosen = few + first + more
    # When there are no more of them, some are handed in once more, packed in another way.
    return [chosen[number % len(chosen)] for number in range(students)]


def make(into: Path, students: int, only: tuple[int, ...] = (1,), seed: int = 1) -> list[Member]:
    """Make a class in an empty folder, and return who is in it with what must come of it."""
    into.mkdir(parents=True, exist_ok=True)
    chosen = choose(students, only)
    random.Random(seed).shuffle(chosen)
    members = []
    for number, case in enumerate(chosen):
        id = f"s{number:03d}-{case.name.replace('/', '-')}"
        _hand_in(case, into / id, number)
        members.append(Member(id, case))
    return members


def differences(members: list[Member], results: Path) -> list[str]:
    """Compare what a class got with what it must get; return what differs."""
    with Store(results) as store:
        got = store.results()
    students = {student.id: student for student in got.students}
    wrong = []
    if students.keys() != {member.id for member in members}:
        wrong.append(f"other students: {students.keys() ^ {member.id for member in members}}")
    for member in members:
        case, student = member.case, students[member.id]
        if case.mark is None:
            said = student.refusal.what if student.refusal else "nothing"
            if case.says not in said:
                wrong.append(f"{member.id}: refusal expected ({case.says}), got: {said}")
            continue
        if student.refusal is not None:
            wrong.append(f"{member.id}: refused: {student.refusal.what}")
            continue
        for step in got.steps:
            expected = case.mark if step == case.step else 0
            grade = got.grades.get((student.id, step))
            score = None if grade is None else grade.report["score"]
            if score != expected or grade is None or grade.report["max_score"] != 100:
                wrong.append(f"{member.id}, step {step}: {expected} expected, got {score}")
    return wrong


# -- grading it ------------------------------------------------------------------------------------


@dataclass
class Memory:
    """Samples the memory (resident, MB) of a process and its Python children."""

    samples: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def watch(self, process: psutil.Process) -> None:
        while process.is_running():
            try:
                self._look("main", process)
                for child in process.children():
                    if "spawn_main" in " ".join(child.cmdline()):
                        self._look(f"worker {child.pid}", child)
            except psutil.Error:
                pass
            time.sleep(0.5)

    def _look(self, name: str, process: psutil.Process) -> None:
        self.samples[name].append(process.memory_info().rss // 2**20)

    def told(self) -> Iterator[str]:
        for name, had in self.samples.items():
            tenths = [had[len(had) * tenth // 10] for tenth in range(10)] + had[-1:]
            yield f"{name}: {' '.join(map(str, tenths))} MB over its life, at most {max(had)}"


def grades_in(results: Path) -> dict[tuple[str, int], str]:
    """Return when each grade was made."""
    try:
        with Store(results) as store:
            rows = store._connection.execute("SELECT source, step, graded_at, seconds FROM grade")
            return {(row[0], row[1]): f"{row[2]} {row[3]}" for row in rows}
    except StoreError:
        return {}


def started(submissions: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "checker", "grade", str(submissions), "--out", str(out)]
    return subprocess.Popen([*command, *options], cwd=ROOT, text=True, stdout=subprocess.PIPE)


def _grade(members: list[Member], into: Path, only: tuple[int, ...], kills: int) -> int:
    out = into.with_name(into.name + "-results")
    said = ",".join(map(str, only))
    to_run = sum(member.case.mark is not None for member in members)
    jobs = to_run * len(only)
    missing = jobs - to_run  # they are kept first, at once
    at = sorted(missing + done for done in random.sample(range(to_run * 19 // 20), kills))
    begin = time.monotonic()
    before: dict[tuple[str, int], str] = {}
    while True:
        memory = Memory()
        process = started(into, out, "--steps", said)
        threading.Thread(target=memory.watch, args=[psutil.Process(process.pid)]).start()
        said_so_far = threading.Thread(target=sys.stdout.writelines, args=[process.stdout])
        said_so_far.start()
        if not at:
            break
        while process.poll() is None and len(grades_in(out)) < at[0]:
            time.sleep(random.random() / 2)
        process.kill()
        process.wait()
        now = grades_in(out)
        redone = [key for key, made in before.items() if now.get(key) != made]
        print(f"killed at {len(now)} of {jobs} grades; done again or lost: {redone or 'nothing'}")
        print(*memory.told(), sep="\n")
        before = now
        at.pop(0)
    code = process.wait()
    said_so_far.join()
    now = grades_in(out)
    redone = [key for key, made in before.items() if now.get(key) != made]
    print(f"exit code {code}; {len(now)} grades; done again or lost: {redone or 'nothing'}")
    print(*memory.told(), sep="\n")
    print(f"{time.monotonic() - begin:.0f} s in all")
    wrong = differences(members, out)
    print(*wrong, sep="\n")
    print(f"{len(members)} students, {len(wrong)} differences between expected and actual marks")
    return 1 if wrong or redone or code else 0


def _record(students: int, only: tuple[int, ...]) -> None:
    """Check by itself whatever a class may have, and write down what it gets."""
    import tempfile

    known = known_marks()
    with Bench(STATE / "cache") as bench:
        for case in choose(students, only, on_record=False):
            key = f"{case.step}/{case.name}"
            if case.mark != -1 or key in known:
                continue
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "app"
                if case.files is not None:
                    _write(case.files(), path)
                else:
                    assert case.write is not None
                    case.write(path)
                report = run(COURSE[case.step - 1], COURSE, Submission.read(path), bench)
            known[key] = report.score
            print(f"{report.score:4} {report.seconds:6.1f} s  {key}", flush=True)
            text = json.dumps({_MARK: dict(sorted(known.items()))}, indent=1)
            MARKS.write_text(text + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--steps", default="1,2,3,4,5,6")
    parser.add_argument("--into", type=Path)
    parser.add_argument("--grade", action="store_true")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    only = tuple(map(int, options.steps.split(",")))
    if options.record:
        _record(options.students, only)
        return 0
    members = make(options.into, options.students, only)
    print(f"{len(members)} submissions in {options.into}")
    return _grade(members, options.into, only, options.kills) if options.grade else 0


if __name__ == "__main__":
    sys.exit(main())
