"""Attendance by two groupings at once: each cell's own figures, and totals that count people once.

People who came in two quarters stand in both cells and once in their row's total (R3): so totals
are asked of the database, never added up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lms.errors import Refused
from lms.reporting.attendance.queries.report import (
    AttendanceReport,
    AttendanceRow,
    attendance_report,
    figures_of_pairs,
)
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import AttendanceCounts, By

Cells = Mapping[tuple[Any, Any], AttendanceCounts]
ONE_IN_THE_OTHER = {By.AGENCY, By.SECTOR}


@dataclass(frozen=True)
class CrossedReport:
    """The report of the rows, that of the columns, and the cells by the keys of both.

    Rows of agencies have the `sectors` too, with their own cells.
    """

    rows: AttendanceReport
    columns: AttendanceReport
    cells: Cells
    sectors: AttendanceReport | None = None
    sector_cells: Cells | None = None

    @property
    def total(self) -> AttendanceCounts:
        return self.rows.total

    def cell(self, row: AttendanceRow, column: AttendanceRow) -> AttendanceCounts:
        """The figures of one cell; reach is of the row's own workforce."""
        found = self.cells.get((row.key, column.key), AttendanceCounts())
        return replace(found, workforce=row.counts.workforce)

    def sector_cell(self, row: AttendanceRow, column: AttendanceRow) -> AttendanceCounts:
        found = (self.sector_cells or {}).get((row.key, column.key), AttendanceCounts())
        return replace(found, workforce=row.counts.workforce)


def crossed_report(by: By, across: By, scope: Scope, now: datetime) -> CrossedReport:
    """Attendance by two groupings, in a number of statements that its size does not change.

    Raises Refused for an agency across sectors: each has one.
    """
    if {by, across} == ONE_IN_THE_OTHER:
        said = "Agencies stand under their sectors already: choose another grouping to cross."
        raise Refused(said, field="across")
    is_of_agencies = by is By.AGENCY
    return CrossedReport(
        rows=attendance_report(by, scope, now),
        columns=attendance_report(across, scope, now),
        cells=figures_of_pairs(by, across, scope),
        sectors=attendance_report(By.SECTOR, scope, now) if is_of_agencies else None,
        sector_cells=figures_of_pairs(By.SECTOR, across, scope) if is_of_agencies else None,
    )
