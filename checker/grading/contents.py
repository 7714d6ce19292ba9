"""What is inside one submission, wherever it lies, and which of its folders is which step."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from checker.apps.submission import LEFT_OUT, MAX_BYTES, MAX_ENTRIES, Submission
from checker.course import Step
from checker.grading.archives import Archive, leads_outside, outside, too_large
from checker.grading.refusals import Refused, named, refusing

#: What `flask run` looks for.
_APPS = ("app.py", "wsgi.py")
#: Folders of the workshop's own repository that hold apps of ours.
_OURS = ("solutions", "checker", "tests")
_DEEPEST = 3
_NUMBERED = re.compile(r"(?:step)?[ _-]*0*(\d{1,2})(?:[ _.-].*)?", re.IGNORECASE)
_PACKED = (".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz")


class Contents:
    """The files of one submission: folders, zips, or both beside each other.

    Where a submission's folder holds no Python but a zip, that counts as a folder with its name,
    because platforms that collect files put what a student has uploaded into a folder.

    :param parts: name within the submission (empty: the submission itself) and path of each part.
    :raises Refused: something in it must not or cannot be graded.
    """

    def __init__(self, parts: Sequence[tuple[str, Path]]) -> None:
        self._parts: dict[str, _Folder | _Loose | Archive] = {}
        loose: dict[str, Path] = {}
        for name, path in parts:
            if path.is_dir():
                self._parts[name] = folder = _Folder(path)
                for zipped in folder.zips():
                    inner = f"{name}/{zipped.stem}" if name else zipped.stem
                    self._parts[inner] = Archive(zipped)
            elif path.suffix.lower() == ".zip":
                self._parts[PurePosixPath(name).stem if name else ""] = Archive(path)
            else:
                loose[name] = path
        if loose:
            self._parts.setdefault("", _Loose(loose))
        self.names = tuple(
            f"{prefix}/{name}" if prefix else name
            for prefix, part in self._parts.items()
            for name in part.names
        )

    def submission(self, folder: str) -> Submission:
        """Return the files below a folder of it (empty: all) as they are graded.

        :raises Refused: they cannot be graded.
        """
        for prefix in sorted(self._parts, key=len, reverse=True):
            if not prefix or folder == prefix or folder.startswith(prefix + "/"):
                with refusing():
                    found = self._parts[prefix].submission(folder.removeprefix(prefix).strip("/"))
                    found.paths  # noqa: B018 - a checker.toml that cannot be used is told now
                    return found
        raise Refused(f"There is no folder {named(folder)} in it.", "Hand in again.")

    def steps(self, course: Sequence[Step]) -> dict[int, str]:
        """Return the folder of each step of the course; one app alone stands for every step.

        :raises Refused: there is no app, or it cannot be told which folder is meant.
        """
        names = [name for name in self.names if not name.startswith(".")]
        if not any(name.endswith(".py") for name in names):
            packed = next((name for name in names if name.endswith(_PACKED)), None)
            if packed is not None:
                raise Refused(
                    f"{named(packed)} is an archive that is not looked into.", "Hand in a zip."
                )
            raise Refused(
                "There is no Python file in it, and so no app.", "Hand in the folder with app.py."
            )
        root = _unwrapped("", names)
        folders = list(_folders(root, names))
        if f"{root}/steps".lstrip("/") in folders:  # the workshop's own repository, or one like it
            root = f"{root}/steps".lstrip("/")
            candidates = [folder for folder in folders if _below(folder, root) == 1]
        else:
            with_python = set(_folders(root, [name for name in names if name.endswith(".py")]))
            candidates = [
                folder
                for folder in folders
                if 1 <= _below(folder, root) <= _DEEPEST
                and folder in with_python
                and not set(_OURS).intersection(PurePosixPath(folder).parts)
            ]
            if set(names).intersection(f"{root}/{app}".lstrip("/") for app in _APPS):
                candidates = []  # an app with folders of its own, whatever they are called
        found: dict[int, str] = {}
        for step in course:
            here = [folder for folder in candidates if _number(folder, course) == step.number]
            if here:
                found[step.number] = _unwrapped(_only(here, step), names)
        return found or dict.fromkeys((step.number for step in course), _app(root, folders, names))


class _Folder:
    """A folder on this machine's disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.names = tuple(self._walk())

    def submission(self, folder: str) -> Submission:
        return Submission.read(self._path / folder)

    def zips(self) -> list[Path]:
        """Return the zips that are what was handed in, and not a part of it."""
        if any(name.endswith(".py") for name in self.names):
            return []
        return [self._path / n for n in self.names if "/" not in n and n.lower().endswith(".zip")]

    def _walk(self) -> Iterator[str]:
        """Yield the names of its files; links are not followed, tools' folders not entered."""
        waiting = [""]
        left = MAX_ENTRIES
        while waiting:
            prefix = waiting.pop()
            try:
                with os.scandir(self._path / prefix) as scanned:
                    entries = sorted(islice(scanned, left + 1), key=lambda entry: entry.name)
            except OSError as error:
                raise _unreadable(prefix.rstrip("/") or ".", error) from error
            left -= len(entries)
            if left < 0:
                raise Refused(
                    f"It holds more than {MAX_ENTRIES:,} files and folders.",
                    "Hand in the app alone, without environments, packages and data.",
                )
            for entry in entries:
                name = prefix + entry.name
                if entry.name in LEFT_OUT:
                    continue
                if not _is_utf8(name):
                    raise Refused(f"The name {named(name)} in it is no valid UTF-8.", "Rename it.")
                if entry.is_symlink():
                    target = os.readlink(entry.path)  # noqa: PTH115 - a name as it stands there
                    if leads_outside(name, target):
                        raise outside(name, target)
                elif entry.is_dir():
                    waiting.append(name + "/")
                elif not entry.is_file():
                    raise Refused(f"{named(name)} is neither a file nor a folder.", "Leave it out.")
                elif not os.access(entry.path, os.R_OK):
                    raise _unreadable(name, PermissionError(13, "Permission denied"))
                else:
                    yield name


