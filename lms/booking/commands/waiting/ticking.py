"""The tick of one who waits: to be confirmed at once, or to be asked first."""

from __future__ import annotations

from datetime import datetime

from lms.booking.commands.locking import lock_booking
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.rules import BookingState
from lms.db import transaction
from lms.errors import Refused


def set_confirm_at_once(booking_id: int, *, confirm_at_once: bool, now: datetime) -> None:
    """Change how a place would come to one who waits (B6).

    Raises NotFound, or Refused where the booking waits no longer.
    """
    with transaction() as session:
        booking = lock_booking(session, booking_id).booking
        if booking.state is not BookingState.WAITING:
            raise Refused(f"This booking does not wait any more: it is {booking.state.words}.")
        booking.confirm_at_once = confirm_at_once
        event_id = booking.event_id
    fill_after(event_id, now)
