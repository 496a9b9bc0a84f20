"""What stands in a person's own calendar: the sessions at which a place is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from lms.booking.models import Booking, Invitation
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db


@dataclass(frozen=True)
class OwnPlace:
    """A booking with the SEQUENCE of each session's invitation, by the session's id."""

    booking: Booking
    sequences: Mapping[int, int]

    @property
    def is_certain(self) -> bool:
        return self.booking.state is BookingState.CONFIRMED


def own_places(person_id: int) -> list[OwnPlace]:
    """The places that a person has, and those held for them meanwhile, in order of time.

    Whoever only waits has nothing in the calendar; nor has it days of an imported past, whose
    times nobody knows.
    """
    is_held = or_(
        Booking.state.in_([BookingState.CONFIRMED, BookingState.OFFERED]),
        and_(Booking.state == BookingState.REQUESTED, Booking.holds_place),
    )
    bookings = db.session.scalars(
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Booking.person_id == person_id,
            is_held,
            Event.state == EventState.PUBLISHED,
            ~Event.is_imported,
        )
        .options(
            joinedload(Booking.event).joinedload(Event.partnership),
            joinedload(Booking.event).selectinload(Event.sessions),
        )
        .order_by(Event.starts_at, Booking.id)
    ).all()
    told = _sequences([booking.id for booking in bookings])
    return [OwnPlace(booking, told.get(booking.id, {})) for booking in bookings]


def _sequences(booking_ids: list[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    rows = db.session.execute(
        select(Invitation.booking_id, Invitation.event_session_id, Invitation.sequence).where(
            Invitation.booking_id.in_(booking_ids)
        )
    )
    for booking_id, session_id, sequence in rows:
        found.setdefault(booking_id, {})[session_id] = sequence
    return found
