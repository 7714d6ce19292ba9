"""What ``symptoms.toml`` may say, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from string import Template
from typing import Any

from checker.verdicts.diagnosis import Symptom, symptoms

EXPRESSIONS = ("type", "message", "source", "text", "output", "body", "files", "code")
#: Words that a title may start with although they are written with a capital letter.
NAMES = {"Flask", "Flask-Login", "Flask-SQLAlchemy", "Jinja", "MySQL", "Python", "SQL"} | {
    "SQLAlchemy",
    "SQLite",
    "Werkzeug",
}


def patterns() -> Iterator[tuple[Symptom, Mapping[str, Any]]]:
    for symptom in symptoms():
        assert symptom.patterns, symptom.id
        for pattern in symptom.patterns:
            yield symptom, pattern


def named_groups(expression: str) -> set[str]:
    return set(re.findall(r"\(\?P<(\w+)>", expression))


def test_ids_are_unique_names_for_good():
    ids = [symptom.id for symptom in symptoms()]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", one)] == []


def test_a_pattern_has_known_parts_and_looks_at_more_than_files():
    for _, pattern in patterns():
        assert pattern.keys() <= {*EXPRESSIONS, "status", "served", "values", "title"}, pattern
        assert pattern.keys() & {*EXPRESSIONS, "served"} - {"files", "code"}, pattern


def test_repetitions_are_bounded():
    for _, pattern in patterns():
        for part in pattern.keys() & set(EXPRESSIONS):
            bare = re.sub(r"\\.", "x", pattern[part])  # an escaped sign repeats nothing,
            bare = re.sub(r"\[\^?\]?[^]]*\]", "x", bare)  # nor does one in a set
            assert not re.search(r"[*+]|\{\d*,\}", bare), pattern[part]
            times = re.findall(r"\)\{\d*,?(\d+)\}", bare)  # a group may hold repetitions itself
            assert all(int(most) <= 3 for most in times), pattern[part]


def test_every_value_of_title_and_advice_is_found_by_every_pattern():
    for symptom, pattern in patterns():
        known = set(pattern.get("values", ()))
        for part, expression in pattern.items():
            if part in EXPRESSIONS:
                assert set(re.findall(r"\(\?P=(\w+)\)", expression)) <= known, expression
                known |= named_groups(expression)
        if pattern.keys() & {"source", "code", "served"}:
            known |= {"file", "line"}
        for text in (pattern.get("title", symptom.title), symptom.advice):
            assert set(Template(text).get_identifiers()) <= known, pattern


def test_a_title_can_follow_a_place_and_the_advice_is_a_sentence():
    for symptom, pattern in patterns():
        title = pattern.get("title", symptom.title)
        assert title[0].islower() or title[0] in "`$" or title.split()[0] in NAMES, title
        assert title[-1] not in ".:!", title
        assert len(title) <= 120, title
        assert symptom.advice == "$instead" or symptom.advice[-1] in ".?", symptom.advice
        assert len(symptom.advice) <= 350, symptom.advice
        assert symptom.advice.count("`") % 2 == 0, symptom.advice


def test_words_are_the_workshops():
    for symptom in symptoms():
        said = f"{symptom.title} {symptom.advice}".lower()
        for word in ("sign in", "signin", "simply", "just ", "obviously", "please", "todo"):
            assert word not in said, said


def test_a_command_to_type_holds_nothing_that_a_submission_could_choose():
    # A file may be called "a; rm -rf ~". What is put into a command is made of harmless signs.
    starts = "mv|mkdir|export|set|mysql|sudo|python3"
    for symptom, pattern in patterns():
        for command in re.findall(rf"`((?:{starts}) [^`]*)`", symptom.advice):
            for name in Template(command).get_identifiers():
                parts = [str(pattern.get(part)) for part in EXPRESSIONS]
                groups = [re.search(rf"\(\?P<{name}>(.*?)\)", part) for part in parts]
                found = [group[1] for group in groups if group]
                assert found, command
                for group in found:
                    assert re.fullmatch(r"(\\w|\[[\\w./-]+\])\{1,\d+\}", group), command
