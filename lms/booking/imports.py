"""The file of bookings made elsewhere: its columns, and its rows as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from lms.accounts.rules import normal_address, written_name
from lms.booking.rules import BookingState
from lms.catalogue.rules import EventMode
from lms.tables import Column, Faults, Row, instant, of_text, one_of, read_rows, text

STATES = (BookingState.CONFIRMED, BookingState.WAITING)
MODES = (EventMode.IN_PERSON, EventMode.ONLINE)


COLUMNS = (
    Column("event_reference", text, is_filled=True, empty=""),
    Column("email", of_text(normal_address), is_filled=True, empty=""),
    Column("name", of_text(written_name), is_filled=True, empty=""),
    Column("agency", text, empty=""),
    Column("state", one_of(STATES), is_filled=True),
    Column("requested_at", instant, is_filled=True),
    Column("mode", one_of(MODES), is_needed=False),
    Column("line_manager_email", of_text(normal_address), is_needed=False),
)


@dataclass(frozen=True)
class BookingRow:
    """A booking that was made elsewhere; whole where the file has no fault."""

    line: int
    event_reference: str
    email: str
    name: str
    agency: str
    state: BookingState
    requested_at: datetime
    mode: EventMode | None
    line_manager_email: str | None


def read_bookings(file: BinaryIO, name: str, now: datetime, faults: Faults) -> list[BookingRow]:
    """A file's rows in the order in which they were requested.

    Where `faults` has any by then, a row may lack what could not be read of it.
    """
    rows = list(read_rows(file, name, COLUMNS, faults))
    for row in rows:
        _check(row, now, faults)
    _check_each_once(rows, faults)
    bookings = [BookingRow(row.line, **row.values) for row in rows]
    return sorted(bookings, key=lambda row: (str(row.requested_at), row.line))


def _check(row: Row, now: datetime, faults: Faults) -> None:
    if row["requested_at"] is not None and row["requested_at"] > now:
        faults.add(row.line, "requested_at", "This time is still to come")


def _check_each_once(rows: Iterable[Row], faults: Faults) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if not (row["event_reference"] and row["email"]):
            continue
        first = seen.setdefault((row["event_reference"].casefold(), row["email"]), row.line)
        if first != row.line:
            faults.add(row.line, "email", f"Line {first} has a booking of the same person there")
