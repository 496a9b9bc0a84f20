"""What somebody is told who was here twice, of two places that were both theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.booking.messages.entries import CalendarEntry
from lms.booking.messages.telling import Telling, event_words, tell
from lms.booking.models import Booking

JOINED = "booking-joined"
STANDS_AGAIN = "booking-stands-again"


def tell_ended_as_double(
    session: Session,
    booking: Booking,
    stays: Booking,
    move_id: int,
    entries: Sequence[CalendarEntry],
    now: datetime,
) -> None:
    """You were here twice: which booking stays, and which has ended."""
    facts = {
        "is_same_event": stays.event_id == booking.event_id,
        "other_event": event_words(stays.event),
        "other_reference": stays.reference,
    }
    telling = Telling(booking, booking.event, "joined", JOINED, str(move_id), facts, entries)
    tell(session, telling, now)


def tell_stands_again(
    session: Session, booking: Booking, entries: Sequence[CalendarEntry], now: datetime
) -> None:
    """Your booking stands again; each time it does is told once."""
    occurrence = f"{entries[0].session.id}-{entries[0].sequence}"
    telling = Telling(booking, booking.event, "stands_again", STANDS_AGAIN, occurrence, {}, entries)
    tell(session, telling, now)
