"""A new server's data folder, made once for each version of MariaDB and then only unpacked."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
from pathlib import Path

from checker.databases.enclosure import DATA, Enclosure, hand_over, let_in
from checker.databases.trouble import ServerError
from checker.runfolder import RunFolder
from checker.setup.machine import find_program

#: Of the server's start too: data made with one size of log cannot be used with another.
LOG_SIZE = "--innodb-log-file-size=4M"
#: Part of the file's name: count up when what is packed changes.
_FORMAT = 1
_SECONDS = 120
_INSTALLERS = ("mariadb-install-db", "mysql_install_db")
#: $1 data folder, $2 file to write, $3… the installer and its options
_MAKE = (
    'data=$1 file=$2; shift 2; "$@" --datadir="$data" --tmpdir="$data" '
    '&& cd "$data" && tar -cf "$file" -- *'
)


def find_server() -> Path:
    """Return where MariaDB's server program is.

    :raises ServerError: it is not installed.
    """
    found = find_program("mariadbd")
    if found is None:
        raise ServerError(
            "MariaDB's server program `mariadbd` is not installed. On Debian and Ubuntu: "
            "apt-get install mariadb-server-core; on macOS: brew install mariadb"
        )
    return Path(found).resolve()


def template(cache: Path, *, jail: bool) -> Path:
    """Return an archive (tar) of a new server's data folder; the first time, make it (1 to 5 s).

    Safe against being killed in the middle and against others doing the same at the same time:
    the archive appears under its name only when it is complete.

    :param cache: the folder to keep it in, made if need be.
    :param jail: make it in a jail.
    :raises ServerError: it cannot be made; the text has what MariaDB said.
    """
    server = find_server()
    state = server.stat()
    version = f"{_FORMAT} {server} {state.st_size} {state.st_mtime_ns}"
    name = f"mariadb-{hashlib.sha256(version.encode()).hexdigest()[:16]}.tar"
    archive = cache / name
    if archive.exists():
        return archive
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "mariadb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():  # made by the one we waited for
            unfinished = archive.with_suffix(".new")
            try:
                _make(server, unfinished, jail=jail)
                unfinished.replace(archive)
            finally:
                unfinished.unlink(missing_ok=True)
            for older in cache.glob("mariadb-*.tar"):
                if older != archive:
                    with contextlib.suppress(FileNotFoundError):
                        older.unlink()
    return archive


def _make(server: Path, file: Path, *, jail: bool) -> None:
    found = next(filter(None, map(find_program, _INSTALLERS)), None)
    if found is None:
        raise ServerError(
            f"MariaDB's program `{_INSTALLERS[0]}` is not installed. On Debian and Ubuntu: "
            "apt-get install mariadb-server-core"
        )
    installer = [found, "--no-defaults", "--auth-root-authentication-method=normal"]
    # --force: without looking up this machine's name, which the jail does not know.
    installer += ["--skip-test-db", "--skip-name-resolve", "--force", LOG_SIZE]
    if not server.is_relative_to("/usr"):
        installer.append(f"--basedir={server.parent.parent}")
    with RunFolder() as folder:
        output = folder.path / "output"
        packed = folder.path / "packed"
        packed.mkdir()
        hand_over(packed)
        if not jail:
            let_in(folder.path)
        data = folder.path / "data"
        data.mkdir()
        hand_over(data)
        place = "/packed" if jail else str(packed)
        enclosure = Enclosure(
            _MAKE,
            [DATA if jail else str(data), f"{place}/data.tar", *installer],
            jail=jail,
            program=server,
            writable={packed: place},
            readable={},
            output=output,
        )
        try:
            ended = enclosure.wait(_SECONDS)
        finally:
            enclosure.end()
        if not ended or enclosure.status != 0:
            said = output.read_text(errors="replace").strip()[-1500:]
            raise ServerError(f"MariaDB could not set up a new data folder. It said:\n{said}")
        # Copied by us: the file is ours then, whoever the server runs as.
        with (packed / "data.tar").open("rb") as source, file.open("wb") as target:
            shutil.copyfileobj(source, target)
        file.chmod(0o644)  # the server's user reads it
