"""Reports as tables of plain values: the same in CSV, XLSX, JSON and on a terminal (CONTRACT)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from lms.clock import london
from lms.reporting.queries import Scope, filter_name
from lms.tables import Value, csv_lines, xlsx_pieces
from lms.words import Word

TOTAL = "Total"


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


def as_csv(table: Table) -> Iterator[bytes]:
    """The file in lines, as they are drawn."""
    return (line.encode() for line in csv_lines(table.columns, table.rows))


def as_xlsx(table: Table) -> Iterator[bytes]:
    """A workbook of one sheet, in pieces."""
    return xlsx_pieces(table.columns, table.rows, sheet=table.name.title())


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
