"""Two groupings crossed as a page shows them: one figure a cell, and no more columns than fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lms.reporting.attendance.queries import AttendanceRow, CrossedReport
from lms.reporting.rules import AttendanceCounts, By, Figure, Traced, traced_by
from lms.reporting.rules.sectors import placed_by_sector
from lms.words import percent, sentence_case

MOST_COLUMNS = 12
IN_ORDER_OF_TIME = (By.QUARTER, By.LEVEL)
UNDER = {
    Figure.ATTENDED: "with walk-ins",
    Figure.PEOPLE: "each person once",
    Figure.CONFIRMED: "at the start",
    Figure.DID_NOT_ATTEND: "had a place",
    Figure.ATTENDANCE_RATE: "of confirmed, no walk-ins",
}
Shown = int | str | None
CellOf = Callable[[AttendanceRow, AttendanceRow], AttendanceCounts]


@dataclass(frozen=True)
class CrossedRow:
    """A row of the page's table, set as in the plain one; its total stands first."""

    kind: str
    head: str
    label: str
    total: Shown
    cells: list[Shown]
    of: tuple[tuple[By, str], ...] = ()


@dataclass(frozen=True)
class Crossing:
    """The table, its columns by name, how many there are in all, and what its figures are."""

    across: By
    show: Figure
    columns: list[AttendanceRow]
    columns_in_all: int
    rows: list[CrossedRow]
    total: CrossedRow
    most: str

    @property
    def traced(self) -> Traced:
        """The bookings to which a cell leads."""
        return traced_by(self.show)

    @property
    def under(self) -> str:
        return UNDER[self.show]


def crossing_of(report: CrossedReport, show: Figure) -> Crossing:
    """What the page shows; the smallest columns are left to the file, the totals are of all."""
    held = [row for row in report.columns.rows if not row.counts.is_zero]
    columns = _kept(held, report.columns.by)
    rows = _rows_of_agencies(report, columns, show) if report.sectors else None
    totals = [_shown(column.counts, show) for column in columns]
    by = report.rows.by
    plain = [row for row in report.rows.rows if not row.counts.is_zero]
    return Crossing(
        across=report.columns.by,
        show=show,
        columns=columns,
        columns_in_all=len(held),
        rows=rows or [_row("plain", by, row, columns, report.cell, show) for row in plain],
        total=CrossedRow("total", "", "Total", _shown(report.total, show), totals),
        most=_most(report),
    )


def _kept(columns: list[AttendanceRow], across: By) -> list[AttendanceRow]:
    """The largest, in their order; of quarters the last."""
    if across in IN_ORDER_OF_TIME:
        return columns[-MOST_COLUMNS:]
    largest = sorted(columns, key=lambda column: -column.counts.attended)[:MOST_COLUMNS]
    return [column for column in columns if column in largest]


def _rows_of_agencies(
    report: CrossedReport, columns: Sequence[AttendanceRow], show: Figure
) -> list[CrossedRow]:
    """Each sector with its agencies inside; those with nothing in them are left out."""
    sectors = report.sectors.rows if report.sectors else ()
    agencies = [row for row in report.rows.rows if not row.counts.is_zero]
    held = [row for row in sectors if not row.counts.is_zero]
    rows = []
    for placed in placed_by_sector(held, agencies, lambda row: row.counts.attended):
        is_sector = placed.is_sector
        by, cell = (By.SECTOR, report.sector_cell) if is_sector else (By.AGENCY, report.cell)
        row = _row(placed.kind, by, placed.row, columns, cell, show)
        rows.append(replace(row, head=placed.head, label=placed.name))
    return rows


def _row(
    kind: str,
    by: By,
    row: AttendanceRow,
    columns: Sequence[AttendanceRow],
    cell_of: CellOf,
    show: Figure,
) -> CrossedRow:
    cells = [_shown(cell_of(row, column), show) for column in columns]
    label = sentence_case(row.label)
    return CrossedRow(kind, "", label, _shown(row.counts, show), cells, ((by, row.label),))


def _shown(counts: AttendanceCounts, show: Figure) -> Shown:
    """A figure as a cell says it: where nobody had a place, the rate is unknown (R2)."""
    if show is Figure.ATTENDANCE_RATE:
        return percent(counts.attendance_rate)
    found: int | None = getattr(counts, show.value)
    return found


def _most(report: CrossedReport) -> str:
    """The reading of the table: where most attended, true of every cell, shown or not."""
    attended = {
        (row.label, column.label): report.cell(row, column).attended
        for row in report.rows.rows
        for column in report.columns.rows
    }
    if not any(attended.values()):
        return ""
    row, column = max(attended, key=lambda pair: attended[pair])
    named = f"{sentence_case(row)}, {column}"
    return f"Most attended in one cell: {attended[row, column]:,} ({named})."
