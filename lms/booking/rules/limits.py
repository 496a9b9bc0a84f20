"""B14: whether more places are taken than may be, overrides aside, and who is marked for it."""

from collections.abc import Iterator
from datetime import datetime

from lms.booking.rules.facts import BookingFact, EventSnapshot, Share
from lms.booking.rules.places import caps_in_force, unfilled_reserved, unheld


def over_capacity(snapshot: EventSnapshot) -> int:
    """By how many places an event is beyond capacity plus overrides: 0 if all is well."""
    return sum(max(0, _beyond(side)) for side in snapshot.sides())


def over_reservations(snapshot: EventSnapshot, now: datetime) -> int:
    """How many places that are held back for a group others have, beyond overrides."""
    return sum(_beyond_reservations(side, now) for side in snapshot.sides()) - over_capacity(
        snapshot
    )


def over_caps(snapshot: EventSnapshot, now: datetime) -> list[Share]:
    """The caps in force that are exceeded by more than their group's overrides."""
    return [
        cap
        for side in snapshot.sides()
        for cap in caps_in_force(side, now)
        if len(_plain_members(side, cap)) > cap.places
    ]


def to_mark_as_overrides(snapshot: EventSnapshot, now: datetime) -> tuple[BookingFact, ...]:
    """Who stands beyond the limits after these were cut: nobody loses a place, and the last to
    have taken theirs count as overrides."""
    return tuple(fact for side in snapshot.sides() for fact in _to_mark(side, now))


def _to_mark(side: EventSnapshot, now: datetime) -> Iterator[BookingFact]:
    plain = [booking for booking in side.held if not booking.is_override]
    marked = _latest(plain, _beyond_reservations(side, now))
    yield from marked
    for cap in caps_in_force(side, now):
        members = [fact for fact in _plain_members(side, cap) if fact not in marked]
        beyond = _latest(members, len(members) - cap.places)
        marked += beyond
        yield from beyond


def _latest(facts: list[BookingFact], how_many: int) -> list[BookingFact]:
    return sorted(facts, key=lambda b: (b.ticket, b.id), reverse=True)[: max(0, how_many)]


def _plain_members(side: EventSnapshot, cap: Share) -> list[BookingFact]:
    return [fact for fact in side.held if cap.covers(fact) and not fact.is_override]


def _beyond(side: EventSnapshot) -> int:
    overrides = sum(booking.is_override for booking in side.held)
    return -unheld(side.capacity, len(side.held) - overrides)


def _beyond_reservations(side: EventSnapshot, now: datetime) -> int:
    return max(0, _beyond(side) + sum(unfilled_reserved(side, now).values()))
