"""Files of an event's meetings as they stand: what they say of whom, and names without a match."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lms.access import Viewer
from lms.accounts.models import Person, PersonEmail
from lms.attendance.meetings.rules import (
    Attended,
    Delegate,
    FileSays,
    Match,
    MatchedBy,
    OnRegister,
    Roll,
    Standing,
    Step,
    Wanted,
    match,
    sessions_met,
    step_for,
)
from lms.attendance.models import AttendanceFile, AttendanceRow, NameAlias, Register
from lms.attendance.models import Mark as MarkRow
from lms.attendance.queries import (
    bookings_on_register,
    get_event_of_register,
    runs_register_of,
    sessions_of,
)
from lms.attendance.rules import FileSupplier, Mark, RowState, SessionFact
from lms.booking.models import Booking
from lms.booking.rules import Origin, Outcome
from lms.catalogue.models import Event, EventTrainer
from lms.catalogue.rules import EventMode
from lms.db import db
from lms.errors import NotFound

ADDRESSES = ";"


@dataclass(frozen=True)
class Row:
    """A participant of a file, as kept; `match` is whose row it is now."""

    id: int
    file_id: int
    name: str
    addresses: tuple[str, ...]
    role: str
    attended: Attended
    state: RowState
    match: Match

    @property
    def stands_as(self) -> RowState:
        """Its state; a name whose booking is struck out again is set aside with it."""
        is_orphan = self.state is RowState.MATCHED and self.match.booking_id is None
        return RowState.SET_ASIDE if is_orphan else self.state

    @property
    def identity(self) -> str:
        """What tells somebody from the others in all files of an event."""
        return self.addresses[0] if self.addresses else f"name {self.name.casefold()}"


@dataclass(frozen=True)
class File:
    """A file of an event's meeting with its rows."""

    id: int
    name: str
    title: str
    supplier: FileSupplier
    starts_at: datetime
    ends_at: datetime
    session_id: int | None  # none: each session that it met
    read_at: datetime
    read_by: str
    imported_at: datetime | None
    remarks: tuple[str, ...]
    rows: tuple[Row, ...]

    def sessions_of(self, sessions: Sequence[SessionFact]) -> tuple[SessionFact, ...]:
        """The sessions of the event that it counts for."""
        met = sessions_met(self.starts_at, self.ends_at, sessions)
        return tuple(s for s in met if self.session_id in (None, s.id))

    def says(self, sessions: Sequence[SessionFact]) -> FileSays:
        """What it says of each booking."""
        by_booking: dict[int, list[Attended]] = defaultdict(list)
        for row in self.rows:
            if row.match.booking_id is not None:
                by_booking[row.match.booking_id].append(row.attended)
        return FileSays(frozenset(self.sessions_of(sessions)), by_booking)


@dataclass(frozen=True)
class FilesPicture:
    """An event with all files of its meetings, and whom their rows can be matched with."""

    event_id: int
    partnership_id: int
    title: str
    mode: EventMode
    sessions: tuple[SessionFact, ...]
    closed_at: datetime | None
    roll: Roll
    delegates: tuple[Delegate, ...]
    files: tuple[File, ...]

    def file(self, file_id: int) -> File:
        for file in self.files:
            if file.id == file_id:
                return file
        raise NotFound

    def row(self, row_id: int) -> Row:
        for row in self.imported_rows():
            if row.id == row_id:
                return row
        raise NotFound

    def imported(self) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.imported_at)

    def imported_rows(self) -> Iterable[Row]:
        return (row for file in self.imported() for row in file.rows)

    def of_one_person(self, row: Row) -> tuple[Row, ...]:
        """The rows of the same name or address in every file that was imported."""
        return tuple(other for other in self.imported_rows() if other.identity == row.identity)

    def in_state(self, state: RowState) -> tuple[Row, ...]:
        """One row for each person whose rows are in that state, in the order of the files."""
        found = {row.identity: row for row in self.imported_rows() if row.stands_as is state}
        return tuple(found.values())


