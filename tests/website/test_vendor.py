"""What the pages are given on top: pinned, fetched by npm and pip, proven, compiled, and kept."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from checker.course import ROOT
from checker.setup.environment import STUDENT, pins
from checker.website.archives import PINS, Package, VendorError, pinned
from checker.website.vendor import FOLDER, is_complete, main, vendor

#: Packages of which a loopback index here has another build.
FROM_NPM, FROM_PYPI = "bcryptjs", "blinker"
METADATA = b"Metadata-Version: 2.1\nName: blinker\nVersion: 2.0\n"
ENTRY = """
[[npm]]
name = "mermaid"
version = "1"
archive = "mermaid-1.tgz"
hash = "sha512-x"
licence = "MIT"
[npm.files]
"package/mermaid.js" = "mermaid.js"
"""


@pytest.fixture
def folder(site: Path, tmp_path: Path) -> Path:
    """A folder with all that is pinned, as the built site has it."""
    return Path(shutil.copytree(site / "assets" / "vendor", tmp_path / "vendor"))


@pytest.fixture
def no_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """No npm and no Node.js to be found."""
    monkeypatch.setenv("PATH", os.devnull)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is a package index for npm and for pip, and the only one that they know."""
    folder = tmp_path / "index"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Index, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        _use(f"http://127.0.0.1:{server.server_port}", tmp_path, monkeypatch)
        try:
            yield folder
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def packages(index: Path) -> list[Package]:
    """What is pinned, two of them as the index here has them."""
    address = os.environ["NPM_CONFIG_REGISTRY"]
    tarball = _tarball({"umd/index.js": b"self.bcrypt = 1;\n", "LICENSE": b"Do as you like.\n"})
    wheel = _wheel(
        {
            "blinker.py": b"ANSWER = 42\n",
            "blinker-2.0.dist-info/METADATA": METADATA,
            "blinker-2.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
            "blinker-2.0.dist-info/LICENSE": b"Do as you like.\n",
        }
    )
    about = {"dist": {"tarball": f"{address}/bcryptjs-9.0.0.tgz", "integrity": _sha512(tarball)}}
    release = {"name": FROM_NPM, "version": "9.0.0", **about}
    document = {"name": FROM_NPM, "dist-tags": {"latest": "9.0.0"}, "versions": {"9.0.0": release}}
    files = {
        FROM_NPM: json.dumps(document).encode(),
        "bcryptjs-9.0.0.tgz": tarball,
        "simple/blinker/index.html": b'<a href="blinker-2.0-py3-none-any.whl">x</a>',
        "simple/blinker/blinker-2.0-py3-none-any.whl": wheel,
    }
    for name, content in files.items():
        (index / name).parent.mkdir(parents=True, exist_ok=True)
        (index / name).write_bytes(content)
    ours = {
        FROM_NPM: ("9.0.0", "bcryptjs-9.0.0.tgz", _sha512(tarball)),
        FROM_PYPI: ("2.0", "blinker-2.0-py3-none-any.whl", _sha512(wheel)),
    }
    return [
        package._replace(
            **dict(zip(("version", "archive", "hash"), ours[package.name], strict=True))
        )
        if package.name in ours
        else package
        for package in pinned()
    ]


