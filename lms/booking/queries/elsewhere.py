"""The places that people hold at other events, and whom these keep from a place here (B8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.booking.models import Booking
from lms.booking.rules import BookingFact, BookingState, EventSnapshot, OtherPlace, obstacle
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventState


def places_elsewhere(
    session: Session, person_ids: Collection[int] | Select[int | None], now: datetime
) -> dict[int, list[OtherPlace]]:
    """The confirmed places that people hold at events which have not ended, by person (B8)."""
    rows = session.execute(
        select(
            Booking.person_id,
            Booking.id,
            Event.id,
            Event.title,
            Event.course_id,
            EventSession.starts_at,
            EventSession.ends_at,
        )
        .join(Event, Event.id == Booking.event_id)
        .join(EventSession, EventSession.event_id == Event.id)
        .where(
            Booking.person_id.in_(person_ids),
            Booking.state == BookingState.CONFIRMED,
            Event.state == EventState.PUBLISHED,
            Event.ends_at > now,
        )
        .order_by(Event.id, EventSession.starts_at)
    )
    found: dict[int, dict[int, OtherPlace]] = defaultdict(dict)
    for person_id, booking_id, event_id, title, course_id, starts_at, ends_at in rows:
        if person_id is None:
            continue
        before = found[person_id].get(event_id)
        sessions = (*(before.sessions if before else ()), (starts_at, ends_at))
        found[person_id][event_id] = OtherPlace(event_id, title, sessions, course_id, booking_id)
    return {person_id: list(places.values()) for person_id, places in found.items()}


def other_places(session: Session, person_id: int | None, now: datetime) -> list[OtherPlace]:
    """Those of one person; None is somebody who has no record, and so no other place."""
    if person_id is None:
        return []
    return places_elsewhere(session, [person_id], now).get(person_id, [])


def obstacle_to(
    session: Session, seen: EventSnapshot, booking: Booking | BookingFact, now: datetime
) -> str | None:
    """What keeps a booking's person from a place at an event, asked under their lock."""
    elsewhere = other_places(session, booking.person_id, now)
    return obstacle(seen, elsewhere, now, booking.replaces_id)


def told_obstacles(
    session: Session, snapshots: dict[int, EventSnapshot], now: datetime
) -> dict[int, EventSnapshot]:
    """Say of each who waits what keeps them from a place, where there is one to be had."""
    open_ids = [event_id for event_id, seen in snapshots.items() if has_turns(seen)]
    if not open_ids:
        return snapshots
    waiting = select(Booking.person_id).where(
        Booking.event_id.in_(open_ids), Booking.state == BookingState.WAITING
    )
    elsewhere = places_elsewhere(session, waiting, now)
    told = {event_id: with_obstacles(snapshots[event_id], elsewhere, now) for event_id in open_ids}
    return {**snapshots, **told}


def has_turns(seen: EventSnapshot) -> bool:
    """Whether it matters who of the waiting is eligible: not where everything is taken."""
    return any(side.waiting and len(side.held) < side.capacity for side in seen.sides())


def with_obstacles(
    seen: EventSnapshot, elsewhere: Mapping[int, list[OtherPlace]], now: datetime
) -> EventSnapshot:
    """The same event, with what keeps each of the waiting from a place at present."""
    return replace(
        seen, bookings=tuple(_with_obstacle(seen, fact, elsewhere, now) for fact in seen.bookings)
    )


def _with_obstacle(
    seen: EventSnapshot,
    fact: BookingFact,
    elsewhere: Mapping[int, list[OtherPlace]],
    now: datetime,
) -> BookingFact:
    places = elsewhere.get(fact.person_id or 0)
    if not places or fact.state is not BookingState.WAITING:
        return fact
    return replace(fact, obstacle=obstacle(seen, places, now, fact.replaces_id))
