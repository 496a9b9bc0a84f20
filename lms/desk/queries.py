"""What the desk's pages need from all slices at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.agencies.queries import dated_policies
from lms.agencies.rules import DEFAULT_POLICIES, PolicyKey
from lms.attendance.models import Register
from lms.booking.models import Booking, Offer
from lms.booking.queries import PlacesSummary, places_of, reminders_of
from lms.booking.queries.figures import policies_in_force
from lms.booking.queries.known import is_known_to
from lms.booking.rules import BookingState, Reminder, reminder_at
from lms.catalogue.models import Event, EventTrainer
from lms.catalogue.rules import EventState
from lms.db import db
from lms.evaluation.queries import list_facts
from lms.evaluation.queries.due import PURPOSE
from lms.evaluation.rules import Stage, invitation_at, is_due
from lms.messaging.models import Message
from lms.messaging.rules import MessageState

LONGEST_GAP = timedelta(days=22)  # nothing goes earlier before an event, by any policy


def find_event_title(event_id: int | None, viewer: Viewer) -> str | None:
    """The title of an event of the viewer's partnerships."""
    run_here = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    return db.session.scalar(select(Event.title).where(Event.id == event_id, run_here))


def find_name(person_id: int | None) -> str | None:
    """The name of somebody who did something that the viewer may see."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id))


def find_person_name(person_id: int | None, viewer: Viewer) -> str | None:
    """The name of a person of whom the viewer may know."""
    return db.session.scalar(select(Person.name).where(Person.id == person_id, is_known_to(viewer)))


# --- Today ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComingEvent:
    """A published event that starts soon."""

    id: int
    title: str
    starts_at: datetime
    has_trainer: bool
    places: PlacesSummary
    instructions_at: datetime  # when those booked are told how to join


def coming_events(viewer: Viewer, now: datetime, until: datetime) -> list[ComingEvent]:
    """The viewer's events that start before `until`, the next first."""
    is_given = exists().where(EventTrainer.event_id == Event.id)
    has_trainer = or_(is_given, Event.provider != "")  # who comes from outside is theirs to say
    rows = db.session.execute(
        select(Event, has_trainer)
        .where(*_published_and_run_by(viewer), Event.starts_at > now, Event.starts_at <= until)
        .order_by(Event.starts_at, Event.id)
    ).all()
    events = [event for event, _ in rows]
    places = places_of(db.session(), [event.id for event in events], now) if rows else {}
    policies = policies_in_force(db.session(), events, now)
    return [
        ComingEvent(
            event.id,
            event.title,
            event.starts_at,
            trained,
            places[event.id],
            reminder_at(Reminder.DAY_BEFORE, event.starts_at, policies[event.id]),
        )
        for event, trained in rows
        if event.starts_at is not None
    ]


@dataclass(frozen=True)
class RunningOffer:
    """An offer or an invitation that can be answered."""

    event_id: int
    title: str
    ends_at: datetime


def running_offers(viewer: Viewer, now: datetime) -> list[RunningOffer]:
    """Those at the viewer's events, the first to end first."""
    rows = db.session.execute(
        select(Event.id, Event.title, Offer.ends_at)
        .join(Booking, Booking.event_id == Event.id)
        .join(Offer, Offer.booking_id == Booking.id)
        .where(*_published_and_run_by(viewer), Offer.ended_at.is_(None), Offer.ends_at > now)
        .order_by(Offer.ends_at, Offer.id)
    )
    return [RunningOffer(*row) for row in rows]


def reminders_to_go(viewer: Viewer, now: datetime, until: datetime) -> Counter[datetime]:
    """How many reminders leave until then, by when they leave."""
    bookings = db.session.scalars(
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(
            *_published_and_run_by(viewer),
            Booking.state == BookingState.CONFIRMED,
            Event.ends_at > now,
            Event.starts_at < until + LONGEST_GAP,
        )
        .options(joinedload(Booking.event).selectinload(Event.sessions))
    ).all()
    policies = policies_in_force(db.session(), {b.event for b in bookings}, now)
    goes_at = (
        at
        for booking in bookings
        for at, _ in reminders_of(booking, policies[booking.event_id], now)
    )
    return Counter(at for at in goes_at if at <= until)


def forms_to_go(viewer: Viewer, now: datetime, until: datetime) -> dict[Stage, Counter[datetime]]:
    """How many first invitations to evaluate leave until then, by stage and by when they leave."""
    bookings = list_facts(
        db.session(),
        [
            *_published_and_run_by(viewer),
            Booking.state == BookingState.CONFIRMED,
            Event.starts_at < until + LONGEST_GAP,
            _may_be_asked_still(now),
        ],
    )
    leaving = {stage: Counter[datetime]() for stage in Stage}
    for booking in bookings:
        for stage in Stage:
            goes_at = invitation_at(booking.facts, stage)
            if goes_at and now < goes_at <= until and is_due(booking.facts, stage, goes_at):
                leaving[stage][goes_at] += 1
    return {stage: found for stage, found in leaving.items() if found}


def forms_gone_since(viewer: Viewer, midnight: datetime) -> list[tuple[Stage, str, int, datetime]]:
    """First invitations to evaluate that left since then: stage, event, how many, when the last."""
    invited = {f"{stage}-0": stage for stage in Stage}
    rows = db.session.execute(
        select(Message.occurrence, Event.title, func.count(), func.max(Message.ended_at))
        .join(Event, Event.id == Message.event_id)
        .where(
            Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME)),
            Message.purpose == PURPOSE,
            Message.occurrence.in_(invited),
            Message.state == MessageState.SENT,
            Message.ended_at >= midnight,
        )
        .group_by(Message.occurrence, Event.id, Event.title)
        .order_by(func.max(Message.ended_at), Event.id)
    )
    return [(invited[occurrence], title, n, at) for occurrence, title, n, at in rows if at]


def _may_be_asked_still(now: datetime) -> ColumnElement[bool]:
    """Narrows the search, with days to spare: ended lately, by any policy, or closed only now."""
    dated = dated_policies(db.session(), PolicyKey.IMPACT_DAYS)
    figures = [entry.figure for entries in dated.values() for entry in entries]
    days = max([DEFAULT_POLICIES[PolicyKey.IMPACT_DAYS], *figures])
    ended_lately = Event.ends_at > now - timedelta(days=days) - LONGEST_GAP
    return or_(ended_lately, Register.closed_at > now - LONGEST_GAP)


def _published_and_run_by(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    return Event.partnership_id.in_(run), Event.state == EventState.PUBLISHED