def get_files(event_id: int, viewer: Viewer | None) -> FilesPicture:
    """The files of an event whose register the viewer takes. Raises NotFound of any other."""
    session = db.session()
    return files_within(session, get_event_of_register(session, event_id, viewer))


def files_within(session: Session, event: Event) -> FilesPicture:
    """The same, as it stands in this transaction."""
    with_addresses = joinedload(Booking.person).selectinload(Person.emails)
    bookings = bookings_on_register(session, event.id, with_addresses, joinedload(Booking.event))
    roll = _roll(session, event, bookings)
    register = session.get(Register, event.id)
    return FilesPicture(
        event_id=event.id,
        partnership_id=event.partnership_id,
        title=event.title,
        mode=event.mode,
        sessions=sessions_of(session, event.id),
        closed_at=register.closed_at if register else None,
        roll=roll,
        delegates=tuple(_delegate(booking) for booking in bookings),
        files=tuple(_file(row, by, roll) for row, by in _file_rows(session, event.id)),
    )


def sessions_for_reading(event_id: int, viewer: Viewer | None) -> tuple[SessionFact, ...]:
    """The sessions of an event whose register the viewer takes."""
    session = db.session()
    return sessions_of(session, get_event_of_register(session, event_id, viewer).id)


A_NAME = func.distinct(AttendanceRow.addresses + "/" + AttendanceRow.name)


def count_unmatched(event_id: int) -> int:
    """How many names of the event's imported files belong to nobody yet."""
    counted = (
        select(func.count(A_NAME))
        .join(AttendanceFile, AttendanceFile.id == AttendanceRow.file_id)
        .where(
            AttendanceFile.event_id == event_id,
            AttendanceFile.imported_at.is_not(None),
            AttendanceRow.state == RowState.UNMATCHED,
        )
    )
    return db.session.scalar(counted) or 0


@dataclass(frozen=True)
class UnmatchedNames:
    """An event with names in its meetings' files of which nobody has said whose they are."""

    event_id: int
    title: str
    starts_at: datetime | None
    names: int


