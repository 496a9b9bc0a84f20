"""The programme: its events with what was booked and waited for, in a few statements (R2, R7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.booking.models import Booking, BookingMove, Charge
from lms.booking.rules import CAME, BookingState, ChargeReason, ChargeState, Origin
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState, reason_told
from lms.clock import at_london
from lms.db import db
from lms.errors import Refused
from lms.reporting.programme.rules import PlannedEvent, Waited
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import EventCounts, Period, count_events


@dataclass(frozen=True)
class Placed:
    """An event with what a report may group it by."""

    id: int
    title: str
    event: PlannedEvent
    course_id: int | None
    level: int | None
    kind: Any
    mode: Any
    remit: Any


@dataclass(frozen=True)
class Wait:
    """One who waited, at which event and for which agency."""

    event_id: int
    agency_id: int | None
    waited: Waited


@dataclass(frozen=True)
class Programme:
    """All that the reports on a programme count: read once, grouped as often as wished."""

    scope: Scope
    now: datetime
    events: Mapping[int, Placed]
    waits: tuple[Wait, ...]


def event_conditions(scope: Scope) -> list[ColumnElement[bool]]:
    """What an event of the programme satisfies: one that is postponed counts by the day that it
    was taken from, no draft counts."""
    dated = [_lies_in(scope.period, Event.starts_at)]
    dated.append(and_(Event.starts_at.is_(None), _lies_in(scope.period, Event.postponed_from)))
    undated = replace(scope, period=Period())
    return [*undated.conditions, or_(*dated), Event.state != EventState.DRAFT]


def _lies_in(period: Period, column: Any) -> ColumnElement[bool]:
    bounds = [column.is_not(None)]
    if period.first is not None:
        bounds.append(column >= at_london(period.first, time()))
    if period.last is not None:
        bounds.append(column < at_london(period.last + timedelta(days=1), time()))
    return and_(*bounds)


def load_programme(scope: Scope, now: datetime) -> Programme:
    """The events of a scope, in as many statements however many there are. Raises Refused."""
    if scope.booking_filters:
        raise Refused(
            "The programme is of events: it cannot be narrowed to an agency, a sector or an area.",
            field="filter",
        )
    waits = _waits(scope, now)
    return Programme(scope, now, _events(scope, now, waits), waits)


def event_counts(scope: Scope, now: datetime) -> EventCounts:
    """Planned, run, cancelled and postponed alone, in one statement: for a comparison."""
    rows = db.session.execute(select(Event.state, Event.ends_at).where(*event_conditions(scope)))
    return count_events([(state, ends_at) for state, ends_at in rows], now)


def _events(scope: Scope, now: datetime, waits: tuple[Wait, ...]) -> dict[int, Placed]:
    confirmed, charged = _confirmed(scope, now), _charged(scope)
    waited: dict[int, list[Waited]] = defaultdict(list)
    for wait in waits:
        waited[wait.event_id].append(wait.waited)
    rows = db.session.execute(
        select(
            *(Event.id, Event.state, Event.starts_at, Event.postponed_from, Event.ends_at),
            *(Event.capacity, Event.online_capacity, Event.cancelled_because, Event.is_imported),
            *(Event.price, Event.cost, Event.course_id, Event.title),
            *(Event.level, Event.kind, Event.mode, Event.remit),
        )
        .where(*event_conditions(scope))
        .order_by(Event.id)
    )
    found = {}
    for row in rows:
        pence, absent = charged.get(row.id, (0, 0))
        is_off = row.state is EventState.CANCELLED
        event = PlannedEvent(
            state=row.state,
            counts_at=row.starts_at or row.postponed_from,
            ends_at=row.ends_at,
            seats=row.capacity + (row.online_capacity or 0),
            reason=reason_told(row.cancelled_because) if is_off else None,
            confirmed=None if row.is_imported else confirmed.get(row.id, 0),
            waited=tuple(waited[row.id]),
            price=row.price,
            cost=row.cost,
            charged_pence=pence,
            absent_charged=absent,
        )
        of = (row.course_id, row.level, row.kind, row.mode, row.remit)
        found[row.id] = Placed(row.id, row.title, event, *of)
    return found


def _has_begun(now: datetime) -> ColumnElement[bool]:
    return and_(Event.state == EventState.PUBLISHED, Event.starts_at <= now)


def _confirmed(scope: Scope, now: datetime) -> dict[int, int | None]:
    """How many were confirmed at the start of each event that has begun; None: it is unknown.

    As the closed register has it; until then, as the booking stands.
    """
    counts_so, outcome = Booking.counts_as_confirmed_at_start, Booking.outcome
    stands_so = and_(counts_so.is_(None), Booking.state == BookingState.CONFIRMED)
    rows = db.session.execute(
        select(
            Booking.event_id,
            func.count().filter(or_(counts_so.is_(True), stands_so)),
            func.count().filter(counts_so.is_(None), outcome.is_not(None)),
        )
        .join(Event, Event.id == Booking.event_id)
        .where(*scope.conditions, _has_begun(now), Booking.origin != Origin.WALK_IN)
        .group_by(Booking.event_id)
    )
    return {event_id: None if unknown else n for event_id, n, unknown in rows}


def _charged(scope: Scope) -> dict[int, tuple[int, int]]:
    """What is confirmed to be paid at each event, in pence, and for how many who stayed away."""
    rows = db.session.execute(
        select(
            Booking.event_id,
            func.coalesce(func.sum(Charge.pence), 0),
            func.count().filter(Charge.reason == ChargeReason.NON_ATTENDANCE),
        )
        .join(Booking, Booking.id == Charge.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(*event_conditions(scope), Charge.state == ChargeState.CONFIRMED)
        .group_by(Booking.event_id)
    )
    return {event_id: (int(pence or 0), absent) for event_id, pence, absent in rows}


# --- Who waited ---------------------------------------------------------------------------------


def _waits(scope: Scope, now: datetime) -> tuple[Wait, ...]:
    """Those who waited when the first session started, replayed from the moves."""
    later = aliased(BookingMove)
    moved_on = exists().where(
        later.booking_id == Booking.id,
        later.id > BookingMove.id,
        later.at <= Event.starts_at,
    )
    rows = db.session.execute(
        select(
            *(Booking.id, Booking.event_id, Booking.person_id, Booking.agency_id),
            _had_a_place().label("is_met"),
        )
        .join(Event, Event.id == Booking.event_id)
        .join(BookingMove, BookingMove.booking_id == Booking.id)
        .where(
            *scope.conditions,
            _has_begun(now),
            BookingMove.to_state == BookingState.WAITING,
            BookingMove.at <= Event.starts_at,
            ~moved_on,
        )
        .order_by(Booking.id)
    )
    return tuple(
        Wait(row.event_id, row.agency_id, Waited(_who(row), bool(row.is_met))) for row in rows
    )


def _who(row: Any) -> object:
    return row.person_id if row.person_id is not None else ("booking", row.id)


def _had_a_place() -> ColumnElement[bool]:
    """Whether the same person came there, or had a place at a run not before they asked."""
    other, run = aliased(Booking), aliased(Event)
    is_walk_in = other.origin == Origin.WALK_IN
    walked_in = and_(is_walk_in, or_(other.outcome.is_(None), other.outcome.in_(CAME)))
    has_place = and_(other.state == BookingState.CONFIRMED, or_(~is_walk_in, walked_in))
    at_another_run = and_(
        run.course_id == Event.course_id,
        run.state.in_((EventState.PUBLISHED, EventState.POSTPONED)),
        or_(run.starts_at.is_(None), run.starts_at >= Booking.requested_at),
    )
    return exists().where(
        other.person_id == Booking.person_id,
        run.id == other.event_id,
        has_place,
        or_(run.id == Booking.event_id, at_another_run),
    )
