"""Taking an event's date away: everyone keeps place and position until there is another (B15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.ending import end_offers
from lms.booking.commands.events.publishing import because_of, live_bookings, next_event_of
from lms.booking.commands.locking import lock_all_bookings
from lms.booking.commands.moving import SYSTEM, move
from lms.booking.commands.recording import record_act
from lms.booking.messages.entries import invitations_of, sessions_of, strike
from lms.booking.messages.giving import put_off
from lms.booking.messages.retelling import event_postponed
from lms.booking.messages.telling import tell_all, words_by_mode
from lms.booking.messages.unnamed import tell_of_event
from lms.booking.models import Booking
from lms.booking.queries.events import event_in_force
from lms.booking.rules import BookingState, Ended, may_postpone
from lms.catalogue.models import Event
from lms.catalogue.rules import CancelReason, EventState
from lms.db import transaction
from lms.errors import Refused
from lms.messaging.commands import enqueue_all


def postpone_event(
    event_id: int, *, reason: CancelReason, note: str = "", by: Viewer | None, now: datetime
) -> int:
    """Take an event's sessions away and tell everyone; the new date is a change of the event.

    Places and the order of the list stay, offers that run go back to their old place on it.
    Returns how many bookings go on. Postponing twice changes nothing. Raises NotFound, or Refused
    where the event has begun or is not published.
    """
    because = because_of(reason, note)
    with transaction() as session:
        ticket = lock_all_bookings(session, event_id)
        at = event_in_force(session, event_id, now)
        event = at.event
        if event.state is EventState.POSTPONED:
            return 0
        _refuse(event, may=may_postpone(at.snapshot, now))
        bookings = live_bookings(session, event_id)
        _take_offers_back(session, bookings, now)
        _tell_and_undate(session, event, bookings, because, ticket, now)
        tell_of_event(session, event, bookings, ticket, now)
        enqueue_all(session, put_off(event, ticket, by), now)
        record_act(session, event, "postpone event", f"postponed {event.title}", by, now, because)
        return len(bookings)


def _refuse(event: Event, *, may: bool) -> None:
    if may:
        return
    if event.state is EventState.PUBLISHED:
        raise Refused(f"{event.title} has begun, so it can no longer be postponed.")
    raise Refused(f"{event.title} is {event.state.words}: only a published event is postponed.")


def _take_offers_back(session: Session, bookings: Sequence[Booking], now: datetime) -> None:
    """Let those with an offer wait again where they waited: it did not lapse."""
    for booking in bookings:
        end_offers(session, booking, Ended.WITHDRAWN, now)
        if booking.state is BookingState.OFFERED:
            move(session, booking, BookingState.WAITING, SYSTEM, now, "the event is postponed")


def _tell_and_undate(
    session: Session,
    event: Event,
    bookings: Sequence[Booking],
    because: str,
    ticket: int,
    now: datetime,
) -> None:
    before, sessions = words_by_mode(event), sessions_of(event)
    rows = invitations_of(session, [booking.id for booking in bookings])
    struck = {booking_id: strike(held, sessions) for booking_id, held in rows.items()}
    session.flush()
    event.state, event.postponed_at, event.postponed_because = EventState.POSTPONED, now, because
    event.postponed_from = event.starts_at
    event.starts_at = event.ends_at = event.closes_at = None
    event.sessions = []
    session.flush()
    next_event = next_event_of(session, event, now)
    tellings = [
        event_postponed(booking, event, before, ticket, next_event, struck.get(booking.id, ()))
        for booking in bookings
    ]
    tell_all(session, tellings, now)