class _Loose:
    """Files that lie in the folder of submissions itself, each under a name with its owner's."""

    def __init__(self, files: dict[str, Path]) -> None:
        self._files = files
        self.names = tuple(files)

    def submission(self, _folder: str) -> Submission:
        if sum(path.stat().st_size for path in self._files.values()) > MAX_BYTES:
            raise too_large(min(self._files))
        return Submission({name: path.read_bytes() for name, path in sorted(self._files.items())})


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(name: str, error: OSError) -> Refused:
    return Refused(f"{named(name)} cannot be read: {error.strerror}.", "Mend its permissions.")


def _folders(root: str, names: Iterable[str]) -> Iterable[str]:
    """Return all folders below and including ``root``, the shallowest first."""
    found = {root} if root else {""}
    for name in names:
        for parent in PurePosixPath(name).parents:
            folder = "" if str(parent) == "." else str(parent)
            if not root or folder == root or folder.startswith(root + "/"):
                found.add(folder)
    return sorted(found, key=lambda folder: (folder.count("/"), folder))


def _below(folder: str, root: str) -> int:
    """Return how many levels a folder is below another that it is in; 0 for itself."""
    inside = folder.removeprefix(root).strip("/")
    return len(inside.split("/")) if inside else 0


def _unwrapped(folder: str, names: Sequence[str]) -> str:
    """Go down while there is nothing but one folder, which packing has added."""
    while True:
        prefix = f"{folder}/" if folder else ""
        inside = {n.removeprefix(prefix).partition("/")[::2] for n in names if n.startswith(prefix)}
        if any(not rest for _first, rest in inside):
            return folder
        children = {first for first, _rest in inside}
        if len(children) != 1 or _NUMBERED.fullmatch(only := children.pop()) or only == "steps":
            return folder
        folder = prefix + only


def _number(folder: str, course: Sequence[Step]) -> int | None:
    """Return the number of the step that a folder's name stands for."""
    name = PurePosixPath(folder).name
    for step in course:
        if name == step.name:
            return step.number
    match = _NUMBERED.fullmatch(name)
    return int(match[1]) if match else None


def _only(folders: Sequence[str], step: Step) -> str:
    """Return the folder that is meant: the one with the step's own name, or the shallowest."""
    exact = [folder for folder in folders if PurePosixPath(folder).name == step.name]
    found = exact or folders
    depth = min(folder.count("/") for folder in found)
    nearest = [folder for folder in found if folder.count("/") == depth]
    if len(nearest) > 1:
        raise Refused(
            f"Two folders could be step {step.number}: {named(nearest[0])} and "
            f"{named(nearest[1])}.",
            f"Keep one of them, and call it {step.name}.",
        )
    return nearest[0]


def _app(root: str, folders: Sequence[str], names: Iterable[str]) -> str:
    """Return the folder of a submission that is one app."""
    known = set(names)
    apps = [
        folder for folder in folders if any(f"{folder}/{app}".lstrip("/") in known for app in _APPS)
    ]
    if not apps or root in apps:
        return root
    depth = min(folder.count("/") for folder in apps)
    nearest = [folder for folder in apps if folder.count("/") == depth]
    if len(nearest) > 1:
        raise Refused(
            f"Two folders hold an app: {named(nearest[0])} and {named(nearest[1])}.",
            "Hand in one app, or a folder for each step: step1, step2 …",
        )
    return nearest[0]
