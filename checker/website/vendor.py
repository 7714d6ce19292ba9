"""What the site's pages need from other people, brought into `docs/assets/vendor/`.

`python3 -m checker.website.vendor` fetches what is not there yet: Python for the browser, the
packages that the notebooks import, and what draws the diagrams. Everything is pinned in
`vendor.toml`, so a page never has to ask another host. When all is there, it only looks.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from checker.website.archives import AGAIN, Package, VendorError, fetch, pinned, unpack

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "assets" / "vendor"
RECORD = "vendored.json"
"""Written last: {package: {"pin": what it was made from, "files": {place: SHA-256}}}."""
COMPILER = Path(__file__).with_name("compile_python.mjs")
LOCK = "pyodide/pyodide-lock.json"
WHEELS = "wheels.json"
"""For the pages: {name to import: {"wheel": its file, "needs": other names to import}}."""
LICENCES = "licences/README.txt"
UNFINISHED = ".vendor-"
"""What the names of half-written files begin with: a dot in front, so they are no site's."""


def vendor(folder: Path = FOLDER, packages: list[Package] | None = None) -> list[str]:
    """Bring what is not there, or not as it should be, and remove what is no longer wanted.

    :param folder: where it goes.
    :param packages: what to bring; without it what vendor.toml pins.
    :return: the packages that were fetched, such as ``pyodide@314.0.7``.
    :raises VendorError: it could not be brought. The folder is as it was then.
    """
    packages = pinned() if packages is None else packages
    record = _recorded(folder)
    wanted = [package for package in packages if not _is_there(package, record, folder)]
    brought: dict[str, bytes] = {}
    if wanted:
        with tempfile.TemporaryDirectory(prefix="vendor-") as temporary:
            fetch(wanted, Path(temporary))
            made = {p.name: _made(unpack(p, Path(temporary, p.archive))) for p in wanted}
            for files in made.values():
                brought |= files
            compiled = _compiled(brought, folder, Path(temporary, "files"))
        for package in wanted:
            files = {place: compiled.get(place, text) for place, text in made[package.name].items()}
            hashes = {place: _sha256(content) for place, content in files.items()}
            record[package.name] = {"pin": _pin(package), "files": hashes}
        brought |= compiled
    record = {package.name: record[package.name] for package in packages}
    for place, content in brought.items():
        _write(folder / place, content)
    places = {place for entry in record.values() for place in entry["files"]}
    _write(folder / WHEELS, _as_json(_imports(folder, packages)))
    _write(folder / LICENCES, _licences(packages, record).encode())
    _remove(folder, places | {WHEELS, LICENCES, RECORD})
    _write(folder / RECORD, _as_json(record))
    return [package.spec for package in wanted]


def is_complete(folder: Path = FOLDER) -> bool:
    """Tell whether all that is pinned is in the folder, as it should be. Nothing is fetched."""
    record = _recorded(folder)
    made = all((folder / name).is_file() for name in (WHEELS, LICENCES))
    return made and all(_is_there(package, record, folder) for package in pinned())


