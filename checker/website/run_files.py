"""What the notebooks read beside themselves, for the pages that run their cells."""

import json
from pathlib import Path

from checker.course import ROOT

PLACE = "assets/run/files.json"
"""Below docs/: {path in the project: text}. The page's Python finds them at the same paths."""


def pages(root: Path = ROOT) -> dict[str, str]:
    """Return the one file with all of them: {path below docs: text}.

    :param root: the project: its `notebooks/*.py`, and the published keys that they read.
    """
    modules = sorted((root / "notebooks").glob("*.py"))
    paths = [*modules, root / "checker/suites/data/published_secret_keys.txt"]
    texts = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}
    return {PLACE: json.dumps(texts, indent=1, ensure_ascii=False) + "\n"}
