"""B14: whether more places are taken than may be, overrides aside, and who is marked for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lms.booking.rules.facts import BookingFact, EventSnapshot, Share
from lms.booking.rules.places import caps_in_force, fillers, unheld


def over_capacity(snapshot: EventSnapshot) -> int:
    """By how many places an event is beyond capacity plus overrides: 0 if all is well."""
    return sum(max(0, _beyond(side)) for side in snapshot.sides())


def over_reservations(snapshot: EventSnapshot, now: datetime) -> int:
    """How many places that are held back for a group others have, beyond overrides."""
    return sum(_given_away(side, now) for side in snapshot.sides())


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
    # Whoever fills a reservation comes last: else it would open again when they leave. One who
    # was marked before there was that reservation is counted as its filler all the same.
    at_home = [fact for those in fillers(side, now).values() for fact in those]
    kept = tuple(replace(b, is_override=False) if b in at_home else b for b in side.bookings)
    how_many = max(
        max(0, _beyond(side)) + _given_away(side, now),
        _given_away(replace(side, bookings=kept), now),
    )
    marked = _latest([fact for fact in plain if fact not in at_home], how_many)
    marked += _latest([fact for fact in plain if fact in at_home], how_many - len(marked))
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


def _given_away(side: EventSnapshot, now: datetime) -> int:
    """Reserved places that others have, of those within capacity plus overrides."""
    filled = fillers(side, now)
    at_home = sum(map(len, filled.values()))
    unfilled = sum(share.places for share in filled) - at_home
    overrides = sum(booking.is_override for booking in side.held)
    strangers = len(side.held) - at_home - overrides
    return max(0, min(_beyond(side) + unfilled, strangers) - max(0, _beyond(side)))
