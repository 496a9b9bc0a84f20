"""Reminders: can you still come? and, on the working day before, what is needed on the day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lms.accounts.models import Person
from lms.booking.messages.entries import link_of, place_of
from lms.booking.messages.telling import Telling, when
from lms.booking.models import Booking
from lms.booking.queries.bookings import told_at
from lms.booking.queries.events import load_events
from lms.booking.queries.figures import policies_in_force, policy_in_force
from lms.booking.queries.materials import count_open_to_delegates
from lms.booking.rules import (
    BookingState,
    Origin,
    Reminder,
    last_reminder_words,
    reminded_of,
    reminder_at,
    reminder_is_due,
)
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventMode, EventState
from lms.clock import london_date
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.queries import is_told
from lms.messaging.rules import MessageFacts
from lms.words import day, ordinal

PURPOSES_OF = {Reminder.WEEK_BEFORE: "reminder-week-before", Reminder.DAY_BEFORE: "reminder"}
LONGEST_GAP = timedelta(days=22)  # no reminder goes earlier by any policy (POLICY_BOUNDS)


class DueReminder(NamedTuple):
    """One reminder that one delegate is owed now."""

    person_id: int
    booking_id: int
    event_id: int
    session_id: int
    which: Reminder


# --- Who is owed what -----------------------------------------------------------------------


def list_due_reminders(session: Session, now: datetime) -> list[DueReminder]:
    """What is due and not queued, person by person, the next session first."""
    events = _soon(session, now)
    policies = policies_in_force(session, events, now)
    found = [
        DueReminder(booking.person_id or 0, booking.id, event.id, block.id, which)
        for event in events
        for which, block in reminded_of(event.sessions)
        if reminder_at(which, block.starts_at, policies[event.id]) <= now < block.starts_at
        for booking in _not_yet_reminded(session, which, block)
        if reminder_is_due(which, block.starts_at, told_at(booking), policies[event.id], now)
    ]
    return sorted(found, key=lambda owed: owed.person_id)


def _soon(session: Session, now: datetime) -> Sequence[Event]:
    return session.scalars(
        select(Event)
        .where(
            Event.state == EventState.PUBLISHED,
            Event.ends_at > now,
            Event.starts_at < now + LONGEST_GAP,
        )
        .options(selectinload(Event.sessions))
        .order_by(Event.starts_at, Event.id)
    ).all()


def _not_yet_reminded(session: Session, which: Reminder, block: EventSession) -> Sequence[Booking]:
    queued = exists().where(
        is_told(PURPOSES_OF[which]),
        Message.subject_id == Booking.id,
        Message.occurrence == occurrence_of(block),
    )
    return session.scalars(
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(Event.id == block.event_id, *_stands(), ~queued)
        .order_by(Booking.id)
    ).all()


def _stands() -> tuple[ColumnElement[bool], ...]:
    return (
        Booking.state == BookingState.CONFIRMED,
        Booking.origin != Origin.WALK_IN,
        Booking.person.has(Person.emails.any()),
        Event.state == EventState.PUBLISHED,
    )


def occurrence_of(block: EventSession) -> str:
    """A session's reminder is of its start: one that is moved is reminded of anew."""
    return f"{block.id}-{block.starts_at:%Y%m%d%H%M}"


def is_due(facts: MessageFacts, now: datetime) -> bool:
    """Whether a reminder is true: the place stands, and the session still starts as it said."""
    session_id = int(facts.occurrence.split("-")[0])
    wanted = {"session_id": session_id, "booking_id": facts.subject_id}
    found = db.session.execute(_one_reminded(), wanted).one_or_none()
    if found is None:
        return False
    booking, block, event = found
    policy = policy_in_force(db.session(), event, now)
    which = next(key for key, purpose in PURPOSES_OF.items() if purpose == facts.purpose)
    is_same = occurrence_of(block) == facts.occurrence
    return is_same and reminder_is_due(which, block.starts_at, told_at(booking), policy, now)


@cache
def _one_reminded() -> Select[*tuple[Any, ...]]:
    """Written once: it is asked for every reminder just before it is sent."""
    return (
        select(Booking, EventSession, Event)
        .join(Event, Event.id == Booking.event_id)
        .join(EventSession, EventSession.event_id == Event.id)
        .where(
            EventSession.id == bindparam("session_id"),
            Booking.id == bindparam("booking_id"),
            *_stands(),
        )
    )


# --- What they are told ---------------------------------------------------------------------


def reminders_of(session: Session, owed: Sequence[DueReminder], now: datetime) -> Iterator[Telling]:
    """What is owed, as messages; whoever has lost the place meanwhile is left out."""
    events = {event.id: event for event in load_events(session, {one.event_id for one in owed})}
    wanted = (
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.id.in_({one.booking_id for one in owed}), *_stands())
        .options(joinedload(Booking.person).selectinload(Person.emails))
    )
    bookings = {booking.id: booking for booking in session.scalars(wanted)}
    for one in owed:
        event = events[one.event_id]
        block = next((block for block in event.sessions if block.id == one.session_id), None)
        if block and one.booking_id in bookings:
            yield _reminder(bookings[one.booking_id], event, block, one.which, now)


def _reminder(
    booking: Booking, event: Event, block: EventSession, which: Reminder, now: datetime
) -> Telling:
    """A week before, of the whole event; on the working day before, of one session."""
    is_of_week = which is Reminder.WEEK_BEFORE
    return Telling(
        booking,
        event,
        f"reminder_{which.value}",
        PURPOSES_OF[which],
        occurrence_of(block),
        _of_week(event, now) if is_of_week else _of_day(booking, event, block, now),
        is_digestible=True,
    )


def _of_week(event: Event, now: datetime) -> dict[str, object]:
    policy = policy_in_force(db.session(), event, now)
    return {
        "has_course": event.course_id is not None,
        "last_reminded": last_reminder_words(policy),
    }


def _of_day(
    booking: Booking, event: Event, block: EventSession, now: datetime
) -> dict[str, object]:
    """What is needed on the day."""
    number = event.sessions.index(block) + 1
    mode = booking.takes_part
    return {
        "session_on": day(london_date(block.starts_at)),
        "session_day": when(block.starts_at, block.ends_at),
        "session_place": place_of(event, block, mode),
        "nth": ordinal(number) if len(event.sessions) > 1 else None,
        "joining_link": link_of(event, block, mode),
        "joining_instructions": event.joining_instructions,
        "materials": count_open_to_delegates(db.session(), [event], now)[event.id],
        "materials_at": f"/events/{event.id}/materials",
        "venue_access": "" if mode is EventMode.ONLINE else event.venue_access,
        "may_give_up": now < event.sessions[0].starts_at,
    }
