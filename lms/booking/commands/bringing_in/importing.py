"""Bookings made elsewhere, so that a partnership can move in mid-year.

Everything is read and checked first; then one short transaction makes it real, all or nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lms import audit
from lms.access import Viewer
from lms.accounts.models import Membership, Person, PersonEmail
from lms.accounts.rules import sort_name
from lms.agencies.models import Agency
from lms.agencies.rules import folded_name
from lms.booking.commands.locking import lock_event, lock_many_persons
from lms.booking.commands.waiting.filling import tell_of_place
from lms.booking.imports import BookingRow, read_bookings
from lms.booking.messages import changes
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Booking, BookingMove
from lms.booking.queries.bookings import standing_in
from lms.booking.queries.events import (
    EventInForce,
    event_in_force,
    fact_of,
    lineage_in,
)
from lms.booking.rules import LIVE, BookingState, Origin, why_no_place
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db, transaction
from lms.tables import Faults, Imported, nearest
from lms.tokens import new_reference
from lms.words import count

AT_ONCE = 500
BEYOND = "Booked elsewhere, beyond the places of the event."


@dataclass(frozen=True)
class Desk:
    """What every row is taken in with: people by address and agencies by name, under the lock."""

    people: Mapping[str, Person]
    agencies: Mapping[str, Agency]
    faults: Faults
    now: datetime


def import_bookings(
    file: BinaryIO,
    name: str,
    *,
    by: Viewer | None,
    now: datetime,
    is_dry_run: bool = False,
    tells: bool = False,
) -> Imported:
    """Take in bookings in the order of their requests. Raises FaultyFile, with all faults.

    Those confirmed beyond capacity are recorded as overrides (B14). A booking that an earlier
    import brought stays as it has become since. Nobody is e-mailed unless `tells`.
    """
    faults = Faults()
    rows = read_bookings(file, name, now, faults)
    by_event = _by_event(db.session(), rows, faults)
    faults.refuse_any()
    with transaction() as session:
        tickets = {at: lock_event(session, at, len(by_event[at])) for at in sorted(by_event)}
        desk = Desk(_people(session, rows, now), _agencies(session), faults, now)
        taken_in = [
            _take_in(session, event_id, by_event[event_id], ticket, desk, tells=tells)
            for event_id, ticket in tickets.items()
        ]
        faults.refuse_any()
        imported = _summed(taken_in)
        sentence = f"imported {count(imported.added, 'booking')} from {name}"
        audit.record(session, "import bookings", sentence, by=by, now=now, about=("booking", None))
        if is_dry_run:
            session.rollback()
    return imported


# --- What the file speaks of ----------------------------------------------------------------


def _by_event(
    session: Session, rows: Iterable[BookingRow], faults: Faults
) -> dict[int, list[BookingRow]]:
    """The rows of each event, in their order; an event that cannot be booked is a fault."""
    known: dict[str, list[tuple[int, EventState]]] = defaultdict(list)
    names = []
    for event_id, reference, state in session.execute(
        select(Event.id, Event.reference, Event.state).order_by(Event.id)
    ):
        known[reference.casefold()].append((event_id, state))
        names.append(reference)
    found: dict[int, list[BookingRow]] = defaultdict(list)
    for row in rows:
        matching = known[row.event_reference.casefold()]
        if not row.event_reference:
            continue  # that it is empty, or cannot be read, has been said
        if fault := _fault_of(row.event_reference, matching, names):
            faults.add(row.line, "event_reference", fault)
        else:
            found[matching[0][0]].append(row)
    return found


def _fault_of(
    reference: str, matching: Sequence[tuple[int, EventState]], known: list[str]
) -> str | None:
    if not matching:
        return f"There is no event {reference}.{nearest(reference, known)}"
    if len(matching) > 1:
        return f"Several partnerships have an event {reference}"
    return _why_closed(*matching[0])


def _why_closed(event_id: int, state: EventState) -> str | None:
    if state is EventState.PUBLISHED:
        return None
    return f"This event is {state.words}: see /manage/events/{event_id}"


def _agencies(session: Session) -> dict[str, Agency]:
    return {folded_name(agency.name): agency for agency in session.scalars(select(Agency))}


def _people(session: Session, rows: Sequence[BookingRow], now: datetime) -> dict[str, Person]:
    """The people of the file by address, locked; those who are not there yet are made."""
    by_address = {row.email: row for row in rows}
    there = _people_there(session, list(by_address))
    lock_many_persons(session, [person.id for person in there.values()])
    agencies = _agencies(session)
    new = {
        address: _new_person(row, agencies.get(folded_name(row.agency)), now)
        for address, row in by_address.items()
        if address not in there
    }
    session.add_all(new.values())
    session.flush()
    return there | new


def _people_there(session: Session, addresses: list[str]) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for start in range(0, len(addresses), AT_ONCE):
        rows = session.execute(
            select(PersonEmail.address, Person)
            .join(Person, Person.id == PersonEmail.person_id)
            .where(PersonEmail.address.in_(addresses[start : start + AT_ONCE]))
            .options(selectinload(Person.emails))
        )
        found |= dict(rows.all())
    return found


def _new_person(row: BookingRow, agency: Agency | None, now: datetime) -> Person:
    membership = Membership(
        agency_id=agency.id if agency else None,
        agency_typed="" if agency else row.agency,
        started_on=london_date(now),
    )
    return Person(
        name=row.name,
        sort_name=sort_name(row.name),
        line_manager_email=row.line_manager_email,
        created_at=now,
        emails=[PersonEmail(address=row.email)],
        memberships=[membership] if row.agency else [],
    )


# --- One event ------------------------------------------------------------------------------


def _take_in(
    session: Session,
    event_id: int,
    rows: Sequence[BookingRow],
    ticket: int,
    desk: Desk,
    *,
    tells: bool,
) -> Imported:
    """Add an event's bookings, the first of them with `ticket`."""
    at = event_in_force(session, event_id, desk.now)
    if fault := _why_closed(event_id, at.event.state):
        desk.faults.add(rows[0].line, "event_reference", fault)
    keys, live = _already_there(session, event_id)
    seen, new = at.snapshot, []
    for place, row in enumerate(rows):
        if _key(event_id, row) in keys:
            continue
        if desk.people[row.email].id in live:
            state = live[desk.people[row.email].id]
            desk.faults.add(row.line, "email", f"There is a booking already: {state.words}")
            continue
        booking = _booking(at, row, ticket + place, desk)
        fact = fact_of(
            booking, lineage_in(at.lineages, booking.agency.id if booking.agency else None)
        )
        if booking.state is BookingState.CONFIRMED and why_no_place(seen, fact, desk.now):
            booking.is_over_capacity, booking.override_reason = True, BEYOND
            fact = replace(fact, is_override=True)
        seen = replace(seen, bookings=(*seen.bookings, fact))
        new.append(booking)
    session.add_all(new)
    session.flush()
    if tells:
        _tell(session, at, new, desk.now)
    return Imported(added=len(new), unchanged=len(rows) - len(new), notes=_notes(at, new))


