"""What becomes of those who checked in without signing in, once their register is closed (A2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.commands import PersonDetails, add_person_within
from lms.attendance.commands.without_place import make_own, owners_of
from lms.booking.commands.locking import lock_persons
from lms.booking.models import Booking
from lms.booking.rules import CAME, BookingState


def accept_claims(session: Session, event_id: int, now: datetime) -> None:
    """Make people of those who gave an address and came, so that they are asked what they made of
    it (A4).

    One whose address is known by now is that person, unless they have a place here as well. The
    event must be locked and the outcomes set; afterwards no address is kept.
    """
    claims = session.scalars(
        select(Booking)
        .where(Booking.event_id == event_id, Booking.address_as_given.is_not(None))
        .where(Booking.state == BookingState.CONFIRMED, Booking.outcome.in_(CAME))
        .order_by(Booking.id)
    ).all()
    known = owners_of(session, (booking.address_as_given or "" for booking in claims))
    lock_persons(session, *known.values())
    for booking in claims:
        _accept(session, booking, known, now)
    session.flush()
    session.execute(
        update(Booking).where(Booking.event_id == event_id).values(address_as_given=None)
    )


def _accept(session: Session, booking: Booking, known: dict[str, int], now: datetime) -> None:
    address = booking.address_as_given or ""
    person_id = known.get(address) or _new_person(session, booking, address, now)
    known[address] = person_id
    make_own(session, booking, person_id, None, now)


def _new_person(session: Session, booking: Booking, address: str, now: datetime) -> int:
    details = PersonDetails(
        name=booking.name_as_given,
        email=address,
        agency_id=booking.agency_id,
        agency_typed=booking.agency_typed,
    )
    return add_person_within(session, details, now).id
