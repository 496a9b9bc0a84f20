"""The file of a programme: its columns, and its rows put together into events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from lms.accounts.rules import normal_address
from lms.catalogue.rules import (
    EventKind,
    EventMode,
    EventState,
    Remit,
    SessionDetails,
    level_written,
)
from lms.tables import (
    LONGEST_CELL,
    Column,
    Faults,
    Row,
    amount,
    instant,
    of_text,
    one_of,
    read_rows,
    several,
    text,
    whole_number,
)
from lms.tables.faults import HEADER_LINE

STATES = (EventState.DRAFT, EventState.PUBLISHED, EventState.CANCELLED)
OF_A_SESSION = frozenset({"starts_at", "ends_at"})


COLUMNS = (
    Column("event_reference", text, is_filled=True, empty=""),
    Column("title", text, empty=""),
    Column("course_title", text, empty=""),
    Column("kind", one_of(EventKind), is_filled=True),
    Column("level", of_text(level_written)),
    Column("remit", one_of(Remit), is_needed=False),
    Column("priority", several(text), empty=(), longest=LONGEST_CELL),
    Column("mode", one_of(EventMode), is_filled=True),
    Column("starts_at", instant, is_filled=True),
    Column("ends_at", instant, is_filled=True),
    Column("venue", text, empty="", longest=LONGEST_CELL),
    Column("capacity", whole_number, is_filled=True),
    Column("online_capacity", whole_number, is_needed=False),
    Column("trainer_email", several(of_text(normal_address)), empty=(), longest=LONGEST_CELL),
    Column("partnership", text, empty=""),
    Column("status", one_of(STATES), is_needed=False),
    Column("cancelled_because", text, is_needed=False, empty="", longest=LONGEST_CELL),
    Column("provider", text, is_needed=False, empty=""),
    Column("price", amount, is_needed=False),
    Column("cost", amount, is_needed=False),
    Column("closes_at", instant, is_needed=False),
    Column("outcomes", several(text), is_needed=False, empty=(), longest=LONGEST_CELL),
)


@dataclass(frozen=True)
class Planned:
    """An event of the file: what its rows say of it, and one session for each row.

    `lines` are where the sessions stand. An empty status means published: who sends a programme
    wants it seen.
    """

    lines: tuple[int, ...]
    facts: Mapping[str, Any]
    sessions: tuple[SessionDetails, ...]

    @property
    def line(self) -> int:
        return self.lines[0]

    @property
    def reference(self) -> str:
        return str(self.facts["event_reference"])

    @property
    def title(self) -> str:
        return str(self.facts["title"] or self.facts["course_title"])

    @property
    def state(self) -> EventState:
        return self.facts["status"] or EventState.PUBLISHED


def read_programme(file: BinaryIO, name: str, faults: Faults) -> list[Planned]:
    """The events of a file in the order in which they first stand there.

    Raises FaultyFile where the columns are not those of a programme. An event whose rows
    cannot all be read is left out; why is in `faults` by then.
    """
    by_event: dict[tuple[str, str], list[Row]] = {}
    for row in read_rows(file, name, COLUMNS, faults):
        if row["event_reference"]:
            key = row["event_reference"].casefold(), row["partnership"].casefold()
            by_event.setdefault(key, []).append(row)
    if any(fault.line == HEADER_LINE for fault in faults):
        faults.refuse_any()  # with columns missing, whatever else is said would mislead
    for rows in by_event.values():
        _check_agreement(rows, faults)
    return [_planned(rows) for rows in by_event.values() if all(row.is_sound for row in rows)]


def _check_agreement(rows: Iterable[Row], faults: Faults) -> None:
    """What is said of an event is said alike in all its rows; only the times differ."""
    first, *others = rows
    for row in others:
        for name in row.values.keys() - OF_A_SESSION - row.faulty - first.faulty:
            if row[name] != first[name]:
                faults.add(row.line, name, f"Line {first.line} says otherwise of this event")


def _planned(rows: list[Row]) -> Planned:
    in_order = sorted(rows, key=lambda row: (row["starts_at"], row.line))
    sessions = tuple(SessionDetails(row["starts_at"], row["ends_at"]) for row in in_order)
    return Planned(tuple(row.line for row in in_order), rows[0].values, sessions)
