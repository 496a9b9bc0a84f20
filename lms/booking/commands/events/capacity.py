"""How many places there are, and who goes first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.locking import lock_booking, lock_event
from lms.booking.commands.recording import record_act
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.models import Booking
from lms.booking.queries.events import event_in_force, snapshots_of
from lms.booking.rules import BookingState, to_mark_as_overrides
from lms.catalogue.models import Event
from lms.catalogue.rules import capacity_faults
from lms.db import transaction
from lms.errors import Refused

PLACES_WERE_CUT = "The number of places was cut."


def change_capacity(
    event_id: int,
    capacity: int,
    *,
    online_capacity: int | None = None,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Set how many places there are; new ones go to those who wait, and a cut removes nobody (B14).

    Raises NotFound, or Refused for a number that cannot be.
    """
    online_faults = capacity_faults(online_capacity or 0, "online_capacity")
    for fault in (*capacity_faults(capacity), *online_faults):
        raise Refused(fault.sentence, field=fault.field)
    with transaction() as session:
        lock_event(session, event_id)
        at = event_in_force(session, event_id, now)
        before = at.event.capacity
        at.event.capacity = capacity
        if online_capacity is not None:
            at.event.online_capacity = online_capacity
        session.flush()
        mark_those_beyond(session, at.event, now, PLACES_WERE_CUT)
        sentence = f"changed the places of {at.event.title} from {before} to {capacity}"
        record_act(session, at.event, "change capacity", sentence, by, now)
    fill_after(event_id, now)


def mark_those_beyond(session: Session, event: Event, now: datetime, why: str) -> None:
    """Record as overrides those who stand beyond what an event now allows; nobody loses a place.

    The event must be locked and its change flushed.
    """
    seen = snapshots_of(session, [event], now).get(event.id)
    beyond = to_mark_as_overrides(seen, now) if seen else ()
    if beyond:
        session.execute(
            update(Booking)
            .where(Booking.id.in_([fact.id for fact in beyond]))
            .values(
                is_over_capacity=True,
                override_reason=func.coalesce(Booking.override_reason, why),
            )
        )


def set_priority(
    booking_id: int, priority: int, *, reason: str, by: Viewer | None, now: datetime
) -> None:
    """Put someone who waits before others, or back to 0; a larger number goes first (B4).

    Raises NotFound, or Refused without a reason or where the booking does not wait.
    """
    if priority and not reason.strip():
        raise Refused("Say why this person goes first", field="reason")
    with transaction() as session:
        booking = lock_booking(session, booking_id).booking
        if booking.state is not BookingState.WAITING:
            raise Refused(f"This booking does not wait: it is {booking.state.words}.")
        at = event_in_force(session, booking.event_id, now)
        booking.priority, booking.priority_reason = priority, reason.strip()
        sentence = f"gave {booking.name} priority {priority} on the list of {at.event.title}"
        record_act(session, booking, "set priority", sentence, by, now, reason.strip())
