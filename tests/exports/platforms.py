"""Imitations of the platforms' machines: their folders, their variables, what they type."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checker.course import ROOT

#: A machine that has everything already, so that nothing is installed: our own environment.
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
_SECONDS = 240


def export(platform: str, folder: Path, *options: str) -> Path:
    """Type ``export`` and return the folder that it has written."""
    command = [sys.executable, "-m", "checker", "export", platform]
    command += ["--out", str(folder), "--steps", "1", *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=_SECONDS)
    return folder


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a platform does: with its own variables and few of ours."""
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "TMPDIR")}
    return subprocess.run(
        command,
        cwd=folder,
        env=kept | {"PATH": PATH} | environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


@dataclass(frozen=True)
class Gradescope:
    """A container of Gradescope's; ``base`` stands for ``/autograder``."""

    base: Path

    @classmethod
    def built_from(cls, archive: Path, base: Path) -> Gradescope:
        """Unpack the zip and build the image: ``setup.sh`` is run, ``run_autograder`` copied."""
        source = base / "source"
        source.mkdir(parents=True)
        (base / "results").mkdir()
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(source)
        built = run(["bash", "source/setup.sh"], base, AUTOGRADER=str(base))
        assert built.returncode == 0, built.stdout + built.stderr
        shutil.copy(source / "run_autograder", base)
        (base / "run_autograder").chmod(0o755)
        return cls(base)

    def grade(self, submission: Path, *within: str) -> subprocess.CompletedProcess[str]:
        """Put a submission in place, as a new container has it, and run the autograder.

        :param within: a command to run it with.
        """
        shutil.rmtree(self.base / "submission", ignore_errors=True)
        shutil.copytree(submission, self.base / "submission", symlinks=True)
        (self.base / "results" / "results.json").unlink(missing_ok=True)
        command = [*within, str(self.base / "run_autograder")]
        return run(command, self.base, AUTOGRADER=str(self.base))

    @property
    def results(self) -> dict[str, Any]:
        """What the autograder has written."""
        said: dict[str, Any] = json.loads((self.base / "results" / "results.json").read_bytes())
        return said


@dataclass(frozen=True)
class Actions:
    """A job of GitHub Actions: the steps of a workflow that run something, one after the other."""

    workflow: Mapping[str, Any]
    workspace: Path
    temporary: Path

    @classmethod
    def of(cls, workspace: Path, temporary: Path) -> Actions:
        """Read the one workflow of a repository."""
        text = (workspace / ".github" / "workflows" / "classroom.yml").read_text(encoding="utf-8")
        temporary.mkdir()
        return cls(yaml.safe_load(text), workspace, temporary)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps of its only job."""
        (job,) = self.workflow["jobs"].values()
        steps: list[dict[str, Any]] = job["steps"]
        return steps

    def run(self) -> dict[str, str]:
        """Run the steps that have a script; return the outputs by ``steps.ID.outputs.NAME``."""
        outputs: dict[str, str] = {}
        for number, step in enumerate(self.steps):
            if "run" not in step:
                continue
            output = self.temporary / f"output-{number}"
            output.touch()
            done = run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                self.workspace,
                GITHUB_WORKSPACE=str(self.workspace),
                GITHUB_OUTPUT=str(output),
                RUNNER_TEMP=str(self.temporary),
            )
            assert done.returncode == 0, done.stdout + done.stderr
            for line in output.read_text(encoding="utf-8").splitlines():
                name, _, value = line.partition("=")
                outputs[f"steps.{step['id']}.outputs.{name}"] = value
        return outputs


@dataclass(frozen=True)
class Reported:
    """What GitHub Classroom's reporter makes of the graders' results."""

    points: int
    most: int
    failure: str
    results: list[dict[str, Any]]


def reported(actions: Actions, outputs: Mapping[str, str]) -> Reported:
    """Do what ``classroom-resources/autograding-grading-reporter`` does in ``src/main.js``."""
    (step,) = [one for one in actions.steps if "grading-reporter" in one.get("uses", "")]
    environment = {
        name: outputs[value.removeprefix("${{").removesuffix("}}").strip()]
        for name, value in step["env"].items()
    }
    results = [
        json.loads(base64.b64decode(environment[f"{runner.upper()}_RESULTS"], validate=True))
        for runner in step["with"]["runners"].split(",")
    ]
    counted = [result for result in results if result["max_score"]]
    statuses = {result["status"] for result in results}
    return Reported(
        points=sum(test["score"] for result in counted for test in result["tests"]),
        most=sum(result["max_score"] for result in counted),
        failure="fail" if "fail" in statuses else "error" if "error" in statuses else "",
        results=results,
    )
