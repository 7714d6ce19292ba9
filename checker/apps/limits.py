"""How much one submission may use. Sizes are bytes, times are seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The limits of one app in the jail; the same for everybody.

    :ivar memory: address space of one process, and the resident memory of all together.
    :ivar files: size of the private writable folders (``/app``, ``/tmp``) and of one file.
    :ivar processes: processes and threads that the app may have at a time.
    :ivar open_files: open files and sockets of one process.
    :ivar answer: longest response body.
    :ivar output: how much of what the app prints is kept.
    :ivar start_seconds: time from starting the app to its being ready for a request.
    :ivar request_seconds: time for one response.
    :ivar app_seconds: time for all responses of one started app together; an app that takes just
        less than is allowed for each must not take the day.
    :ivar run_seconds: time for all checks of a run; those that are left then are not tried.
    """

    memory: int = 1536 * MIB
    files: int = 64 * MIB
    processes: int = 32
    open_files: int = 256
    answer: int = 4 * MIB
    output: int = 64 * 1024
    start_seconds: float = 5.0
    request_seconds: float = 4.0
    app_seconds: float = 30.0
    run_seconds: float = 300.0

    def for_zygote(self) -> dict[str, int]:
        """Return what is enforced inside the jail."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}
