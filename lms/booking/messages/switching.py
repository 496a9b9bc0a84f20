"""One who takes part on the other side of a hybrid event: where, and how to join."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.booking.messages.entries import CalendarEntry, link_of
from lms.booking.messages.telling import Telling, tell
from lms.booking.models import Booking
from lms.catalogue.models import Event

SWITCHED = "booking-switched"


def tell_switched(
    session: Session,
    booking: Booking,
    event: Event,
    ticket: int,
    entries: Sequence[CalendarEntry],
    now: datetime,
) -> None:
    """You take part online now, or in the room: with the changed calendar entry.

    `ticket` is the event's, under which they switched.
    """
    mode = booking.takes_part
    facts = {
        "mode": mode.value,
        "joining_link": link_of(event, mode=mode),
        "venue_access": "" if link_of(event, mode=mode) else event.venue_access,
    }
    occurrence = f"{mode.value}-{ticket}"
    tell(session, Telling(booking, event, "switched", SWITCHED, occurrence, facts, entries), now)
