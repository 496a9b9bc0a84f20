"""Where a booking stands once a command is done with it."""

from __future__ import annotations

from dataclasses import dataclass

from lms.booking.models import Booking
from lms.booking.queries.bookings import Standing
from lms.booking.rules import BookingState


@dataclass(frozen=True)
class BookingResult:
    """Where a booking stands; `position` and `why` are of one who waits."""

    booking_id: int
    reference: str
    state: BookingState
    position: int | None = None
    why: str | None = None

    @classmethod
    def of(cls, booking: Booking, where: Standing | None = None) -> BookingResult:
        """A booking as it now is; `where` is its standing on the list, if it waits."""
        position, why = (where.position, where.sentence) if where else (None, None)
        return cls(booking.id, booking.reference, booking.state, position, why)
