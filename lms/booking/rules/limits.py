"""B14: whether more places are taken than may be, overrides aside, and who is marked for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lms.booking.rules.facts import BookingFact, Claim, EventSnapshot, Share, ShareKind
from lms.booking.rules.places import caps_in_force, filled_by, fillers, unheld


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
    # Whoever fills a reservation comes last: else it would open again when they leave. One who is
    # beyond the limits may leave as well, and then nobody may be left in a place held back.
    at_home = [fact for those in _rightful(side).values() for fact in those]
    within = replace(side, bookings=tuple(plain))
    how_many = max(0, _beyond(side)) + _given_away(within, now)
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
    """Reserved places that others have, of those within capacity plus overrides.

    Where more was held back than there is, whoever filled a reservation keeps the place rightly
    when that one is released: only what was unfilled is free for all (B3).
    """
    filled = fillers(side, now)
    at_home = sum(map(len, filled.values()))
    unfilled = sum(share.places for share in filled) - at_home
    overrides = sum(booking.is_override for booking in side.held)
    strangers = len(side.held) - at_home - overrides
    given = min(_beyond(side) + unfilled, strangers) - max(0, _beyond(side))
    return max(0, given - _filled_and_released(side, now))


def _filled_and_released(side: EventSnapshot, now: datetime) -> int:
    """Places that were filled by right and are released by now, as far as they were held back for
    another group as well."""
    rightful = _rightful(side)
    released = sum(len(those) for share, those in rightful.items() if not share.holds_at(now))
    held_back_twice = -unheld(side.capacity, 0, sum(share.places for share in rightful))
    return max(0, min(released, held_back_twice))


def _rightful(side: EventSnapshot) -> dict[Share, list[Claim]]:
    """Who fills each reservation, also those that are released by now."""
    shares = [share for share in side.shares if share.kind is ShareKind.RESERVATION]
    return filled_by(shares, side.held)
