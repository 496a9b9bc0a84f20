"""Reports as tables of plain values: the same in CSV, XLSX, JSON and on a terminal (CONTRACT)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from lms.clock import london
from lms.reporting.queries import (
    AttendanceReport,
    AttendanceRow,
    CrossedReport,
    EvaluationReport,
    Scope,
    filter_name,
)
from lms.reporting.rules import AttendanceCounts, By, ReplyCounts, four_decimals
from lms.tables import Value, csv_lines, write_xlsx
from lms.words import Word

FIGURES = (
    *("confirmed", "attended_fully", "attended_partly", "did_not_attend", "excused"),
    *("cancelled", "late_cancelled", "walk_ins", "attended", "people", "workforce"),
)
RATES = ("attendance_rate", "reach")
TOTAL = "Total"

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
EVALUATION_DEFINITIONS = {
    "invited": "Asked at that stage; those who did not attend are left out afterwards.",
    "answered": "Sent their answers.",
    "reply_rate": "Answered, of the invited.",
    "provisional": "Yes until every register is closed.",
}


@dataclass(frozen=True)
class Table:
    """A report as rows of values, the total last, with what its columns mean."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    definitions: dict[str, str]
    scope: Scope
    by: Word
    filters: Mapping[str, str] = field(default_factory=dict)
    across: Word | None = None


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
    return (_rate(getattr(counts, name)) for name in RATES)


def _rate(share: Fraction | None) -> Decimal | None:
    return Decimal(four_decimals(share)) if share is not None else None


def evaluation_table(report: EvaluationReport) -> Table:
    """The evaluation report as docs/contract.md has it: a row for each group and stage."""
    columns = (report.by.value, "stage", "invited", "answered", "reply_rate", "provisional")
    rows = [_reply_row(row.label, row.counts) for row in report.rows]
    rows += [_reply_row(TOTAL, counts) for counts in report.total]
    definitions = EVALUATION_DEFINITIONS
    return Table("evaluation", columns, tuple(rows), definitions, report.scope, report.by)


def _reply_row(label: str, counts: ReplyCounts) -> tuple[Value, ...]:
    rate = _rate(counts.reply_rate)
    return (label, counts.stage.value, counts.invited, counts.answered, rate, counts.is_provisional)


def as_csv(table: Table) -> Iterator[bytes]:
    """The file in lines, as they are drawn."""
    return (line.encode() for line in csv_lines(table.columns, table.rows))


def as_xlsx(table: Table) -> bytes:
    """A workbook of one sheet."""
    file = io.BytesIO()
    write_xlsx(file, table.columns, table.rows, sheet=table.name.title())
    return file.getvalue()


def as_json(table: Table, generated_at: datetime) -> str:
    """The same columns, with what they mean and what was asked for."""
    period = table.scope.period
    return json.dumps(
        {
            "report": table.name,
            "generated_at": london(generated_at).isoformat(timespec="seconds"),
            "filters": {
                "by": table.by.value,
                "from": period.first.isoformat() if period.first else None,
                "to": period.last.isoformat() if period.last else None,
                "partnerships": list(table.scope.partnerships),
                **({"across": table.across.value} if table.across else {}),
                **{filter_name(each.by): list(each.values) for each in table.scope.filters},
                **table.filters,
            },
            "definitions": {
                name: table.definitions[name] for name in table.columns if name in table.definitions
            },
            "rows": [
                dict(zip(table.columns, map(_json_value, row), strict=True)) for row in table.rows
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _json_value(value: Value) -> object:
    return float(value) if isinstance(value, Decimal) else value


def as_text(table: Table) -> Iterator[str]:
    """Lines for a terminal: words to the left, figures to the right."""
    cells = [[_shown(value) for value in row] for row in (table.columns, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    is_words = _columns_of_words(table.rows)
    for row in cells:
        parts = zip(row, widths, is_words, strict=True)
        line = "  ".join(c.ljust(w) if is_left else c.rjust(w) for c, w, is_left in parts)
        yield line.rstrip()


def _shown(value: Value) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _columns_of_words(rows: Iterable[Sequence[Value]]) -> list[bool]:
    return [
        all(isinstance(value, str | bool) for value in column) for column in zip(*rows, strict=True)
    ]
