"""The figures of every report, worked out by the database in a few statements."""

from lms.reporting.queries.attendance import (
    AttendanceReport,
    AttendanceRow,
    attendance_report,
    attended_by_event,
    attended_by_group,
    count_attended,
)
from lms.reporting.queries.crossed import CrossedReport, crossed_report
from lms.reporting.queries.dimensions import (
    DIMENSIONS,
    Dimension,
    Filter,
    filter_name,
    filter_named,
    filter_words,
    values_offered,
)
from lms.reporting.queries.evaluation import EvaluationReport, EvaluationRow, evaluation_report
from lms.reporting.queries.rows import CountedBooking, count_rows, list_rows
from lms.reporting.queries.scope import (
    Asked,
    Scope,
    list_years,
    scope_of,
)

__all__ = [
    "DIMENSIONS",
    "Asked",
    "AttendanceReport",
    "AttendanceRow",
    "CountedBooking",
    "CrossedReport",
    "Dimension",
    "EvaluationReport",
    "EvaluationRow",
    "Filter",
    "Scope",
    "attendance_report",
    "attended_by_event",
    "attended_by_group",
    "count_attended",
    "count_rows",
    "crossed_report",
    "evaluation_report",
    "filter_name",
    "filter_named",
    "filter_words",
    "list_rows",
    "list_years",
    "scope_of",
    "values_offered",
]
