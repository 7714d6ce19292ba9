import subprocess
import sys
from pathlib import Path

import pytest

from checker.runfolder import RunFolder, remove_abandoned, remove_tree

OWNER = """
import os, signal, sys
from pathlib import Path
from checker.runfolder import RunFolder
folder = RunFolder(Path(sys.argv[1]))
(folder.path / "something").touch()
print(folder.path, flush=True)
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
sys.stdin.read()
"""


def owner(parent: Path, fate: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", OWNER, str(parent), fate],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_it_is_removed_with_everything_in_it(tmp_path: Path) -> None:
    with RunFolder(tmp_path) as folder:
        (folder.path / "deep" / "deeper").mkdir(parents=True)
    assert list(tmp_path.iterdir()) == []
    folder.close()


def test_it_is_removed_after_an_exception(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), RunFolder(tmp_path):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_its_path_leaves_room_for_a_socket() -> None:
    with RunFolder() as folder:
        assert len(str(folder.path / "socket" / "mysqld.sock")) < 100


def test_the_next_one_removes_that_of_a_killed_owner(tmp_path: Path) -> None:
    with owner(tmp_path, "killed") as process:
        left, _ = process.communicate()
    assert (Path(left.strip()) / "something").exists()
    with RunFolder(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder.path]


def test_that_of_a_living_owner_stays(tmp_path: Path) -> None:
    with owner(tmp_path, "living") as process:
        assert process.stdout is not None
        other = Path(process.stdout.readline().strip())
        with RunFolder(tmp_path) as folder:
            assert sorted(tmp_path.iterdir()) == sorted([folder.path, other])
            assert (other / "something").exists()
        process.communicate()


def test_folders_without_our_lock_stay(tmp_path: Path) -> None:
    (tmp_path / "flw-apps-of-somebody").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "lock").touch()
    (tmp_path / "flw-link").symlink_to(tmp_path / "other")
    remove_abandoned(tmp_path)
    assert (tmp_path / "flw-apps-of-somebody").is_dir()
    assert (tmp_path / "other" / "lock").exists()
    assert (tmp_path / "flw-link").is_symlink()


def test_closed_folders_and_great_depth_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    make = "import os\nfor n in range(1200): os.mkdir('d'); os.chdir('d')"
    subprocess.run([sys.executable, "-c", make], cwd=folder, check=True)
    (folder / "d" / "d").chmod(0)
    remove_tree(folder)
    assert not folder.exists()
