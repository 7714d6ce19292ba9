"""``notebooks``, started for real and looked at as a browser does."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from checker.course import ROOT

#: A kernel of the user's own that has the name of ours, and does not work.
BROKEN = {"argv": ["/bin/false", "{connection_file}"], "display_name": "Mine", "language": "python"}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """JupyterLab as the command starts it, with a home of its own that has a broken kernel."""
    kernel = tmp_path / ".local" / "share" / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(BROKEN))
    settings = {name: text for name, text in os.environ.items() if not name.startswith("JUPYTER")}
    server = subprocess.Popen(
        [sys.executable, "-m", "checker", "notebooks", "--no-browser", "--port", "0"],
        cwd=ROOT,
        env=settings | {"HOME": str(tmp_path), "JUPYTER_PLATFORM_DIRS": "0"},
        stderr=subprocess.PIPE,
        text=True,
    )
    with server:
        yield server
        server.terminate()


def wait_until_it_listens(server: subprocess.Popen[str], port: int) -> None:
    """Jupyter prints its address, and then begins to listen there, or ends."""
    while server.poll() is None:
        with (
            contextlib.suppress(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", port)),
        ):
            return


@pytest.mark.apart
def test_the_notebooks_open_on_this_machine_alone(lab: subprocess.Popen[str]) -> None:
    assert lab.stderr
    address = next(
        found
        for line in lab.stderr
        if (found := re.search(r"(http://127\S+)/lab\?(token=\w+)", line))
    )
    site, token = address.groups()
    wait_until_it_listens(lab, int(site.rpartition(":")[2]))

    def fetch(path: str, data: bytes | None = None) -> str:
        with urlopen(f"{site}{path}?{token}", data, timeout=30) as answer:
            return str(answer.read().decode())

    assert "<title>JupyterLab</title>" in fetch("/lab")
    names = {entry["name"] for entry in json.loads(fetch("/api/contents"))["content"]}
    assert names >= {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} | {"workbench.py"}

    process = psutil.Process(lab.pid)
    assert {
        connection.laddr.ip
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    } == {"127.0.0.1"}

    fetch("/api/kernels", b'{"name": "python3"}')
    (kernel,) = process.children()
    assert kernel.cmdline()[:3] == [sys.executable, "-m", "ipykernel_launcher"]
