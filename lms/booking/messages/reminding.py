"""Reminders of a session on the working day before, with what is needed on the day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import Person
from lms.booking.messages.entries import link_of, place_of
from lms.booking.messages.telling import Telling, when
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, reminder_is_due
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts
from lms.words import day, ordinal

REMINDER = "reminder"
LONGEST_GAP = timedelta(days=14)  # no two working days lie further apart


def occurrence_of(block: EventSession) -> str:
    """A session's reminder is of its start: one that is moved is reminded of anew."""
    return f"{block.id}-{block.starts_at:%Y%m%d%H%M}"


def is_due(facts: MessageFacts, now: datetime) -> bool:
    """Whether a reminder is true: the place stands, and the session still starts as it said."""
    session_id = int(facts.occurrence.split("-")[0])
    block = db.session.scalar(
        select(EventSession)
        .join(Event, Event.id == EventSession.event_id)
        .join(Booking, Booking.event_id == Event.id)
        .where(EventSession.id == session_id, Booking.id == facts.subject_id, *_stands())
    )
    if block is None or occurrence_of(block) != facts.occurrence:
        return False
    return reminder_is_due(block.starts_at, now)


def sessions_to_remind_of(session: Session, now: datetime) -> list[EventSession]:
    """The sessions whose reminders are due, the next first."""
    soon = session.scalars(
        select(EventSession)
        .join(Event, Event.id == EventSession.event_id)
        .where(
            EventSession.starts_at > now,
            EventSession.starts_at < now + LONGEST_GAP,
            Event.state == EventState.PUBLISHED,
        )
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return [block for block in soon if reminder_is_due(block.starts_at, now)]


def not_yet_reminded(block: EventSession) -> Select[Booking]:
    """The bookings whose reminder of a session has not been queued."""
    queued = exists().where(
        Message.purpose == REMINDER,
        Message.subject_id == Booking.id,
        Message.occurrence == occurrence_of(block),
        Message.key.is_not(None),
    )
    return (
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(Event.id == block.event_id, *_stands(), ~queued)
        .options(joinedload(Booking.person).selectinload(Person.emails))
        .order_by(Booking.id)
    )


def reminder(booking: Booking, event: Event, block: EventSession) -> Telling:
    """What a delegate is reminded of: when, where, how to join, what to know."""
    number = event.sessions.index(block) + 1
    facts = {
        "session_on": day(london_date(block.starts_at)),
        "session_day": when(block.starts_at, block.ends_at),
        "session_place": place_of(event, block),
        "nth": ordinal(number) if len(event.sessions) > 1 else None,
        "joining_link": link_of(event, block),
        "joining_instructions": event.joining_instructions,
        "venue_access": event.venue_access,
    }
    return Telling(
        booking, event, "reminder", REMINDER, occurrence_of(block), facts, is_digestible=True
    )


def _stands() -> tuple[ColumnElement[bool], ...]:
    return (
        Booking.state == BookingState.CONFIRMED,
        Booking.origin != Origin.WALK_IN,
        Booking.person.has(Person.emails.any()),
        Event.state == EventState.PUBLISHED,
    )
