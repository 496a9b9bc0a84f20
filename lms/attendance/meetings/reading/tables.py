"""Finds the tables of a file by the names of their columns, whatever else stands around them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lms.attendance.meetings.reading.faults import UnreadableMeeting
from lms.words import Word

DELIMITERS = ("\t", ",", ";")
LONGEST_CELL = 300


class Field(Word):
    """What a column holds."""

    NAME = "name"
    JOIN = "join"
    LEAVE = "leave"
    DURATION = "duration"
    EMAIL = "email"
    UPN = "upn"
    ROLE = "role"
    ACTION = "action"
    TIMESTAMP = "timestamp"
    GUEST = "guest"
    ATTENDED = "attended"


class TableKind(Word):
    SPANS = "spans"  # one row a person: first join, last leave, how long in between
    JOINS = "joins"  # one row for each join
    ACTIONS = "actions"  # one row for each 'Joined' and 'Left'
    TOTALS = "totals"  # one row a person: how long, and not when


CALLED = {
    Field.NAME: (
        "name",
        "full name",
        "name (original name)",
        "user name (original name)",
        "participant name",
    ),
    Field.JOIN: ("first join", "first join time", "join time", "joined at"),
    Field.LEAVE: ("last leave", "last leave time", "leave time", "left at"),
    Field.DURATION: (
        "in-meeting duration",
        "duration",
        "duration (minutes)",
        "total duration (minutes)",
        "time in session (minutes)",
    ),
    Field.EMAIL: ("email", "e-mail", "user email", "email address"),
    Field.UPN: ("participant id (upn)", "upn", "user principal name"),
    Field.ROLE: ("role",),
    Field.ACTION: ("user action", "action"),
    Field.TIMESTAMP: ("timestamp",),
    Field.GUEST: ("guest", "is guest"),
    Field.ATTENDED: ("attended",),
}
FIELDS = {name: kind for kind, names in CALLED.items() for name in names}
ZOOM_NAMES = frozenset(
    {"name (original name)", "user name (original name)", "user email", "guest", "is guest"}
)
PERSON_IN_ONE_ROW = frozenset({"first join", "first join time", "total duration (minutes)"})
SECTION = re.compile(
    r"\d{1,2}\.\s+\S.*|(host|panelist|attendee) details|other attended", re.IGNORECASE
)
CUT_SHORT = "The file ends with a heading: it is cut short."
NOT_KNOWN = (
    "This is no attendance report that we know: no line names the columns Name and First Join, "
    "Join Time, User Action or Duration. Teams and Zoom give it as a CSV file, in English."
)


@dataclass
class Table:
    """A header and the rows under it, each with its line in the file."""

    line: int
    header: tuple[str, ...]
    places: dict[Field, int]
    rows: list[tuple[int, Sequence[str]]] = field(default_factory=list)

    @property
    def kind(self) -> TableKind:
        if Field.ACTION in self.places:
            return TableKind.ACTIONS
        if Field.JOIN not in self.places:
            return TableKind.TOTALS
        folded = {_folded(name) for name in self.header}
        return TableKind.SPANS if folded & PERSON_IN_ONE_ROW else TableKind.JOINS

    @property
    def is_zoom(self) -> bool:
        return any(_folded(name) in ZOOM_NAMES for name in self.header)

    def called(self, kind: Field) -> str:
        """The column as the file calls it."""
        return self.header[self.places[kind]]

    def cell(self, row: Sequence[str], kind: Field) -> str:
        """What stands in a column; nothing where the row ends before it, or there is none."""
        place = self.places.get(kind)
        found = row[place] if place is not None and place < len(row) else ""
        return "" if found in {"-", "--", "N/A"} else found


@dataclass(frozen=True)
class Report:
    """The tables of a file, and the lines before and between them."""

    tables: tuple[Table, ...]
    around: tuple[tuple[int, Sequence[str]], ...]

    def of_kind(self, *kinds: TableKind) -> list[Table]:
        return [table for table in self.tables if table.kind in kinds]


def report_of(lines: Sequence[str]) -> Report:
    """The file's tables. Raises UnreadableMeeting where there is none that we know."""
    delimiter = _delimiter(lines)
    tables: list[Table] = []
    around: list[tuple[int, Sequence[str]]] = []
    current: Table | None = None
    heading = 0
    for number, cells in _rows(lines, delimiter):
        started = _table(number, cells)
        if started:
            current = started
            tables.append(started)
        elif not any(cells) or _is_section(cells):
            current = None
            heading = number if any(cells) else heading
            continue
        elif current:
            _check_row(current, number, cells)
            current.rows.append((number, cells))
        else:
            around.append((number, cells))
        heading = 0
    if heading:
        raise UnreadableMeeting(CUT_SHORT, line=heading)
    return Report(tuple(tables), tuple(around))


def _delimiter(lines: Iterable[str]) -> str:
    for number, line in enumerate(lines, start=1):
        for delimiter in DELIMITERS:
            if delimiter in line and _table(number, _cells(line, delimiter)):
                return delimiter
    raise UnreadableMeeting(NOT_KNOWN)


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, start=1):
        yield number, _cells(line, delimiter)


def _cells(line: str, delimiter: str) -> list[str]:
    """A line's cells; each line is read for itself, so that a stray quotation mark ends with it."""
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _table(number: int, cells: Sequence[str]) -> Table | None:
    places: dict[Field, int] = {}
    for place, cell in enumerate(cells):
        kind = FIELDS.get(_folded(cell))
        if kind:
            places.setdefault(kind, place)
    if Field.NAME not in places or not places.keys() & {Field.JOIN, Field.ACTION, Field.DURATION}:
        return None
    table = Table(number, tuple(cells), places)
    _check_columns(table)
    return table


def _check_columns(table: Table) -> None:
    wanted = {
        TableKind.ACTIONS: (Field.TIMESTAMP, "Timestamp"),
        TableKind.SPANS: (Field.LEAVE, "Last Leave"),
        TableKind.JOINS: (Field.LEAVE, "Leave Time"),
    }.get(table.kind)
    if wanted and wanted[0] not in table.places:
        raise UnreadableMeeting("The column is missing.", line=table.line, column=wanted[1])


def _is_section(cells: Sequence[str]) -> bool:
    return bool(SECTION.fullmatch(cells[0])) and not any(cells[1:])


def _check_row(table: Table, number: int, cells: Sequence[str]) -> None:
    """A row of Teams always has its role, so one that ends before it was cut short."""
    last = table.places.get(Field.ROLE)
    if last is not None and len(cells) <= last:
        ends_at = table.header[len(cells) - 1]
        raise UnreadableMeeting(
            "The row ends here: the file is cut short.", line=number, column=ends_at
        )
    for place, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            column = table.header[place] if place < len(table.header) else f"column {place + 1}"
            raise UnreadableMeeting(
                f"There are more than {LONGEST_CELL} characters.", line=number, column=column
            )
