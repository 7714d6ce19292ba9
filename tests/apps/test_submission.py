"""Reading a folder that somebody handed in."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from checker.apps import submission as module
from checker.apps.submission import Submission, SubmissionError

ODD_NAME = b"odd\xff.py"


def test_files_are_read_with_their_folders_and_without_what_tools_leave_behind(tmp_path: Path):
    for name in ("app.py", "templates/a.html", "static/css/b.css", ".flaskenv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    for name in (".git", "venv", ".venv", "__pycache__", "node_modules", ".mypy_cache"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("left out")
        (tmp_path / "static" / name).mkdir()
        (tmp_path / "static" / name / "file").write_text("left out as well")
    submission = Submission.read(tmp_path)
    assert submission.files == {
        ".flaskenv": b".flaskenv",
        "app.py": b"app.py",
        "static/css/b.css": b"static/css/b.css",
        "templates/a.html": b"templates/a.html",
    }
    assert submission.skipped == ()


def test_links_and_special_files_are_skipped_with_a_reason(tmp_path: Path):
    outside = tmp_path / "secret"
    outside.write_text("s3cret")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "app.py").write_text("")
    (folder / "link.py").symlink_to(outside)
    (folder / "dangling").symlink_to("/nowhere")
    (folder / "parent").symlink_to("..")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        submission = Submission.read(folder)
    assert list(submission.files) == ["app.py"]
    assert dict(submission.skipped) == {
        "link.py": "links are not followed",
        "dangling": "links are not followed",
        "parent": "links are not followed",
        "loop": "links are not followed",
        "pipe": "neither a file nor a folder",
        "socket": "neither a file nor a folder",
    }


def test_a_name_that_is_no_text_is_skipped(tmp_path: Path):
    (tmp_path / "app.py").write_text("")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + ODD_NAME)).write_text("")
    submission = Submission.read(tmp_path)
    assert list(submission.files) == ["app.py"]
    ((name, reason),) = submission.skipped
    assert (name.encode(), reason) == (b"odd?.py", "its name is no valid UTF-8")


@pytest.mark.parametrize("name", ["-rf", "a b.py", "\n.py", "ü.py", "\x1b[2J.py", "..py", "'\".py"])
def test_odd_names_that_are_text_are_read(tmp_path: Path, name: str):
    (tmp_path / name).write_text("")
    assert list(Submission.read(tmp_path).files) == [name]


def test_what_was_swapped_for_a_link_meanwhile_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "app.py").write_text("")
    original = module._read

    def swapped(path: Path, limit: int) -> bytes:
        path.unlink()
        path.symlink_to(secret)
        return original(path, limit)

    monkeypatch.setattr(module, "_read", swapped)
    submission = Submission.read(folder)
    assert submission.files == {}
    assert submission.skipped[0][0] == "app.py"


def test_what_was_swapped_for_a_pipe_meanwhile_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "app.py").write_text("")
    original = module._read

    def swapped(path: Path, limit: int) -> bytes:
        path.unlink()
        os.mkfifo(path)
        return original(path, limit)

    monkeypatch.setattr(module, "_read", swapped)
    assert Submission.read(tmp_path).files == {}


def test_what_grows_while_it_is_read_is_read_up_to_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    os.truncate(os.open(tmp_path / "large", os.O_CREAT | os.O_WRONLY), 10**12)
    with pytest.raises(SubmissionError, match="holds more than"):
        Submission.read(tmp_path)


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_FILES", 5), ("MAX_BYTES", 5), ("MAX_ENTRIES", 5)]
)
def test_a_folder_that_is_too_large_is_refused_with_the_name_where_it_was_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
):
    for number in range(7):
        (tmp_path / f"file{number}").write_text("x")
    monkeypatch.setattr(module, limit, value)
    with pytest.raises(SubmissionError, match=r"seen at 'file\d'\).*move data"):
        Submission.read(tmp_path)


def test_links_without_number_are_not_looked_at_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "MAX_ENTRIES", 50)
    for number in range(51):
        (tmp_path / f"{number}").symlink_to("x")
    with pytest.raises(SubmissionError):
        Submission.read(tmp_path)


def test_folders_are_entered_to_a_depth_that_no_app_has(tmp_path: Path):
    deep = tmp_path
    for _ in range(30):
        deep = deep / "d"
        deep.mkdir()
    (deep / "app.py").write_text("")
    submission = Submission.read(tmp_path)
    assert submission.files == {}
    assert submission.skipped[0][1] == "more than 20 folders deep"


def test_a_file_that_cannot_be_read_is_told_and_not_fatal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "app.py").write_text("")

    def refused(path: Path, limit: int) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "_read", refused)
    assert Submission.read(tmp_path).skipped == (("app.py", "cannot be read: Permission denied"),)


def test_a_file_is_no_submission(tmp_path: Path):
    (tmp_path / "app.py").write_text("")
    with pytest.raises(SubmissionError, match="is not a folder"):
        Submission.read(tmp_path / "app.py")


def test_nothing_is_written_to_the_folder(tmp_path: Path):
    (tmp_path / "app.py").write_text("")
    before = tmp_path.stat().st_mtime_ns
    Submission.read(tmp_path)
    assert tmp_path.stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_equal_files_make_equal_digests_and_different_ones_do_not():
    assert Submission({"a": b"1"}).digest == Submission({"a": b"1"}).digest
    different = [{"a": b"1"}, {"a": b"2"}, {"b": b"1"}, {"a": b"", "1": b""}, {"a1": b""}, {}]
    assert len({Submission(files).digest for files in different}) == len(different)


def test_pages_are_at_the_usual_places_unless_the_submission_says_otherwise():
    assert Submission({}).paths["login"] == "/login"
    paths = Submission({"checker.toml": b'[paths]\nlogin = "/entrar"\n'}).paths
    assert (paths["login"], paths["home"]) == ("/entrar", "/")


@pytest.mark.parametrize(
    "text",
    [
        b"[paths",
        b"\xff\xfe",
        b"score = 100",
        b"[paths]\nadmin = '/admin'",
        b"[paths]\nlogin = 5",
        b"[paths]\nlogin = ['/a']",
        b"[paths]\nlogin = 'login'",
        b"[paths]\nlogin = ''",
        b"[paths]\nlogin = '//evil.example'",
        b"[paths]\nlogin = '/\\evil.example'",
        b"[paths]\nlogin = 'http://evil.example/'",
        b"[paths]\nlogin = '/a b'",
        b'[paths]\nlogin = "/a\\r\\nX: y"',
        b'[paths]\nlogin = "/\\u001b[2J"',
        b'[paths]\nlogin = "/\\u202e"',
        b"[paths]\nlogin = '/" + b"a" * 300 + b"'",
        b"paths = 5",
        b"a = " + b"[" * 9_000,
        b"x" * 20_000_000,
        b".".join([b"a"] * 4_900) + b" = 1",
    ],
)
def test_settings_that_cannot_be_used_are_refused_in_one_short_sentence(text: bytes):
    with pytest.raises(SubmissionError) as error:
        _ = Submission({"checker.toml": text}).paths
    assert str(error.value).startswith("checker.toml")
    assert len(str(error.value)) < 600
