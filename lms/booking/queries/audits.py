"""What must always be so, asked of the whole database: `lms check` tells where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy import exists, func, select

from lms.booking.models import Approval, Booking, BookingMove, Offer
from lms.booking.queries.events import load_events, snapshots_of
from lms.booking.rules import (
    LIVE,
    BookingState,
    BrokenHistory,
    EventSnapshot,
    Move,
    over_capacity,
    over_caps,
    over_reservations,
    places_of_group,
    replay,
)
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventState
from lms.db import db

AT_A_TIME = 200
ROWS_AT_A_TIME = 5000


def audit_places(now: datetime) -> list[str]:
    """No event is beyond capacity, what it holds back, or a cap, overrides aside (B3, B14)."""
    faults: list[str] = []
    for ids in _event_ids():
        events = load_events(db.session(), ids)
        seen = snapshots_of(db.session(), events, now)
        for event in events:
            if event.id in seen:
                faults += _beyond_limits(event.reference, seen[event.id], now)
        db.session.expunge_all()
    return faults


def _beyond_limits(reference: str, seen: EventSnapshot, now: datetime) -> Iterator[str]:
    for part, side in seen.parts().items():
        where = f" {part.where}" if part else ""
        if over := over_capacity(side):
            yield f"Event {reference} is {over} over its capacity{where}."
        if taken := over_reservations(side, now):
            yield f"Event {reference} gives {taken} of its reserved places to others{where}."
        for cap in over_caps(side, now):
            has = places_of_group(side, cap)
            yield f"Event {reference} has {has} of {cap.name}, who may have {cap.places}{where}."


def _event_ids() -> Iterator[list[int]]:
    with_bookings = exists().where(Booking.event_id == Event.id, Booking.state.in_(LIVE))
    ids = list(db.session.scalars(select(Event.id).where(with_bookings).order_by(Event.id)))
    return (ids[start : start + AT_A_TIME] for start in range(0, len(ids), AT_A_TIME))


def audit_live_bookings(now: datetime) -> list[str]:
    """Nobody has two live bookings at one event (B2)."""
    del now
    twice = (
        select(Booking.event_id, Booking.person_id, func.count())
        .where(Booking.state.in_(LIVE), Booking.person_id.is_not(None))
        .group_by(Booking.event_id, Booking.person_id)
        .having(func.count() > 1)
        .order_by(Booking.event_id, Booking.person_id)
    )
    return [
        f"Person {person_id} has {count} live bookings at event {event_id}."
        for event_id, person_id, count in db.session.execute(twice)
    ]


def audit_cancelled_events(now: datetime) -> list[str]:
    """No booking is live at an event that was cancelled (B15)."""
    del now
    left = db.session.execute(
        select(Event.reference, func.count())
        .join(Booking, Booking.event_id == Event.id)
        .where(Event.state == EventState.CANCELLED, Booking.state.in_(LIVE))
        .group_by(Event.id, Event.reference)
        .order_by(Event.id)
    )
    return [
        f"Event {reference} is cancelled, and {count} of its bookings are live."
        for reference, count in left
    ]


def audit_times(now: datetime) -> list[str]:
    """An event starts with its first session and ends with its last."""
    del now
    first, last = func.min(EventSession.starts_at), func.max(EventSession.ends_at)
    wrong = db.session.scalars(
        select(Event.reference)
        .join(EventSession, EventSession.event_id == Event.id)
        .group_by(Event.id, Event.reference, Event.starts_at, Event.ends_at)
        .having((first != Event.starts_at) | (last != Event.ends_at))
        .order_by(Event.id)
    )
    return [f"Event {reference} is not when its sessions are." for reference in wrong]


def audit_histories(now: datetime) -> list[str]:
    """Every booking's moves lead to the state that it is in."""
    del now
    rows = db.session.execute(
        select(
            Booking.reference,
            Booking.state,
            BookingMove.from_state,
            BookingMove.to_state,
            BookingMove.at,
        )
        .outerjoin(BookingMove, BookingMove.booking_id == Booking.id)
        .order_by(Booking.id, BookingMove.id)
        .execution_options(yield_per=ROWS_AT_A_TIME)
    )
    faults = []
    for (reference, state), moves in groupby(rows, key=lambda row: (row.reference, row.state)):
        history = [Move(row.from_state, row.to_state, row.at) for row in moves if row.to_state]
        if fault := _fault_of(state, history):
            faults.append(f"Booking {reference}: {fault}.")
    return faults


def _fault_of(state: BookingState, history: list[Move]) -> str:
    try:
        replayed = replay(history)
    except BrokenHistory as broken:
        return str(broken)
    if replayed is state:
        return ""
    return f"it is {state.words}, and its history leads to {replayed and replayed.words}"


def audit_offers(now: datetime) -> list[str]:
    """An offer that holds a place runs for each booking that is offered one, and for no other."""
    del now
    running = exists().where(
        Offer.booking_id == Booking.id, Offer.holds_place.is_(True), Offer.ended_at.is_(None)
    )
    is_offered = Booking.state == BookingState.OFFERED
    wrong = db.session.execute(
        select(Booking.reference, Booking.state)
        .where((is_offered & ~running) | (~is_offered & running))
        .order_by(Booking.id)
    )
    return [
        f"Booking {reference} is {state.words}, and its offer does not say so."
        for reference, state in wrong
    ]


def audit_approvals(now: datetime) -> list[str]:
    """Just those bookings are being asked about that wait for an approval (B10)."""
    del now
    is_asked = exists().where(Approval.booking_id == Booking.id, Approval.ended_at.is_(None))
    waits = (Booking.state == BookingState.REQUESTED) & ~Booking.is_unnamed
    waits |= (Booking.state == BookingState.WAITING) & ~Booking.is_approved
    wrong = db.session.execute(
        select(Booking.reference, Booking.state)
        .where((waits & ~is_asked) | (~waits & is_asked))
        .order_by(Booking.id)
    )
    return [
        f"Booking {reference} is {state.words}, and its approvals do not say so."
        for reference, state in wrong
    ]
