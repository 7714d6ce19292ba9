"""Which server the checks use."""

from __future__ import annotations

import os
from pathlib import Path

from checker.databases.private import PrivateServer
from checker.databases.server import Server
from checker.setup.machine import has_own_server


def start_server(cache: Path, jail: bool = True) -> Server:
    """Start a private server, or connect to the one that ``MYSQL_*`` names in the environment.

    :param cache: a folder for what makes the next start fast.
    :param jail: whether the app is in a jail; a private server then gets one too.
    :raises ServerError: there is none to be had; the text has the remedy.
    """
    if has_own_server():
        from checker.databases.own import OwnServer  # with the relay, slower to import

        return OwnServer.start(os.environ, jail)
    return PrivateServer.start(cache, jail)
