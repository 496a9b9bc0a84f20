"""How full events are, counted in a constant number of statements and never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lms.booking.models import Booking, Share
from lms.booking.queries.events import has_turns, load_events, side_of, snapshots_of
from lms.booking.rules import (
    LIVE,
    BookingFact,
    BookingState,
    EventSnapshot,
    Origin,
    ShareKind,
    eligible_in_order,
    free_places,
    unfilled_reserved,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode

FEW = 4


@dataclass(frozen=True)
class PlacesSummary:
    """The places of an event; `free` is what a new request could have, 0 where it would wait."""

    capacity: int
    confirmed: int
    offered: int
    reserved: int
    free: int
    waiting: int

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

    One statement, and a few more where any of them has reservations, or a free place beside
    people who wait: only the rules can say for whom that place is.
    """
    seen, intricate = _counted(session, event_ids)
    if intricate:
        seen |= snapshots_of(session, load_events(session, intricate), now)
    return {event_id: summary_of(event, now) for event_id, event in seen.items()}


def summary_of(seen: EventSnapshot, now: datetime) -> PlacesSummary:
    """How full an event is whose snapshot is at hand."""
    states = [booking.state for booking in seen.held]
    confirmed = states.count(BookingState.CONFIRMED)
    return PlacesSummary(
        capacity=sum(side.capacity for side in seen.sides()),
        confirmed=confirmed,
        offered=len(states) - confirmed,
        reserved=sum(sum(unfilled_reserved(side, now).values()) for side in seen.sides()),
        free=sum(_open_to_all(side, now) for side in seen.sides()),
        waiting=len(seen.waiting),
    )


def _open_to_all(side: EventSnapshot, now: datetime) -> int:
    """Free places, unless someone eligible waits for them (B3: then the pages say full)."""
    free = free_places(side, now)
    return 0 if free and side.waiting and eligible_in_order(side, now) else free


# --- Counting -------------------------------------------------------------------------------


def _counted(
    session: Session, event_ids: Collection[int]
) -> tuple[dict[int, EventSnapshot], list[int]]:
    """Events whose bookings are known by number only, and those that need more than that."""
    has_reservation = exists().where(
        Share.event_id == Event.id, Share.kind == ShareKind.RESERVATION
    )
    rows = session.execute(
        select(
            Event.id,
            Event.capacity,
            Event.mode,
            Event.online_capacity,
            has_reservation,
            Booking.state,
            Booking.mode,
            Booking.holds_place,
            func.count(Booking.id),
        )
        .outerjoin(
            Booking,
            (Booking.event_id == Event.id)
            & Booking.state.in_(LIVE)
            & (Booking.origin != Origin.WALK_IN),
        )
        .where(Event.id.in_(event_ids))
        .group_by(Event.id, Booking.state, Booking.mode, Booking.holds_place)
    ).all()
    bookings: dict[int, list[BookingFact]] = defaultdict(list)
    for event_id, *_, state, mode, holds_place, count in rows:
        bookings[event_id] += _alike(count, state, mode, holds_place)
    seen = {
        row[0]: EventSnapshot(
            id=row[0],
            capacity=row[1],
            sessions=(),
            mode=row[2],
            online_capacity=row[3] if row[2] is EventMode.HYBRID else None,
            bookings=tuple(bookings[row[0]]),
        )
        for row in rows
    }
    reserved = {row[0] for row in rows if row[4]}
    return seen, [at for at, event in seen.items() if at in reserved or has_turns(event)]


def _alike(
    count: int, state: BookingState | None, mode: EventMode | None, holds_place: bool | None
) -> list[BookingFact]:
    """As many equal facts: the same one, since making thousands would cost more than the query."""
    if state is None:
        return []
    return [BookingFact(state=state, side=side_of(mode), holds_place=bool(holds_place))] * count
