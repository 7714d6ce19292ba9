"""Machines that lack a system package, and who may install it."""

import pytest
from small_project import Project, on_other_machine

from checker.setup.machine import BROWSERS

SERVER = "mariadb-server-core mariadb-client-core"
APT = "apt-get install --yes --no-install-recommends --no-remove"
REFUSE = "echo 'a password is required' >&2; exit 1"
NO_PASSWORD = '[ "$1" = -n ] && shift\nexec "$@"'


def let_apt_install(project: Project) -> None:
    """Put an apt-get there that notes what it is told, and brings what it is asked for."""
    project.put_program(
        "apt-get",
        f'echo "$DEBIAN_FRONTEND $*" >> {project.folder.parent}/apt.log\n'
        'case "$*" in *" update") exit 0;; esac\n'
        f"cd {project.programs}; for name in mariadbd mariadb-install-db; do\n"
        "printf '#!/bin/sh\\n' > $name; chmod +x $name; done",
    )


def told_apt(project: Project) -> list[str]:
    return (project.folder.parent / "apt.log").read_text().splitlines()


def test_without_rights_the_exact_command_is_shown_and_nothing_is_begun(machine: Project) -> None:
    machine.put_program("sudo", REFUSE)
    files = sorted(machine.folder.rglob("*"))
    started = machine.start("check", "1", "--json")
    assert (started.code, started.stdout) == (3, "")
    assert "mariadbd: a private database server for each check" in started.stderr
    assert f"    sudo sh -c 'apt-get update && {APT} {SERVER}'\n" in started.stderr
    left = [path for path in machine.folder.rglob("*") if "__pycache__" not in path.parts]
    assert sorted(left) == files


def test_where_there_is_no_sudo_the_command_is_for_su(project: Project) -> None:
    (project.programs / "sudo").unlink()
    on_other_machine(project, hidden=("bwrap", "sudo"))
    started = project.start("check")
    assert started.code == 3
    assert f"    su -c 'apt-get update && {APT} bubblewrap'\n" in started.stderr


def test_everything_that_is_missing_is_in_one_command(project: Project) -> None:
    project.put_program("sudo", REFUSE)
    hidden = ("mariadbd", "bwrap", "pkg-config", "pkgconf", "gcc", "cc", "clang")
    on_other_machine(project, hidden=(*hidden, "x86_64-linux-gnu-gcc", "aarch64-linux-gnu-gcc"))
    started = project.start("check")
    assert started.code == 3
    wanted = f"{SERVER} bubblewrap gcc libc6-dev pkg-config libmariadb-dev"
    assert f"{APT} {wanted}'" in started.stderr


def test_root_installs_what_is_missing_and_goes_on(project: Project) -> None:
    on_other_machine(project, hidden=("mariadbd", "mariadb-install-db"), user=0)
    let_apt_install(project)
    started = project.start("check")
    assert started.code == 0, started.stderr
    assert f"- Installing with apt-get: {SERVER}" in started.stderr
    update, install = told_apt(project)
    assert update == "noninteractive -o DPkg::Lock::Timeout=120 update"
    assert install.startswith(f"noninteractive {APT.removeprefix('apt-get ')} {SERVER} -o")


def test_sudo_without_a_password_will_do(machine: Project) -> None:
    machine.put_program("sudo", NO_PASSWORD)
    let_apt_install(machine)
    started = machine.start("check")
    assert started.code == 0, started.stderr
    assert len(told_apt(machine)) == 2


def test_a_ready_folder_gets_its_missing_program_back_without_a_new_environment(
    ready: Project,
) -> None:
    on_other_machine(ready, hidden=("mariadbd", "mariadb-install-db"), user=0)
    let_apt_install(ready)
    started = ready.start("check")
    assert started.code == 0, started.stderr
    assert ".venv" not in started.stderr


def test_a_mysql_server_that_is_in_the_way_stays(project: Project) -> None:
    on_other_machine(project, hidden=("mariadbd", "mariadb-install-db"), user=0)
    project.put_program(
        "apt-get", "echo 'E: Packages need to be removed but remove is disabled.'; exit 100"
    )
    started = project.start("check")
    assert started.code == 3
    assert "nothing was changed" in started.stderr.replace("\n", " ")
    assert "MYSQL_HOST" in started.stderr
    assert not project.venv.exists()


def test_an_installation_that_was_interrupted_is_finished_first(project: Project) -> None:
    on_other_machine(project, hidden=("mariadbd", "mariadb-install-db"), user=0)
    let_apt_install(project)
    apt = project.programs / "apt-get"
    mended = project.folder.parent / "mended"
    apt.write_text(
        apt.read_text().replace(
            "#!/bin/sh",
            f'#!/bin/sh\ncase "$*" in install*) [ -e {mended} ] || '
            "{ echo 'E: dpkg was interrupted, run dpkg --configure -a'; exit 100; };; esac",
        )
    )
    project.put_program("dpkg", f'[ "$*" = "--configure -a" ] && touch {mended}')
    started = project.start("check")
    assert started.code == 0, started.stderr


@pytest.mark.parametrize("name", ["MYSQL_HOST", "MYSQL_UNIX_SOCKET"])
def test_with_a_server_of_your_own_no_other_is_needed(ready: Project, name: str) -> None:
    on_other_machine(ready, hidden=("mariadbd", "mariadb-install-db"))
    ready.environment[name] = "anything"
    started = ready.start("check")
    assert (started.code, started.stderr) == (0, "")


def test_the_doctor_comes_to_a_machine_that_lacks_a_program(ready: Project) -> None:
    on_other_machine(ready, hidden=("bwrap",))
    ready.put_program("sudo", REFUSE)
    assert ready.start("check").code == 3
    assert ready.start("doctor").code == 0


def test_only_the_projects_own_tests_need_a_browser_and_npm(ready: Project) -> None:
    ready.put_program("sudo", REFUSE)
    on_other_machine(ready, hidden=(*BROWSERS, "npm"))
    assert ready.start("hint").stderr == ""
    started = ready.start("selftest")
    assert started.code == 3
    assert "chromium: a real browser" in started.stderr
    assert "npm: fetches what the site's pages run" in started.stderr
    assert f"{APT} chromium-headless-shell npm" in started.stderr
