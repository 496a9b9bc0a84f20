"""B1, B2, B9: whether a booking is taken at all."""

from dataclasses import dataclass
from datetime import datetime

from lms.booking.rules.clashes import OtherPlace, clash_refusal, course_refusal
from lms.booking.rules.facts import (
    BookingPolicy,
    Claim,
    EventSnapshot,
    Rule,
    at_closing_time,
    days_before,
)
from lms.booking.rules.overrides import Override, Refusal, not_lifted
from lms.booking.rules.places import Place, place_for
from lms.booking.rules.prerequisites import (
    Declared,
    Prerequisite,
    declaration_refusals,
    prerequisite_refusal,
)
from lms.booking.rules.states import BookingState
from lms.catalogue.rules import EventMode, EventState
from lms.clock import london_date
from lms.words import clock_time, day


@dataclass(frozen=True)
class BookingRequest(Claim):
    """A claim with what is known of the person: whether the event is for them, where they have
    confirmed places already, which prerequisites they do not meet or declare to meet, and what is
    wrong with whom they name to approve it (B10)."""

    is_for_them: bool = True
    other_places: tuple[OtherPlace, ...] = ()
    unmet: tuple[Prerequisite, ...] = ()
    declared: tuple[Declared, ...] = ()
    approver: Refusal | None = None


def may_book(
    snapshot: EventSnapshot,
    request: BookingRequest,
    now: datetime,
    override: Override | None = None,
) -> tuple[Refusal, ...]:
    """Why a booking is not taken (B1, B2, B8, B9, B10), after an override; empty where it is.

    Whoever holds a place on the course may still wait here: only a second place is refused.
    """
    found = [
        *_closed(snapshot, now),
        *_not_for_them(request),
        *_already_booked(snapshot, request),
        *_prerequisites(snapshot, request, now),
        clash_refusal(snapshot, request.other_places),
        _second_place(snapshot, request, now, override),
        request.approver,
    ]
    return not_lifted((refusal for refusal in found if refusal), override)


def closing_at(snapshot: EventSnapshot) -> datetime:
    """When bookings close for an event."""
    return closing_time(snapshot.closes_at, snapshot.mode, snapshot.starts_at, snapshot.policy)


def closing_time(
    closes_at: datetime | None, mode: EventMode, starts_at: datetime, policy: BookingPolicy
) -> datetime:
    """When bookings close: the event's own time, else by policy; online events when they start."""
    if closes_at is not None:
        return closes_at
    if mode is EventMode.ONLINE:
        return starts_at
    return at_closing_time(days_before(starts_at, policy.closing_working_days))


def _closed(snapshot: EventSnapshot, now: datetime) -> list[Refusal]:
    if snapshot.state is not EventState.PUBLISHED:
        # No override opens an event that does not take place.
        return [Refusal(Rule.B1, _NOT_OPEN[snapshot.state], is_overridable=False)]
    if snapshot.opens_at is not None and now < snapshot.opens_at:
        return [Refusal(Rule.B1, f"Booking opens on {_on_day_at(snapshot.opens_at)}")]
    if now >= (closed_at := closing_at(snapshot)):
        return [Refusal(Rule.B1, f"Booking closed on {_on_day_at(closed_at)}")]
    return []


_NOT_OPEN = {
    EventState.DRAFT: "This event is not published yet",
    EventState.CANCELLED: "This event is cancelled",
    EventState.POSTPONED: "This event is postponed and has no date yet",
}


def _on_day_at(instant: datetime) -> str:
    return f"{day(london_date(instant))} at {clock_time(instant)}"


def _not_for_them(request: BookingRequest) -> list[Refusal]:
    if request.is_for_them:
        return []
    return [Refusal(Rule.B1, "This event is by invitation, and you are not among those invited")]


def _already_booked(snapshot: EventSnapshot, request: BookingRequest) -> list[Refusal]:
    if request.person_id is None:
        return []
    live = [b for b in snapshot.bookings if b.is_live and b.person_id == request.person_id]
    return [Refusal(Rule.B2, _ALREADY[b.state], is_overridable=False) for b in live[:1]]


_ALREADY = {
    BookingState.CONFIRMED: "You have a place at this event already",
    BookingState.WAITING: "You are on the waiting list of this event already",
    BookingState.OFFERED: "You have an offer of a place at this event: accept it from the e-mail",
    BookingState.REQUESTED: "Your booking for this event is waiting for approval already",
}


def _prerequisites(
    snapshot: EventSnapshot, request: BookingRequest, now: datetime
) -> list[Refusal | None]:
    if not request.unmet:
        return []
    event_on, today = snapshot.first_day, london_date(now)
    return [
        prerequisite_refusal(request.unmet, request.declared),
        *declaration_refusals(request.unmet, request.declared, event_on, today),
    ]


def _second_place(
    snapshot: EventSnapshot, request: BookingRequest, now: datetime, override: Override | None
) -> Refusal | None:
    refusal = course_refusal(snapshot, request.other_places, now)
    has_place = refusal and isinstance(place_for(snapshot, request, now, override), Place)
    return refusal if has_place else None
