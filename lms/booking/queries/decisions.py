"""Which events have fewer people than they need, and how each stands to its minimum (B18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from lms.access import Permission, Viewer
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.booking.rules.decisions import Minimum, minimum_of
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db


@dataclass(frozen=True)
class InDoubt:
    """A published event that has fewer people than it needs, and about which nobody decided."""

    event: Event
    minimum: Minimum


def minimum_at(event: Event, booked: int, now: datetime) -> Minimum | None:
    """How an event with so many confirmed places stands to its minimum, if it has one."""
    first = london_date(event.starts_at) if event.starts_at else None
    return minimum_of(
        *(event.minimum_places, event.decide_on, event.decided_at),
        first_day=first,
        booked=booked,
        today=london_date(now),
    )


def events_in_doubt(viewer: Viewer | None, now: datetime) -> list[InDoubt]:
    """Those that the viewer runs, or all where None asks, by the day of decision.

    Published, to come, fewer confirmed than their minimum, and not decided to go ahead.
    """
    booked = (
        select(func.count(Booking.id))
        .where(Booking.event_id == Event.id, Booking.state == BookingState.CONFIRMED)
        .correlate(Event)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Event, booked)
        .where(Event.state == EventState.PUBLISHED, Event.starts_at > now, *_run_by(viewer))
        .where(Event.minimum_places > booked, Event.decided_at.is_(None))
        .order_by(Event.starts_at, Event.id)
    )
    found = [InDoubt(event, m) for event, n in rows if (m := minimum_at(event, n, now))]
    return sorted(found, key=lambda each: (each.minimum.decide_on, each.event.id))


def _run_by(viewer: Viewer | None) -> list[ColumnElement[bool]]:
    if viewer is None:
        return []
    return [Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))]


def count_confirmed(event_id: int) -> int:
    """How many have a place at an event."""
    counted = db.session.scalar(
        select(func.count(Booking.id)).where(
            Booking.event_id == event_id, Booking.state == BookingState.CONFIRMED
        )
    )
    return counted or 0