def _key(event_id: int, row: BookingRow) -> str:
    return f"booking:{event_id}:{row.email}"


def _already_there(
    session: Session, event_id: int
) -> tuple[set[str], dict[int | None, BookingState]]:
    rows = session.execute(
        select(Booking.import_key, Booking.person_id, Booking.state).where(
            Booking.event_id == event_id
        )
    ).all()
    keys = {key for key, _, _ in rows if key}
    return keys, {person_id: state for _, person_id, state in rows if state in LIVE}


def _booking(at: EventInForce, row: BookingRow, ticket: int, desk: Desk) -> Booking:
    agency = desk.agencies.get(folded_name(row.agency))
    is_confirmed = row.state is BookingState.CONFIRMED
    booking = Booking(
        reference=new_reference(at.event.partnership.reference_prefix),
        event_id=at.event.id,
        person=desk.people[row.email],
        agency=agency,
        agency_typed="" if agency else row.agency,
        sector=agency.sector if agency else None,
        area_id=at.event.partnership_id,
        line_manager_email=row.line_manager_email,
        mode=row.mode,
        origin=Origin.IMPORT,
        state=row.state,
        ticket=ticket,
        priority=0,
        lapses=0,
        confirm_at_once=False,
        holds_place=False,
        is_over_capacity=False,
        requested_at=row.requested_at,
        confirmed_at=row.requested_at if is_confirmed else None,
        import_key=_key(at.event.id, row),
    )
    booking.moves.append(
        BookingMove(to_state=row.state, at=row.requested_at, by_what="import", why="made elsewhere")
    )
    return booking


def _notes(at: EventInForce, new: Sequence[Booking]) -> tuple[str, ...]:
    beyond = sum(booking.is_over_capacity for booking in new)
    if not beyond:
        return ()
    return (f"{at.event.reference}: {beyond} beyond its places, recorded as overrides.",)


def _tell(session: Session, at: EventInForce, new: Sequence[Booking], now: datetime) -> None:
    seen = event_in_force(session, at.event.id, now).snapshot
    for booking in new:
        move_id = booking.moves[-1].id
        if booking.state is BookingState.CONFIRMED:
            tell_of_place(session, at, booking, move_id, now)
        else:
            where = standing_in(seen, booking.id, now).sentence
            step = Step(booking, at.event, move_id)
            tell(session, changes.waiting(step, where, seen.policy), now)


def _summed(taken_in: Iterable[Imported]) -> Imported:
    counts: Counter[str] = Counter()
    notes: tuple[str, ...] = ()
    for one in taken_in:
        counts.update(added=one.added, unchanged=one.unchanged)
        notes += one.notes
    imported = Imported.counted(counts)
    return replace(imported, notes=notes)
