"""Events as those who run or give them find them: coming, drafts, past, cancelled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select

from lms.access import Permission, Viewer
from lms.agencies.models import Partnership
from lms.booking.queries.places import PlacesSummary, places_of
from lms.catalogue.models import Event, EventTrainer, SharedWith
from lms.catalogue.rules import EventMode, EventState
from lms.clock import at_london, london_date
from lms.db import db

MOST_SHOWN = 200


class Shelf(StrEnum):
    """Where an event is found in the list."""

    COMING = "coming"
    DRAFTS = "drafts"
    PAST = "past"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ManagedEvent:
    """An event in the list; `places` is missing for a draft, which has none yet."""

    id: int
    title: str
    state: EventState
    mode: EventMode
    venue: str
    level: int | None
    starts_at: datetime | None
    partnership: str
    is_run_by_viewer: bool
    has_our_people: bool  # the viewer's partnership has a part in it (B17)
    places: PlacesSummary | None


@dataclass(frozen=True)
class ManagedList:
    """What stands on one shelf, as far as it is shown, and how many stand on each."""

    events: list[ManagedEvent]
    counts: dict[Shelf, int]


def managed_events(viewer: Viewer, shelf: Shelf, words: str, now: datetime) -> ManagedList:
    """The events that a viewer runs or gives, on one shelf; `words` are looked for in titles."""
    today = at_london(london_date(now), time())
    seen = [
        _is_seen_by(viewer),
        *(Event.title.icontains(w, autoescape=True) for w in words.split()),
    ]
    counts = {each: _count([*seen, _on_shelf(each, today)]) for each in Shelf}
    return ManagedList(_rows(viewer, [*seen, _on_shelf(shelf, today)], shelf, now), counts)


def _is_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    gives = Event.id.in_(
        select(EventTrainer.event_id).where(EventTrainer.person_id == viewer.person_id)
    )
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    is_out = Event.state != EventState.DRAFT
    return or_(Event.partnership_id.in_(run), _is_shared_with(run) & is_out, gives & is_out)


def _is_shared_with(partnership_ids: Collection[int]) -> ColumnElement[bool]:
    return Event.shared_with.any(SharedWith.partnership_id.in_(partnership_ids))


def _on_shelf(shelf: Shelf, today: datetime) -> ColumnElement[bool]:
    published = Event.state.in_([EventState.PUBLISHED, EventState.POSTPONED])
    return {
        Shelf.COMING: published & or_(Event.ends_at >= today, Event.ends_at.is_(None)),
        Shelf.DRAFTS: Event.state == EventState.DRAFT,
        Shelf.PAST: published & (Event.ends_at < today),
        Shelf.CANCELLED: Event.state == EventState.CANCELLED,
    }[shelf]


def _count(conditions: Sequence[ColumnElement[bool]]) -> int:
    return db.session.scalar(select(func.count(Event.id)).where(*conditions)) or 0


def _rows(
    viewer: Viewer, conditions: Sequence[ColumnElement[bool]], shelf: Shelf, now: datetime
) -> list[ManagedEvent]:
    newest_first = shelf in {Shelf.PAST, Shelf.CANCELLED}
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    order = Event.starts_at.desc() if newest_first else Event.starts_at.asc()
    rows = db.session.execute(
        select(Event, Partnership.name, _is_shared_with(run))
        .join(Partnership, Partnership.id == Event.partnership_id)
        .where(*conditions)
        .order_by(order.nulls_last(), Event.id)
        .limit(MOST_SHOWN)
    ).all()
    places = places_of(db.session(), [event.id for event, *_ in rows], now) if rows else {}
    return [
        ManagedEvent(
            *(event.id, event.title, event.state, event.mode, event.venue, event.level),
            *(event.starts_at, partnership, event.partnership_id in run, is_shared),
            None if event.state is EventState.DRAFT else places.get(event.id),
        )
        for event, partnership, is_shared in rows
    ]
