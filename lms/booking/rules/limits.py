"""B14: whether more places are taken than may be, overrides aside, and who is marked for it."""

from collections.abc import Iterator
from datetime import datetime

from lms.booking.rules.facts import BookingFact, EventSnapshot, Share
from lms.booking.rules.places import caps_in_force, reserved_places_filled, unheld


def over_capacity(snapshot: EventSnapshot) -> int:
    """By how many places an event is beyond capacity plus overrides: 0 if all is well."""
    return sum(max(0, _beyond(side)) for side in snapshot.sides())


def over_reservations(snapshot: EventSnapshot, now: datetime) -> int:
    """How many places that are held back for a group others have, beyond overrides."""
    return sum(len(_in_reserved_places(side, now)) for side in snapshot.sides())


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
    marked = _in_reserved_places(side, now)
    marked += _latest([fact for fact in _plain(side) if fact not in marked], _beyond(side, marked))
    yield from marked
    for cap in caps_in_force(side, now):
        members = [fact for fact in _plain_members(side, cap) if fact not in marked]
        beyond = _latest(members, len(members) - cap.places)
        marked += beyond
        yield from beyond


def _latest(facts: list[BookingFact], how_many: int) -> list[BookingFact]:
    return sorted(facts, key=lambda b: (b.ticket, b.id), reverse=True)[: max(0, how_many)]


def _plain_members(side: EventSnapshot, cap: Share) -> list[BookingFact]:
    return [fact for fact in _plain(side) if cap.covers(fact)]


def _plain(side: EventSnapshot) -> list[BookingFact]:
    """Those who hold a place within the limits; a place beyond them fills no reservation either."""
    return [fact for fact in side.held if not fact.is_override]


def _beyond(side: EventSnapshot, marked: list[BookingFact] | None = None) -> int:
    return -unheld(side.capacity, len(_plain(side)) - len(marked or ()))


def _in_reserved_places(side: EventSnapshot, now: datetime) -> list[BookingFact]:
    """Who has a place that is held back for a group of which they are not, the last to come."""
    plain = _plain(side)
    filled = reserved_places_filled(side, now, plain)
    fillers = {id(filler) for some in filled.values() for filler in some}
    owed = sum(share.places - len(some) for share, some in filled.items())
    others = [fact for fact in plain if id(fact) not in fillers]
    return _latest(others, min(owed, _beyond(side) + owed))
