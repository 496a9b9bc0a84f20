"""Places that are held without a name (B13)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState


def is_held_without_name() -> ColumnElement[bool]:
    """A condition: the booking is a place that still wants a name."""
    return Booking.is_unnamed & (Booking.state == BookingState.REQUESTED)


def held_without_name(session: Session, event_id: int) -> list[Booking]:
    """An event's places without a name, in the order in which they were taken."""
    wanted = select(Booking).where(Booking.event_id == event_id, is_held_without_name())
    return list(session.scalars(wanted.order_by(Booking.ticket, Booking.id)))


def events_with_unnamed(session: Session, now: datetime) -> list[int]:
    """The published events to come at which a place is held without a name."""
    there = exists().where(Booking.event_id == Event.id, is_held_without_name())
    wanted = select(Event.id).where(
        Event.state == EventState.PUBLISHED, Event.starts_at > now, there
    )
    return list(session.scalars(wanted.order_by(Event.id)))
