"""Someone who came without a place: on the register at once, in headlines, not in rates (A4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.commands import PersonDetails, add_person_within
from lms.accounts.models import PersonEmail
from lms.accounts.rules import normal_address
from lms.agencies.models import Partnership
from lms.agencies.queries import find_agency_by_name
from lms.attendance.commands.locked import LockedRegister, lock_register, refuse_unless_open
from lms.attendance.commands.marking import mark_within
from lms.attendance.rules import MarkKind
from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_persons
from lms.booking.commands.moving import begin, booker, move
from lms.booking.models import Booking
from lms.booking.rules import LIVE, BookingState, Ended, Origin
from lms.db import transaction
from lms.errors import Refused
from lms.tokens import new_reference


@dataclass(frozen=True)
class WalkIn:
    """Who walked in, as written down at the door; `once` tells two taps of one form apart."""

    name: str
    email: str
    agency: str
    once: str


def add_walk_in(
    event_id: int, session_id: int, walk_in: WalkIn, *, by: Viewer | None, now: datetime
) -> int:
    """Put someone on the register as present; the id of their booking is returned.

    With an e-mail they are a person; without one they are only counted. Someone who has a place
    is marked present on it. The same form twice adds nobody.
    """
    if not walk_in.name.strip():
        raise Refused("Enter their name", field="name")
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        booking = _written_already(session, event_id, walk_in) or _booking_for(
            session, locked, walk_in, by=by, now=now
        )
        mark_within(session, locked, booking, session_id, MarkKind.PRESENT, by=by, now=now)
        return booking.id


def _written_already(session: Session, event_id: int, walk_in: WalkIn) -> Booking | None:
    return session.scalar(select(Booking).where(Booking.import_key == _key(event_id, walk_in)))


def _key(event_id: int, walk_in: WalkIn) -> str:
    """A form's mark counts at its own event alone: none can speak of a booking elsewhere."""
    return f"walk-in:{event_id}:{walk_in.once}"


def _booking_for(
    session: Session,
    locked: LockedRegister,
    walk_in: WalkIn,
    *,
    by: Viewer | None,
    now: datetime,
) -> Booking:
    person_id = _person_for(session, walk_in, now)
    lock_persons(session, person_id)
    live = _live_booking(session, locked.event.id, person_id) if person_id else None
    if live is not None and live.state is BookingState.CONFIRMED:
        return live
    if live is not None:
        _end_waiting(session, live, by=by, now=now)
    booking = _new_booking(session, locked, walk_in, person_id, by=by, now=now)
    audit.record(
        session,
        "add_walk_in",
        f"{walk_in.name} walked in to {locked.event.title}.",
        by=by,
        now=now,
        about=("booking", booking.id),
        partnership_id=locked.event.partnership_id,
    )
    return booking


def _person_for(session: Session, walk_in: WalkIn, now: datetime) -> int | None:
    if not walk_in.email.strip():
        return None
    address = normal_address(walk_in.email)
    known = session.scalar(select(PersonEmail.person_id).where(PersonEmail.address == address))
    return known or _new_person(session, walk_in, address, now)


def _new_person(session: Session, walk_in: WalkIn, address: str, now: datetime) -> int:
    details = PersonDetails(name=walk_in.name, email=address, agency_typed=walk_in.agency)
    return add_person_within(session, details, now).id


def _live_booking(session: Session, event_id: int, person_id: int) -> Booking | None:
    return session.scalar(
        select(Booking).where(
            Booking.event_id == event_id, Booking.person_id == person_id, Booking.state.in_(LIVE)
        )
    )


def _end_waiting(session: Session, booking: Booking, *, by: Viewer | None, now: datetime) -> None:
    """One who waited and came all the same waits no longer."""
    end_offers(session, booking, Ended.WITHDRAWN, now)
    doer = booker(Origin.WALK_IN, by)
    move(session, booking, BookingState.LAPSED, doer, now, "came without a place")


def _new_booking(
    session: Session,
    locked: LockedRegister,
    walk_in: WalkIn,
    person_id: int | None,
    *,
    by: Viewer | None,
    now: datetime,
) -> Booking:
    event = locked.event
    agency = find_agency_by_name(walk_in.agency)
    prefix = session.get_one(Partnership, event.partnership_id).reference_prefix
    booking = Booking(
        reference=new_reference(prefix),
        event_id=event.id,
        person_id=person_id,
        name_as_given=walk_in.name.strip(),
        agency_id=agency.id if agency else None,
        agency_typed="" if agency else walk_in.agency.strip(),
        sector=agency.sector if agency else None,
        area_id=event.partnership_id,
        state=BookingState.CONFIRMED,
        origin=Origin.WALK_IN,
        ticket=locked.ticket,
        requested_at=now,
        counts_as_confirmed_at_start=False,
        import_key=_key(event.id, walk_in),
    )
    begin(session, booking, booker(Origin.WALK_IN, by), now)
    return booking
