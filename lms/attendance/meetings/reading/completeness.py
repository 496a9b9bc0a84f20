"""Whether a file was cut short between two rows, as its own figures tell."""

from __future__ import annotations

from collections.abc import Sequence

from lms.attendance.meetings.reading.faults import UnreadableMeeting
from lms.attendance.meetings.reading.people import Somebody
from lms.attendance.meetings.reading.summary import Summary
from lms.attendance.meetings.reading.tables import Report, TableKind
from lms.words import count

LEAST_GAP = 120  # seconds: what rounding may come to over several joins


def refuse_cut_short(report: Report, summary: Summary, people: Sequence[Somebody]) -> None:
    """Raise UnreadableMeeting where the file counts more than it lists."""
    listed = _people_listed(report)
    if summary.people is not None and listed < summary.people:
        counted = count(summary.people, "person", "people")
        raise UnreadableMeeting(f"The file is cut short: it counts {counted} and lists {listed}.")
    if report.of_kind(TableKind.SPANS) and report.of_kind(TableKind.JOINS):
        for somebody in people:
            _refuse_lacking_joins(somebody)


def _people_listed(report: Report) -> int:
    """At least so many rows must be there: a row for each person, or more."""
    one_each = report.of_kind(TableKind.SPANS, TableKind.TOTALS)
    return sum(len(table.rows) for table in one_each or report.tables)


def _refuse_lacking_joins(somebody: Somebody) -> None:
    said = somebody.said_seconds
    if said is not None and somebody.joined_seconds + LEAST_GAP < said:
        raise UnreadableMeeting(
            f"The file is cut short: it lacks joins of {somebody.name}, who was there longer than "
            "those listed."
        )
