"""(f) Set-up: from a fresh copy of the project to its first verdict, and its downloads alone."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import environment, figures
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Row, Table
from benchmarks.options import Options
from checker.setup.environment import pins

_SAID = re.compile(r"- (.+) \.\.\.")
_PARTS = (
    ("Making a Python environment", "an environment"),
    ("Fetching uv", "uv, the installer"),
    ("Installing requirements", "packages"),
)
_AT_A_TIME = 16


def measure(options: Options) -> Iterator[Table]:
    """Yield the tables; one round with an empty package cache and one with the cache it left."""
    if not (environment.ROOT / ".git").exists():
        raise BenchmarkError("A fresh copy is made of what git knows, and there is no .git here.")
    caches = options.scratch / "caches"
    rows: dict[str, list[list[float]]] = {name: [[], []] for _, name in _PARTS}
    rows |= {"the rest, up to the first verdict": [[], []], "in all": [[], []]}
    for number in (0, 1):
        print(f"  {('empty', 'warm')[number]} cache …", flush=True)
        parts = first_verdict(options.scratch / f"fresh-{number}", caches)
        for name, seconds in parts.items():
            rows[name][number].append(seconds)
    print("  the same downloads, and the compiler …", flush=True)
    fetched, megabytes, sources = downloads(options.scratch / "downloads")
    compiled = sum(map(compile_source, sources))
    needs = fetched + compiled
    rows[f"floor: the same files, {megabytes:.0f} MB, fetched"] = [[fetched], []]
    names = ", ".join(each.name.rpartition("-")[0] for each in sources) or "nothing"
    rows[f"floor: the compiler, for {names}"] = [[compiled], []]
    setting_up = sum(rows[name][0][0] for _, name in _PARTS if rows[name][0])
    yield Table(
        "set-up",
        "From a fresh copy to the first verdict",
        "seconds",
        ["empty cache", "warm cache"],
        [Row(name, cells) for name, cells in rows.items()],
        [figures.ratio("set-up / its downloads and its compiler", [setting_up], [needs], 1.2)],
        [
            "System packages are there already; `tests/clean_machine.sh` measures a machine "
            "without them."
        ],
    )


def first_verdict(folder: Path, caches: Path) -> dict[str, float]:
    """Type ``check 1 --solution`` in a fresh copy; return how long each part took, in seconds."""
    copy_of_the_project(folder)
    python = getattr(sys, "_base_executable", sys.executable)
    settings = os.environ | {
        "UV_CACHE_DIR": str(caches / "uv"),
        "PIP_CACHE_DIR": str(caches / "pip"),
        "PYTHONUNBUFFERED": "1",
    }
    settings.pop("PYTHONPATH", None)
    begin = time.perf_counter()
    process = subprocess.Popen(
        [python, "-m", "checker", "check", "1", "--solution"],
        cwd=folder,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    lines = [(time.perf_counter() - begin, line) for line in process.stdout]
    whole = time.perf_counter() - begin
    if process.wait():
        raise BenchmarkError("The set-up failed:\n" + "".join(line for _, line in lines)[-2000:])
    return parts_of(lines, whole)


def parts_of(lines: list[tuple[float, str]], whole: float) -> dict[str, float]:
    """Return how long each part took.

    :param lines: what was printed, with the second at which it was.
    """
    found: dict[str, float] = {}
    for (at, line), (after, _) in pairwise(lines):
        if (said := _SAID.match(line)) is not None:
            for start, name in _PARTS:
                if said[1].startswith(start):
                    found[name] = after - at
    rest = whole - sum(found.values())
    return found | {"the rest, up to the first verdict": rest, "in all": whole}


def copy_of_the_project(into: Path) -> None:
    """Copy the working tree as a clone would have it."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.check_output(command, cwd=environment.ROOT, text=True).split("\0")
    shutil.rmtree(into, ignore_errors=True)
    for name in filter(None, names):
        source = environment.ROOT / name
        if source.is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into / name)


def downloads(into: Path) -> tuple[float, float, list[Path]]:
    """Fetch what the set-up fetches, and nothing else: no resolving, no unpacking, no copying.

    :return: seconds on the clock, megabytes, and the files that are sources to be compiled.
    """
    into.mkdir()
    wanted = ["-r", str(environment.CONSTRAINTS), f"uv=={pins('requirements-dev.txt')['uv']}"]
    line = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    report = into / "report.json"
    done = subprocess.run(
        [*line, "--report", str(report), *wanted], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"pip cannot say what would be fetched:\n{done.stderr[-1500:]}")
    addresses = [each["download_info"]["url"] for each in json.loads(report.read_text())["install"]]
    certificates = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    context = ssl.create_default_context(cafile=certificates)

    def fetch(address: str) -> Path:
        file = into / Path(urlsplit(address).path).name
        over = context if address.startswith("https:") else None
        with (
            contextlib.closing(urllib.request.urlopen(address, context=over)) as answer,
            file.open("wb") as target,
        ):
            shutil.copyfileobj(answer, target)
        return file

    begin = time.perf_counter()
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        files = list(pool.map(fetch, addresses))
    seconds = time.perf_counter() - begin
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    return seconds, megabytes, [file for file in files if file.name.endswith(".tar.gz")]


def compile_source(archive: Path) -> float:
    """Build an extension from its source and nothing else; return the seconds that it took."""
    folder = archive.with_suffix("")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (project,) = folder.iterdir()
    if not (project / "setup.py").exists():
        return 0.0
    environment.ensure()
    begin = time.perf_counter()
    done = subprocess.run(
        [environment.PYTHON, "setup.py", "build"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"{archive.name} cannot be built:\n{done.stderr[-1500:]}")
    return time.perf_counter() - begin
