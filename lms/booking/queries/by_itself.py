"""What was done to bookings by nobody: offers made and run out, requests that nobody answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.access import Permission, Viewer
from lms.booking.models import Booking, BookingMove
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.db import db

THE_SYSTEM = "the system"
OF_SOMEBODY = frozenset({BookingState.WAITING})
"""A move there without an offer before it is part of what somebody did, such as postponing."""


@dataclass(frozen=True)
class Automatic:
    """One such move, with the booking as it is now: an undoing must fit what it has become."""

    move: BookingMove
    booking: Booking

    @property
    def is_as_it_was_left(self) -> bool:
        """Whether nothing happened to the booking since."""
        return self.booking.state is self.move.to_state


def list_automatic(viewer: Viewer, since: datetime, *, limit: int) -> list[Automatic]:
    """At events that the viewer runs, the latest first."""
    rows = db.session.scalars(
        _wanted(select(BookingMove), viewer, since)
        .options(
            contains_eager(BookingMove.booking).options(
                contains_eager(Booking.event),
                joinedload(Booking.person),
                joinedload(Booking.agency),
            )
        )
        .order_by(BookingMove.at.desc(), BookingMove.id.desc())
        .limit(limit)
    )
    return [Automatic(move, move.booking) for move in rows]


def count_automatic(viewer: Viewer, since: datetime) -> int:
    """How many there are."""
    return db.session.scalar(_wanted(select(func.count(BookingMove.id)), viewer, since)) or 0


def _wanted(statement: Select[Any], viewer: Viewer, since: datetime) -> Select[Any]:
    run = Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))
    return (
        statement.join(Booking, Booking.id == BookingMove.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(run, BookingMove.at >= since, *_by_nobody())
    )


def _by_nobody() -> tuple[ColumnElement[bool], ...]:
    was_offered = BookingMove.from_state == BookingState.OFFERED
    return (
        BookingMove.by_what == THE_SYSTEM,
        was_offered | BookingMove.to_state.not_in(OF_SOMEBODY),
    )
