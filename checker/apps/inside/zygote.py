"""The process inside the jail that is forked into the submission's app, once for each start.

It is started with the number of its control socket, imports what apps usually need, and then
waits for orders. For each app it forks a :mod:`warden`, which makes namespaces of its own (so
that the app sees no other process, and its private ``/app`` and ``/tmp``) and forks the app:

    zygote ── fork ──▶ warden ── fork ──▶ app (process 1 of its own world)
      control            watch             channel: requests in, responses out

Apps that share a database file live in a *world*: a copy of the zygote with a folder that only
its own descendants see. :mod:`lookup` reads the file for the checker, in there, where it can do
no harm.

The zygote and the wardens never run a line of the submission. Only the app process does, and it
holds no descriptor but its channel and its output. It runs with what Python ships, Flask, and
the neighbouring files; nothing else of the checker is visible here, and not even these when the
submission runs.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - see _prepare
sys.path.insert(0, HERE)

import frames  # noqa: E402


def main() -> None:
    """Prepare, then fork an app for every order until the checker closes the control socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    decoder = frames.Decoder()
    order = frames.receive(control, decoder)
    if order is None:
        return
    settings = order.header
    settings["code"] = HERE
    missing = _prepare(settings)
    import gc
    import signal

    gc.freeze()  # what is loaded now stays shared with every fork
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # wardens need nobody to wait for them
    control.sendall(frames.encode({"type": "ready", "missing": missing}))
    _serve(control, decoder, settings)


def _serve(control: socket.socket, decoder: frames.Decoder, settings: dict[str, Any]) -> None:
    """Fork somebody for every order: an app's warden, a world, or who looks into its database."""
    import confine
    import lookup
    import warden

    while (received := _receive_descriptors(control)) is not None:
        kind, descriptors = received
        order = frames.receive(control, decoder)
        if order is None:
            return
        if os.fork() == 0:
            control.close()
            if kind == b"a":
                channel, watch, output = descriptors
                warden.keep(order, settings, channel, watch, output)
            elif kind == b"q":
                isolate, user = settings["isolate"], settings["user"]
                lookup.serve(*descriptors, isolate=isolate, user=user)
            settings["store"] = order.header["store"]
            if settings["isolate"]:
                confine.enter_world(order.header["limits"], settings["store"])
            _serve(socket.socket(fileno=descriptors[0]), frames.Decoder(), settings)
            os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)


def _prepare(settings: dict[str, Any]) -> list[str]:
    """Import what apps need, and note which modules ``flask run`` would have loaded by then.

    Of those, a file of the same name in the submission changes nothing at home either; all others
    it hides. That is why this file imports next to nothing at its top: Flask's come first.
    """
    _restore_site(settings["site"])
    missing = _preload(settings["first"])
    settings["usual"] = frozenset(name.partition(".")[0] for name in sys.modules)
    sys.modules["pytest"] = None  # type: ignore[assignment] # time_machine would load it
    missing += _preload(settings["preload"])
    del sys.modules["pytest"]
    _translate_a_template()
    return missing


def _translate_a_template() -> None:
    """Let Jinja make the tables that all templates share; each app would make them again."""
    import jinja2

    template = "{% extends 'a' %}{% block a %}{{ a(b=1) }}{% endblock %}"
    jinja2.Environment(autoescape=True).compile(template)


def _restore_site(folders: list[str]) -> None:
    """Make the libraries importable, and ``exit`` and its like, as any Python has them."""
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.path.extend(folders)


def _preload(names: list[str]) -> list[str]:
    missing = []
    for name in names:
        try:
            __import__(name)
        except ImportError:
            missing.append(name)
    return missing


def _receive_descriptors(control: socket.socket) -> tuple[bytes, list[int]] | None:
    """Return the kind of the next order and what it hands over; ``None`` when it is over."""
    kind, descriptors, _flags, _address = socket.recv_fds(control, 1, 3)
    return (kind, descriptors) if kind else None


if __name__ == "__main__":
    main()
    os._exit(0)  # there is nothing to tidy up, and it is waited for
