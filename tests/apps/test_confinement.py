"""What an app in the jail is, sees and can do: nothing that reaches beyond its own world."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from checker.apps.limits import MIB, Limits

Said = Callable[..., str]

#: Processes of a jail without apps: bubblewrap's in there, and the zygote.
JAIL = 2


def left_of(processes: list[psutil.Process], seconds: float = 1.0) -> int:
    """Count those that still run; wait a little for those that are just ending."""
    deadline = time.monotonic() + seconds
    while (left := sum(map(_runs, processes))) > JAIL and time.monotonic() < deadline:
        pass
    return left


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


_CALLS = """
import ctypes, platform
machine = platform.machine()
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    ctypes.set_errno(0)
    result = getattr(libc, name)(*arguments)
    return [result, ctypes.get_errno()]
"""
EPERM, ENOSYS = 1, 38
#: For a view that looks at very much.
PATIENT = Limits(request_seconds=8)


def test_the_app_is_an_ordinary_user_without_any_power(said: Said):
    told = said("""
        import os
        status = dict(line.split(":\\t") for line in open("/proc/self/status") if ":\\t" in line)
        keys = ["Uid", "Gid", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs"]
        return {key: status[key].split() for key in keys} | {"groups": os.getgroups()}
    """)
    told = json.loads(told)
    user = str(os.geteuid() or 65534)
    assert told["Uid"] == [user] * 4
    assert "0" not in told["Gid"]
    assert {told[key][0] for key in told if key.startswith("Cap")} == {"0" * 16}
    assert told["NoNewPrivs"] == ["1"]
    assert 0 not in told["groups"]


def test_the_app_sees_its_own_files_and_the_systems_programs_and_nothing_else(said: Said):
    told = json.loads(
        said("""
        import os
        return {place: sorted(os.listdir(place)) for place in ("/", "/app", "/tmp", "/dev/shm",
                "/etc", "/data", "/jail/code", "/run")}
    """)
    )
    places = {
        "app",
        "bin",
        "data",
        "dev",
        "etc",
        "jail",
        "lib",
        "proc",
        "run",
        "sbin",
        "tmp",
        "usr",
    }
    where_python_is = Path(os.path.realpath(os.sys.base_prefix)).parts[1]
    assert set(told["/"]) - {"lib32", "lib64", "libx32"} <= places | {where_python_is}
    assert told["/app"] == ["app.py"]
    for place in ("/tmp", "/dev/shm", "/data", "/jail/code", "/run"):
        assert told[place] == []
    known = {"alternatives", "group", "hosts", "ld.so.cache", "localtime", "nsswitch.conf"}
    assert set(told["/etc"]) <= known | {"passwd"}


def test_of_the_place_where_python_is_installed_only_python_is_shown(said: Said):
    told = json.loads(
        said("""
        import os, sys
        found, place = {}, "/"
        for part in sys.base_prefix.strip("/").split("/"):
            place = os.path.join(place, part)
            found[place] = os.listdir(place)
        return found
    """)
    )
    if not Path(os.sys.base_prefix).resolve().is_relative_to("/usr"):
        *above, prefix = told
        assert set(told[prefix]) <= {"bin", "lib", "lib64"}
        assert all(len(told[place]) == 1 for place in above)


def test_the_users_of_the_machine_are_not_known(said: Said):
    lines = said('return open("/etc/passwd").read() + open("/etc/group").read()').splitlines()
    assert len(lines) == 2
    assert all(line.startswith(("nobody:", "nogroup:")) for line in lines)


def test_neither_home_folders_nor_the_checker_can_be_read(said: Said):
    here = Path(__file__).resolve()
    secret = Path("/etc/hostname")
    assert secret.exists()
    wanted = [str(Path.home() / ".bashrc"), str(here), str(here.parents[2]), str(secret), "/root"]
    told = said(f"""
        import os
        seen = []
        for place in {wanted}:
            try:
                open(place).close() if not os.path.isdir(place) else os.listdir(place)
                seen.append(place)
            except OSError:
                pass
        return seen
    """)
    shown = {"/root"} if os.sys.base_prefix.startswith("/root/") else set()
    assert set(json.loads(told)) <= shown


def test_the_environment_is_what_the_checker_gives_and_nothing_of_the_machines(
    said: Said, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("A_SECRET_OF_THE_MACHINE", "s3cret")
    told = json.loads(
        said('import os; return dict(os.environ, raw=open("/proc/self/environ").read())', MY="own")
    )
    told.pop("raw").index("LANG")
    assert "s3cret" not in str(told)
    assert told == {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "MY": "own",
        "FLASK_RUN_FROM_CLI": "true",
    }


def test_the_app_holds_its_channel_and_its_output_and_no_other_descriptor(said: Said):
    told = json.loads(
        said("""
        import os
        return [os.readlink(f"/proc/self/fd/{n}").split(":")[0] for n in range(64)
                if os.path.exists(f"/proc/self/fd/{n}") or n < 3]
    """)
    )
    assert told == ["/dev/null", "pipe", "pipe", "socket"]


def test_nothing_but_its_own_folders_can_be_written_to(said: Said):
    told = json.loads(
        said(
            """
        import os
        written = []
        for place, folders, files in os.walk("/", onerror=lambda error: None):
            if place.startswith(("/proc", "/app", "/tmp", "/dev/shm")) or place.count("/") > 4:
                folders.clear()
                continue
            for path in [os.path.join(place, "new"), *(os.path.join(place, f) for f in files[:1])]:
                try:
                    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK))
                    written.append(path)
                except OSError:
                    pass
        return written
    """,
            limits=PATIENT,
        )
    )
    devices = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/ptmx"}
    assert set(told) - devices <= {"/dev/tty", "/dev/pts/ptmx"}


def test_files_of_other_processes_under_proc_cannot_be_written_to(said: Said):
    told = json.loads(
        said("""
        import glob, os
        written = []
        for path in glob.glob("/proc/[0-9]*/*") + glob.glob("/proc/sys/**", recursive=True):
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                written.append(path)
            except OSError:
                pass
        return written
    """)
    )
    assert told == []


def test_memory_and_environment_of_other_processes_cannot_be_read(said: Said):
    told = json.loads(
        said("""
        import os
        me, seen = os.readlink("/proc/self"), []
        others = [n for n in os.listdir("/proc") if n.isdigit() and n != me]
        for number in others:
            for file in ("environ", "maps", "mem", "fd", "cwd", "exe", "root", "syscall", "stack"):
                path = f"/proc/{number}/{file}"
                try:
                    if file in ("cwd", "exe", "root"):
                        os.readlink(path)
                    elif file == "fd":
                        for name in os.listdir(path):  # numbers are shown, not what they are
                            os.readlink(f"{path}/{name}")
                    else:
                        open(path, "rb").read(1)
                    seen.append(path)
                except OSError:
                    pass
        return [len(others), seen]
    """)
    )
    number_of_others, seen = told
    assert number_of_others > 0
    assert seen == []


def test_the_app_can_kill_nobody_but_itself(start, get):
    app = start("""
    @app.get("/")
    def view():
        import os, signal
        tried = []
        numbers = [int(n) for n in os.listdir("/proc") if n.isdigit()]
        for number in [os.getppid(), -1, *numbers, *range(2, 300)]:
            for sign in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
                try:
                    if number != os.getpid():
                        os.kill(number, sign)
                        tried.append(number)
                except OSError:
                    pass
        return tried

    @app.get("/still")
    def still():
        return "there"
    """)
    reached = set(get(app, "/").json)
    assert reached <= {-1, 0}, "only `everybody that I can see` and `my own group` are accepted"
    # (The app is process 1 of its world, which its own signals do not end.)
    assert get(app, "/still").text == "there"


def test_new_namespaces_mounts_and_traces_are_refused(said: Said):
    told = json.loads(
        said(
            _CALLS
            + """
