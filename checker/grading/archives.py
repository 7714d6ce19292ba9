"""Zips, read in place: nothing is ever unpacked onto a disk, so nothing can end up outside.

Whoever made the zip may mean harm. What is looked at, in this order: how long the table of
contents is, how many entries it has, their names and kinds, how large they say they are, and how
large they turn out to be.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from checker.apps.submission import (
    LEFT_OUT,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_FILES,
    Submission,
)
from checker.grading.refusals import Refused, named

#: Bytes of a table of contents; one of 20,000 entries has 2 to 4 MB.
_LONGEST_TABLE = 8 * 1024 * 1024
#: Bytes that all entries may say they unpack to; an app may have a tenth of that.
_LARGEST = 10 * MAX_BYTES
_LONGEST_NAME, _LONGEST_PART, _LONGEST_TARGET = 1_000, 255, 4_096
_ENCRYPTED, _UTF8 = 0x1, 0x800
#: What Macs add to every zip.
_MAC = "__MACOSX"
_REMEDY = "Pack the folder anew, as a plain zip, and hand that in."
#: What reading a zip can raise, besides OSError.
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


class _WithoutLongReads(io.FileIO):
    """A file of which at most so much is read at once: `zipfile` reads the whole table at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > _LONGEST_TABLE:
            raise Refused(
                f"Its table of contents has more than {_LONGEST_TABLE // 1024**2} MB.", _REMEDY
            )
        return super().read(wanted)


