"""An event that has moved or lost its date: everyone is told, and may leave freely (B15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.booking.messages.entries import CalendarEntry
from lms.booking.messages.telling import EventWords, Telling, event_words, holder_of
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.queries import outcomes_asked_at
from lms.catalogue.rules import EventMode, Stage, stages_in_force, stages_with_questions
from lms.words import sentence_case

CHANGED = "event-changed"
POSTPONED = "event-postponed"

STANDING = {
    BookingState.CONFIRMED: "You still have your place",
    BookingState.OFFERED: "The offer of a place still holds",
    BookingState.WAITING: "You are still on the waiting list",
    BookingState.REQUESTED: "Your booking still waits for approval",
}

KEPT = {
    BookingState.CONFIRMED: "You keep your place",
    BookingState.WAITING: "You keep your position on the waiting list",
    BookingState.REQUESTED: "Your booking still waits for approval",
}

UNNAMED = "The place that you hold without a name is still held"


def event_changed(
    booking: Booking,
    event: Event,
    before: Mapping[EventMode | None, EventWords] | None,
    ticket: int,
    *,
    beside: str,
    entries: Sequence[CalendarEntry],
) -> Telling:
    """The time or the place has changed: as it was, None while it had no date, and as it is.

    `beside` says what else the delegate has at that time or on that course (B8).
    """
    has_place = booking.state is BookingState.CONFIRMED
    facts = {
        "before": before and before[booking.mode],
        "beside": sentence_case(beside) if has_place else "",
        "standing": UNNAMED if booking.is_unnamed else STANDING[booking.state],
        "has_place": has_place,
        "asks_before": has_place and _asks_before(event),
    }
    template = "changed" if before else "new_date"
    to = holder_of(booking)
    return Telling(booking, event, template, CHANGED, str(ticket), facts, entries, to=to)


def event_postponed(
    booking: Booking,
    event: Event,
    before: Mapping[EventMode | None, EventWords],
    ticket: int,
    next_event: Event | None,
    entries: Sequence[CalendarEntry],
) -> Telling:
    """The event has no date any more: why, what stays, and when the course is given next."""
    because = event.postponed_because
    facts = {
        "before": before[booking.mode],
        "reason": f"{because}." if because else "",
        "has_place": booking.state is BookingState.CONFIRMED,
        "kept": UNNAMED if booking.is_unnamed else KEPT[booking.state],
        "next_event": next_event and event_words(next_event),
        "next_event_id": next_event.id if next_event else None,
    }
    to = holder_of(booking)
    return Telling(booking, event, "postponed", POSTPONED, str(ticket), facts, entries, to=to)


def _asks_before(event: Event) -> bool:
    """Whether there is an evaluation before the event, which the message then carries (E2)."""
    stages = stages_in_force(event.kind, event.stages)
    return Stage.PRE in stages_with_questions(stages, has_outcomes=bool(outcomes_asked_at(event)))
