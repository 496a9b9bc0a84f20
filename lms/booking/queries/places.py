"""How full events are, counted in a constant number of statements and never stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.booking.models import Booking, Share
from lms.booking.queries.events import load_events, snapshots_of
from lms.booking.rules import (
    LIVE,
    BookingState,
    EventSnapshot,
    Origin,
    ShareKind,
    Side,
    free_places,
    places_left,
    unfilled_reserved,
    unheld,
)
from lms.catalogue.models import Event, SharedWith

FEW = 4


@dataclass(frozen=True)
class PlacesSummary:
    """The places of an event; `free` is what a new request could have, 0 where it would wait.

    `requested` are held until they are approved; `unclaimed` are neither taken nor held back for
    anyone, whoever waits for them. Of a hybrid event `parts` are those of the room and online.
    """

    capacity: int
    confirmed: int
    offered: int
    reserved: int
    free: int
    waiting: int
    unclaimed: int
    requested: int = 0
    parts: Mapping[Side, PlacesSummary] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """How many somebody has: confirmed, offered, or held until they are approved."""
        return self.confirmed + self.offered + self.requested

    @property
    def left_by_side(self) -> str:
        """Of a hybrid event, '2 in the room, 5 online'; else nothing."""
        return ", ".join(f"{part.free} {side.where}" for side, part in self.parts.items())

    @property
    def is_full(self) -> bool:
        return self.free == 0

    @property
    def is_few(self) -> bool:
        return 0 < self.free <= FEW

    @property
    def sentence(self) -> str:
        """'9 places left of 25', or 'Full · 3 waiting'."""
        if not self.is_full:
            return f"{self.free} place{'' if self.free == 1 else 's'} left of {self.capacity}"
        return f"Full · {self.waiting} waiting" if self.waiting else "Full"


def places_of(
    session: Session, event_ids: Collection[int], now: datetime
) -> dict[int, PlacesSummary]:
    """How full each event is.

    One statement, and a few more where any of them has reservations or two capacities, or a free
    place beside people who wait: only the rules can say for whom that place is.
    """
    tallies = [Tally(*row) for row in session.execute(_tallies(), {"event_ids": list(event_ids)})]
    found = {tally.event_id: tally.summary for tally in tallies}
    if intricate := [tally.event_id for tally in tallies if tally.is_intricate]:
        seen = snapshots_of(session, load_events(session, intricate), now)
        found |= {event_id: summary_of(event, now) for event_id, event in seen.items()}
    return found


def summary_of(seen: EventSnapshot, now: datetime) -> PlacesSummary:
    """How full an event is whose snapshot is at hand."""
    parts = {part: side for part, side in seen.parts().items() if part is not None}
    states = Counter(booking.state for booking in seen.held)
    return PlacesSummary(
        capacity=sum(side.capacity for side in seen.sides()),
        confirmed=states[BookingState.CONFIRMED],
        offered=states[BookingState.OFFERED],
        requested=states[BookingState.REQUESTED],
        reserved=sum(sum(unfilled_reserved(side, now).values()) for side in seen.sides()),
        free=places_left(seen, now),
        waiting=len(seen.waiting),
        unclaimed=free_places(seen, now),
        parts={part: summary_of(side, now) for part, side in parts.items()},
    )


# --- Counting -------------------------------------------------------------------------------


class Tally(NamedTuple):
    """An event whose bookings are known by number only."""

    event_id: int
    capacity: int
    online_capacity: int | None
    has_reservation: bool
    confirmed: int
    offered: int
    requested: int
    waiting: int

    @property
    def free(self) -> int:
        return max(0, unheld(self.capacity, self.confirmed + self.offered + self.requested))

    @property
    def is_intricate(self) -> bool:
        """Whether it takes the rules, with everyone's facts, to say what is free."""
        is_wanted = self.waiting > 0 and self.free > 0
        return is_wanted or self.has_reservation or self.online_capacity is not None

    @property
    def summary(self) -> PlacesSummary:
        return PlacesSummary(
            *(self.capacity, self.confirmed, self.offered, 0, self.free, self.waiting),
            unclaimed=self.free,
            requested=self.requested,
        )


@cache  # to write a statement down costs more than to run it
def _tallies() -> Select[*tuple[Any, ...]]:
    """A row for each event, with the columns of `Tally`; walk-ins claim no place."""
    holds_meanwhile = (Booking.state == BookingState.REQUESTED) & Booking.holds_place
    claims = (Booking.state.in_(LIVE)) & (Booking.origin != Origin.WALK_IN)
    return (
        select(
            *(Event.id, Event.capacity, Event.online_capacity),
            or_(
                exists().where(Share.event_id == Event.id, Share.kind == ShareKind.RESERVATION),
                exists().where(SharedWith.event_id == Event.id),
            ),
            func.count(case((Booking.state == BookingState.CONFIRMED, 1))),
            func.count(case((Booking.state == BookingState.OFFERED, 1))),
            func.count(case((holds_meanwhile, 1))),
            func.count(case((Booking.state == BookingState.WAITING, 1))),
        )
        .outerjoin(Booking, (Booking.event_id == Event.id) & claims)
        .where(Event.id.in_(bindparam("event_ids", expanding=True)))
        .group_by(Event.id)
    )
