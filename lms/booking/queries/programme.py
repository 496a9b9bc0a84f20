"""The public programme: what is on, with its places, in the same few statements however long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, cast, func, select

from lms.agencies.models import Partnership
from lms.booking.queries.places import PlacesSummary, places_of
from lms.booking.rules.facts import Period
from lms.catalogue.models import Course, Event, EventSession, Priority, event_priority
from lms.catalogue.rules import EventKind, EventMode, EventState, Remit
from lms.db import db

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
    course_id: int | None
    starts_at: datetime
    ends_at: datetime
    published_at: datetime | None
    cancelled_at: datetime | None
    course: str
    priorities: tuple[tuple[int, str], ...]  # position and name, in order
    sessions: tuple[Period, ...]
    places: PlacesSummary


def events_from(since: datetime, now: datetime) -> list[ListedEvent]:
    """Published events that start at an instant or after, in order of their start."""
    return _listed([Event.state == EventState.PUBLISHED, Event.starts_at >= since], now)


def events_running_from(since: datetime, now: datetime) -> list[ListedEvent]:
    """The same, and those that began earlier and have sessions still to come at that instant."""
    return _listed([Event.state == EventState.PUBLISHED, Event.ends_at >= since], now)


def events_of_course(course_id: int, since: datetime, now: datetime) -> list[ListedEvent]:
    """The same, of one course."""
    of_course = Event.course_id == course_id
    published = Event.state == EventState.PUBLISHED
    return _listed([of_course, published, Event.starts_at >= since], now)


def events_in_feed(since: datetime, now: datetime) -> list[ListedEvent]:
    """Published and cancelled events from an instant on: a calendar must hear of both."""
    was_published = Event.published_at.is_not(None)
    public = Event.state.in_([EventState.PUBLISHED, EventState.CANCELLED])
    return _listed([public, was_published, Event.starts_at >= since], now)


def _listed(conditions: Iterable[ColumnElement[bool]], now: datetime) -> list[ListedEvent]:
    facts: dict[int, tuple[Any, ...]] = {}
    sessions: dict[int, list[Period]] = {}
    for *row, starts_at, ends_at in db.session.execute(_rows(conditions)):
        event_id = row[1]
        facts.setdefault(event_id, tuple(row))
        sessions.setdefault(event_id, []).append((starts_at, ends_at))
    places = places_of(db.session(), list(facts), now) if facts else {}
    return [
        ListedEvent(*(*row, _in_order(priorities), tuple(sessions[row[0]]), places[row[0]]))
        for priorities, *row in facts.values()
    ]


def _rows(conditions: Iterable[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """A row for each session, in order; its columns are those of `ListedEvent`."""
    return (
        select(
            _priority_names(),
            *(Event.id, Event.reference, Event.title, Event.kind, Event.level, Event.remit),
            *(Event.mode, Event.state, Event.venue, Partnership.name, Event.course_id),
            *(Event.starts_at, Event.ends_at, Event.published_at, Event.cancelled_at),
            func.coalesce(Course.title, ""),
            *(EventSession.starts_at, EventSession.ends_at),
        )
        .join(EventSession, EventSession.event_id == Event.id)
        .join(Partnership, Partnership.id == Event.partnership_id)
        .outerjoin(Course, Course.id == Event.course_id)
        .where(*conditions)
        .order_by(Event.starts_at, Event.id, EventSession.starts_at)
    )


def _in_order(names: str | None) -> tuple[tuple[int, str], ...]:
    """Priorities as (position, name): '2:Neglect' and '1:Exploitation' the right way round."""
    if not names:
        return ()
    pairs = (entry.split(":", 1) for entry in names.split(BETWEEN_NAMES))
    return tuple(sorted((int(position), name) for position, name in pairs))


def _priority_names() -> ScalarSelect[str]:
    name_after_position = cast(Priority.position, String) + ":" + Priority.name
    return (
        select(func.aggregate_strings(name_after_position, BETWEEN_NAMES))
        .join(event_priority, event_priority.c.priority_id == Priority.id)
        .where(event_priority.c.event_id == Event.id)
        .correlate(Event)
        .scalar_subquery()
    )
