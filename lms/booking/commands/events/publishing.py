"""Opening an event for booking, and calling it off: everyone concerned is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.access import Viewer
from lms.accounts.models import Person
from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_all_bookings, lock_event
from lms.booking.commands.moving import canceller, move
from lms.booking.commands.recording import record_act
from lms.booking.messages.changes import event_cancelled
from lms.booking.messages.entries import invitations_of, sessions_of, strike
from lms.booking.messages.giving import called_off, named, trainers_of
from lms.booking.messages.inviting import news_of_parts
from lms.booking.messages.telling import Step, tell_all
from lms.booking.messages.unnamed import tell_of_event
from lms.booking.models import Booking
from lms.booking.queries.audience import is_open_to_all
from lms.booking.queries.events import load_events
from lms.booking.rules import LIVE, BookingState, CancelledBy, Ended, may_call_off
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.catalogue.rules import CancelReason, EventState, may_become, publishing_faults
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.messaging.commands import enqueue_all


def publish_event(event_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Open a draft for booking. Raises NotFound, or Refused where it does not say enough (B1)."""
    with transaction() as session:
        lock_event(session, event_id)
        event = get_event(session, event_id)
        publish_within(session, event, by=by, now=now)


def publish_within(session: Session, event: Event, *, by: Viewer | None, now: datetime) -> None:
    """Open a draft for booking within a command of another, which holds its lock."""
    if not may_become(event.state, EventState.PUBLISHED):
        raise Refused(f"{event.title} is {event.state.words} already.")
    for fault in publishing_faults(details_of(event), now):
        raise Refused(fault.sentence, field=fault.field)
    event.state, event.published_at = EventState.PUBLISHED, now
    session.flush()
    enqueue_all(session, [*news_of_parts(event), *named(event, trainers_of(event), by)], now)
    record_act(session, event, "publish", f"published {event.title}", by, now)


def cancel_event(
    event_id: int, *, reason: CancelReason, note: str = "", by: Viewer | None, now: datetime
) -> int:
    """Call an event off: its live bookings end, nobody's counts as late, everyone is told (B15).

    Returns how many bookings ended. Calling it off twice changes nothing. Raises NotFound, and
    Refused where who came is recorded.
    """
    because = because_of(reason, note)
    with transaction() as session:
        ticket = lock_all_bookings(session, event_id)
        event = get_event(session, event_id)
        if event.state is EventState.CANCELLED:
            return 0
        bookings = live_bookings(session, event_id)
        if not may_call_off(booking.outcome for booking in bookings):
            raise Refused("Who came is recorded, so this event has taken place: it stays.")
        event.state, event.cancelled_at = EventState.CANCELLED, now
        event.cancelled_because = because
        record_act(session, event, "cancel event", f"called off {event.title}", by, now, because)
        _end_all(session, event, bookings, by, now)
        enqueue_all(session, called_off(event, by), now)
        tell_of_event(session, event, bookings, ticket, now)
        return len(bookings)


def because_of(reason: CancelReason, note: str) -> str:
    """Why an event is cancelled or postponed, as those concerned are told."""
    return ". ".join(part for part in (reason.told, note.strip().rstrip(".")) if part)


def _end_all(
    session: Session, event: Event, bookings: list[Booking], by: Viewer | None, now: datetime
) -> None:
    told = []
    next_event = next_event_of(session, event, now)
    rows = invitations_of(session, [booking.id for booking in bookings])
    doer = canceller(CancelledBy.EVENT, by)
    for booking in bookings:
        had_place = booking.state is BookingState.CONFIRMED
        booking.is_late_cancellation = False
        end_offers(session, booking, Ended.WITHDRAWN, now)
        why = event.cancelled_because or ""
        move_id = move(session, booking, BookingState.CANCELLED, doer, now, why)
        entries = strike(rows[booking.id], sessions_of(event)) if booking.id in rows else ()
        telling = event_cancelled(
            Step(booking, event, move_id),
            entries,
            because=f"{why}." if why else "",
            had_place=had_place,
            next_event=next_event,
        )
        told.append(telling)
    tell_all(session, told, now)


def next_event_of(session: Session, event: Event, now: datetime) -> Event | None:
    """The next event of the same course that everyone can book, if there is one."""
    if event.course_id is None:
        return None
    found = session.scalar(
        select(Event.id)
        .where(
            Event.course_id == event.course_id,
            Event.id != event.id,
            Event.state == EventState.PUBLISHED,
            Event.starts_at > now,
            is_open_to_all(),
        )
        .order_by(Event.starts_at, Event.id)
        .limit(1)
    )
    return load_events(session, [found])[0] if found else None


def get_event(session: Session, event_id: int) -> Event:
    """An event that is locked, with its sessions and partnership. Raises NotFound."""
    found = load_events(session, [event_id])
    if not found:
        raise NotFound
    return found[0]


def live_bookings(session: Session, event_id: int) -> list[Booking]:
    """The live bookings of an event that is locked, with their people, in order of joining."""
    wanted = (
        select(Booking)
        .where(Booking.event_id == event_id, Booking.state.in_(LIVE))
        .options(joinedload(Booking.person).selectinload(Person.emails))
        .order_by(Booking.ticket, Booking.id)
    )
    return list(session.scalars(wanted))