class _Index(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def _use(address: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.lower().startswith(("npm_config_", "pip_")):
            monkeypatch.delenv(name)
    for name in ("NPM_CONFIG_USERCONFIG", "NPM_CONFIG_GLOBALCONFIG", "PIP_CONFIG_FILE"):
        (home / name).touch()
        monkeypatch.setenv(name, str(home / name))
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", address)
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(home / "npm-cache"))
    monkeypatch.setenv("NPM_CONFIG_UPDATE_NOTIFIER", "false")
    monkeypatch.setenv("PIP_INDEX_URL", f"{address}/simple/")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")


def _tarball(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return made.getvalue()


def _wheel(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
    return made.getvalue()


def _sha512(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def _contents(folder: Path) -> dict[str, str]:
    """Digests: where megabytes differ, pytest would print them."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_pages_have_the_packages_of_the_apps_in_the_same_versions() -> None:
    ours = pins(STUDENT)
    shared = {p.name: p.version for p in pinned() if p.name in ours}
    assert shared == {name: ours[name] for name in shared}
    assert shared.keys() >= {"Flask", "Werkzeug", "Flask-Login", "Flask-SQLAlchemy", "SQLAlchemy"}


def test_no_package_index_is_named() -> None:
    """Which one is asked is the business of whoever runs npm and pip."""
    files = [PINS, *(PINS.with_name(name) for name in ("archives.py", "vendor.py"))]
    text = "".join(path.read_text() for path in files)
    assert set(re.findall(r"https?://([^/\s\"]+)", text)) == {"github.com"}


def test_all_that_is_pinned_is_there_with_its_licence(folder: Path) -> None:
    assert is_complete(folder)
    told = (folder / "licences" / "README.txt").read_text()
    for package in pinned():
        (line,) = re.findall(
            rf"^{re.escape(package.name)} {re.escape(package.version)}: .+", told, re.M
        )
        assert package.licence in line
        texts = re.findall(r"[\w.-]+-LICEN[CS]E[\w.]*", line)
        assert [name for name in texts if (folder / "licences" / name).stat().st_size < 500] == []
        assert texts or package.source in line


def test_wheels_are_compiled_and_have_no_code_for_a_processor(folder: Path) -> None:
    wheels = sorted((folder / "wheels").iterdir())
    assert len(wheels) == len([package for package in pinned() if package.registry == "pypi"])
    for path in wheels:
        assert path.name.endswith("-none-any.whl")
        with zipfile.ZipFile(path) as wheel:
            names = wheel.namelist()
            tags = [wheel.read(name) for name in names if name.endswith(".dist-info/WHEEL")]
        assert not [name for name in names if name.endswith((".py", ".so", ".c", ".pyd"))], path
        assert [name for name in names if name.endswith(".pyc")]
        assert b"-none-any" in tags[0]


def test_when_all_is_there_nothing_is_fetched_and_nothing_changes(
    folder: Path, no_clients: None
) -> None:
    before = _contents(folder)
    assert vendor(folder) == []
    assert _contents(folder) == before


def test_what_is_missing_or_damaged_is_fetched_again_and_nothing_else(
    folder: Path, packages: list[Package]
) -> None:
    assert vendor(folder, packages) == ["bcryptjs@9.0.0", "blinker==2.0"]
    script, wheel = folder / "hashes/bcrypt.js", folder / "wheels/blinker-2.0-py3-none-any.whl"
    assert script.read_bytes() == b"self.bcrypt = 1;\n"
    assert not list(folder.glob("wheels/blinker-1*"))
    whole = _contents(folder)

    script.unlink()
    (folder / "hashes" / ".vendor-half").write_bytes(b"")
    os.utime(folder / "hashes" / ".vendor-half", (0, 0))
    (folder / "old.js").write_bytes(b"")
    assert vendor(folder, packages) == ["bcryptjs@9.0.0"]
    assert _contents(folder) == whole

    wheel.write_bytes(wheel.read_bytes()[:-9])
    assert vendor(folder, packages) == ["blinker==2.0"]
    assert _contents(folder) == whole

    (folder / "vendored.json").write_text('{"pyodide": ')
    (folder / "wheels.json").unlink()
    assert not is_complete(folder)


@pytest.mark.parametrize("name", [FROM_NPM, FROM_PYPI])
def test_another_archive_than_the_pinned_one_is_refused(
    folder: Path, packages: list[Package], name: str
) -> None:
    before = _contents(folder)
    wrong = [p._replace(hash="sha512-AAAA") if p.name == name else p for p in packages]
    with pytest.raises(VendorError) as error:
        vendor(folder, wrong)
    (package,) = [package for package in packages if package.name == name]
    assert f"{package.archive} is not what is pinned in vendor.toml" in str(error.value)
    assert "pinned:  sha512-AAAA\n" in str(error.value)
    assert f"fetched: {package.hash}\n" in str(error.value)
    assert _contents(folder) == before


def test_what_the_index_does_not_have_is_named(
    folder: Path, packages: list[Package], index: Path
) -> None:
    before = _contents(folder)
    (index / "simple/blinker/index.html").write_text("")
    with pytest.raises(VendorError, match=r"pip could not fetch blinker==2\.0 \(exit 1\)"):
        vendor(folder, packages)
    (index / FROM_NPM).unlink()
    with pytest.raises(VendorError, match=r"npm could not fetch bcryptjs@9\.0\.0 \(exit 1\)"):
        vendor(folder, packages)
    assert _contents(folder) == before


def test_a_file_that_the_archive_has_not_is_named(folder: Path, packages: list[Package]) -> None:
    wrong = [
        p._replace(files={"package/dist/bcrypt.js": "hashes/bcrypt.js"})
        if p.name == FROM_NPM
        else p
        for p in packages
    ]
    said = r"bcryptjs-9\.0\.0\.tgz has no package/dist/bcrypt\.js. Correct `files` of bcryptjs"
    with pytest.raises(VendorError, match=said):
        vendor(folder, wrong)


def test_without_npm_it_says_what_to_install(folder: Path, no_clients: None) -> None:
    (folder / "mermaid.min.js").unlink()
    with pytest.raises(VendorError, match=r"npm is not on this machine's PATH\..*\n.*Node\.js"):
        vendor(folder)


def test_the_command_says_what_it_did_not_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    no_clients: None,
) -> None:
    monkeypatch.setattr("checker.website.vendor.vendor", partial(vendor, tmp_path))
    assert main() == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("The pages' vendored files are not complete: npm is not on")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "wheels.json").unlink()
    (folder / "wheels.json").mkdir()
    (folder / "wheels.json" / "in-the-way").touch()
    monkeypatch.setattr("checker.website.vendor.vendor", partial(vendor, folder))
    assert main() == 1
    assert capsys.readouterr().err.startswith(f"{folder / 'wheels.json'} could not be written: ")


def test_a_list_of_pins_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vendor.toml"
    path.write_text("[[npm]\n")
    with pytest.raises(VendorError, match=r"^vendor\.toml cannot be read: .+line 1"):
        pinned(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('licence = "MIT"\n', "", "`licence` is missing"),
        ("[npm.files]", 'colour = "red"\n[npm.files]', "`colour` means nothing here"),
        ('version = "1"', "version = 1", "`version` is 1, expected text"),
        ('"mermaid.js"\n', '"../mermaid.js"\n', "leads out of the folder"),
        ('[npm.files]\n"package/mermaid.js" = "mermaid.js"', "", "`files` is missing"),
        ("[npm.files]", 'platform = "any"\n[npm.files]', "`platform` means nothing here"),
    ],
)
def test_an_entry_that_is_not_as_it_should_be_is_named(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "vendor.toml"
    path.write_text(ENTRY)
    assert [package.spec for package in pinned(path)] == ["mermaid@1"]
    assert old in ENTRY
    path.write_text(ENTRY.replace(old, new))
    with pytest.raises(VendorError) as error:
        pinned(path)
    assert str(error.value).startswith("vendor.toml, [[npm]] number 1 (mermaid): ")
    assert said in str(error.value)


def test_the_vendored_files_stay_out_of_git() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert f"/{FOLDER.relative_to(ROOT).as_posix()}/" in ignored
