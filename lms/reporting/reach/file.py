"""Reach as a table of plain values (docs/contract.md)."""

from __future__ import annotations

from datetime import datetime

from lms.reporting.files import TOTAL, Table
from lms.reporting.queries.scope import Scope
from lms.reporting.reach.queries import ReachReport, ReachRow, reach_report
from lms.reporting.reach.rules import ReachBy, ReachCounts
from lms.reporting.rules import four_decimals
from lms.tables import Value

FIGURES = ("people", "workforce", "reach")
REACH_DEFINITIONS = {
    "people": "Distinct people who attended or part attended, walk-ins among them; one without an "
    "e-mail counts as one.",
    "workforce": "The latest headcount at the end of the period: the agency’s, the sector’s where "
    "all its agencies give one, of everybody for a course. For a role or a cohort, what a "
    "coordinator has said of it. Unknown where there is none.",
    "reach": "People, of the workforce.",
    "counted_on": "The day for which the cohort’s list or number is right.",
    "not_reached": "Those of the cohort who did not come.",
}


def reach_table(report: ReachReport) -> Table:
    """Reach by agency (with its sector), sector, role, course; or the cohorts, without a total."""
    by = report.by
    if by is ReachBy.COHORT:
        columns: tuple[str, ...] = ("cohort", "counted_on", *FIGURES, "not_reached")
        rows = tuple(_cohort_row(row) for row in report.rows)
    else:
        has_sector = by is ReachBy.AGENCY
        columns = (*(("agency", "sector") if has_sector else (by.value,)), *FIGURES)
        all_rows = (*report.rows, ReachRow(TOTAL, report.total))
        rows = tuple(_row(row, has_sector=has_sector) for row in all_rows)
    return Table("reach", columns, rows, REACH_DEFINITIONS, report.scope, by)


def _row(row: ReachRow, *, has_sector: bool) -> tuple[Value, ...]:
    sector = (row.sector.words if row.sector else "",) if has_sector else ()
    return (row.label, *sector, *_figures(row.counts))


def _figures(counts: ReachCounts) -> tuple[Value, ...]:
    return (counts.people, counts.workforce, four_decimals(counts.reach))


def _cohort_row(row: ReachRow) -> tuple[Value, ...]:
    counted_on = row.cohort.counted_on.isoformat() if row.cohort else ""
    return (row.label, counted_on, *_figures(row.counts), row.counts.not_reached)


def table_of_reach(by: ReachBy, scope: Scope, now: datetime) -> Table:
    """The table of reach, read and counted."""
    return reach_table(reach_report(by, scope, now))
