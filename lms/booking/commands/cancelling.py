"""Giving a place up, or leaving the waiting list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.booking.commands.charging import propose_for_leaving
from lms.booking.commands.ending import end_offers
from lms.booking.commands.filling import fill_after
from lms.booking.commands.locking import lock_booking
from lms.booking.commands.moving import canceller, move
from lms.booking.commands.requesting import BookingResult
from lms.booking.messages import changes
from lms.booking.messages.entries import invitations_of, sessions_of, strike
from lms.booking.models import Booking
from lms.booking.queries.events import EventInForce, event_in_force, would_be_late
from lms.booking.rules import BookingState, CancelledBy, Ended, may_cancel
from lms.db import transaction
from lms.errors import Refused


def cancel_booking(
    booking_id: int,
    *,
    by: Viewer | None,
    by_what: CancelledBy = CancelledBy.DELEGATE,
    why: str = "",
    now: datetime,
) -> BookingResult:
    """End a live booking before the event starts; its place goes to the next who waits.

    One that has been cancelled already stays as it is, and nobody is told twice. Raises NotFound,
    or Refused once the first session has started or where the booking ended otherwise.
    """
    with transaction() as session:
        booking = lock_booking(session, booking_id).booking
        result = BookingResult(booking.id, booking.reference, BookingState.CANCELLED)
        if booking.state is BookingState.CANCELLED:
            return result
        _cancel(session, booking, by, by_what, why, now)
        event_id = booking.event_id
    fill_after(event_id, now)
    return result


def _cancel(
    session: Session,
    booking: Booking,
    by: Viewer | None,
    by_what: CancelledBy,
    why: str,
    now: datetime,
) -> None:
    at = event_in_force(session, booking.event_id, now)
    _refuse_where_too_late(at, booking, now)
    before = booking.state
    booking.is_late_cancellation = would_be_late(at, booking, by_what, now)
    end_offers(session, booking, Ended.WITHDRAWN, now)
    move_id = move(session, booking, BookingState.CANCELLED, canceller(by_what, by), now, why)
    _record(session, at, booking, by, why, now)
    if before is BookingState.CONFIRMED:
        rows = invitations_of(session, [booking.id])[booking.id]
        entries = strike(rows, sessions_of(at.event))
        charge = propose_for_leaving(session, at, booking, by_what, now)
        changes.tell_cancelled(
            session, booking, at.event, move_id, by_what, why, entries, now, charge=charge
        )
    else:
        changes.tell_off_the_list(session, booking, at.event, move_id, by_what, why, now)


def _refuse_where_too_late(at: EventInForce, booking: Booking, now: datetime) -> None:
    if may_cancel(at.snapshot, booking.state, now):
        return
    if at.snapshot.has_begun(now):
        raise Refused("The event has started, so the booking can no longer be cancelled.")
    raise Refused(f"This booking has ended already: it is {booking.state.words}.")


def _record(
    session: Session,
    at: EventInForce,
    booking: Booking,
    by: Viewer | None,
    why: str,
    now: datetime,
) -> None:
    if by is None or by.person_id == booking.person_id:
        return
    audit.record(
        session,
        "cancel",
        f"Cancelled the booking of {booking.name} at {at.event.title}.",
        by=by,
        now=now,
        about=("booking", booking.id),
        partnership_id=at.event.partnership_id,
        reason=why or None,
    )
