"""Attendance as a table of plain values, by one grouping or by two (docs/contract.md)."""

from __future__ import annotations

from collections.abc import Iterator

from lms.reporting.attendance.queries import AttendanceReport, AttendanceRow, CrossedReport
from lms.reporting.files import TOTAL, Table
from lms.reporting.rules import AttendanceCounts, By, four_decimals
from lms.tables import Value

FIGURES = (
    *("confirmed", "attended_fully", "attended_partly", "did_not_attend", "excused"),
    *("cancelled", "late_cancelled", "walk_ins", "attended", "people", "workforce"),
)
RATES = ("attendance_rate", "reach")

ATTENDANCE_DEFINITIONS = {
    "confirmed": "Had a place when the first session started; unknown for imported past events.",
    "attended_fully": "Attended, by the share of the event’s minutes; walk-ins left out.",
    "attended_partly": "Part attended, by the share of the event’s minutes; walk-ins left out.",
    "did_not_attend": "Had a place and did not come.",
    "excused": "Had a place, and was excused by hand with a reason.",
    "cancelled": "Bookings that were cancelled, by anyone, or because the event was.",
    "late_cancelled": "Those of the cancelled that were cancelled after the cut-off.",
    "walk_ins": "Came without a place.",
    "attended": "Attended, part attended and walk-ins together.",
    "people": "Distinct people among the attended; one without an e-mail counts as one.",
    "workforce": "The agency’s latest headcount at the end of the period.",
    "attendance_rate": "Attended and part attended, walk-ins left out, of the confirmed.",
    "reach": "People, of the workforce.",
}


def attendance_table(report: AttendanceReport) -> Table:
    """The attendance report as docs/contract.md has it."""
    has_sector = report.by is By.AGENCY
    heads = ("agency", "sector") if has_sector else (report.by.value,)
    total = AttendanceRow(TOTAL, report.total)
    rows = tuple(_attendance_row(row, has_sector=has_sector) for row in (*report.rows, total))
    columns = (*heads, *FIGURES, *RATES)
    return Table("attendance", columns, rows, ATTENDANCE_DEFINITIONS, report.scope, report.by)


def crossed_table(report: CrossedReport) -> Table:
    """Attendance by two groupings: a row for each pair with anything in it, then each Total."""
    by, across = report.rows.by, report.columns.by
    has_sector = by is By.AGENCY
    heads = ("agency", "sector", across.value) if has_sector else (by.value, across.value)
    rows = tuple(_crossed_rows(report, has_sector=has_sector))
    columns = (*heads, *FIGURES, *RATES)
    scope = report.rows.scope
    return Table("attendance", columns, rows, ATTENDANCE_DEFINITIONS, scope, by, across=across)


def _crossed_rows(report: CrossedReport, *, has_sector: bool) -> Iterator[tuple[Value, ...]]:
    for row in report.rows.rows:
        for column in report.columns.rows:
            counts = report.cell(row, column)
            if not counts.is_zero:
                yield _pair(row, column.label, counts, has_sector=has_sector)
        yield _pair(row, TOTAL, row.counts, has_sector=has_sector)
    whole = AttendanceRow(TOTAL, report.total)
    for column in report.columns.rows:
        if not column.counts.is_zero:
            yield _pair(whole, column.label, column.counts, has_sector=has_sector)
    yield _pair(whole, TOTAL, report.total, has_sector=has_sector)


def _pair(
    row: AttendanceRow, across: str, counts: AttendanceCounts, *, has_sector: bool
) -> tuple[Value, ...]:
    heads: tuple[Value, ...] = (row.label,)
    if has_sector:
        heads = (row.label, row.sector.words if row.sector else "")
    return (*heads, across, *_figures(counts), *_rates(counts))


def _attendance_row(row: AttendanceRow, *, has_sector: bool) -> tuple[Value, ...]:
    heads: tuple[Value, ...] = (row.label,)
    if has_sector:
        heads = (row.label, row.sector.words if row.sector else "")
    return (*heads, *_figures(row.counts), *_rates(row.counts))


def _figures(counts: AttendanceCounts) -> Iterator[Value]:
    return (getattr(counts, name) for name in FIGURES)


def _rates(counts: AttendanceCounts) -> Iterator[Value]:
    return (four_decimals(getattr(counts, name)) for name in RATES)
