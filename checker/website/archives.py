"""The archives of other people's packages: pinned, fetched by their own clients, and proven."""

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

PINS = Path(__file__).with_name("vendor.toml")
AGAIN = "Then run `python3 -m checker.website.vendor` again."
FETCHED_WITHIN = 600
"""Seconds for one client; a slow line needs two minutes."""
PYTHON = "3.14"
"""The Python of the Pyodide that vendor.toml names; it decides which wheels fit."""
_TEXTS = {"name", "version", "archive", "hash", "licence"}
_MAY_HAVE = {"npm": {"files", "source"}, "pypi": {"platform", "without"}}
_DATE = (1980, 1, 1, 0, 0, 0)


class VendorError(Exception):
    """What the pages need could not be brought; the text says what is wrong and what to do."""


class Package(NamedTuple):
    """One entry of vendor.toml."""

    registry: str
    """"npm" or "pypi"."""
    name: str
    version: str
    archive: str
    """The name of the file that the index has."""
    hash: str
    """What must be in it: "sha512-" or "sha256-" and the digest in base64."""
    licence: str
    """The licence, by its SPDX name."""
    files: dict[str, str]
    """Of an npm package: {file in the archive: where it goes}."""
    platform: str
    """The platform of the wheel: "any" for one without compiled code."""
    without: str
    """What the names of the files begin with that are left out of the wheel, or ""."""
    source: str
    """Where the source code is, when the archive has no text of the licence."""

    @property
    def spec(self) -> str:
        """The package as its client is told it."""
        return f"{self.name}{'@' if self.registry == 'npm' else '=='}{self.version}"

    @property
    def wheel(self) -> str:
        """What the wheel is called among the vendored files."""
        if not self.without:
            return self.archive
        return f"{self.archive.split('-')[0]}-{self.version}-py3-none-any.whl"


