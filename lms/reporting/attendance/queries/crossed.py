"""Attendance by two groupings at once: each cell's own figures, and totals that count people once.

People who came in two quarters stand in both cells and once in their row's total (R3): so totals
are counted by the database, never added up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from lms.errors import Refused
from lms.reporting.attendance.queries.figures import Cells, read_figures
from lms.reporting.attendance.queries.report import AttendanceReport, AttendanceRow, reports_of
from lms.reporting.queries.groups import grouping
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import AttendanceCounts, By

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

    Raises Refused for a grouping across itself, and for agencies across sectors: each has one.
    """
    if by is across:
        raise Refused("Choose two different groupings to cross.", field="across")
    if {by, across} == ONE_IN_THE_OTHER:
        said = "Agencies stand under their sectors already: choose another grouping to cross."
        raise Refused(said, field="across")
    one, other = grouping(by, scope), grouping(across, scope)
    sector = grouping(By.SECTOR, scope) if by is By.AGENCY else None
    down = [one, *([sector] if sector else [])]
    groups = [one, other, *down[1:]]
    wanted = [*((group,) for group in groups), *((group, other) for group in down)]
    figures = read_figures(wanted, scope)
    rows, columns, *sectors = reports_of(groups, figures, scope, now)
    return CrossedReport(
        rows=rows,
        columns=columns,
        cells=figures.of(one, other),
        sectors=sectors[0] if sectors else None,
        sector_cells=figures.of(sector, other) if sector else None,
    )
