"""Venues are added, changed, retired and brought back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.agencies.rules import folded_name
from lms.audit import record
from lms.catalogue.commands.writing import refuse_faults
from lms.catalogue.models import Event, Venue
from lms.catalogue.queries import venue_details
from lms.catalogue.rules import EventState, VenueDetails, venue_faults
from lms.clock import london_date
from lms.db import take_turn, transaction
from lms.errors import NotFound, Refused


def add_venue(details: VenueDetails, *, by: Viewer | None, now: datetime) -> int:
    """Add a venue. Raises Refused where the partnership has one of that name."""
    with transaction() as session:
        venue = Venue(partnership_id=details.partnership_id)
        _write(session, venue, details)
        session.add(venue)
        session.flush()
        _record(session, venue, "added", by=by, now=now)
        return venue.id


def change_venue(venue_id: int, details: VenueDetails, *, by: Viewer | None, now: datetime) -> int:
    """Change what is said of a venue; events to come that say the same of it say it anew.

    The name under which an event was told stays. Returns how many events say it anew; nobody is
    written to. Raises NotFound or Refused.
    """
    with transaction() as session:
        venue = _venue(session, venue_id)
        before = venue_details(venue).told
        _write(session, venue, details)
        _record(session, venue, "changed", by=by, now=now)
        return _say_anew(session, venue, before, now)


def retire_venue(venue_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Offer a venue no longer; events there stay there."""
    _set_ended(venue_id, london_date(now), "retired", by=by, now=now)


def bring_back_venue(venue_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Offer a retired venue again."""
    _set_ended(venue_id, None, "brought back", by=by, now=now)


def _venue(session: Session, venue_id: int) -> Venue:
    venue = session.get(Venue, venue_id)
    if venue is None:
        raise NotFound
    return venue


def _write(session: Session, venue: Venue, details: VenueDetails) -> None:
    refuse_faults(venue_faults(details))
    take_turn(session, f"venues {details.partnership_id}")
    others = session.execute(
        select(Venue.id, Venue.name).where(Venue.partnership_id == details.partnership_id)
    )
    name = details.name.strip()
    if any(at != venue.id and folded_name(other) == folded_name(name) for at, other in others):
        raise Refused("Enter another name: a venue has this one already", field="name")
    venue.name, venue.seats = name, details.seats
    for field in ("address", "access", "directions"):
        setattr(venue, field, getattr(details, field).strip())


def _say_anew(session: Session, venue: Venue, before: str, now: datetime) -> int:
    told = venue_details(venue).told
    if told == before:
        return 0
    is_to_come = Event.starts_at.is_(None) | (Event.starts_at > now)
    changed = session.execute(
        update(Event)
        .where(Event.venue_id == venue.id, Event.venue_access == before, is_to_come)
        .where(Event.state != EventState.CANCELLED)
        .values(venue_access=told)
    )
    return cast("CursorResult[Any]", changed).rowcount


def _set_ended(
    venue_id: int, on: date | None, act: str, *, by: Viewer | None, now: datetime
) -> None:
    with transaction() as session:
        venue = _venue(session, venue_id)
        venue.ended_on = on
        _record(session, venue, act, by=by, now=now)


def _record(session: Session, venue: Venue, act: str, *, by: Viewer | None, now: datetime) -> None:
    record(
        session,
        f"venue {act}",
        f"{act} the venue {venue.name}",
        by=by,
        now=now,
        about=("venue", venue.id),
        partnership_id=venue.partnership_id,
    )
