"""B4, B5, B7: the order of those who wait, who is next, and why someone waits."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta

from lms.booking.rules.facts import BookingFact, Claim, EventSnapshot
from lms.booking.rules.places import WaitKind, WaitReason, is_eligible, why_not_eligible
from lms.catalogue.rules import EventState, ListOrder
from lms.words import ordinal, sentence_case

LAST_PLACES_BEFORE_START = timedelta(hours=2)


def in_order(snapshot: EventSnapshot) -> list[BookingFact]:
    """Those who wait, in the order in which they are asked.

    The mix gives each turn to the agency with the fewest places, counting the places that its
    own people further up the list will have had.
    """
    by_joining = sorted(snapshot.waiting, key=lambda b: (-b.priority, b.ticket, b.id))
    if snapshot.order is ListOrder.FIRST_COME:
        return by_joining
    places = Counter(_mix_group(booking) for booking in snapshot.held)
    turns: dict[int, int] = {}
    for booking in by_joining:
        turns[booking.id] = places[_mix_group(booking)]
        places[_mix_group(booking)] += 1
    return sorted(by_joining, key=lambda b: (-b.priority, turns[b.id]))


def eligible_in_order(snapshot: EventSnapshot, now: datetime) -> list[BookingFact]:
    """Those who wait and could have a place now, in order; others keep their position (B5).

    Of a hybrid event those for the room come first, then those for online.
    """
    return list(_eligible(snapshot, now))


def _eligible(snapshot: EventSnapshot, now: datetime) -> Iterator[BookingFact]:
    for side in snapshot.sides():
        yield from (booking for booking in in_order(side) if is_eligible(side, booking, now))


def next_waiting(snapshot: EventSnapshot, now: datetime) -> BookingFact | None:
    """Who has the next free place: the one function that every cause of a free place asks.

    None where no place is free for anyone who waits, the event is not to take place, or less
    than two hours are left until it starts.
    """
    if not places_are_passed_on(snapshot, now):
        return None
    return next(_eligible(snapshot, now), None)


def places_are_passed_on(snapshot: EventSnapshot, now: datetime) -> bool:
    """Whether a place that comes free still goes to someone who waits."""
    if snapshot.state is not EventState.PUBLISHED:
        return False
    return now < snapshot.starts_at - LAST_PLACES_BEFORE_START


def positions(snapshot: EventSnapshot) -> dict[int, int]:
    """Everyone's place in the line by booking id, from 1, among those who wait for that side."""
    return {
        booking.id: place
        for side in snapshot.sides()
        for place, booking in enumerate(in_order(side), start=1)
    }


def position_of(snapshot: EventSnapshot, booking: BookingFact) -> int:
    """A delegate's place in the line."""
    return positions(snapshot)[booking.id]


def joining(snapshot: EventSnapshot, claim: Claim) -> tuple[EventSnapshot, BookingFact]:
    """The event as it would be with one more on its list, and that one."""
    last = max((booking.ticket for booking in snapshot.bookings), default=0)
    known = {field.name: getattr(claim, field.name) for field in fields(Claim)}
    fact = BookingFact(**known, id=-1, ticket=last + 1)
    return replace(snapshot, bookings=(*snapshot.bookings, fact)), fact


def why_waiting(snapshot: EventSnapshot, booking: BookingFact, now: datetime) -> WaitReason:
    """Why someone on the list has no place yet; in the mix, that agencies with fewer go first."""
    if snapshot.state is EventState.POSTPONED:
        return WaitReason(WaitKind.UNDATED)
    reason = why_not_eligible(snapshot, booking, now) or WaitReason(WaitKind.IN_TURN)
    if snapshot.order is not ListOrder.MIX or reason.kind not in (WaitKind.FULL, WaitKind.IN_TURN):
        return reason
    if position_of(snapshot, booking) == 1:
        return reason
    held = snapshot.side_of(booking).held
    return WaitReason(WaitKind.IN_MIX, sum(_mix_group(b) == _mix_group(booking) for b in held))


def standing(snapshot: EventSnapshot, booking: BookingFact, now: datetime) -> str:
    """Position and reason in a sentence: 'Third in line: all 25 places are taken'."""
    place_in_line = sentence_case(ordinal(position_of(snapshot, booking)))
    return f"{place_in_line} in line: {why_waiting(snapshot, booking, now).sentence}"


def _mix_group(booking: BookingFact) -> int | None:
    return booking.agency_ids[0] if booking.agency_ids else None
