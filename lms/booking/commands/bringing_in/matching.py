"""Matching an agency's name as typed: once, for everything that bears it (R1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, union, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.models import Membership
from lms.agencies.models import Agency
from lms.agencies.rules import folded_name
from lms.booking.commands.events.capacity import mark_those_beyond
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.locking import lock_event
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.models import Booking
from lms.booking.rules import LIVE
from lms.db import transaction
from lms.errors import NotFound


def match_agency_name(typed: str, agency_id: int, *, by: Viewer | None, now: datetime) -> int:
    """Say which agency a typed name means; returns how many bookings it was filled in for.

    The events of live ones are locked: an agency may have its share of the places there.
    """
    with transaction() as session:
        agency = session.get(Agency, agency_id)
        if agency is None:
            raise NotFound
        spellings = _spellings(session, typed)
        event_ids = _lock_events_concerned(session, spellings)
        matched = _fill_in(session, spellings, agency)
        for event_id in event_ids:
            event = get_event(session, event_id)
            mark_those_beyond(session, event, now, "Its agency was matched afterwards.")
        audit.record(
            session,
            "match agency",
            f"Matched “{typed}” to {agency.name}.",
            by=by,
            now=now,
            about=("agency", agency.id),
        )
    for event_id in event_ids:
        fill_after(event_id, now)
    return matched


def _spellings(session: Session, typed: str) -> list[str]:
    """The name as typed, with every other way in which it was typed."""
    held = union(
        select(Booking.agency_typed).where(_is_unmatched(Booking)),
        select(Membership.agency_typed).where(_is_unmatched(Membership)),
    )
    wanted = folded_name(typed)
    return [name for name in session.scalars(held) if folded_name(name) == wanted]


def _is_unmatched(kind: type[Booking | Membership]) -> ColumnElement[bool]:
    return and_(kind.agency_id.is_(None), kind.agency_typed != "")


def _lock_events_concerned(session: Session, spellings: list[str]) -> list[int]:
    ids = session.scalars(
        select(Booking.event_id)
        .where(_is_unmatched(Booking), Booking.agency_typed.in_(spellings), Booking.state.in_(LIVE))
        .distinct()
        .order_by(Booking.event_id)
    ).all()
    for event_id in ids:
        lock_event(session, event_id)
    return list(ids)


def _fill_in(session: Session, spellings: list[str], agency: Agency) -> int:
    matched = session.execute(
        update(Booking)
        .where(_is_unmatched(Booking), Booking.agency_typed.in_(spellings))
        .values(agency_id=agency.id, sector=agency.sector)
        .returning(Booking.id)
    ).all()
    session.execute(
        update(Membership)
        .where(_is_unmatched(Membership), Membership.agency_typed.in_(spellings))
        .values(agency_id=agency.id)
    )
    return len(matched)
