"""The place that a booking stands for ends when that booking is confirmed: a transfer (B8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking.commands.moving import Doer, move
from lms.booking.messages import changes
from lms.booking.messages.entries import strike_all
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Booking
from lms.booking.queries.events import event_in_force
from lms.booking.rules import BookingFact, BookingState, may_be_transferred
from lms.clock import london_date
from lms.words import short_day


def replaced_event(session: Session, waiting: BookingFact) -> int | None:
    """The event at which confirming a booking would end a place; None where there is none."""
    if waiting.replaces_id is None:
        return None
    return session.scalar(
        select(Booking.event_id).where(
            Booking.id == waiting.replaces_id,
            Booking.person_id == waiting.person_id,
            Booking.state == BookingState.CONFIRMED,
        )
    )


def end_replaced(session: Session, new: Booking, doer: Doer, now: datetime) -> int | None:
    """End the place that a confirmed booking was to take the place of; never late, no charge.

    Both events and the person must be locked. A place that has ended otherwise, or whose event
    has begun, stays as it is. Returns the event at which a place came free.
    """
    old = session.get(Booking, new.replaces_id) if new.replaces_id else None
    if old is None or old.person_id != new.person_id:
        return None
    at = event_in_force(session, old.event_id, now)
    if not may_be_transferred(at.snapshot, old.state, now):
        return None
    old.is_late_cancellation = False
    why = "moved to another date"
    if new.event.starts_at is not None:
        why = f"moved to {short_day(london_date(new.event.starts_at))}"
    move_id = move(session, old, BookingState.CANCELLED, doer, now, why)
    entries = strike_all(session, old)
    tell(session, changes.moved(Step(old, at.event, move_id), entries, new), now)
    return old.event_id
