"""Giving a place up, or leaving the waiting list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.charging.proposing import propose_for_leaving
from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_booking
from lms.booking.commands.moving import canceller, move
from lms.booking.commands.recording import record_for_another
from lms.booking.commands.results import BookingResult
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.messages import changes
from lms.booking.messages.entries import strike_all
from lms.booking.messages.telling import Step, tell
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
        if booking.state is BookingState.CANCELLED:
            return BookingResult.of(booking)
        _cancel(session, booking, by, by_what, why, now)
        result, event_id = BookingResult.of(booking), booking.event_id
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
    sentence = f"cancelled the booking of {booking.name} at {at.event.title}"
    record_for_another(session, booking, "cancel", sentence, by, now, why)
    step = Step(booking, at.event, move_id)
    if before is BookingState.CONFIRMED:
        entries = strike_all(session, booking)
        charge = propose_for_leaving(session, at, booking, by_what, now)
        tell(session, changes.cancelled(step, entries, by_what, why, charge=charge), now)
    else:
        tell(session, changes.off_the_list(step, by_what, why), now)


def _refuse_where_too_late(at: EventInForce, booking: Booking, now: datetime) -> None:
    if may_cancel(at.snapshot, booking.state, now):
        return
    if at.snapshot.has_begun(now):
        raise Refused("The event has started, so the booking can no longer be cancelled.")
    raise Refused(f"This booking has ended already: it is {booking.state.words}.")
