"""Whose submissions are in a folder, whatever platform they come from, and who is on the list."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from checker.grading import roster
from checker.grading.contents import Contents
from checker.grading.discover import Found, NoSubmissions, submissions_in
from checker.grading.refusals import Refused
from tests.grading.class_of import COURSE


def app_in(folder: Path, text: str = "# an app") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "app.py").write_text(text)
    return folder


def zip_of(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "# an app")
    return path


def people(folder: Path) -> dict[str, list[tuple[str, str]]]:
    found, _others = submissions_in(folder)
    return {each.source: [(person.id, person.name) for person in each.people] for each in found}


def listed(path: Path, text: str, encoding: str = "utf-8") -> list[roster.Row]:
    path.write_bytes(text.encode(encoding))
    return roster.read(path)


# -- layouts ---------------------------------------------------------------------------------------


def test_a_folder_or_a_zip_is_called_as_its_student_is(tmp_path: Path):
    app_in(tmp_path / "ana")
    zip_of(tmp_path / "Béla.ZIP", "app.py")
    (tmp_path / "grades.xlsx").write_text("")
    (tmp_path / ".DS_Store").write_text("")
    found, others = submissions_in(tmp_path)
    assert {each.source: each.people[0].id for each in found} == {"ana": "ana", "Béla.ZIP": "Béla"}
    assert others == ["grades.xlsx"]


def test_clones_of_github_classroom_are_called_by_their_user(tmp_path: Path):
    folder = tmp_path / "login-page-submissions"
    app_in(folder / "login-page-octocat")
    app_in(folder / "login-page-mona-lisa")
    assert people(folder) == {
        "login-page-mona-lisa": [("mona-lisa", "mona-lisa")],
        "login-page-octocat": [("octocat", "octocat")],
    }


GRADESCOPE = """
submission_101:
  :submitters:
  - :name: Ana López
    :sid: '4711'
    :email: ana@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-03-01 10:00:00.000000000 Z
  :score: 0.0
submission_102:
  :submitters:
  - :name: Bo
    :email: bo@example.org
  - :name: Cy
    :sid: 12
