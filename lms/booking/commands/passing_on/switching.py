"""Taking part of a hybrid event in the other way: in the room or online, where there is room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import Locked, lock_booking
from lms.booking.commands.moving import DELEGATE
from lms.booking.commands.recording import record_for_another
from lms.booking.commands.waiting.filling import confirm, fill_after
from lms.booking.messages.entries import invitations_of, renew
from lms.booking.messages.switching import tell_switched
from lms.booking.models import Booking
from lms.booking.queries.bookings import fact_in
from lms.booking.queries.elsewhere import other_places
from lms.booking.queries.events import EventInForce, event_in_force
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
        freed = _bring_over(session, at, Locked(booking, ticket), by, now)
        sentence = f"switched {booking.name} at {at.event.title}: {side.where}"
        record_for_another(session, booking, "switch side", sentence, by, now)
    fill_after(at.snapshot.id, now)
    fill_after(freed, now)


def _refuse(
    session: Session, at: EventInForce, booking: Booking, side: Side, now: datetime
) -> None:
    if not may_switch(at.snapshot, booking.state, now):
        raise Refused("This booking cannot be switched any more.")
    elsewhere = other_places(session, booking.person_id, now)
    why = why_not_switch(at.snapshot, fact_in(at.snapshot, booking.id), side, elsewhere, now)
    if why:
        raise Refused(f"There is no place for you {side.where}: {why}.")


def _bring_over(
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
