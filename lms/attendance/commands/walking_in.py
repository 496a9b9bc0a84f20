"""Someone who came without a place: on the register at once, in headlines, not in rates (A4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.commands import PersonDetails, add_person_within
from lms.accounts.rules import normal_address
from lms.agencies.queries import find_agency_by_name
from lms.attendance.check_in.queries import own_booking
from lms.attendance.commands.locked import LockedRegister, lock_register, refuse_unless_open
from lms.attendance.commands.marking import A_TAP, How, mark_within
from lms.attendance.commands.without_place import (
    Arrival,
    end_waiting,
    make_own,
    owners_of,
    put_down,
)
from lms.attendance.rules import MarkKind
from lms.booking.commands.locking import lock_persons
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.db import transaction
from lms.errors import Refused


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
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        return add_walk_in_within(session, locked, session_id, walk_in, by=by, now=now)


def add_walk_in_within(
    session: Session,
    locked: LockedRegister,
    session_id: int,
    walk_in: WalkIn,
    *,
    by: Viewer | None,
    now: datetime,
    how: How = A_TAP,
) -> int:
    """The same under the event's lock, as written down on a device."""
    if not walk_in.name.strip():
        raise Refused("Enter their name", field="name")
    booking = put_on_register(session, locked, walk_in, by=by, now=now)
    present = MarkKind.PRESENT
    mark_within(session, locked, booking, session_id, present, by=by, now=now, how=how)
    return booking.id


def put_on_register(
    session: Session,
    locked: LockedRegister,
    walk_in: WalkIn,
    *,
    by: Viewer | None,
    now: datetime,
) -> Booking:
    """The booking of somebody who came without a place, without a mark yet; the same form, once."""
    known = _written_already(session, locked.event.id, walk_in)
    return known or _booking_for(session, locked, walk_in, by=by, now=now)


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
    live = own_booking(session, locked.event.id, person_id) if person_id else None
    if live is not None and live.state is BookingState.CONFIRMED:
        if live.person_id is None and person_id:  # they checked in by the code, by name alone
            make_own(session, live, person_id, by, now)
        return live
    if live is not None:
        end_waiting(session, live, by, now)
    who = Arrival(
        walk_in.name.strip(),
        find_agency_by_name(walk_in.agency),
        walk_in.agency,
        person_id,
        written_key=_key(locked.event.id, walk_in),
    )
    booking = put_down(session, locked, who, by=by, now=now)
    audit.record(
        session,
        "add walk in",
        f"put {walk_in.name} on the register of {locked.event.title} as a walk-in",
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
    known = owners_of(session, [address]).get(address)
    return known or _new_person(session, walk_in, address, now)


def _new_person(session: Session, walk_in: WalkIn, address: str, now: datetime) -> int:
    details = PersonDetails(name=walk_in.name, email=address, agency_typed=walk_in.agency)
    return add_person_within(session, details, now).id
