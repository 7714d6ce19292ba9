"""Where lessons, solutions and catalogued mistakes are found."""

from pathlib import Path

from checker.mistakes import apply, load

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (".css", ".html", ".py", ".sql")


def step_folders() -> list[Path]:
    """Return the folders of all steps in order."""
    return sorted(ROOT.glob("steps/[0-9]*"))


def step_number(folder: str) -> int:
    """Return 1 for ``01-raw-mysql-login``."""
    return int(folder.partition("-")[0])


def program(folder: Path) -> dict[str, str]:
    """Return the files that make up an app: path in its folder to text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in TEXTS
    }


def mistaken_file(mistake_id: str, path: str) -> str:
    """Return the text of a solution's file with a catalogued mistake made in it."""
    _, folder, name = path.split("/", 2)
    mistakes = {mistake.id: mistake for mistake in load(step_number(folder))}
    return apply(mistakes[mistake_id], program(ROOT / "solutions" / folder))[name]
