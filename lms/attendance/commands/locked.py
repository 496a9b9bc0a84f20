"""A register under its event's lock: what every verb of it begins with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.attendance.models import Register
from lms.attendance.queries import get_event_of_register, sessions_of
from lms.attendance.rules import (
    MarkSource,
    SessionFact,
    is_register_open,
    register_opens_at,
)
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.models import Event, EventTrainer
from lms.db import take_ticket
from lms.errors import NotFound, Refused
from lms.words import moment


@dataclass(frozen=True)
class LockedRegister:
    """An event, its sessions and its register row, which no other command can change meanwhile."""

    event: Event
    register: Register
    sessions: tuple[SessionFact, ...]
    ticket: int

    @property
    def is_closed(self) -> bool:
        return self.register.closed_at is not None


def lock_register(session: Session, event_id: int, by: Viewer | None) -> LockedRegister:
    """Lock the event and load its register. Raises NotFound where `by` has none there."""
    try:
        ticket = take_ticket(session, Event, event_id)
    except LookupError:
        raise NotFound from None
    event = get_event_of_register(session, event_id, by)
    register = session.get(Register, event_id)
    if register is None:
        register = Register(event_id=event_id)
        session.add(register)
    return LockedRegister(event, register, sessions_of(session, event_id), ticket)


def refuse_unless_open(locked: LockedRegister, now: datetime) -> None:
    """Raise Refused where no mark can be made now: too early, or closed."""
    if locked.is_closed:
        raise Refused(
            "The register is closed.", way_out="A coordinator can correct it, with a reason."
        )
    if not is_register_open(locked.sessions, now, None):
        opens_at = register_opens_at(locked.sessions)
        raise Refused(f"The register opens on {moment(opens_at)}.")


def get_booking_on_register(session: Session, event_id: int, booking_id: int) -> Booking:
    """A name of that register. Raises NotFound where it is not on it."""
    return get_bookings_on_register(session, event_id, [booking_id])[booking_id]


def get_bookings_on_register(
    session: Session, event_id: int, booking_ids: Collection[int]
) -> dict[int, Booking]:
    """Names of that register, by id. Raises NotFound where one of them is not on it."""
    found = session.scalars(
        select(Booking).where(
            Booking.id.in_(booking_ids),
            Booking.event_id == event_id,
            Booking.state == BookingState.CONFIRMED,
        )
    )
    bookings = {booking.id: booking for booking in found}
    if len(bookings) < len(booking_ids):
        raise NotFound
    return bookings


def source_of(session: Session, event_id: int, by: Viewer | None) -> MarkSource:
    """Whether a mark is the trainer's or the coordinator's."""
    gives = by and session.get(EventTrainer, (event_id, by.person_id))
    return MarkSource.TRAINER if gives else MarkSource.COORDINATOR
