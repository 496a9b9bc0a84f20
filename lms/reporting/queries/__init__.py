"""The figures of every report, worked out by the database in a few statements."""

from lms.reporting.queries.attendance import (
    AttendanceReport,
    AttendanceRow,
    attendance_report,
    attended_by_group,
    count_attended,
)
from lms.reporting.queries.evaluation import EvaluationReport, EvaluationRow, evaluation_report
from lms.reporting.queries.scope import (
    Asked,
    Scope,
    list_years,
    scope_of,
)

__all__ = [
    "Asked",
    "AttendanceReport",
    "AttendanceRow",
    "EvaluationReport",
    "EvaluationRow",
    "Scope",
    "attendance_report",
    "attended_by_group",
    "count_attended",
    "evaluation_report",
    "list_years",
    "scope_of",
]
