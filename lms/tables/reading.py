"""Rows out of a CSV or XLSX file, one at a time, with every fault by line and column.

A cell with a fault, and an empty one, reads as the column's `empty`; whoever imports goes on to the
end, so that all faults are told at once, and writes nothing where there are any.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from lms.errors import DomainError
from lms.tables.cells import Cell, Reader, text, would_be_calculated
from lms.tables.faults import HEADER_LINE, Faults, nearest
from lms.tables.spreadsheet import UnreadableFileError, spreadsheet_rows

LARGEST_CSV = 100 * 1024 * 1024
MOST_ROWS = 500_000
LONGEST_CELL = 20_000
LONGEST_NAME = 300  # of a person, a title, an agency: what a page can still show as a line
NO_TEXT = (b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\x89PNG", b"%PDF", b"\xd0\xcf\x11\xe0")
RawRow = tuple[int, Sequence[Cell | None]]


@dataclass(frozen=True)
class Column:
    """A column that a file may have.

    `is_needed`: a file without it is at fault. `is_filled`: so is a row that leaves it empty.
    `longest` is how many characters a cell may have: a list or a text has more than a name.
    """

    name: str
    read: Reader = text
    is_needed: bool = True
    is_filled: bool = False
    empty: Any = None
    longest: int = LONGEST_NAME


@dataclass(frozen=True)
class Row:
    """A row's values by column name; `line` is where it begins in the file, the header being 1.

    `faulty` columns could not be read; `given` are the columns that the file has at all.
    """

    line: int
    values: dict[str, Any]
    faulty: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    @property
    def is_sound(self) -> bool:
        return not self.faulty


def read_rows(
    file: BinaryIO, name: str, columns: Sequence[Column], faults: Faults
) -> Iterator[Row]:
    """Read a file by its name's ending (.csv or .xlsx), adding faults to `faults` as they are met.

    Every row is yielded, those with faults too. A file that cannot be read at all yields nothing.
    """
    try:
        rows = _raw_rows(file, name)
        header = next(rows, None)
        if header is None:
            faults.add(HEADER_LINE, "", "The file is empty: it needs a row with the columns' names")
            return
        places = _places(header[1], columns, faults)
        for count, (line, cells) in enumerate(rows):
            if count >= MOST_ROWS:
                faults.add(line, "", f"Split the file: it has more than {MOST_ROWS:,} rows")
                return
            yield _row(line, cells, columns, places, faults)
    except UnreadableFileError as error:
        faults.add(error.line, "", str(error))


def _raw_rows(file: BinaryIO, name: str) -> Iterator[RawRow]:
    ending = PurePath(name).suffix.lower()
    if ending == ".xlsx":
        return spreadsheet_rows(file)
    if ending == ".csv":
        return _csv_rows(file)
    raise UnreadableFileError("Save the file as CSV or XLSX: its name must end in .csv or .xlsx")


def _csv_rows(file: BinaryIO) -> Iterator[RawRow]:
    if file.seek(0, io.SEEK_END) > LARGEST_CSV:
        raise UnreadableFileError(f"Split the file: it is larger than {LARGEST_CSV >> 20} MB")
    file.seek(0)
    # What is no UTF-8 is carried along, so that the fault can name its line and column.
    _check_that_it_is_text(file)
    stream = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(stream, strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, [_unguarded(cell) for cell in cells]
            before = reader.line_num
    except csv.Error:
        raise UnreadableFileError(
            "A quotation mark is opened and not closed, or stands inside a cell", before + 1
        ) from None
    finally:
        stream.detach()


def _check_that_it_is_text(file: BinaryIO) -> None:
    """A picture, a workbook or UTF-16 is one fault, not one for each column that it lacks."""
    header = file.readline(LONGEST_CELL)
    file.seek(0)
    if b"\0" in header or header.startswith(NO_TEXT):
        raise UnreadableFileError("Save the file as CSV in UTF-8: this is no text of that kind")


def _unguarded(cell: str) -> str:
    """What was written before an apostrophe made it harmless for spreadsheets."""
    return cell[1:] if cell.startswith("'") and would_be_calculated(cell) else cell


def _places(header: Sequence[Cell | None], columns: Sequence[Column], faults: Faults) -> list[str]:
    """The header's names in order; unknown, doubled and missing ones are faults."""
    known = [column.name for column in columns]
    names = [_name(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    for place, found in enumerate(names):
        if not found:
            faults.add(HEADER_LINE, "", f"Column {place + 1} has no name")
        elif found not in known:
            faults.add(HEADER_LINE, found, "There is no such column." + nearest(found, known))
        elif found in names[:place]:
            faults.add(HEADER_LINE, found, "The column is there twice")
    for column in columns:
        if column.is_needed and column.name not in names:
            faults.add(HEADER_LINE, column.name, "The column is missing")
    return names


def _name(cell: Cell | None) -> str:
    return "" if cell is None else text(cell).lower().replace(" ", "_")


def _row(
    line: int,
    cells: Sequence[Cell | None],
    columns: Sequence[Column],
    names: Sequence[str],
    faults: Faults,
) -> Row:
    if any(cell not in (None, "") for cell in cells[len(names) :]):
        faults.add(line, "", f"The row has more cells than the {len(names)} of the header")
    by_name = dict(zip(names, cells, strict=False))
    values, faulty = {}, set()
    for column in columns:
        try:
            values[column.name] = _value(column, by_name.get(column.name), column.name in names)
        except (ValueError, DomainError) as fault:
            faults.add(line, column.name, str(fault))
            values[column.name] = column.empty
            faulty.add(column.name)
    return Row(line, values, frozenset(faulty), frozenset(names))


def _value(column: Column, cell: Cell | None, is_there: bool) -> Any:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if column.is_filled and is_there:
            raise ValueError("Fill this in: it cannot be empty")
        return column.empty
    if isinstance(cell, str):
        _check_characters(cell, column.longest)
    return column.read(cell)


def _check_characters(cell: str, longest: int) -> None:
    if len(cell) > longest:
        raise ValueError(f"Shorten this: it has more than {longest:,} characters")
    if any("\ud800" <= c <= "\udfff" for c in cell):
        raise ValueError("Save the file as UTF-8: a character cannot be read")
    if any((c < " " and c not in "\t\r\n") or c == "\x7f" for c in cell):
        raise ValueError("Take out the control character: it cannot be kept")