class Archive:
    """One zip: the names in it, and the files below a folder of it.

    :raises Refused: it is no zip that can be graded; with the reason.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._skipped: list[tuple[str, str]] = []
        with _opened(path) as archive:
            self._entries = dict(self._checked(archive.infolist()))
            links = [info for info in self._entries.values() if _kind(info) == stat.S_IFLNK]
            for info in links:
                self._look_at(info, archive)
        self.names = tuple(self._entries)

    def submission(self, folder: str) -> Submission:
        """Return the files below a folder; the empty string stands for all.

        :raises Refused: they are too many or too large, or cannot be read.
        """
        prefix = f"{folder}/" if folder else ""
        inside = {n: info for n, info in self._entries.items() if n.startswith(prefix)}
        files: dict[str, bytes] = {}
        total = 0
        with _opened(self._path) as archive:
            for name, info in sorted(inside.items()):
                if len(files) >= MAX_FILES:
                    raise too_large(name)
                content = _content(archive, info, MAX_BYTES - total)
                total += len(content)
                if total > MAX_BYTES:
                    raise too_large(name)
                files[name.removeprefix(prefix)] = content
        skipped = [
            (name.removeprefix(prefix), why)
            for name, why in self._skipped
            if name.startswith(prefix)
        ]
        return Submission(dict(sorted(files.items())), tuple(skipped))

    def _checked(self, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        """Yield the files, and links for the time being, that may belong to the app."""
        if len(entries) > MAX_ENTRIES:
            raise Refused(
                f"It holds {len(entries):,} entries; no more than {MAX_ENTRIES:,} are looked at.",
                "Hand in the app alone, without environments, packages and data.",
            )
        large = 0
        seen: set[str] = set()
        for info in entries:
            name = _safe_name(info)
            parts = PurePosixPath(name).parts
            if info.is_dir() or not parts or LEFT_OUT.intersection(parts) or parts[0] == _MAC:
                continue
            if name in seen or any(str(parent) in seen for parent in PurePosixPath(name).parents):
                raise Refused(f"Two of its entries are both called {named(name)}.", _REMEDY)
            seen.add(name)
            if _kind(info) not in (0, stat.S_IFREG, stat.S_IFLNK):
                raise Refused(f"{named(name)} is neither a file nor a folder.", _REMEDY)
            if info.flag_bits & _ENCRYPTED:
                raise Refused(f"{named(name)} is protected by a password.", _REMEDY)
            large += info.file_size
            if large > _LARGEST:
                raise Refused(
                    f"It is a zip bomb: {self._path.stat().st_size:,} bytes that unpack to more "
                    f"than {_LARGEST // 1024**2} MB.",
                    "Hand in the app alone.",
                )
            if len(parts) > MAX_DEPTH:
                self._skipped.append((name, f"more than {MAX_DEPTH} folders deep"))
                continue
            yield name, info

    def _look_at(self, link: zipfile.ZipInfo, archive: zipfile.ZipFile) -> None:
        """Leave a link out, or refuse the zip for where it leads."""
        name = _safe_name(link)
        target = _content(archive, link, _LONGEST_TARGET).decode(errors="replace")
        if leads_outside(name, target):
            raise outside(name, target)
        self._skipped.append((name, "links are not followed"))
        del self._entries[name]


def leads_outside(name: str, target: str) -> bool:
    """Tell whether a link leads out of the submission that it is in.

    :param name: of the link, relative to the submission.
    :param target: what it holds.
    """
    depth = 0
    for part in (*PurePosixPath(name).parent.parts, *PurePosixPath(target).parts):
        if part == "/":
            return True
        depth += -1 if part == ".." else 1
        if depth < 0:
            return True
    return False


def outside(name: str, target: str) -> Refused:
    """Return the refusal of a link that leads out of the submission."""
    return Refused(
        f"{named(name)} is a link that leads out of the submission, to {named(target)}.",
        "Put the file itself there, or leave the link out.",
    )


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return _Closing(_WithoutLongReads(path))
    except UnicodeDecodeError:
        raise Refused("A name in it is no valid UTF-8.", _REMEDY) from None
    except (OSError, *_BROKEN) as error:
        raise Refused(f"It cannot be read as a zip: {_said(error)}.", _REMEDY) from error


class _Closing(zipfile.ZipFile):
    """A zip that closes the file it was given."""

    def __init__(self, file: io.FileIO) -> None:
        self._given = file
        try:
            super().__init__(file)
        except BaseException:
            file.close()
            raise

    def close(self) -> None:
        super().close()
        self._given.close()


def _safe_name(info: zipfile.ZipInfo) -> str:
    """Return the name of an entry, once it is certain that it leads nowhere else."""
    raw = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:  # `zipfile` has read it as the code page of old PCs; Macs write UTF-8 without saying
            raw = raw.encode("cp437").decode()
        except UnicodeError:
            raise Refused(f"The name {named(raw)} in it is no valid UTF-8.", _REMEDY) from None
    parts = raw.rstrip("/").split("/")
    if raw.startswith("/") or "\\" in raw or raw[1:2] == ":" or ".." in parts:
        raise Refused(f"The name {named(raw)} in it leads out of the submission.", _REMEDY)
    if not raw.isprintable() or not raw.strip("/"):
        raise Refused(f"The name {named(raw)} in it holds characters that names have not.", _REMEDY)
    if len(raw.encode()) > _LONGEST_NAME or any(len(p.encode()) > _LONGEST_PART for p in parts):
        raise Refused(f"The name {named(raw)} in it is too long for a file.", _REMEDY)
    return "/".join(part for part in parts if part not in ("", "."))


def _kind(info: zipfile.ZipInfo) -> int:
    """Return what kind of file an entry is, as Unix has it; 0 where the zip does not say."""
    return stat.S_IFMT(info.external_attr >> 16)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """Unpack an entry, at most ``limit + 1`` bytes of it."""
    try:
        with archive.open(info) as file:
            return file.read(limit + 1)
    except (OSError, *_BROKEN) as error:
        name = named(info.orig_filename)
        raise Refused(f"{name} in it cannot be read: {_said(error)}.", _REMEDY) from error


def too_large(name: str) -> Refused:
    """Return the refusal of an app that is larger than apps are; ``name`` is where it showed."""
    return Refused(
        f"It holds more than {MAX_FILES:,} files and {MAX_BYTES // 1024**2} MB "
        f"(seen at {named(name)}).",
        "An app of this workshop is far smaller: hand in the app alone.",
    )


def _said(error: BaseException) -> str:
    return named(str(error) or type(error).__name__).strip("`").rstrip(".")
