"""An attendance file as rows that can be counted, or with all its faults (CONTRACT: Files)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import BinaryIO

from lms.accounts.rules import normal_address, written_name
from lms.agencies.rules import folded_name
from lms.booking.rules import Origin, Outcome
from lms.catalogue.rules import EventKind, level_written
from lms.clock import london_date
from lms.tables import Cell, Column, Faults, Row, day, nearest, of_text, one_of, read_rows, text

WALK_IN = "walk-in"
NAME_NOT_GIVEN = "Name not given"
Came = tuple[Outcome, Origin]


@dataclass(frozen=True)
class PastEvent:
    """What all rows of one event must agree on."""

    partnership_id: int
    reference: str
    title: str
    course_title: str
    kind: EventKind
    level: int | None
    held_on: date


@dataclass(frozen=True, slots=True)
class PastAttendance:
    """One row: somebody at an event, as it was written down."""

    line: int
    event: PastEvent
    email: str
    name: str
    agency: str
    outcome: Outcome
    origin: Origin

    def key(self, nth: int = 0) -> str:
        """What tells the row from every other: who at which event; of equal rows, which one."""
        who = self.email or digest(self.name, self.agency, self.outcome, self.origin, str(nth))
        return f"attendance:{self.event.partnership_id}:{self.event.reference}:{who}"


def digest(*parts: str) -> str:
    """A short name for parts that are too long to be a key."""
    return hashlib.sha256("\0".join(parts).casefold().encode()).hexdigest()[:24]


def _outcome(cell: Cell) -> Came:
    written = text(cell).lower().replace("_", " ")
    if written in (WALK_IN, "walk in"):
        return Outcome.ATTENDED, Origin.WALK_IN
    try:
        return Outcome(written), Origin.IMPORT
    except ValueError:
        known = ", ".join([*(word.words for word in Outcome), WALK_IN])
        raise ValueError(f"Write one of: {known}") from None


COLUMNS = (
    Column("event_reference", is_filled=True, empty=""),
    Column("event_title", is_filled=True, empty=""),
    Column("course_title", empty=""),
    Column("kind", one_of(EventKind), empty=EventKind.COURSE),
    Column("level", of_text(level_written)),
    Column("held_on", day, is_filled=True),
    Column("email", of_text(normal_address), empty=""),
    Column("name", of_text(written_name), empty=""),
    Column("agency", empty=""),
    Column("outcome", _outcome, is_filled=True, empty=(Outcome.ATTENDED, Origin.IMPORT)),
    Column("partnership", is_needed=False, empty=""),
)


class Reading:
    """Reads one file, row by row; what does not fit together is a fault like any other."""

    def __init__(self, partnerships: Mapping[str, int], faults: Faults, now: datetime) -> None:
        self._partnerships = partnerships
        self._by_folded = {folded_name(name): number for name, number in partnerships.items()}
        self._faults = faults
        self._today = london_date(now)
        self.events: dict[tuple[int, str], PastEvent] = {}
        self._seen: dict[tuple[int, str, str], int] = {}

    def rows(self, file: BinaryIO, name: str) -> Iterator[PastAttendance]:
        """The sound rows of a file; those with faults are left out."""
        for row in read_rows(file, name, COLUMNS, self._faults):
            found = self._attendance(row)
            if found is not None:
                yield found

    def _attendance(self, row: Row) -> PastAttendance | None:
        event = self._event(row)
        outcome, origin = row["outcome"]
        self._check_person(row)
        if event is None or not row.is_sound:
            return None
        self._check_once(row, event)
        return PastAttendance(
            line=row.line,
            event=event,
            email=row["email"],
            name=row["name"] or NAME_NOT_GIVEN,
            agency=row["agency"],
            outcome=outcome,
            origin=origin,
        )

    def _check_person(self, row: Row) -> None:
        if row["email"] and not row["name"] and "name" not in row.faulty:
            self._faults.add(row.line, "name", "Fill in the name that goes with the e-mail")

    def _check_once(self, row: Row, event: PastEvent) -> None:
        if not row["email"]:
            return
        key = (event.partnership_id, event.reference, row["email"])
        first = self._seen.setdefault(key, row.line)
        if first != row.line:
            self._faults.add(row.line, "email", f"Line {first} has them at this event already")

    def _event(self, row: Row) -> PastEvent | None:
        partnership_id = self._partnership(row)
        if partnership_id is None or not row.is_sound:
            return None
        if row["held_on"] > self._today:
            self._faults.add(row.line, "held_on", "The day is still to come")
        said = PastEvent(
            partnership_id,
            row["event_reference"],
            row["event_title"],
            row["course_title"],
            row["kind"],
            row["level"],
            row["held_on"],
        )
        known = self.events.setdefault((partnership_id, said.reference), said)
        if known != said:
            self._tell_differences(row.line, known, said)
        return known

    def _tell_differences(self, line: int, known: PastEvent, said: PastEvent) -> None:
        for name in (field.name for field in fields(PastEvent)):
            if getattr(known, name) != getattr(said, name):
                column = "event_title" if name == "title" else name
                message = f"{known.reference} has another one further up in the file"
                self._faults.add(line, column, message)

    def _partnership(self, row: Row) -> int | None:
        written = row["partnership"]
        if not written and len(self._partnerships) == 1:
            return next(iter(self._partnerships.values()))
        found = self._by_folded.get(folded_name(written))
        if found is None:
            names = self._partnerships
            message = (
                f"There is no partnership {written}.{nearest(written, names)}"
                if written
                else "Name the partnership: there are several, or none"
            )
            self._faults.add(row.line, "partnership", message)
        return found
