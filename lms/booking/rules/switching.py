"""B3: whoever has or awaits a place at a hybrid event may switch side where there is room."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from lms.booking.rules.clashes import OtherPlace, obstacle
from lms.booking.rules.facts import BookingFact, EventSnapshot, Side
from lms.booking.rules.places import Wait, place_for
from lms.booking.rules.states import BookingState
from lms.booking.rules.waiting import places_are_passed_on
from lms.catalogue.rules import EventState

MAY_SWITCH = frozenset({BookingState.CONFIRMED, BookingState.REQUESTED, BookingState.WAITING})


def may_switch(snapshot: EventSnapshot, state: BookingState, now: datetime) -> bool:
    """Whether a booking in that state could be switched at all; one who waits would be placed."""
    if snapshot.online_capacity is None or snapshot.state is not EventState.PUBLISHED:
        return False
    if state is BookingState.WAITING:
        return places_are_passed_on(snapshot, now)
    return state in MAY_SWITCH and now < snapshot.starts_at


def why_not_switch(
    snapshot: EventSnapshot,
    booking: BookingFact,
    side: Side,
    others: Iterable[OtherPlace],
    now: datetime,
) -> str | None:
    """What keeps a booking from a place on that side, to follow a colon; None where nothing does.

    `others` are the places that the person has elsewhere: they matter to one who waits.
    """
    if booking.state is BookingState.WAITING:
        if not booking.is_approved:
            return "your booking is not approved yet"
        if stands := obstacle(snapshot, others, now, booking.replaces_id):
            return stands
    rest = replace(snapshot, bookings=tuple(b for b in snapshot.bookings if b.id != booking.id))
    decision = place_for(rest, replace(booking, side=side), now)
    return decision.reason.sentence if isinstance(decision, Wait) else None
