"""Who answered, where two groups bear one name."""

from __future__ import annotations

from lms.catalogue.rules import Stage
from lms.reporting.evaluation.queries import EvaluationReport, EvaluationRow
from lms.reporting.queries import Scope
from lms.reporting.rules import By, Period, ReplyCounts


def test_two_courses_of_one_title_are_two_rows_of_three_stages() -> None:
    answered = [
        EvaluationRow("Neglect", ReplyCounts(stage, 10, many, False))
        for many in (4, 7)
        for stage in Stage
    ]
    report = EvaluationReport(By.COURSE, Scope((1, 2), Period(), 4), tuple(answered), ())
    assert [(name, [c.answered for c in stages]) for name, stages in report.groups] == [
        ("Neglect", [4, 4, 4]),
        ("Neglect", [7, 7, 7]),
    ]
