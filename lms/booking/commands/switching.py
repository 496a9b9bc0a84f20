"""Taking part of a hybrid event in the other way: in the room or online, where there is room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.booking.commands.ending import end_offers
from lms.booking.commands.filling import confirm, fill_after
from lms.booking.commands.locking import Locked, lock_booking
from lms.booking.commands.moving import DELEGATE
from lms.booking.messages.entries import invitations_of, renew
from lms.booking.messages.switching import tell_switched
from lms.booking.models import Booking
from lms.booking.queries.bookings import fact_in
from lms.booking.queries.events import EventInForce, event_in_force, places_elsewhere
from lms.booking.rules import BookingState, Ended, Side, may_switch, why_not_switch
from lms.db import transaction
from lms.errors import Refused


def switch_side(booking_id: int, side: Side, *, by: Viewer | None, now: datetime) -> None:
    """Take part on the other side of a hybrid event, where it has a place (B3).

    One who waits has a place then. Switching to where one is changes nothing. Raises NotFound,
    or Refused where there is no place on that side: then everything stays as it was.
    """
    with transaction() as session:
        booking, ticket = lock_booking(session, booking_id)
        at = event_in_force(session, booking.event_id, now)
        if booking.takes_part is side.mode:
            return
        _refuse(session, at, booking, side, now)
        booking.mode = side.mode
        booking.is_over_capacity = False
        freed = _settle(session, at, Locked(booking, ticket), by, now)
        _record(session, at, booking, side, by, now)
    for event_id in (at.snapshot.id, freed):
        if event_id is not None:
            fill_after(event_id, now)


def _refuse(
    session: Session, at: EventInForce, booking: Booking, side: Side, now: datetime
) -> None:
    if not may_switch(at.snapshot, booking.state, now):
        raise Refused("This booking cannot be switched any more.")
    person_id = booking.person_id or 0
    elsewhere = places_elsewhere(session, [person_id], now).get(person_id, [])
    why = why_not_switch(at.snapshot, fact_in(at.snapshot, booking.id), side, elsewhere, now)
    if why:
        raise Refused(f"There is no place for you {side.where}: {why}.")


def _settle(
    session: Session, at: EventInForce, locked: Locked, by: Viewer | None, now: datetime
) -> int | None:
    """Give the one who waited the place; bring the calendar of one who had one to the new side.

    Returns the event of a place that has ended by it (B8).
    """
    booking, ticket = locked
    if booking.state is BookingState.WAITING:
        end_offers(session, booking, Ended.WITHDRAWN, now)
        doer = replace(DELEGATE, person_id=by.person_id) if by else DELEGATE
        why = f"switched to {booking.takes_part.words}"
        return confirm(session, at, booking, now, why, by=doer)
    if booking.state is BookingState.CONFIRMED:
        rows = invitations_of(session, [booking.id])[booking.id]
        entries = renew(session, booking, rows, at.event)
        tell_switched(session, booking, at.event, ticket, entries, now)
    return None


def _record(
    session: Session,
    at: EventInForce,
    booking: Booking,
    side: Side,
    by: Viewer | None,
    now: datetime,
) -> None:
    if by is None or by.person_id == booking.person_id:
        return
    audit.record(
        session,
        "switch side",
        f"Switched {booking.name} at {at.event.title}: {side.where}.",
        by=by,
        now=now,
        about=("booking", booking.id),
        partnership_id=at.event.partnership_id,
    )
