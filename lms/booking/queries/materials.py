"""The materials of an event, as far as a viewer may open them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from lms.access import Permission, Viewer
from lms.booking.models import Booking
from lms.booking.queries.bookings import runs
from lms.booking.rules import BookingState
from lms.booking.rules.materials import materials_open
from lms.catalogue.models import Event, EventTrainer, Material
from lms.catalogue.queries import in_order
from lms.db import db
from lms.errors import NotFound


def materials_shown(
    event: Event, viewer: Viewer | None, now: datetime, *, has_place: bool
) -> list[Material]:
    """What the viewer may open of an event, in order: none, and no statement, for most."""
    if viewer is None:
        return []
    runs_it = runs(event, viewer) or _gives(event.id, viewer)
    if not (runs_it or has_place):
        return []
    query = select(Material).where(_of_event(event), Material.removed_at.is_(None))
    papers = db.session.scalars(in_order(query).options(joinedload(Material.file)))
    return list(
        materials_open(papers, ends_at=event.ends_at, has_place=has_place, runs_it=runs_it, now=now)
    )


def event_with_materials(
    event_id: int, viewer: Viewer, now: datetime
) -> tuple[Event, list[Material]]:
    """An event of which the viewer may open something. Raises NotFound for any other."""
    event = db.session.get(Event, event_id, options=[joinedload(Event.partnership)])
    if event is None:
        raise NotFound
    papers = materials_shown(event, viewer, now, has_place=_has_place(event_id, viewer))
    if not papers:
        raise NotFound
    return event, papers


def get_material_shown(event_id: int, material_id: int, viewer: Viewer, now: datetime) -> Material:
    """One that the viewer may open. Raises NotFound for any other."""
    _, papers = event_with_materials(event_id, viewer, now)
    found = next((paper for paper in papers if paper.id == material_id), None)
    if found is None:
        raise NotFound
    return found


def count_open_to_delegates(
    session: Session, events: Collection[Event], now: datetime
) -> Counter[int]:
    """How many materials somebody with a place may open by now, by event, in one statement."""
    query = (
        select(Event.id, Event.ends_at, Material)
        .join(Material, or_(Material.event_id == Event.id, Material.course_id == Event.course_id))
        .where(Event.id.in_({event.id for event in events}), Material.removed_at.is_(None))
    )
    found: Counter[int] = Counter()
    for event_id, ends_at, paper in session.execute(query) if events else ():
        found[event_id] += len(
            [*materials_open([paper], ends_at=ends_at, has_place=True, runs_it=False, now=now)]
        )
    return found


def count_who_may_open(of: dict[str, int], now: datetime) -> int:
    """How many have a place at an event, or at any event to come of a course."""
    mine = Booking.event_id == of["event_id"] if "event_id" in of else _comes(of["course_id"], now)
    query = (
        select(func.count(func.distinct(Booking.person_id)))
        .join(Event, Event.id == Booking.event_id)
        .where(mine, Booking.state == BookingState.CONFIRMED)
    )
    return db.session.scalar(query) or 0


def _comes(course_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(Event.course_id == course_id, Event.ends_at > now)


def _of_event(event: Event) -> ColumnElement[bool]:
    own = Material.event_id == event.id
    return own if event.course_id is None else or_(own, Material.course_id == event.course_id)


def _has_place(event_id: int, viewer: Viewer) -> bool:
    return _any(
        select(Booking.id).where(
            Booking.event_id == event_id,
            Booking.person_id == viewer.person_id,
            Booking.state == BookingState.CONFIRMED,
        )
    )


def _gives(event_id: int, viewer: Viewer) -> bool:
    if not viewer.can(Permission.TAKE_REGISTER):
        return False
    return _any(
        select(EventTrainer.event_id).where(
            EventTrainer.event_id == event_id, EventTrainer.person_id == viewer.person_id
        )
    )


def _any(query: Any) -> bool:
    found: Sequence[Any] = db.session.execute(query.limit(1)).all()
    return bool(found)
