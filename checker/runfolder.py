"""A temporary folder that does not outlive its owner for long, not even after ``kill -9``."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

#: Short, because the path of a unix socket may have 107 bytes (103 on macOS).
PREFIX = "flw-"
_LOCK = "lock"


class RunFolder:
    """A folder of this process's own, removed by :meth:`close`.

    A file in it is locked (``flock``) for as long as the owner lives. Whoever makes the next run
    folder removes those whose lock is free, so a killed owner leaves a folder only until then.

    :param parent: where to make it; the system's temporary folder when ``None``.
    :raises OSError: there is no room, or no right to write.
    """

    path: Path

    def __init__(self, parent: Path | None = None) -> None:
        parent = Path(tempfile.gettempdir()) if parent is None else parent
        remove_abandoned(parent)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._lock: int | None = None
        try:
            # Under its final name the file is never seen unlocked while the owner lives.
            new = self.path / f"{_LOCK}.new"
            self._lock = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            new.rename(self.path / _LOCK)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the folder and everything in it. Harmless the second time."""
        remove_tree(self.path)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def remove_abandoned(parent: Path) -> None:
    """Remove the run folders in ``parent`` whose owner, a process of the same user, is gone.

    Folders without a lock file are somebody else's and stay.
    """
    with os.scandir(parent) as entries:
        candidates = [
            Path(entry.path)
            for entry in entries
            if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False)
        ]
    for folder in candidates:
        # Gone by now, of another user, without lock, or locked: each means hands off.
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid != os.geteuid():
                continue
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_tree(folder)
            finally:
                os.close(lock)


def remove_tree(folder: Path) -> None:
    """Remove a folder whatever is in it: closed folders, depths that Python gives up on.

    :raises subprocess.CalledProcessError: even ``rm`` could not.
    """
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        if folder.is_symlink() or folder.exists():
            # chmod fails for files of other users, which may still be removable.
            subprocess.run(
                ["chmod", "-R", "u+rwX", str(folder)], stderr=subprocess.DEVNULL, check=False
            )
            subprocess.run(["rm", "-rf", str(folder)], check=True)