def _recorded(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_there(package: Package, record: dict[str, Any], folder: Path) -> bool:
    entry = record.get(package.name)
    if not isinstance(entry, dict) or entry.get("pin") != _pin(package):
        return False
    files = entry.get("files")
    if not isinstance(files, dict):
        return False
    return all(_content_is(folder / place, digest) for place, digest in files.items())


def _content_is(path: Path, digest: object) -> bool:
    try:
        return _sha256(path.read_bytes()) == digest
    except OSError:
        return False


def _pin(package: Package) -> str:
    return _sha256(repr(tuple(package)).encode() + COMPILER.read_bytes())


def _made(files: dict[str, bytes]) -> dict[str, bytes]:
    if LOCK in files:
        # Without the packages that Pyodide would load from its own host.
        lock = json.loads(files[LOCK])
        files = files | {LOCK: _as_json({"info": lock["info"], "packages": {}})}
    return files


def _compiled(brought: dict[str, bytes], folder: Path, temporary: Path) -> dict[str, bytes]:
    """Return what is to be compiled of what was brought, compiled.

    :param folder: where Pyodide is when it was not brought.
    :param temporary: a folder to be made.
    """
    for place, content in brought.items():
        _write(temporary / place, content)
    archives = [p for p in brought if Path(p).suffix in (".whl", ".zip")]
    if not archives:
        return {}
    pyodide = temporary if LOCK in brought else folder
    node = shutil.which("node")
    if node is None:
        raise VendorError(f"node is not on this machine's PATH. Install Node.js. {AGAIN}")
    paths = [COMPILER, pyodide / Path(LOCK).parent, *(temporary / place for place in archives)]
    done = subprocess.run(
        [node, *map(str, paths)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        # It prints whole lines of Pyodide, of a megabyte each, before it says what went wrong.
        said = "".join(f"\n  {line}" for line in done.stdout.splitlines()[-12:] if len(line) < 500)
        raise VendorError(
            f"{COMPILER.name} could not compile the packages (exit {done.returncode}). Nothing was "
            f"kept.{said}\nIt needs Node.js 18 or newer; `node --version` tells which is here. "
            f"{AGAIN}"
        )
    return {place: (temporary / place).read_bytes() for place in archives}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _as_json(value: object) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; leave one alone that is as it should be."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove(folder: Path, wanted: set[str]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.name.startswith(UNFINISHED) and time.time() - path.stat().st_mtime < 3600:
            continue  # another process may be writing it just now
        elif path.relative_to(folder).as_posix() not in wanted:
            path.unlink()


def _imports(folder: Path, packages: Iterable[Package]) -> dict[str, Any]:
    """Return what a page has to load before it can import a name."""
    names: dict[str, tuple[str, list[str]]] = {}
    required: dict[str, list[str]] = {}
    for package in (package for package in packages if package.registry == "pypi"):
        place = f"wheels/{package.wheel}"
        with zipfile.ZipFile(io.BytesIO((folder / place).read_bytes())) as wheel:
            tops = {name.split("/")[0].removesuffix(".pyc") for name in wheel.namelist()}
            tops = {top for top in tops if top.isidentifier()}
            metadata = next(n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
            said = BytesHeaderParser().parsebytes(wheel.read(metadata))
        names[_normal(package.name)] = place, sorted(tops)
        required[_normal(package.name)] = [
            _normal(re.split(r"[^\w.-]", line.strip(), maxsplit=1)[0])
            for line in said.get_all("Requires-Dist", [])
            if "extra ==" not in line
        ]
    return {
        top: {
            "wheel": place,
            "needs": sorted(
                t for needed in required[name] if needed in names for t in names[needed][1]
            ),
        }
        for name, (place, tops) in names.items()
        for top in tops
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licences(packages: Iterable[Package], record: dict[str, Any]) -> str:
    lines = ["What is vendored here was written by others, under these licences:", ""]
    for package in packages:
        files = sorted(record[package.name]["files"])
        texts = [Path(place).name for place in files if place.startswith("licences/")]
        said = ", ".join(texts) or f"its source code and licence: {package.source}"
        lines.append(f"{package.name} {package.version}: {package.licence} ({said})")
        lines += [f"  {place}" for place in files if not place.startswith("licences/")]
    return "\n".join([*lines, ""])


def main() -> int:
    """Bring what is not there and say so; return the process's exit status."""
    try:
        fetched = vendor()
    except VendorError as error:
        print(f"The pages' vendored files are not complete: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        place = error.filename2 or error.filename or FOLDER
        print(
            f"{place} could not be written: {error.strerror or error}. Make it writable, then run "
            "`python3 -m checker.website.vendor` again.",
            file=sys.stderr,
        )
        return 1
    if fetched:
        print(f"Fetched into docs/assets/vendor/: {', '.join(fetched)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
