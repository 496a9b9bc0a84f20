"""What this slice tells people: that a register is still open."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import coordinators_of, primary_address
from lms.agencies.models import Partnership
from lms.attendance.models import Register
from lms.attendance.rules import chased_at, is_to_be_chased
from lms.catalogue.models import Event, EventTrainer
from lms.catalogue.rules import EventState
from lms.clock import at_london, london_date
from lms.db import db
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render
from lms.messaging.wording import Facts, Kind
from lms.words import day

PURPOSE = "register"
NO_LONGER_THAN = timedelta(days=28)  # what was left open longer is a matter for the page


def drafts_about(session: Session, event: Event, now: datetime) -> list[Draft]:
    """The reminder of an open register, to its trainers and to the coordinators, once each."""
    partnership = session.get_one(Partnership, event.partnership_id)
    trainers = session.scalars(
        select(Person)
        .join(EventTrainer, EventTrainer.person_id == Person.id)
        .where(EventTrainer.event_id == event.id)
        .order_by(EventTrainer.position, Person.id)
    )
    people = {person.id: person for person in trainers}
    people |= {who.id: who for who in coordinators_of(partnership.id, london_date(now))}
    return [_draft(event, partnership, who) for who in people.values() if primary_address(who)]


def _draft(event: Event, partnership: Partnership, to: Person) -> Draft:
    subject, body = render(
        "attendance/mail/register_open",
        to_name=to.name,
        partnership=partnership,
        event_id=event.id,
        title=event.title,
        ended_at=event.ends_at,
    )
    return Draft(
        purpose=PURPOSE,
        subject_id=event.id,
        occurrence=f"chased-{to.id}",
        to_address=primary_address(to),
        to_name=to.name,
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        person_id=to.id,
        event_id=event.id,
        partnership_id=partnership.id,
        is_digestible=True,
    )


def is_still_open(message: MessageFacts, now: datetime) -> bool:
    """Whether the register should have been closed and is not: the rule that made it due."""
    found = db.session.execute(
        select(Event.ends_at, Register.closed_at)
        .outerjoin(Register, Register.event_id == Event.id)
        .where(Event.id == message.subject_id, Event.state == EventState.PUBLISHED)
    ).one_or_none()
    return bool(found and found[0] and is_to_be_chased(found[0], found[1], now))


def events_to_chase(session: Session, now: datetime) -> list[int]:
    """The events whose register should have been closed by now, longest first."""
    rows = session.execute(
        select(Event.id, Event.ends_at)
        .outerjoin(Register, Register.event_id == Event.id)
        .where(
            Event.state == EventState.PUBLISHED,
            ~Event.is_imported,
            Event.ends_at.between(now - NO_LONGER_THAN, now),
            or_(Register.event_id.is_(None), Register.closed_at.is_(None)),
        )
        .order_by(Event.ends_at, Event.id)
    )
    return [event_id for event_id, ends_at in rows if ends_at and chased_at(ends_at) <= now]


PURPOSES: dict[str, StillTrue] = {PURPOSE: is_still_open}


def _values(facts: Facts) -> dict[str, str]:
    return {"event": facts["title"], "day": day(london_date(facts["ended_at"]))}


KINDS = (
    Kind(
        "attendance/mail/register_open",
        "A register is still open",
        "Two working days after an event, once, to its trainers and coordinators.",
        {
            "to_name": "Tam Okonkwo",
            "event_id": 7,
            "title": "Working Together to Safeguard Children",
            "ended_at": at_london(date(2027, 2, 8), time(16, 30)),
        },
        _values,
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
