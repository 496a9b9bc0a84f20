"""The public programme: what is on, with its places, in the same few statements however long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, String, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from lms.access import Viewer
from lms.agencies.models import Partnership
from lms.booking.queries.audience import is_open_to_all, is_seen_by
from lms.booking.queries.figures import policies_in_force
from lms.booking.queries.places import PlacesSummary, places_of
from lms.booking.rules.facts import Period
from lms.booking.rules.opening import closing_time
from lms.catalogue.models import (
    Course,
    Event,
    EventSession,
    Priority,
    SharedWith,
    event_priority,
)
from lms.catalogue.rules import EventKind, EventMode, EventState, Remit
from lms.db import UtcDateTime, db

BETWEEN_NAMES = "\x1f"  # a unit separator: no name holds one


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event as lists, the month, the feed and the files show it: nothing that only those
    booked may know."""

    id: int
    reference: str
    title: str
    kind: EventKind
    level: int | None
    remit: Remit
    mode: EventMode
    state: EventState
    venue: str
    partnership: str
    is_by_invitation: bool
    course_id: int | None
    told_at: datetime | None  # when its state was last made known
    course: str
    shared_with: tuple[str, ...]  # other partnerships, by name
    priorities: tuple[tuple[int, str], ...]  # position and name, in order
    sessions: tuple[Period, ...]
    places: PlacesSummary

    @property
    def starts_at(self) -> datetime:
        return self.sessions[0][0]

    @property
    def ends_at(self) -> datetime:
        return max(end for _, end in self.sessions)


def events_from(since: datetime, viewer: Viewer | None, now: datetime) -> list[ListedEvent]:
    """Published events that start at an instant or after, in order of their start."""
    rows = _published().where(Event.starts_at >= SINCE, is_seen_by(viewer, now))
    return _listed(rows, now, since=since)


def events_running_from(since: datetime, viewer: Viewer | None, now: datetime) -> list[ListedEvent]:
    """The same, and those that began earlier and have sessions still to come at that instant."""
    rows = _published().where(Event.ends_at >= SINCE, is_seen_by(viewer, now))
    return _listed(rows, now, since=since)


def events_of_course(
    course_id: int, since: datetime, viewer: Viewer | None, now: datetime
) -> list[ListedEvent]:
    """Published events of one course that start at an instant or after."""
    of_course = _published().where(Event.starts_at >= SINCE, Event.course_id == course_id)
    return _listed(of_course.where(is_seen_by(viewer, now)), now, since=since)


def closed_to_booking(events: Sequence[ListedEvent], now: datetime) -> frozenset[int]:
    """Those of some events, by id, whose last day for booking has passed (B1); two statements."""
    session = db.session()
    found = session.scalars(select(Event).where(Event.id.in_([each.id for each in events]))).all()
    policies = policies_in_force(session, found, now)
    return frozenset(
        event.id
        for event in found
        if event.starts_at is not None
        and closing_time(event.closes_at, event.mode, event.starts_at, policies[event.id]) <= now
    )


def events_in_feed(since: datetime, now: datetime) -> list[ListedEvent]:
    """Published and cancelled events from an instant on: a calendar must hear of both.

    A calendar asks without signing in, so what is by invitation is in no feed.
    """
    public = Event.state.in_([EventState.PUBLISHED, EventState.CANCELLED]) & is_open_to_all()
    rows = _rows().where(public, Event.published_at.is_not(None), Event.starts_at >= SINCE)
    return _listed(rows, now, since=since)


SINCE = bindparam("since", type_=UtcDateTime)


def _listed(rows: Select[*tuple[Any, ...]], now: datetime, since: datetime) -> list[ListedEvent]:
    facts: dict[int, list[Any]] = {}
    sessions: dict[int, list[Period]] = {}
    for event_id, *row, starts_at, ends_at in db.session.execute(rows, {"since": since}):
        facts.setdefault(event_id, row)
        sessions.setdefault(event_id, []).append((starts_at, ends_at))
    places = places_of(db.session(), list(facts), now) if facts else {}
    return [
        ListedEvent(
            *(
                *(event_id, *row, _names_in(shared), _in_order(priorities)),
                *(tuple(sessions[event_id]), places[event_id]),
            )
        )
        for event_id, (*row, shared, priorities) in facts.items()
    ]


@cache  # to write a statement down costs more than to run it
def _published() -> Select[*tuple[Any, ...]]:
    return _rows().where(Event.state == EventState.PUBLISHED)


@cache
def _rows() -> Select[*tuple[Any, ...]]:
    """A row for each session, in order; its columns are those of `ListedEvent`."""
    return (
        select(
            *(Event.id, Event.reference, Event.title, Event.kind, Event.level, Event.remit),
            *(Event.mode, Event.state, Event.venue, Partnership.name),
            *(Event.is_by_invitation, Event.course_id),
            func.coalesce(Event.cancelled_at, Event.published_at),
            func.coalesce(Course.title, ""),
            *(_names_shared_with(), _priority_names()),
            *(EventSession.starts_at, EventSession.ends_at),
        )
        .join(EventSession, EventSession.event_id == Event.id)
        .join(Partnership, Partnership.id == Event.partnership_id)
        .outerjoin(Course, Course.id == Event.course_id)
        .order_by(Event.starts_at, Event.id, EventSession.starts_at)
    )


def _in_order(names: str | None) -> tuple[tuple[int, str], ...]:
    """Priorities as (position, name): '2:Neglect' and '1:Exploitation' the right way round."""
    if not names:
        return ()
    pairs = (entry.split(":", 1) for entry in names.split(BETWEEN_NAMES))
    return tuple(sorted((int(position), name) for position, name in pairs))


def _names_in(names: str | None) -> tuple[str, ...]:
    return tuple(sorted(names.split(BETWEEN_NAMES))) if names else ()


def _names_shared_with() -> ScalarSelect[str]:
    partner = aliased(Partnership)
    return (
        select(func.aggregate_strings(partner.name, BETWEEN_NAMES))
        .join(SharedWith, SharedWith.partnership_id == partner.id)
        .where(SharedWith.event_id == Event.id)
        .correlate(Event)
        .scalar_subquery()
    )


def _priority_names() -> ScalarSelect[str]:
    name_after_position = cast(Priority.position, String) + ":" + Priority.name
    return (
        select(func.aggregate_strings(name_after_position, BETWEEN_NAMES))
        .join(event_priority, event_priority.c.priority_id == Priority.id)
        .where(event_priority.c.event_id == Event.id)
        .correlate(Event)
        .scalar_subquery()
    )
