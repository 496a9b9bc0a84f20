"""Changing an event that is published: whoever is concerned by its time or place is told (B15)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.approving.asking import ask_again
from lms.booking.commands.ending import shorten_offers
from lms.booking.commands.events.capacity import PLACES_WERE_CUT, mark_those_beyond
from lms.booking.commands.events.publishing import get_event, live_bookings
from lms.booking.commands.locking import lock_all_bookings
from lms.booking.commands.recording import record_act
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.messages.entries import (
    CalendarEntry,
    SessionFacts,
    invitations_of,
    renew,
    sessions_of,
    strike,
)
from lms.booking.messages.giving import regiven, trainers_of
from lms.booking.messages.retelling import event_changed
from lms.booking.messages.telling import EventWords, tell_all, words_by_mode
from lms.booking.messages.unnamed import tell_of_event
from lms.booking.models import Booking, Invitation
from lms.booking.queries.changes import is_told_of
from lms.booking.queries.elsewhere import places_elsewhere
from lms.booking.queries.events import snapshots_of
from lms.booking.rules import BookingState, last_answer_at, obstacle
from lms.catalogue.commands import write_event_within
from lms.catalogue.models import Event
from lms.catalogue.rules import EventDetails, EventMode, EventState, publishing_faults
from lms.db import transaction
from lms.errors import Refused
from lms.messaging.commands import enqueue_all


def change_event(event_id: int, details: EventDetails, *, by: Viewer | None, now: datetime) -> int:
    """Bring a published event to what `details` say; returns how many bookings were told of it.

    A new time, place or link is told to everyone, who may then leave without its counting as
    late; one that was postponed and has a date again is published again. A capacity cut below
    what is taken removes nobody (B14). Raises NotFound or Refused.
    """
    with transaction() as session:
        ticket = lock_all_bookings(session, event_id)
        event = get_event(session, event_id)
        _refuse(event, details, now)
        told_anew = is_told_of(event, details)
        before, words, gave = sessions_of(event), _words_before(event), trainers_of(event)
        kept = {block.id for block in details.sessions}
        struck = _strike(session, event, [block for block in before if block.id not in kept])
        write_event_within(session, event, details, now=now)
        session.flush()
        session.refresh(event, ["sessions"])
        _publish_again(session, event, now)
        mark_those_beyond(session, event, now, PLACES_WERE_CUT)
        record_act(session, event, "change event", f"changed {event.title}", by, now)
        told = _tell(session, event, words, ticket, struck, now) if told_anew else 0
        enqueue_all(session, regiven(event, gave, ticket, by, is_moved=told_anew), now)
    fill_after(event_id, now)
    return told


def _refuse(event: Event, details: EventDetails, now: datetime) -> None:
    if event.state not in (EventState.PUBLISHED, EventState.POSTPONED):
        raise Refused(f"{event.title} is {event.state.words}: only a published event is changed.")
    for fault in publishing_faults(details, now, event.state):
        raise Refused(fault.sentence, field=fault.field)


def _words_before(event: Event) -> dict[EventMode | None, EventWords] | None:
    """How the event stood; None where it was postponed and there is nothing to compare with."""
    return words_by_mode(event) if event.state is EventState.PUBLISHED else None


def _publish_again(session: Session, event: Event, now: datetime) -> None:
    """Open an event that was postponed, once it has a date; who was to approve is asked anew."""
    if event.state is not EventState.POSTPONED or not event.sessions:
        return
    event.state, event.published_at = EventState.PUBLISHED, now
    event.postponed_at = event.postponed_because = event.postponed_from = None
    event.decided_at = None  # it was decided of the old date
    session.flush()
    ask_again(session, event.id, now)


def _strike(
    session: Session, event: Event, removed: list[SessionFacts]
) -> dict[int, list[CalendarEntry]]:
    """Take sessions that go out of delegates' calendars, before their rows go."""
    if not removed:
        return {}
    rows = _entries(session, event)
    struck = {booking_id: strike(held, removed) for booking_id, held in rows.items()}
    session.flush()
    return struck


def _entries(session: Session, event: Event) -> dict[int, list[Invitation]]:
    bookings = live_bookings(session, event.id)
    return dict(invitations_of(session, [booking.id for booking in bookings]))


def _tell(
    session: Session,
    event: Event,
    before: dict[EventMode | None, EventWords] | None,
    ticket: int,
    struck: dict[int, list[CalendarEntry]],
    now: datetime,
) -> int:
    event.changed_at = now
    after = snapshots_of(session, [event], now)[event.id]
    shorten_offers(session, event.id, last_answer_at(after))
    bookings = live_bookings(session, event.id)
    rows = invitations_of(session, [booking.id for booking in bookings])
    elsewhere = places_elsewhere(session, [b.person_id for b in bookings if b.person_id], now)
    tellings = [
        event_changed(
            booking,
            event,
            before,
            ticket,
            beside=obstacle(after, elsewhere.get(booking.person_id or 0, ()), now) or "",
            entries=_renewed(session, booking, rows[booking.id], event)
            + struck.get(booking.id, []),
        )
        for booking in bookings
    ]
    tell_all(session, tellings, now)
    tell_of_event(session, event, bookings, ticket, now)
    return len(tellings)


def _renewed(
    session: Session, booking: Booking, rows: list[Invitation], event: Event
) -> list[CalendarEntry]:
    if booking.state is not BookingState.CONFIRMED:
        return []
    return renew(session, booking, rows, event)
