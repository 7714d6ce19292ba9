"""A fresh clone on a machine that has Python and the system packages."""

import re

from small_project import Gate, Project, Started, on_other_machine


def test_the_first_start_sets_up_and_then_does_what_was_asked(
    first_start: tuple[Project, Started],
) -> None:
    project, started = first_start
    assert started.code == 0, started.stderr
    assert started.answer["arguments"] == ["check", "1", "--json"]
    assert started.answer["prefix"] == str(project.venv)
    assert project.has("greeting") == "1.0"


def test_the_first_start_says_what_it_does_on_stderr_only(
    first_start: tuple[Project, Started],
) -> None:
    _, started = first_start
    lines = started.stderr.splitlines()
    assert lines[0] == "Setting up this folder; it is done once."
    assert [re.split(r" \(| \.\.\.", line)[0] for line in lines if line.startswith("- ")] == [
        "- Making a Python environment in .venv",
        "- Installing requirements.txt: 1 packages and what they need, with uv",
        "- Compiling what the apps import",
    ]
    assert started.stdout.count("\n") == 1


def test_the_second_start_does_nothing_but_the_command(ready: Project) -> None:
    ready.put_program("uv", "echo 'uv must not be used again' >&2; exit 99")
    before = sorted(ready.venv.rglob("*"))
    started = ready.start("hint")
    assert (started.code, started.stderr) == (0, "")
    assert started.answer == {"arguments": ["hint"], "prefix": str(ready.venv)}
    assert sorted(path for path in ready.venv.rglob("*") if path.suffix != ".pyc") == [
        path for path in before if path.suffix != ".pyc"
    ]


def test_the_exit_code_is_the_commands(ready: Project) -> None:
    assert ready.start("fail").code == 7


def test_it_starts_from_any_folder(ready: Project) -> None:
    command = [ready.python, str(ready.folder / "checker"), "hint"]
    started = ready.type(command, ready.folder.parent)
    assert (started.code, started.stderr) == (0, "")
    assert started.answer["prefix"] == str(ready.venv)


def test_it_starts_by_the_environments_own_python_too(ready: Project) -> None:
    started = ready.start("hint", python=str(ready.venv / "bin" / "python"))
    assert (started.code, started.stderr) == (0, "")


def test_options_of_the_interpreter_survive_the_restart(ready: Project) -> None:
    (ready.folder / "checker" / "cli.py").write_text(
        "import sys\ndef main(arguments):\n    print(sys.flags.dev_mode)\n    return 0\n"
    )
    command = [ready.python, "-X", "dev", "-m", "checker"]
    assert ready.type(command, ready.folder).stdout == "True\n"


def test_what_a_secretive_root_installs_can_be_read_in_the_jail(project: Project) -> None:
    command = ["sh", "-c", 'umask 077; exec "$@"', "sh", *project.command("check")]
    started = project.type(command, project.folder)
    assert started.code == 0, started.stderr
    (module,) = project.venv.glob("lib/python*/site-packages/greeting.py")
    for path in (module, *list(module.parents)[:4]):
        assert path.stat().st_mode & 0o004, path


def test_where_no_uv_is_to_be_had_pip_does_it(project: Project) -> None:
    project.put_program("uv", "exit 1")
    started = project.start("check")
    assert started.code == 0, started.stderr
    assert "not to be had here; pip will do" in started.stderr
    assert "1 packages and what they need, with pip" in started.stderr
    assert project.has("greeting") == "1.0"


def test_help_needs_no_set_up(project: Project) -> None:
    started = project.start("check", "--help")
    assert (started.code, started.stderr) == (0, "")
    assert not project.venv.exists()


def test_selftest_gets_the_developers_packages_as_well(ready: Project) -> None:
    (ready.folder / "requirements-dev.txt").write_text("-r requirements.txt\nextra==1.0\n")
    assert ready.has("extra") == ""
    started = ready.start("selftest")
    assert started.code == 0, started.stderr
    assert ready.has("extra") == "1.0"
    assert ready.start("selftest").stderr == ready.start("hint").stderr == ""


def test_docs_gets_what_the_site_is_made_with_and_no_programs(ready: Project) -> None:
    (ready.folder / "requirements-docs.txt").write_text("-r requirements.txt\nextra==1.0\n")
    on_other_machine(ready, hidden=("mariadbd", "mariadb-install-db"))
    started = ready.start("docs")
    assert started.code == 0, started.stderr
    assert ready.has("extra") == "1.0"
    assert ready.start("docs").stderr == ""
    assert "mariadbd" in ready.start("hint").stderr


def test_a_line_that_is_no_pin_is_named(project: Project) -> None:
    project.require("greeting>=1.0")
    started = project.start("check")
    assert started.code == 3
    assert "requirements.txt, line 3: found `greeting>=1.0`" in started.stderr
    assert not project.venv.exists()


def test_two_starts_at_once_set_up_once(project: Project) -> None:
    gate = Gate(project, then='exec {uv} "$@"')
    with project.begin("check") as first:
        gate.wait()
        with project.begin("hint") as second:
            assert second.stderr
            assert second.stderr.readline().endswith("Waiting for it...\n")
            gate.open()
            _, first_said = first.communicate(timeout=60)
            _, second_said = second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0), (first_said, second_said)
    assert "Installing" in first_said
    assert second_said == ""
