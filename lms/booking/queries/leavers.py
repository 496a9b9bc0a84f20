"""What somebody holds for an agency that they leave or have left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.models import Membership, Person
from lms.accounts.queries import is_member
from lms.booking.models import Booking
from lms.booking.rules import LIVE
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound

SEEN_FOR = timedelta(days=365)


def get_membership(person_id: int, membership_id: int) -> Membership:
    """A membership of that person which has not ended. Raises NotFound."""
    query = (
        select(Membership)
        .where(
            Membership.id == membership_id,
            Membership.person_id == person_id,
            Membership.ended_on.is_(None),
        )
        .options(joinedload(Membership.agency))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def live_bookings_for(person_id: int, membership_id: int, now: datetime) -> list[Booking]:
    """Live bookings at what has not begun, made for the agency of a membership; the next first."""
    membership = get_membership(person_id, membership_id)
    is_for_it = (
        Booking.agency_id == membership.agency_id
        if membership.agency_id is not None
        else Booking.agency_id.is_(None) & (Booking.agency_typed == membership.agency_typed)
    )
    query = (
        select(Booking)
        .join(Booking.event)
        .where(Booking.person_id == person_id, is_for_it, _is_to_come(now))
        .options(joinedload(Booking.event))
        .order_by(Event.starts_at, Booking.id)
    )
    return list(db.session.scalars(query))


def _is_to_come(now: datetime) -> ColumnElement[bool]:
    return Booking.state.in_(LIVE) & or_(Event.starts_at.is_(None), Event.starts_at > now)


@dataclass(frozen=True)
class Leaver:
    """One who has left an agency, since when, and what they still hold for it."""

    person: Person
    agency: str
    left_on: date
    bookings: int


def list_leavers(agency_ids: Collection[int], now: datetime) -> list[Leaver]:
    """Those who left one of these agencies within a year and are at none, the last first."""
    today = london_date(now)
    there = select(Membership.person_id).where(
        Membership.agency_id.in_(agency_ids), is_member(today)
    )
    rows = db.session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.agency_id.in_(agency_ids),
            Membership.ended_on <= today,
            Membership.ended_on > today - SEEN_FOR,
            Membership.person_id.not_in(there),
        )
        .options(joinedload(Membership.agency))
        .order_by(Membership.ended_on.desc(), Membership.id.desc())
    ).all()
    held = _held({person.id for _, person in rows}, agency_ids, now)
    found: dict[int, Leaver] = {}
    for membership, person in rows:
        agency = membership.agency.name if membership.agency else membership.agency_typed
        left_on = membership.ended_on or today
        found.setdefault(person.id, Leaver(person, agency, left_on, held[person.id]))
    return list(found.values())


def _held(person_ids: Collection[int], agency_ids: Collection[int], now: datetime) -> Counter[int]:
    rows = db.session.scalars(
        select(Booking.person_id)
        .join(Booking.event)
        .where(
            Booking.person_id.in_(person_ids), Booking.agency_id.in_(agency_ids), _is_to_come(now)
        )
    )
    return Counter(person_id for person_id in rows if person_id is not None)
