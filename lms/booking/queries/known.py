"""Whom those who run a programme know: their agencies' people, and who booked with them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, func, or_, select, union

from lms.access import Permission, Viewer
from lms.accounts.models import Membership, Person
from lms.accounts.queries import works_where
from lms.agencies.rules import folded_name
from lms.booking.models import Booking
from lms.catalogue.models import Event, SharedWith
from lms.db import db


def is_known_to(viewer: Viewer) -> ColumnElement[bool]:
    """A condition: the person works for, holds a role at, or booked with what the viewer runs.

    So is someone of an agency that nobody has matched yet, until they book elsewhere.
    """
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    booked = select(Booking.person_id).join(Booking.event).where(is_with(own))
    is_unmatched = Person.memberships.any(Membership.agency_id.is_(None))
    has_booked = exists().where(Booking.person_id == Person.id)
    booked_here = Person.id.in_(booked.where(Booking.person_id.is_not(None)))
    return or_(works_where(viewer), booked_here, is_unmatched & ~has_booked) & (len(own) > 0)


def find_known(person_id: int | None, viewer: Viewer) -> Person | None:
    """A person of whom the viewer may know."""
    if person_id is None:
        return None
    return db.session.scalar(select(Person).where(Person.id == person_id, is_known_to(viewer)))


def is_with(own: Collection[int]) -> ColumnElement[bool]:
    """A condition: the booking is for an area of these partnerships, or at an event of theirs.

    At an event that they share it is not theirs where it is for a partner's area (B17).
    """
    is_partners = exists().where(
        SharedWith.event_id == Booking.event_id, SharedWith.partnership_id == Booking.area_id
    )
    return or_(Booking.area_id.in_(own), Event.partnership_id.in_(own) & ~is_partners)


def unmatched_in_bookings(viewer: Viewer) -> list[tuple[str, int]]:
    """Agency names as typed in the viewer's bookings, with how many of those bear each (R1)."""
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    rows = db.session.execute(
        select(Booking.agency_typed, func.count())
        .join(Booking.event)
        .where(Booking.agency_id.is_(None), Booking.agency_typed != "", is_with(own))
        .group_by(Booking.agency_typed)
        .order_by(Booking.agency_typed)
    )
    return [(name, count) for name, count in rows]


def are_matched_here(names: Collection[str], agency_id: int, viewer: Viewer) -> bool:
    """Whether each name, as typed, was matched to that agency and is borne by people whom the
    viewer knows, or in the viewer's bookings: theirs to take back (R1)."""
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    of_people = (
        select(Membership.agency_typed)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.agency_id == agency_id, is_known_to(viewer))
    )
    in_bookings = (
        select(Booking.agency_typed)
        .join(Booking.event)
        .where(Booking.agency_id == agency_id, is_with(own))
    )
    borne = {folded_name(typed) for typed in db.session.scalars(union(of_people, in_bookings))}
    return bool(names) and all(folded_name(name) in borne - {""} for name in names)


def unmatched_memberships(viewer: Viewer) -> list[tuple[str, int]]:
    """Agency names as typed by people whom the viewer knows, with how many bear each."""
    rows = db.session.execute(
        select(Membership.agency_typed, func.count())
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.agency_id.is_(None), Membership.agency_typed != "", is_known_to(viewer))
        .group_by(Membership.agency_typed)
        .order_by(Membership.agency_typed)
    )
    return [(name, count) for name, count in rows]
