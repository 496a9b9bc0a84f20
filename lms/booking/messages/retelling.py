"""An event that has moved: everyone is told anew, and may leave with no lateness (B15)."""

from __future__ import annotations

from collections.abc import Sequence

from lms.booking.messages.entries import CalendarEntry
from lms.booking.messages.telling import EventWords, Telling
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.queries import outcomes_asked_at
from lms.catalogue.rules import Stage, stages_in_force, stages_with_questions

CHANGED = "event-changed"

STANDING = {
    BookingState.CONFIRMED: "You still have your place",
    BookingState.OFFERED: "The offer of a place still holds",
    BookingState.WAITING: "You are still on the waiting list",
    BookingState.REQUESTED: "Your booking still waits for approval",
}


def event_changed(
    booking: Booking,
    event: Event,
    before: EventWords,
    ticket: int,
    entries: Sequence[CalendarEntry],
) -> Telling:
    """The time or the place has changed: as it was, and as it is."""
    has_place = booking.state is BookingState.CONFIRMED
    facts = {
        "before": before,
        "standing": STANDING[booking.state],
        "has_place": has_place,
        "asks_before": has_place and _asks_before(event),
    }
    return Telling(booking, event, "changed", CHANGED, str(ticket), facts, entries)


def _asks_before(event: Event) -> bool:
    """Whether there is an evaluation before the event, which the message then carries (E2)."""
    stages = stages_in_force(event.kind, event.stages)
    return Stage.PRE in stages_with_questions(stages, has_outcomes=bool(outcomes_asked_at(event)))
