"""``notebooks``: JupyterLab on the notebooks' folder, for this machine alone."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from checker.course import ROOT

#: What JupyterLab is told beside the port. It asks nobody on the internet for news, and does not
#: look for programs that complete and check code.
_SETTINGS = (
    f"--ServerApp.root_dir={ROOT / 'notebooks'}",
    "--ServerApp.ip=127.0.0.1",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LanguageServerManager.autodetect=False",
)


def open_lab(options: argparse.Namespace) -> NoReturn:
    """Become JupyterLab until Ctrl-C.

    :param options: ``port`` is where to listen, or the first port to try; ``no_browser`` prints
        the address and opens nothing.
    """
    command = [sys.executable, "-m", "jupyterlab", *_SETTINGS, f"--ServerApp.port={options.port}"]
    if options.no_browser:
        command.append("--no-browser")
    if os.geteuid() == 0:  # as in a container; Jupyter wants to be told that it is meant
        command.append("--allow-root")
    os.execv(sys.executable, command)
