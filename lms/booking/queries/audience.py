"""Whom an event is for, and who may know of it: the rule's facts, and the rule said to lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.accounts.models import Membership, PersonEmail
from lms.accounts.queries import is_member
from lms.agencies.queries import ids_above, ids_under
from lms.booking.models import Booking
from lms.booking.rules import Audience, Somebody, is_for
from lms.catalogue.models import Event, EventTrainer, Invitee, SharedWith
from lms.clock import london_date
from lms.db import db


def is_for_person(session: Session, event: Event, person_id: int, now: datetime) -> bool:
    """Whether a person is among those an event is for; only by invitation does it take a look."""
    if not event.is_by_invitation:
        return True
    return is_for(audience_of(event), somebody(session, person_id, london_date(now)))


def is_for_agency(event: Event, agency_ids: Iterable[int]) -> bool:
    """Whether an event is for whoever works at an agency, given with those above it."""
    if not event.is_by_invitation:
        return True
    return is_for(audience_of(event), Somebody(frozenset(agency_ids)))


def audience_of(event: Event) -> Audience:
    """Whom an event is for, as the rule sees it."""
    return Audience(
        event.is_by_invitation,
        frozenset(each.agency_id for each in event.invitees if each.agency_id),
        frozenset(each.address for each in event.invitees if each.address),
    )


def somebody(session: Session, person_id: int, on: date) -> Somebody:
    """A person as an audience looks at them on a day."""
    agency_ids = session.scalars(ids_above(_agencies_of(person_id, on)))
    addresses = session.scalars(_addresses_of(person_id))
    return Somebody(frozenset(agency_ids), frozenset(addresses))


def _agencies_of(person_id: int, on: date) -> Select[int | None]:
    return select(Membership.agency_id).where(Membership.person_id == person_id, is_member(on))


def _addresses_of(person_id: int) -> Select[str]:
    return select(PersonEmail.address).where(PersonEmail.person_id == person_id)


# --- The same as conditions -----------------------------------------------------------------


def is_open_to_all() -> ColumnElement[bool]:
    """A condition: the event is for everyone."""
    return Event.is_by_invitation.is_(False)


def is_meant_for(person_id: int, on: date) -> ColumnElement[bool]:
    """A condition: `rules.is_for`, restated for lists."""
    agencies = Invitee.agency_id.in_(ids_above(_agencies_of(person_id, on)))
    addresses = Invitee.address.in_(_addresses_of(person_id))
    return or_(is_open_to_all(), Event.invitees.any(or_(agencies, addresses)))


def is_seen_by(viewer: Viewer | None, now: datetime) -> ColumnElement[bool]:
    """A condition: the viewer may know of the event.

    Besides those it is for: whoever runs it or has a part in it, gives it, leads an agency of
    those invited, or has booked there.
    """
    if viewer is None:
        return is_open_to_all()
    return or_(
        is_meant_for(viewer.person_id, london_date(now)),
        _is_run_by(viewer),
        Event.trainers.any(EventTrainer.person_id == viewer.person_id),
        select(Booking.id)
        .where(Booking.event_id == Event.id, Booking.person_id == viewer.person_id)
        .exists(),
        _invites_those_led_by(viewer),
    )


def may_see(event: Event, viewer: Viewer | None, now: datetime) -> bool:
    """Whether the viewer may know of an event that is published or was."""
    if not event.is_by_invitation:
        return True
    wanted = select(Event.id).where(Event.id == event.id, is_seen_by(viewer, now))
    return db.session.scalar(wanted) is not None


def _is_run_by(viewer: Viewer) -> ColumnElement[bool]:
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    has_a_part = Event.shared_with.any(SharedWith.partnership_id.in_(run))
    return or_(Event.partnership_id.in_(run), has_a_part)


def _invites_those_led_by(viewer: Viewer) -> ColumnElement[bool]:
    led = [grant.agency_id for grant in viewer.grants if grant.agency_id is not None]
    return Event.invitees.any(Invitee.agency_id.in_(ids_under(led)))
