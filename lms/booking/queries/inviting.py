"""Who is to be told that they are invited, and has not been told yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from lms.accounts.models import Membership, Person, PersonEmail
from lms.accounts.queries import is_member, primary_address
from lms.agencies.queries import ids_under
from lms.booking.models import Booking
from lms.booking.queries.audience import audience_of
from lms.booking.rules import LIVE, Audience
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.queries import is_told

INVITED = "event-invitation"


@dataclass(frozen=True)
class Guest:
    """Somebody who is invited; of an address that nobody has signed in with there is no person."""

    address: str
    name: str = ""
    person_id: int | None = None


def guests_to_tell(event: Event, now: datetime) -> list[Guest]:
    """Everyone whom an event by invitation is for, but those told already or booked there."""
    if not event.is_by_invitation:
        return []
    audience = audience_of(event)
    people = _people(audience, now)
    known = {email.address for person in people for email in person.emails}
    guests = [_guest(person, audience) for person in people if person.emails]
    guests += [Guest(address) for address in sorted(audience.addresses - known)]
    passed_over = _told(event.id) | _addresses_booked(event.id)
    return [guest for guest in guests if guest.address not in passed_over]


def _people(audience: Audience, now: datetime) -> list[Person]:
    works_there = Person.memberships.any(
        Membership.agency_id.in_(ids_under(audience.agency_ids)) & is_member(london_date(now))
    )
    is_named = Person.emails.any(PersonEmail.address.in_(audience.addresses))
    wanted = (
        select(Person)
        .where(or_(works_there, is_named))
        .options(selectinload(Person.emails))
        .order_by(Person.sort_name, Person.id)
    )
    return list(db.session.scalars(wanted))


def _guest(person: Person, audience: Audience) -> Guest:
    """Written to where they were invited, else at their first address."""
    named = [email.address for email in person.emails if email.address in audience.addresses]
    return Guest(named[0] if named else primary_address(person), person.name, person.id)


def _told(event_id: int) -> set[str]:
    told = select(Message.occurrence).where(is_told(INVITED), Message.subject_id == event_id)
    return set(db.session.scalars(told))


def _addresses_booked(event_id: int) -> set[str]:
    booked = (
        select(PersonEmail.address)
        .join(Booking, Booking.person_id == PersonEmail.person_id)
        .where(Booking.event_id == event_id, Booking.state.in_(LIVE))
    )
    return set(db.session.scalars(booked))


def is_to_be_told(event: Event, address: str, now: datetime) -> bool:
    """Whether an invitation that was queued to an address still stands."""
    audience = audience_of(event)
    if address in _addresses_booked(event.id) or not audience.is_by_invitation:
        return False
    if address in audience.addresses:
        return True
    return any(
        address in {email.address for email in person.emails} for person in _people(audience, now)
    )
