"""JUnit XML, as pytest writes it and CI servers read it: a suite for each student and step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from checker.grading.results import ClassResults, StepGrade, Student
from checker.reports.printable import printable
from checker.verdicts.outcomes import Verdict

#: The longest text of an element.
_LONGEST = 4_000
#: Which element tells a verdict; one without is a pass.
_ELEMENTS = {
    Verdict.FAILED: "failure",
    Verdict.TIMEOUT: "failure",
    Verdict.ERROR: "error",
    Verdict.BLOCKED: "skipped",
    Verdict.NOT_RUN: "skipped",
    Verdict.FLAKY: "flakyFailure",
}


def render(results: ClassResults) -> str:
    """Return the class as JUnit XML; a refused submission is a suite with one error."""
    root = Element("testsuites", name=printable(results.title))
    totals: Counter[str] = Counter()
    seconds = 0.0
    for student in results.students:
        if student.refusal is not None:
            totals += _refused(root, student)
        for step in results.steps:
            if (grade := results.grades.get((student.id, step))) is not None:
                totals += _suite(root, student, grade)
                seconds += grade.seconds
    for name in ("tests", "failures", "errors"):
        root.set(name, str(totals[name]))
    root.set("time", f"{seconds:.3f}")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _refused(root: Element, student: Student) -> Counter[str]:
    assert student.refusal is not None
    counts = Counter(tests=1, errors=1)
    name = printable(student.id)
    suite = _counted(SubElement(root, "testsuite", name=name), counts)
    case = SubElement(suite, "testcase", name="submission", classname=name, time="0.000")
    error = SubElement(case, "error", type="refused", message=printable(student.refusal.what))
    error.text = printable(student.refusal.remedy)
    return counts


def _suite(root: Element, student: Student, grade: StepGrade) -> Counter[str]:
    report = grade.report
    name = f"{printable(student.id)} step {grade.step}"
    suite = SubElement(root, "testsuite", name=name)
    suite.set("time", f"{grade.seconds:.3f}")
    suite.set("timestamp", grade.graded_at)
    properties = SubElement(suite, "properties")
    for key, value in {
        "student": student.name,
        "group": student.group,
        "score": str(report["score"]),
        "max_score": str(report["max_score"]),
        "digest": report["submission"]["digest"],
        "seed": str(report["seed"]),
    }.items():
        SubElement(properties, "property", name=key, value=printable(value))
    counts: Counter[str] = Counter()
    for check in report["checks"]:
        counts["tests"] += 1
        if (counted := _case(suite, name, check)) is not None:
            counts[counted] += 1
    _counted(suite, counts)
    return counts


def _case(suite: Element, classname: str, check: Mapping[str, Any]) -> str | None:
    """Add a check and return under which name it is counted, besides being a test."""
    case = SubElement(suite, "testcase", name=printable(check["id"]), classname=classname)
    case.set("time", f"{check['seconds']:.3f}")
    element = _ELEMENTS.get(Verdict(check["verdict"]))
    if element is None:
        return None
    told = SubElement(case, element, type=check["verdict"], message=_message(check))
    told.text = printable(_told(check), _LONGEST)
    return {"failure": "failures", "error": "errors", "skipped": "skipped"}.get(element)


def _message(check: Mapping[str, Any]) -> str:
    if check["blocked_by"]:
        return f"waits for {printable(check['blocked_by'])}"
    return printable(check["seen"] or check["title"], 400).replace("\n", " ")


def _told(check: Mapping[str, Any]) -> str:
    lines = [check["title"], *check["steps"]]
    lines += [f"expected: {check['expected']}"] if check["expected"] else []
    lines += [f"seen: {check['seen']}"] if check["seen"] else []
    if check["cause"] is not None:
        lines.append(f"cause: {check['cause']['title']} {check['cause']['location']}".rstrip())
    lines += [f"looks like: {check['mistake']}"] if check["mistake"] else []
    return "\n".join(lines)


def _counted(suite: Element, counts: Counter[str]) -> Element:
    for name in ("tests", "failures", "errors", "skipped"):
        suite.set(name, str(counts[name]))
    return suite