"""


@pytest.mark.parametrize("inside", ["", "assignment_77_export"])
def test_gradescope_says_who_has_submitted_alone_or_together(tmp_path: Path, inside: str):
    folder = tmp_path / inside
    app_in(folder / "submission_101")
    app_in(folder / "submission_102")
    app_in(folder / "submission_103")
    (folder / "submission_metadata.yml").write_text(GRADESCOPE)
    assert people(tmp_path) == {
        "submission_101": [("4711", "Ana López")],
        "submission_102": [("bo@example.org", "Bo"), ("12", "Cy")],
        "submission_103": [("submission_103", "submission_103")],
    }


@pytest.mark.parametrize("text", ["- a list", "a: [unfinished", "just text", "a: 1"])
def test_a_metadata_file_that_gradescope_has_not_written_is_named(tmp_path: Path, text: str):
    app_in(tmp_path / "submission_101")
    (tmp_path / "submission_metadata.yml").write_text(text)
    with pytest.raises(NoSubmissions, match=r"submission_metadata\.yml is not what Gradescope"):
        submissions_in(tmp_path)


def test_no_tag_of_a_metadata_file_makes_anything(tmp_path: Path):
    app_in(tmp_path / "submission_101")
    proof = tmp_path / "proof"
    text = f"submission_101: !!python/object/apply:os.mkdir ['{proof}']"
    (tmp_path / "submission_metadata.yml").write_text(text)
    with pytest.raises(NoSubmissions):
        submissions_in(tmp_path)
    assert not proof.exists()


def test_moodle_has_a_folder_for_each_student_and_one_for_texts(tmp_path: Path):
    app_in(tmp_path / "Ana María_de la Cruz_55321_assignsubmission_file_" / "work")
    app_in(tmp_path / "Ana María_de la Cruz_55321_assignsubmission_onlinetext_")
    assert people(tmp_path) == {
        "Ana María_de la Cruz_55321_assignsubmission_file_": [("55321", "Ana María_de la Cruz")]
    }


def test_moodle_without_folders_puts_the_name_before_every_file(tmp_path: Path):
    zip_of(tmp_path / "Ana_1_assignsubmission_file_my app.zip", "app.py")
    (tmp_path / "Bo_2_assignsubmission_file_app.py").write_text("# one")
    (tmp_path / "Bo_2_assignsubmission_file_login.html").write_text("two")
    found, _others = submissions_in(tmp_path)
    assert [each.people[0].id for each in found] == ["1", "2"]
    ana, bo = (Contents(each.parts) for each in found)
    assert ana.submission(ana.steps(COURSE)[1]).files == {"app.py": b"# an app"}
    assert bo.submission(bo.steps(COURSE)[1]).files == {"app.py": b"# one", "login.html": b"two"}


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda path: None, "is not a folder"),
        (lambda path: path.mkdir(), "no folder and no zip"),
        (lambda path: path.write_text(""), "is a file. Unpack"),
    ],
)
def test_a_place_without_submissions_is_named_with_what_to_do(tmp_path: Path, make, said: str):
    make(tmp_path / "here")
    with pytest.raises(NoSubmissions, match=said):
        submissions_in(tmp_path / "here")


# -- what is inside --------------------------------------------------------------------------------


def steps_of(folder: Path) -> dict[int, str]:
    return Contents([("", folder)]).steps(COURSE)


ALL = dict.fromkeys(range(1, 7), "")


@pytest.mark.parametrize(
    "apps, expected",
    [
        (["."], ALL),
        (["flask-app"], dict.fromkeys(range(1, 7), "flask-app")),
        (["a/b/c"], dict.fromkeys(range(1, 7), "a/b/c")),
        (
            ["steps/01-raw-mysql-login", "solutions/01-raw-mysql-login"],
            {1: "steps/" + COURSE[0].name},
        ),
        (["step1", "Step 02", "step_3-mine"], {1: "step1", 2: "Step 02", 3: "step_3-mine"}),
        (["work/1", "work/2"], {1: "work/1", 2: "work/2"}),
        (["01-raw-mysql-login", "1 old"], {1: "01-raw-mysql-login"}),
        (["step1/my-app", "step2"], {1: "step1/my-app", 2: "step2"}),
        (["flask-login"], dict.fromkeys(range(1, 7), "flask-login")),
        ([".", "static/1", "migrations/02"], ALL),
        (["99-bottles"], dict.fromkeys(range(1, 7), "99-bottles")),
        (["app", "app/tests"], dict.fromkeys(range(1, 7), "app")),
    ],
)
def test_the_folder_of_a_step_is_found_however_it_is_called(tmp_path: Path, apps, expected):
    for app in apps:
        app_in(tmp_path / app)
    assert steps_of(tmp_path) == expected


@pytest.mark.parametrize(
    "apps, said",
    [
        (["step1", "01 new"], "Two folders could be step 1: `01 new` and `step1`"),
        (["mine", "yours"], "Two folders hold an app: `mine` and `yours`"),
    ],
)
def test_what_could_be_meant_in_two_ways_is_refused(tmp_path: Path, apps, said: str):
    for app in apps:
        app_in(tmp_path / app)
    with pytest.raises(Refused, match=said):
        steps_of(tmp_path)


def test_a_zip_is_read_as_its_folder_would_be(tmp_path: Path):
    files = {"01-x/app.py": "app", "01-x/templates/a.html": "a", "01-x/.git/config": "evil"}
    files |= {"01-x/__pycache__/app.pyc": "old", "01-x/ünï.txt": "ü"}
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            path = tmp_path / "a" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    zipped, folder = (Contents([("", tmp_path / name)]) for name in ("a.zip", "a"))
    assert zipped.steps(COURSE) == folder.steps(COURSE) == {1: "01-x"}
    assert zipped.submission("01-x").digest == folder.submission("01-x").digest
    assert set(zipped.submission("01-x").files) == {"app.py", "templates/a.html", "ünï.txt"}


def test_uploaded_zips_are_looked_into_and_an_apps_own_are_not(tmp_path: Path):
    (tmp_path / "ana").mkdir()
    zip_of(tmp_path / "ana" / "step1.zip", "app.py")
    zip_of(tmp_path / "ana" / "step2.zip", "my app/app.py")
    assert steps_of(tmp_path / "ana") == {1: "step1", 2: "step2/my app"}
    app_in(tmp_path / "bo")
    (tmp_path / "bo" / "backup.zip").write_text("no zip at all")
    assert Contents([("", tmp_path / "bo")]).submission("").files["backup.zip"] == b"no zip at all"


def test_a_link_that_stays_inside_is_left_out_and_told(tmp_path: Path):
    app_in(tmp_path / "app")
    (tmp_path / "app" / "style.css").symlink_to("../app/app.py")
    submission = Contents([("", tmp_path)]).submission("app")
    assert submission.skipped == (("style.css", "links are not followed"),)


def test_a_settings_file_that_cannot_be_used_is_refused(tmp_path: Path):
    (app_in(tmp_path) / "checker.toml").write_text("[path]")
    with pytest.raises(Refused, match=r"checker\.toml: 'path' is not known"):
        Contents([("", tmp_path)]).submission("")


# -- the class list --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "id,name,group\n7,Ana López,B\n",
        "\ufeffGroup;Student ID;Full name\nB;7;Ana López\n",
        "First name,Surname,ID number,Email address,Groups\nAna,López,7,ana@x.org,B\n",
        "Student,SIS User ID,SIS Login ID,Section\n    Points Possible,,,\nAna López,7,ana,B\n",
        "Name\tSID\tEmail\tSections\nAna López\t7\tana@x.org\tB\n",
    ],
)
def test_the_columns_of_the_usual_lists_are_known(tmp_path: Path, text: str):
    (row,) = listed(tmp_path / "class.csv", text)
    assert (row.id, row.name, row.group) == ("7", "Ana López", "B")


def test_a_list_that_excel_has_saved_as_unicode_is_read(tmp_path: Path):
    (row,) = listed(tmp_path / "class.csv", "id,name\n7,Ana López\n", "utf-16")
    assert row.name == "Ana López"


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is empty. Its first line names the columns"),
        ("mark,room\n1,2\n", "line 1: none of the columns 'mark', 'room' says who it is"),
        ("id,name\n7,Ana\n7,Bo\n", "line 3: '7' stands in line 2 already"),
        ("id,name\n,\n7,López, Ana\n", r"line 3: 3 values, and 2 columns. Put 'López'"),
        ("id,group\n,B\n", r"line 2: \['', 'B'\] names nobody"),
        ("id\n\0\n", "is no text"),
    ],
)
def test_a_list_that_cannot_be_read_is_named_with_line_value_and_remedy(
    tmp_path: Path, text: str, said: str
):
    with pytest.raises(roster.RosterError, match=said):
        listed(tmp_path / "class.csv", text)


def test_a_list_in_an_old_code_page_is_named_with_its_line(tmp_path: Path):
    with pytest.raises(roster.RosterError, match=r"line 3: b'\\xf3' is no valid UTF-8"):
        listed(tmp_path / "class.csv", "id,name\n6,Bo\n7,Ana López\n", "latin-1")


def test_submissions_are_matched_by_number_name_e_mail_or_user_name(tmp_path: Path):
    for name in ("bo", "Ana  LÓPEZ", "cy@x.org"):
        app_in(tmp_path / name)
    found, _others = submissions_in(tmp_path)
    text = "id,name,email,github_username,group\n1,Ana López,a@x.org,,A\n2,Bo B.,b@x.org,bo,B\n"
    text += "3,Cy,cy@x.org,,A\n4,Di,d@x.org,,A\n"
    enrolled, strangers = roster.enrol(found, listed(tmp_path / "class.csv", text))
    assert strangers == []
    assert [
        (e.student.id, e.student.name, e.student.group, e.student.source) for e in enrolled
    ] == [
        ("1", "Ana López", "A", "Ana  LÓPEZ"),
        ("2", "Bo B.", "B", "bo"),
        ("3", "Cy", "A", "cy@x.org"),
        ("4", "Di", "A", ""),
    ]
    assert [e.student.refusal is None for e in enrolled] == [True, True, True, False]
    assert enrolled[3].student.refusal.what == "Nothing was handed in."


def test_a_name_that_two_students_have_matches_neither(tmp_path: Path):
    app_in(tmp_path / "Ana")
    found, _others = submissions_in(tmp_path)
    rows = listed(tmp_path / "class.csv", "id,name\n1,Ana\n2,Ana\n")
    enrolled, strangers = roster.enrol(found, rows)
    assert strangers == ["Ana"]
    assert [e.student.id for e in enrolled if e.found] == ["Ana"]


def test_who_has_handed_in_twice_is_told_to_keep_one(tmp_path: Path):
    app_in(tmp_path / "ana")
    zip_of(tmp_path / "ana.zip", "app.py")
    found, _others = submissions_in(tmp_path)
    (only,), _strangers = roster.enrol(found, None)
    assert only.found is None
    assert only.student.refusal.what == "It was handed in more than once: 'ana', 'ana.zip'."


def test_all_of_a_group_share_one_submission(tmp_path: Path):
    app_in(tmp_path / "submission_102")
    (tmp_path / "submission_metadata.yml").write_text(GRADESCOPE)
    found, _others = submissions_in(tmp_path)
    enrolled, _strangers = roster.enrol(found, None)
    assert [(e.student.name, e.student.source) for e in enrolled] == [
        ("Bo", "submission_102"),
        ("Cy", "submission_102"),
    ]


# -- what must not be read -------------------------------------------------------------------------


def refusal_of(path: Path) -> str:
    """Return why a submission is refused, wherever that shows."""
    (found,) = (each for each in submissions_in(path.parent)[0] if each.source == path.name)
    if found.refusal is not None:
        return found.refusal.what
    with pytest.raises(Refused) as caught:
        read(found)
    assert caught.value.refusal.remedy
    return caught.value.refusal.what


def read(found: Found) -> None:
    contents = Contents(found.parts)
    for folder in contents.steps(COURSE).values():
        contents.submission(folder)


def test_what_an_ordinary_user_may_not_read_is_named(tmp_path: Path, monkeypatch):
    path = app_in(tmp_path / "ana")
    (path / "secret.py").write_text("")
    may = os.access
    monkeypatch.setattr(
        os, "access", lambda name, mode: "secret" not in str(name) and may(name, mode)
    )
    assert refusal_of(path) == "`secret.py` cannot be read: Permission denied."


def test_a_folder_of_more_files_than_any_app_is_refused(tmp_path: Path):
    path = app_in(tmp_path / "ana")
    for number in range(2_001):
        (path / f"{number}.txt").touch()
    assert "holds more than 2000 files and 20 MB" in refusal_of(path)


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path: Path):
    path = tmp_path / "ana.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.py", bytes(21 * 1024 * 1024))
    content = path.read_bytes()
    true, small = (21 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert content.count(true) == 2
    path.write_bytes(content.replace(true, small))
    assert "`app.py` in it cannot be read: Bad CRC-32" in refusal_of(path)


def test_a_zip_whose_app_is_too_large_is_refused(tmp_path: Path):
    path = tmp_path / "ana.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.py", b"")
        archive.writestr("static/film.mp4", bytes(21 * 1024 * 1024))
    assert "holds more than 2,000 files and 20 MB" in refusal_of(path)
    assert "static/film.mp4" in refusal_of(path)


def test_a_table_of_contents_of_many_megabytes_is_not_even_read(tmp_path: Path):
    path = tmp_path / "ana.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(150):
            info = zipfile.ZipInfo(f"{number}")
            info.comment = bytes(60_000)
            archive.writestr(info, "")
    assert "table of contents has more than 8 MB" in refusal_of(path)
