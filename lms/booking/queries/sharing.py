"""An event that another partnership hosts, as those see it who have a part in it (B17).

The host runs the event. A coordinator of a partnership with which it is shared sees the bookings
for their own area, and no others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.access import Viewer
from lms.agencies.models import Agency
from lms.booking.queries.bookings import areas_shared, list_bookings, runs
from lms.booking.queries.event_places import ListedPerson, people_in_order
from lms.booking.queries.events import event_in_force
from lms.booking.rules import EventSnapshot, area_booked_for
from lms.catalogue.models import Event, SharedWith
from lms.db import db
from lms.errors import NotFound


@dataclass(frozen=True)
class Part:
    """What a partnership is allocated of an event, and how many of its people have a place."""

    partnership: str
    places: int
    release_on: date | None
    taken: int


@dataclass(frozen=True)
class OurPeople:
    """A shared event with the viewer's own people, and their partnerships' parts of it."""

    event: Event
    parts: tuple[Part, ...]
    people: tuple[ListedPerson, ...]


def get_event_booked_by(event_id: int, viewer: Viewer) -> Event:
    """An event into which the viewer may book people: they run it or have a part in it.

    Raises NotFound for any other.
    """
    event = db.session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .options(joinedload(Event.partnership), joinedload(Event.course))
    )
    if event is None or not (runs(event, viewer) or areas_shared(event, viewer)):
        raise NotFound
    return event


def area_at(event: Event, agency: Agency | None) -> int:
    """For which partnership's area people of an agency count where nobody says (B17)."""
    partners = [part.partnership_id for part in event.shared_with]
    served = [partnership.id for partnership in agency.partnerships] if agency else []
    return area_booked_for(event.partnership_id, partners, served)


def our_people(event_id: int, viewer: Viewer, now: datetime) -> OurPeople:
    """A shared event with the viewer's own people, in order. Raises NotFound."""
    event = get_event_booked_by(event_id, viewer)
    areas = areas_shared(event, viewer)
    if not areas:
        raise NotFound
    seen = event_in_force(db.session(), event_id, now).snapshot
    parts = [_part(part, seen) for part in event.shared_with if part.partnership_id in areas]
    people = people_in_order(list_bookings(event_id, area_ids=areas), seen, now)
    return OurPeople(event, tuple(parts), tuple(people))


def _part(row: SharedWith, seen: EventSnapshot) -> Part:
    taken = sum(held.partnership_id == row.partnership_id for held in seen.held)
    return Part(row.partnership.name, row.places, row.release_on, taken)


def manage_page(event: Event, viewer: Viewer) -> str:
    """The address at which the viewer manages an event, or their own people there."""
    own = "" if runs(event, viewer) else "/our-people"
    return f"/manage/events/{event.id}{own}"