CLONE = {"user": 0x10000000, "net": 0x40000000, "mount": 0x00020000, "pid": 0x20000000}
told = {name: call("unshare", flag) for name, flag in CLONE.items()}
told["clone"] = call("syscall", 56 if machine == "x86_64" else 220, CLONE["user"] | 17, 0, 0, 0, 0)
told["clone3"] = call("syscall", 435, 0, 0)
told["mount tmpfs"] = call("mount", b"tmpfs", b"/tmp", b"tmpfs", 0, None)
told["remount"] = call("mount", None, b"/proc", None, 32 | 4096, None)
told["umount"] = call("umount2", b"/tmp", 2)
told["chroot"] = call("chroot", b"/tmp")
told["ptrace"] = call("ptrace", 0, 0, 0, 0)
told["setns"] = call("setns", 0, 0)
told["keyctl"] = call("syscall", 250 if machine == "x86_64" else 219, 0, -3)
told["kernel log"] = call("klogctl", 10, None, 0)
told["memory file"] = call("memfd_create", b"x", 0)
told["shared memory"] = call("shmget", 0, 4096, 0o1600)
told["semaphores"] = call("semget", 0, 1, 0o1600)
told["messages"] = call("msgget", 0, 0o1600)
return told
"""
        )
    )
    assert told.pop("clone3") == [-1, ENOSYS]
    assert all(result == [-1, EPERM] for result in told.values()), told


def test_root_cannot_be_had_back(said: Said):
    told = json.loads(
        said(
            _CALLS
            + """
