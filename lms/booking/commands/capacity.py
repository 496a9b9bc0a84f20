"""How many places there are, who may have how many of them, and who goes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.agencies.rules import Sector
from lms.booking.commands.filling import fill_after
from lms.booking.commands.locking import lock_booking, lock_event
from lms.booking.models import Booking, Share
from lms.booking.queries.events import event_in_force
from lms.booking.rules import (
    BookingState,
    EventSnapshot,
    ShareKind,
    Side,
    to_mark_as_overrides,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import capacity_faults
from lms.db import transaction
from lms.errors import Refused


@dataclass(frozen=True)
class ShareDetails:
    """A cap or a reservation for one group: an agency, a sector or a partnership."""

    kind: ShareKind
    places: int
    agency_id: int | None = None
    sector: Sector | None = None
    partnership_id: int | None = None
    release_on: date | None = None
    side: Side = Side.ROOM


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
    for fault in (*capacity_faults(capacity), *capacity_faults(online_capacity or 0)):
        raise Refused(fault.sentence, field=fault.field)
    with transaction() as session:
        lock_event(session, event_id)
        at = event_in_force(session, event_id, now)
        before = at.event.capacity
        at.event.capacity = capacity
        if online_capacity is not None:
            at.event.online_capacity = online_capacity
        mark_those_beyond(session, at.snapshot, at.event)
        audit.record(
            session,
            "change capacity",
            f"Changed the places of {at.event.title} from {before} to {capacity}.",
            by=by,
            now=now,
            about=("event", event_id),
            partnership_id=at.event.partnership_id,
        )
    fill_after(event_id, now)


def mark_those_beyond(session: Session, seen: EventSnapshot, event: Event) -> None:
    """Record as overrides those who stand beyond an event's new capacity; nobody loses a place.

    `seen` is the event before the change; its lock must be held.
    """
    new = {Side.ROOM: event.capacity, Side.ONLINE: event.online_capacity}
    sides = [Side.ROOM] if seen.online_capacity is None else list(Side)
    for side in sides:
        beyond = to_mark_as_overrides(seen.side(side), new[side] or 0)
        if beyond:
            session.execute(
                update(Booking)
                .where(Booking.id.in_([fact.id for fact in beyond]))
                .values(is_over_capacity=True, override_reason="The number of places was cut.")
            )


def set_shares(
    event_id: int, shares: Sequence[ShareDetails], *, by: Viewer | None, now: datetime
) -> None:
    """Replace the caps and reservations of an event; whoever now fits is placed (B3, B5)."""
    with transaction() as session:
        lock_event(session, event_id)
        at = event_in_force(session, event_id, now)
        session.execute(delete(Share).where(Share.event_id == event_id))
        session.add_all(Share(event_id=event_id, **vars(share)) for share in shares)
        audit.record(
            session,
            "set shares",
            f"Changed who may have how many places at {at.event.title}.",
            by=by,
            now=now,
            about=("event", event_id),
            partnership_id=at.event.partnership_id,
        )
    fill_after(event_id, now)


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
        audit.record(
            session,
            "set priority",
            f"Gave {booking.name} priority {priority} on the list of {at.event.title}.",
            by=by,
            now=now,
            about=("booking", booking.id),
            partnership_id=at.event.partnership_id,
            reason=reason.strip() or None,
        )