def pinned(path: Path = PINS) -> list[Package]:
    """Return what is pinned, in order.

    :raises VendorError: the file is not as it should be; the text names the entry.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise VendorError(f"{path.name} cannot be read: {error}. Correct it. {AGAIN}") from None
    return [
        _package(path, index, number, entry)
        for index in ("npm", "pypi")
        for number, entry in enumerate(said.get(index, []), start=1)
    ]


def _package(path: Path, index: str, number: int, entry: dict[str, Any]) -> Package:
    where = f"{path.name}, [[{index}]] number {number} ({entry.get('name', 'without a name')})"
    wrong = set(entry) ^ _TEXTS
    for key in sorted(wrong - _MAY_HAVE[index]):
        said = "is missing" if key in _TEXTS else "means nothing here; take it out"
        raise VendorError(f"{where}: `{key}` {said}.")
    for key, value in entry.items():
        texts = value.values() if key == "files" and isinstance(value, dict) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise VendorError(f"{where}: `{key}` is {value!r}, expected text.")
    files = entry.get("files", {})
    for place in (*files.values(), entry["archive"]):
        if Path(place).is_absolute() or ".." in Path(place).parts:
            raise VendorError(f"{where}: {place!r} leads out of the folder of vendored files.")
    if index == "npm" and not files:
        raise VendorError(f"{where}: `files` is missing: what to take, and where to put it.")
    more = {key: entry.get(key, "") for key in ("without", "source")}
    platform = entry.get("platform", "any")
    return Package(index, **{k: entry[k] for k in _TEXTS}, files=files, platform=platform, **more)


def fetch(packages: Iterable[Package], folder: Path) -> None:
    """Have npm and pip put the packages' archives into a folder, and prove that they are right.

    :raises VendorError: there is no client, it does not get the archive, or another one comes.
    """
    packages = list(packages)
    if from_npm := [package for package in packages if package.registry == "npm"]:
        _run([*_npm(), f"--pack-destination={folder}"], from_npm, folder)
    wheels = [package for package in packages if package.registry == "pypi"]
    for platform in sorted({package.platform for package in wheels}):
        fitting = [package for package in wheels if package.platform == platform]
        _run([*_pip(platform), f"--dest={folder}"], fitting, folder)
    for package in packages:
        prove(package, folder / package.archive)


def prove(package: Package, path: Path) -> None:
    """Compare an archive with its pinned hash.

    :raises VendorError: it is not there or another one.
    """
    if not path.is_file():
        came = ", ".join(sorted(file.name for file in path.parent.iterdir())) or "nothing"
        raise VendorError(
            f"{package.spec}: expected {package.archive}, got {came}. Nothing was kept.\n"
            f"Correct `archive` in {PINS.name}. {AGAIN}"
        )
    method = package.hash.partition("-")[0]
    if method not in ("sha256", "sha512"):
        raise VendorError(
            f"{PINS.name}: the `hash` of {package.name} is {package.hash!r}, "
            "expected sha512-… or sha256-…, the digest in base64."
        )
    digest = base64.b64encode(hashlib.new(method, path.read_bytes()).digest()).decode()
    if package.hash != f"{method}-{digest}":
        raise VendorError(
            f"{package.archive} is not what is pinned in {PINS.name}. Nothing was kept.\n"
            f"  pinned:  {package.hash}\n"
            f"  fetched: {method}-{digest}\n"
            "If you changed the version, change the hash with it. If you did not, the package "
            f"index sends something else than before: do not use it, find out why. {AGAIN}"
        )


def _npm() -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError(
            "npm is not on this machine's PATH. It fetches what runs Python in a page.\n"
            f"Install Node.js, which brings npm. {AGAIN}"
        )
    return [
        npm,
        "pack",
        "--silent",
        "--ignore-scripts",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=1000",
    ]


def _pip(platform: str) -> list[str]:
    build = ["py", "none"] if platform == "any" else ["cp", f"cp{PYTHON.replace('.', '')}"]
    return [
        *(sys.executable, "-I", "-m", "pip", "download", "--quiet", "--no-input", "--retries=1"),
        *("--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
        *(f"--platform={platform}", f"--python-version={PYTHON}"),
        *(f"--implementation={build[0]}", f"--abi={build[1]}"),
    ]


def _run(command: list[str], packages: list[Package], folder: Path) -> None:
    specs = [package.spec for package in packages]
    client = "npm" if packages[0].registry == "npm" else "pip"
    try:
        done = subprocess.run(
            [*command, *specs],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=FETCHED_WITHIN,
        )
        said, ended = done.stdout, f"exit {done.returncode}" if done.returncode else ""
    except subprocess.TimeoutExpired as error:
        said, ended = str(error.stdout or ""), f"no end after {FETCHED_WITHIN} seconds"
    if ended:
        lines = [line for line in said.splitlines() if line and not line.startswith("WARNING")]
        last = "".join(f"\n  {line}" for line in lines[-5:])
        raise VendorError(
            f"{client} could not fetch {', '.join(specs)} ({ended}). Nothing was kept.{last}\n"
            f"Look whether this machine reaches the package index that {client} is set up for. "
            f"{AGAIN}"
        )


def unpack(package: Package, archive: Path) -> dict[str, bytes]:
    """Return what an archive brings: {place below the folder of vendored files: content}.

    :raises VendorError: a file that vendor.toml names is not in the archive, or the licence is not.
    """
    content = _of_npm(archive) if package.registry == "npm" else _of_wheel(archive)
    if package.registry == "npm":
        if absent := sorted(set(package.files) - set(content)):
            raise VendorError(
                f"{archive.name} has no {', '.join(absent)}. Correct `files` of {package.name} "
                f"in {PINS.name}. {AGAIN}"
            )
        brought = {place: content[name] for name, place in package.files.items()}
    else:
        brought = {f"wheels/{package.wheel}": _wheel(package, archive, content)}
    licences = [name for name in content if _is_licence(name)]
    if not licences and not package.source:
        raise VendorError(
            f"{archive.name} holds no licence. Name in {PINS.name} the `source` of {package.name}, "
            "where it can be read."
        )
    own = package.name.strip("@").replace("/", "-")
    return brought | {f"licences/{own}-{Path(name).name}": content[name] for name in licences}


def _of_npm(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        files = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        return {name: file.read() for name, file in files.items() if file}


def _of_wheel(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}


def _is_licence(name: str) -> bool:
    folders = Path(name).parts[:-1]
    top = len(folders) == 1 and (folders[0] == "package" or folders[0].endswith(".dist-info"))
    licences = len(folders) == 2 and folders[0].endswith(".dist-info")
    return (top or licences) and Path(name).name.upper().startswith(("LICENSE", "LICENCE"))


def _wheel(package: Package, archive: Path, content: dict[str, bytes]) -> bytes:
    if not package.without:
        return archive.read_bytes()
    kept = {n: text for n, text in content.items() if not n.startswith(package.without)}
    if kept == content:
        raise VendorError(
            f"{archive.name} has nothing that begins with {package.without!r}. Correct `without` "
            f"of {package.name} in {PINS.name}. {AGAIN}"
        )
    info = next(name for name in kept if name.endswith(".dist-info/WHEEL"))
    tags = [line for line in kept[info].decode().splitlines() if line and "Tag: " not in line]
    tags = [line.replace("Purelib: false", "Purelib: true") for line in tags]
    kept[info] = "\n".join([*tags, "Tag: py3-none-any", ""]).encode()
    record = info.replace("/WHEEL", "/RECORD")
    kept[record] = "".join(_recorded(n, t) for n, t in kept.items() if n != record).encode()
    kept[record] += f"{record},,\n".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, text in kept.items():
            wheel.writestr(zipfile.ZipInfo(name, _DATE), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _recorded(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(content)}\n"
