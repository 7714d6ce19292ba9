"""``python -m benchmarks.grading_ten SUBMISSIONS OUT JOBS``: ``grade``, but with ten checks only.

The command line's own loop, store, workers and jails; only the jobs are smaller. Prints, as the
last line, a JSON list of the submissions that pass.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.ground import COURSE
from benchmarks.peers.ten import TEN
from checker.apps.submission import Submission
from checker.commands.workshop import Workshop
from checker.course import Step
from checker.grading import roster
from checker.grading.discover import submissions_in
from checker.grading.executors import Processes
from checker.grading.grader import Grader
from checker.grading.jobs import Job
from checker.grading.store import Store
from checker.reports.class_progress import ClassProgress
from checker.reports.class_reports import write_all


class TenGrader(Grader):
    """Asks ten checks of everybody, the reference solution included."""

    def _job(
        self, submission: Submission, name: str, step: Step, only: tuple[str, ...] = ()
    ) -> Job:
        return super()._job(submission, name, step, only or TEN)


def main() -> None:
    folder, out, jobs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    found, _others = submissions_in(folder)
    enrolled, _strangers = roster.enrol(found, None)
    students = [each.student for each in enrolled]
    console = Workshop.open(for_program=True).console
    with Store(out, write=True) as store:
        store.enrol(folder.name, [1], students)
        executor = Processes(jobs)
        with ClassProgress(console, students) as teller:
            TenGrader(store, COURSE, COURSE[:1], executor, jobs, teller).grade(
                roster.to_grade(enrolled)
            )
        executor.shutdown()
        results = store.results()
        write_all(results, out, after_due_date=False)
    verdicts = {
        student: [each["verdict"] for each in grade.report["checks"]]
        for (student, _step), grade in results.grades.items()
        if grade is not None
    }
    passed = [
        student
        for student, told in verdicts.items()
        if len(told) == len(TEN) and set(told) <= {"passed", "flaky"}
    ]
    print(json.dumps(sorted(passed)))


if __name__ == "__main__":
    main()
