"""What a student types, and what comes of it."""

import json
import shutil
from pathlib import Path

from tests.commands.conftest import Command


def test_without_a_command_it_says_where_one_is(command: Command) -> None:
    done = command()
    assert done.returncode == 0
    assert "Log in with MySQL" in done.stdout
    assert "python3 -m checker start 1" in done.stdout


def test_start_says_what_to_read_edit_and_type(command: Command) -> None:
    done = command("start")
    assert done.returncode == 0
    for text in ("README.md", "app.py", "checker check 1", "checker run 1", "minutes"):
        assert text in done.stdout


def test_the_starter_fails_what_is_to_be_done_on_one_screen(command: Command) -> None:
    done = command("check", "1")
    assert done.returncode == 1
    assert "4 of 100 points" in done.stdout
    assert "wait for login-form" in done.stdout
    assert "python3 -m checker hint login-form" in done.stdout
    assert len(done.stdout.splitlines()) <= 30
    assert done.stderr == ""


def test_a_finished_step_passes_and_the_next_one_is_named(command: Command, solved: Path) -> None:
    done = command("check", "1")
    assert done.returncode == 0, done.stdout
    assert "100 of 100 points" in done.stdout
    after = command()
    assert "best so far: 100 of 100" in after.stdout


def test_the_solution_passes_without_counting_as_ones_own(command: Command) -> None:
    assert command("check", "1", "--solution").returncode == 0
    assert "not checked yet" in command().stdout


def test_json_is_one_object_and_nothing_else(command: Command) -> None:
    done = command("check", "1", "--json")
    said = json.loads(done.stdout)
    assert said["schema"] == 1
    assert said["counts"] == {"passed": 1, "failed": 1, "blocked": 21}
    assert said["max_score"] == 100
    assert {"id", "verdict", "expected", "seen", "steps", "lesson", "seconds"} <= set(
        said["checks"][1]
    )
    assert done.returncode == 1


def test_only_some_checks_do_not_read_as_a_full_pass(command: Command, solved: Path) -> None:
    done = command("check", "1", "--only", "wrong-password")
    assert done.returncode == 0
    assert "4 passed of 4 checks" in done.stdout
    assert "the step has more" in done.stdout
    assert "not checked yet" in command().stdout


def test_any_folder_can_be_checked_and_is_not_written_to(
    command: Command, project: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    done = command("check", "1", "--path", str(folder))
    assert done.returncode == 1
    assert "/login answered 404" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["app.py"]


def test_an_error_is_told_with_file_and_line(command: Command, solved: Path) -> None:
    app = solved / "app.py"
    app.write_text(app.read_text().replace("import hmac\n", "import hmacs\n"))
    done = command("check", "1")
    assert done.returncode == 1
    assert "app.py line 3" in done.stdout
    assert "hmacs" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_hints_come_one_after_the_other(command: Command) -> None:
    command("check", "1")
    told = [command("hint").stdout for _ in range(4)]
    assert [text.split("Hint ")[1][0] for text in told] == ["1", "2", "3", "3"]
    assert told[2] == told[3]


def test_a_hint_for_a_check_that_does_not_exist_names_those_that_do(command: Command) -> None:
    done = command("hint", "no-such-check")
    assert done.returncode == 2
    assert "right-password" in done.stderr


def test_a_hint_without_a_failure_says_what_to_do(command: Command) -> None:
    done = command("hint")
    assert done.returncode == 2
    assert "check 1" in done.stderr


def test_diff_shows_what_was_changed(command: Command, project: Path) -> None:
    assert "the same as its starter" in command("diff", "1").stdout
    app = project / "steps" / "01-raw-mysql-login" / "app.py"
    app.write_text(app.read_text() + "# mine\n")
    done = command("diff", "1")
    assert "+# mine" in done.stdout
    assert "yours/app.py" in done.stdout


def test_reset_brings_the_starter_back_and_keeps_the_work(command: Command, project: Path) -> None:
    folder = project / "steps" / "01-raw-mysql-login"
    starter = (folder / "app.py").read_text()
    (folder / "app.py").write_text("my work\n")
    (folder / "notes.txt").write_text("my notes\n")
    for _ in range(2):
        done = command("reset", "1")
        assert done.returncode == 0
    assert (folder / "app.py").read_text() == starter
    assert not (folder / "notes.txt").exists()
    kept = [path.read_text() for path in (project / ".workshop" / "backups").glob("*/notes.txt")]
    assert kept == ["my notes\n"]


def test_next_waits_until_the_step_has_passed(command: Command) -> None:
    command("start", "1")
    done = command("next")
    assert done.returncode == 2
    assert "has not passed yet" in done.stderr


def test_a_step_that_does_not_exist_is_misuse(command: Command) -> None:
    done = command("check", "99")
    assert done.returncode == 2
    assert "There is no step '99'" in done.stderr
    assert "1 (raw-mysql-login)" in done.stderr


def test_a_folder_that_does_not_exist_is_misuse(command: Command) -> None:
    done = command("check", "1", "--path", "no/such/folder")
    assert done.returncode == 2
    assert "is not a folder" in done.stderr


def test_a_checker_toml_that_cannot_be_used_is_told_before_anything_runs(
    command: Command, solved: Path
) -> None:
    (solved / "checker.toml").write_text('[paths]\nlogn = "/entrar"\n')
    done = command("check", "1")
    assert done.returncode == 2
    assert "checker.toml" in done.stderr
    assert "'logn'" in done.stderr


def test_an_unknown_command_is_misuse(command: Command) -> None:
    done = command("chekc")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_step_folder_that_was_deleted_can_be_brought_back(
    command: Command, project: Path
) -> None:
    folder = project / "steps" / "01-raw-mysql-login"
    for name in ("app.py", "templates", "static", "schema.sql"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = command("check", "1")
    assert done.returncode == 1
    assert "There is no app" in done.stdout
    assert command("reset", "1").returncode == 0
    assert (folder / "app.py").exists()
