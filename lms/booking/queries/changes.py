"""What a change of a published event would do, said before it is saved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from lms.booking.models import Booking
from lms.booking.queries.elsewhere import places_elsewhere
from lms.booking.rules import LIVE, BookingState, Whereabouts, first_clash, is_to_be_retold
from lms.catalogue.models import Event
from lms.catalogue.queries import details_of
from lms.catalogue.rules import EventDetails, SessionDetails
from lms.db import db


def is_told_of(event: Event, details: EventDetails) -> bool:
    """Whether those booked would be told anew if an event became what `details` say."""
    return is_to_be_retold(_whereabouts(details_of(event)), _whereabouts(details))


def count_hindered(event: Event, details: EventDetails, now: datetime) -> int:
    """How many with a place have another at the times that `details` say (B8)."""
    session = db.session()
    placed = select(Booking.person_id).where(
        Booking.event_id == event.id, Booking.state == BookingState.CONFIRMED
    )
    periods = [(block.starts_at, block.ends_at) for block in details.sessions]
    elsewhere = places_elsewhere(session, placed, now)
    return sum(
        first_clash(periods, [place for place in places if place.event_id != event.id]) is not None
        for places in elsewhere.values()
    )


def count_live_bookings(event_id: int) -> int:
    """How many people would be told if the event were changed or called off."""
    counted = db.session.scalar(
        select(func.count(Booking.id)).where(Booking.event_id == event_id, Booking.state.in_(LIVE))
    )
    return counted or 0


def _whereabouts(details: EventDetails) -> list[Whereabouts]:
    return [
        ((block.starts_at, block.ends_at), _where(details, block)) for block in details.sessions
    ]


def _where(details: EventDetails, block: SessionDetails) -> str:
    link = block.joining_link or details.joining_link
    return f"{details.mode.value}\n{details.venue.strip()}\n{block.room}\n{link}"
