"""The workflow that publishes the site, held against the project that it builds."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

from checker import cli
from checker.course import ROOT
from checker.website.vendor import RECORD
from tests.website.building import mkdocs, project_of, settings

WORKFLOWS = ROOT / ".github" / "workflows"
ADDRESS = "https://example.org/workshop"


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((WORKFLOWS / "docs.yml").read_text("utf-8"))
    return found


def steps(job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow()["jobs"][job]["steps"]
    return found


def command(part: str) -> str:
    """Return the one command of the build that holds this."""
    (found,) = [step["run"] for step in steps("build") if part in step.get("run", "")]
    return str(found)


def using(action: str) -> dict[str, Any]:
    """Return the one step of the build that uses this action."""
    (found,) = [step for step in steps("build") if step.get("uses", "").startswith(action + "@")]
    return found


class Links(HTMLParser):
    """Where the links of a page lead, and what it fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_a_change_of_main_is_published_and_nothing_else_is() -> None:
    on = workflow()[True]  # what YAML 1.1 reads "on" as
    assert on == {"push": {"branches": ["main"]}, "workflow_dispatch": None}


def test_each_job_may_do_what_it_has_to_and_no_more() -> None:
    assert workflow()["permissions"] == {"contents": "read"}
    jobs = {name: job["permissions"] for name, job in workflow()["jobs"].items()}
    assert jobs == {
        "build": {"contents": "read", "pages": "read"},
        "publish": {"pages": "write", "id-token": "write"},
    }
    assert using("actions/checkout")["with"]["persist-credentials"] is False


def test_all_workflows_use_the_same_version_of_an_action_of_github() -> None:
    versions: dict[str, set[str]] = {}
    for path in WORKFLOWS.glob("*.yml"):
        for action, version in re.findall(r"uses: (\S+)@(\S+)", path.read_text("utf-8")):
            versions.setdefault(action, set()).add(version)
    assert all(action.startswith("actions/") for action in versions)
    assert {action: found for action, found in versions.items() if len(found) > 1} == {}


def test_the_site_is_built_by_the_command_that_people_type() -> None:
    typed = command("checker docs").removeprefix("python3 -m checker ").split()
    options = cli._parser().parse_args(typed)
    assert options.command == "docs"
    assert options.build == using("actions/upload-pages-artifact")["with"]["path"]


def test_nothing_is_published_without_what_runs_in_the_pages(site: Path) -> None:
    folder = using("actions/upload-pages-artifact")["with"]["path"]
    asked = command("test -s").removeprefix("test -s ")
    assert asked == f"{folder}/assets/vendor/{RECORD}"
    assert (site.parent / asked.replace(folder, site.name, 1)).stat().st_size


def test_the_page_for_a_lost_way_leads_back_from_any_depth(tmp_path: Path) -> None:
    assert "site_url" not in settings(), "the workflow adds it"
    project = project_of(tmp_path / "project", index="# Start\n")
    shell = ["bash", "-eu", "-c", command("site_url")]
    subprocess.run(shell, cwd=project, env={"ADDRESS": ADDRESS}, check=True)
    site = tmp_path / "workshop"
    done = mkdocs(project, site)
    assert done.returncode == 0, done.stdout
    page = Links()
    page.feed((site / "404.html").read_text("utf-8"))
    ours = [link for link in page.found if not link.startswith(("https:", "#"))]
    assert ours
    assert [link for link in ours if not (tmp_path / link.partition("#")[0][1:]).exists()] == []
