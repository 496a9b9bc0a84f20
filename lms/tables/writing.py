"""CSV and XLSX out, row by row. What a spreadsheet would take for a formula is made harmless."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from lms.clock import london
from lms.tables.cells import would_be_calculated

Value = str | int | float | Decimal | bool | date | datetime | None | Sequence[str]
LONGEST_XLSX_TEXT = 32_000
WIDEST = 60
PIECE = 64 * 1024  # bytes


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """The file's lines, one for each row, as they are drawn."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    for values in chain([header], rows):
        writer.writerow([_plain(value) for value in values])
        yield _taken(line)


def _taken(line: io.StringIO) -> str:
    written = line.getvalue()
    line.seek(0)
    line.truncate()
    return written


def guarded(text: str) -> str:
    """The same text, with an apostrophe before it where a spreadsheet would calculate it.

    Reading takes exactly one such apostrophe away, so that nothing is lost.
    """
    return f"'{text}" if would_be_calculated(text) else text


def _plain(value: Value) -> str | int | float | Decimal:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return f"{london(value):%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return guarded(_words(value))


def _words(value: bool | str | Sequence[str] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else ";".join(value)


def write_xlsx(
    to: BinaryIO | Path, header: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str = "Rows"
) -> None:
    """A workbook of one sheet, written in constant memory; no text becomes a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    target = str(to) if isinstance(to, Path) else to
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(sheet[:31])
        formats = _formats(book)
        page.freeze_panes(1, 0)
        for place, name in enumerate(header):
            page.set_column(place, place, min(WIDEST, max(12, len(name) + 2)))
            page.write_string(0, place, name, formats["header"])
        for line, values in enumerate(rows, start=1):
            for place, value in enumerate(values):
                _write_cell(page, line, place, value, formats)


def xlsx_pieces(
    header: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str = "Rows"
) -> Iterator[bytes]:
    """The same workbook for sending, a piece at a time: neither rows nor file are ever held.

    A workbook cannot be sent while its rows are read, since its parts are packed last: it waits
    in a file that is gone with the last piece, or when nobody fetches any more.
    """
    with tempfile.TemporaryFile() as file:
        write_xlsx(file, header, rows, sheet)
        file.seek(0)
        yield from iter(lambda: file.read(PIECE), b"")


def _formats(book: Any) -> dict[str, Any]:
    return {
        "header": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }


def _write_cell(page: Any, line: int, place: int, value: Value, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        page.write_datetime(line, place, london(value).replace(tzinfo=None), formats["instant"])
    elif isinstance(value, date):
        page.write_datetime(line, place, value, formats["day"])
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        page.write_number(line, place, value)
    else:
        page.write_string(line, place, _words(value)[:LONGEST_XLSX_TEXT])