return {"setuid": call("setuid", 0), "setgid": call("setgid", 0), "setgroups": call("setgroups",
        1, (ctypes.c_uint * 1)(0))}
"""
        )
    )
    assert all(result == -1 for result, _error in told.values())


def test_limits_cannot_be_raised(said: Said):
    told = json.loads(
        said("""
        import resource
        raised = []
        for name in ("RLIMIT_AS", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE"):
            limit = getattr(resource, name)
            soft, hard = resource.getrlimit(limit)
            for wanted in (hard + 1, resource.RLIM_INFINITY):
                try:
                    resource.setrlimit(limit, (wanted, wanted))
                    raised.append(name)
                except (ValueError, OSError):
                    pass
        return raised
    """)
    )
    assert told == []


def test_there_is_no_network_but_its_own_loopback(said: Said):
    told = json.loads(
        said("""
        import socket
        reached = []
        for kind, address in [("SOCK_STREAM", ("1.1.1.1", 443)), ("SOCK_STREAM", ("10.0.2.2", 22)),
                              ("SOCK_DGRAM", ("8.8.8.8", 53))]:
            with socket.socket(type=getattr(socket, kind)) as s:
                s.settimeout(0.2)
                try:
                    s.connect(address)
                    s.send(b"hello")
                    reached.append(address)
                except OSError:
                    pass
        try:
            reached.append(socket.getaddrinfo("example.com", 80))
        except OSError:
            pass
        return {"reached": reached, "interfaces": socket.if_nameindex(),
                "itself": socket.create_server(("127.0.0.1", 5000)).getsockname()}
    """)
    )
    assert told == {"reached": [], "interfaces": [[1, "lo"]], "itself": ["127.0.0.1", 5000]}


def test_what_listens_on_the_machine_is_out_of_reach(said: Said):
    name = f"\0flw-{secrets.token_hex(8)}"
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as folder,  # paths of sockets are short
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as file,
    ):
        abstract.bind(name)
        file.bind(f"{folder}/socket")
        abstract.listen()
        file.listen()
        told = said(f"""
            import socket
            reached = []
            for family, address in [(socket.AF_INET, ("127.0.0.1", {tcp.getsockname()[1]})),
                                    (socket.AF_UNIX, {name!r}),
                                    (socket.AF_UNIX, {f"{folder}/socket"!r})]:
                try:
                    socket.socket(family).connect(address)
                    reached.append(repr(address))
                except OSError:
                    pass
            return reached
        """)
    assert json.loads(told) == []


MEETING = """
    @app.get("/leave")
    def leave():
        global kept
        import multiprocessing.shared_memory, socket
        kept = [socket.socket(socket.AF_UNIX), socket.create_server(("127.0.0.1", 4000)),
                multiprocessing.shared_memory.SharedMemory("left", create=True, size=4096)]
        kept[0].bind("\\0meet")
        kept[0].listen()
        open("/tmp/left", "w").close()
        open("/app/left.py", "w").close()
        return "left"

    @app.get("/find")
    def find():
        import os, socket
        found = [path for path in ("/tmp/left", "/app/left.py", "/dev/shm/left")
                 if os.path.exists(path)]
        for family, address in [(socket.AF_UNIX, "\\0meet"), (socket.AF_INET, ("127.0.0.1", 4000))]:
            try:
                socket.socket(family).connect(address)
                found.append(repr(address))
            except OSError:
                pass
        return found
    """


def test_one_app_finds_nothing_of_another_that_runs_at_the_same_time(start, get):
    first, second = start(MEETING), start(MEETING)
    assert get(first, "/leave").text == "left"
    assert len(get(first, "/find").json) == 5
    assert get(second, "/find").json == []


def test_one_app_finds_nothing_of_the_one_before(start, get):
    with start(MEETING) as first:
        assert get(first, "/leave").text == "left"
    assert get(start(MEETING), "/find").json == []


def test_the_private_folders_take_no_more_than_their_limit(said: Said):
    limits = Limits(files=2 * MIB, request_seconds=2)
    told = json.loads(
        said(
            """
        sizes = {}
        for folder in ("/app", "/tmp", "/dev/shm"):
            written = 0
            try:
                for number in range(10):
                    with open(f"{folder}/{number}", "wb") as file:
                        for _ in range(8):
                            file.write(bytes(128 * 1024))
                            file.flush()
                            written += 128
            except OSError as error:
                sizes[folder] = [written, error.strerror]
        return sizes
    """,
            limits=limits,
        )
    )
    assert set(told) == {"/app", "/tmp", "/dev/shm"}
    assert all(written <= 2048 for written, _error in told.values())
    assert {error for _written, error in told.values()} == {"No space left on device"}


def test_a_file_cannot_be_longer_than_the_limit_nor_cost_the_app_its_life(said: Said):
    told = said("""
        try:
            with open("/tmp/large", "wb") as file:
                file.seek(5_000_000_000)
                file.write(b"x")
            return "written"
        except OSError as error:
            return error.strerror
    """)
    assert told == "File too large"


def test_the_number_of_files_is_limited_too(said: Said):
    told = said(
        """
        import os
        try:
            for number in range(100_000):
                os.mknod(f"/tmp/{number}")
        except OSError as error:
            return error.strerror
        return "all"
    """,
        limits=PATIENT,
    )
    assert told == "No space left on device"


def test_links_lead_nowhere(said: Said, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    told = said(f"""
        import os
        os.symlink({str(secret)!r}, "/app/link")
        os.symlink("/proc/1/root/etc/shadow", "/app/other")
        seen = []
        for name in ("link", "other"):
            try:
                seen.append(open("/app/" + name).read())
            except OSError:
                pass
        try:
            os.link("/etc/passwd", "/app/hard")
            seen.append("hard")
        except OSError:
            pass
        return seen
    """)
    assert json.loads(told) == []


def test_every_process_of_an_app_ends_with_it(start, get):
    app = start("""
    @app.get("/")
    def view():
        import os, signal, threading, time
        for way in range(4):
            if os.fork() == 0:  # the usual daemon, and worse
                os.setsid()
                if os.fork() == 0:
                    for number in range(1, 65):
                        try:
                            signal.signal(number, signal.SIG_IGN)
                        except (OSError, ValueError):
                            pass
                    import ctypes
                    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # no wish to die with the parent
                    while True:
                        time.sleep(100)
                os._exit(0)
        threading.Thread(target=time.sleep, args=(100,)).start()
        return "started"
    """)
    assert get(app).text == "started"
    family = psutil.Process(app._process).children(recursive=True)
    app.close()
    assert len(family) > JAIL
    assert left_of(family) <= JAIL


def test_a_fork_bomb_is_small_and_ends_with_the_app(start, get):
    app = start("""
    @app.get("/")
    def view():
        import os, time
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """)
    with pytest.raises(Exception, match="still answering GET /"):
        get(app)
    assert left_of(psutil.Process(app._process).children(recursive=True)) <= JAIL