def list_unmatched(viewer: Viewer) -> tuple[UnmatchedNames, ...]:
    """Events whose register is open and whose imported files have unmatched names, oldest first.

    One statement; for Today.
    """
    rows = db.session.execute(
        select(Event.id, Event.title, Event.starts_at, func.count(A_NAME))
        .join(AttendanceFile, AttendanceFile.event_id == Event.id)
        .join(AttendanceRow, AttendanceRow.file_id == AttendanceFile.id)
        .outerjoin(Register, Register.event_id == Event.id)
        .where(
            AttendanceFile.imported_at.is_not(None),
            AttendanceRow.state == RowState.UNMATCHED,
            Register.closed_at.is_(None),
            runs_register_of(viewer),
        )
        .group_by(Event.id, Event.title, Event.starts_at)
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(UnmatchedNames(*row) for row in rows)


def step_of(wanted: Wanted, row: MarkRow | None) -> Step:
    """What becomes of the mark that stands."""
    return step_for(standing_of(row) if row else None, wanted.mark, is_listed=wanted.is_listed)


def standing_of(row: MarkRow) -> Standing:
    """A mark as the rules weigh it against a file."""
    mark = Mark(row.kind, row.minutes_late, row.minutes_early, row.minutes_away)
    return Standing(mark, row.source)


def files_to_forget(
    session: Session, now: datetime, *, staged_for: timedelta, kept_for: timedelta
) -> list[int]:
    """Files read so long ago and never imported, and those whose register is closed for so long."""
    staged = AttendanceFile.imported_at.is_(None) & (AttendanceFile.read_at < now - staged_for)
    return list(
        session.scalars(
            select(AttendanceFile.id)
            .outerjoin(Register, Register.event_id == AttendanceFile.event_id)
            .where(staged | (Register.closed_at < now - kept_for))
            .order_by(AttendanceFile.id)
        )
    )


def _delegate(booking: Booking) -> Delegate:
    is_settled = booking.origin is Origin.WALK_IN or booking.outcome is Outcome.EXCUSED
    return Delegate(booking.id, booking.takes_part, is_settled)


def _roll(session: Session, event: Event, bookings: Iterable[Booking]) -> Roll:
    return Roll(
        names=tuple(_on_register(booking) for booking in bookings),
        aliases=_aliases(session, event.partnership_id),
        trainers=_trainers(session, event.id),
    )


def _on_register(booking: Booking) -> OnRegister:
    own = booking.person.emails if booking.person else ()
    return OnRegister(
        booking_id=booking.id,
        name=booking.name,
        agency=booking.agency_name,
        addresses=frozenset(email.address for email in own),
        person_id=booking.person_id,
    )


def _aliases(session: Session, partnership_id: int) -> Mapping[str, int]:
    rows = session.execute(
        select(NameAlias.alias, NameAlias.person_id).where(
            NameAlias.partnership_id == partnership_id
        )
    )
    return dict(rows.all())


def _trainers(session: Session, event_id: int) -> tuple[tuple[str, frozenset[str]], ...]:
    rows = session.execute(
        select(Person.name, PersonEmail.address)
        .join(EventTrainer, EventTrainer.person_id == Person.id)
        .outerjoin(PersonEmail, PersonEmail.person_id == Person.id)
        .where(EventTrainer.event_id == event_id)
        .order_by(Person.name, PersonEmail.id)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for name, address in rows:
        found[name].add(address or "")
    return tuple((name, frozenset(addresses - {""})) for name, addresses in found.items())


def _file_rows(session: Session, event_id: int) -> Iterable[tuple[AttendanceFile, str]]:
    rows = session.execute(
        select(AttendanceFile, Person.name)
        .outerjoin(Person, Person.id == AttendanceFile.read_by_person_id)
        .where(AttendanceFile.event_id == event_id)
        .options(selectinload(AttendanceFile.rows))
        .order_by(AttendanceFile.starts_at, AttendanceFile.id)
    )
    return [(file, name or "the system") for file, name in rows]


def _file(file: AttendanceFile, read_by: str, roll: Roll) -> File:
    return File(
        id=file.id,
        name=file.name,
        title=file.title,
        supplier=file.supplier,
        starts_at=file.starts_at,
        ends_at=file.ends_at,
        session_id=file.event_session_id,
        read_at=file.read_at,
        read_by=read_by,
        imported_at=file.imported_at,
        remarks=tuple(filter(None, file.remarks.split("\n"))),
        rows=tuple(_row(row, roll, is_imported=file.imported_at is not None) for row in file.rows),
    )


def _row(row: AttendanceRow, roll: Roll, *, is_imported: bool) -> Row:
    addresses = tuple(filter(None, row.addresses.split(ADDRESSES)))
    found = match(row.name, addresses, row.role, roll)
    return Row(
        id=row.id,
        file_id=row.file_id,
        name=row.name,
        addresses=addresses,
        role=row.role,
        attended=_attended(row),
        state=row.state,
        match=_as_decided(row, found, roll) if is_imported else found,
    )


def _as_decided(row: AttendanceRow, found: Match, roll: Roll) -> Match:
    """After the import what was decided then, or by hand since, counts; the rest is proposed."""
    if row.state is not RowState.MATCHED or row.booking_id is None:
        sure = roll.by_booking(found.booking_id) if found.booking_id else None
        return Match(proposals=(sure,) if sure else found.proposals, aside=found.aside)
    if roll.by_booking(row.booking_id) is None:
        return Match()  # no longer on the register
    return found if found.booking_id == row.booking_id else Match(row.booking_id, MatchedBy.HAND)


def _attended(row: AttendanceRow) -> Attended:
    joins = (
        (datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at))
        for starts_at, ends_at in json.loads(row.joins)
    )
    return Attended(tuple(joins), row.seconds)
