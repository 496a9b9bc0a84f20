"""A booking's move from one state to the next: the row, the fields that go with it, the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.ending import end_approvals
from lms.booking.models import Booking, BookingMove, Demand
from lms.booking.rules import LIVE, BookingState, BrokenHistory, CancelledBy, Origin, may_move
from lms.catalogue.models import Event


@dataclass(frozen=True)
class Doer:
    """Who moves a booking, as its history names them."""

    what: str
    person_id: int | None = None


SYSTEM = Doer("the system")
DELEGATE = Doer("delegate")


def booker(origin: Origin, by: Viewer | None) -> Doer:
    """Who makes a booking of that origin."""
    what = {Origin.OWN: "delegate", Origin.IMPORT: "import", Origin.WALK_IN: "walk-in"}
    return Doer(what.get(origin, origin.words), by.person_id if by else None)


def canceller(by_what: CancelledBy, by: Viewer | None) -> Doer:
    """Who ends a booking."""
    return Doer(by_what.words, by.person_id if by else None)


def begin(session: Session, booking: Booking, doer: Doer, now: datetime, why: str = "") -> int:
    """Keep a new booking, in the state that it has, with the first row of its history."""
    if booking.state is BookingState.CONFIRMED:
        booking.confirmed_at = now
        _end_demand(session, booking, now)
    session.add(booking)
    return _row(session, booking, None, doer, now, why)


def move(
    session: Session,
    booking: Booking,
    to: BookingState,
    doer: Doer,
    now: datetime,
    why: str = "",
) -> int:
    """Move a booking whose event and person are locked; returns the id of the history's row.

    Raises BrokenHistory for a move that the states do not allow.
    """
    before = booking.state
    if not may_move(before, to):
        raise BrokenHistory(f"booking {booking.id}: from {before} to {to}")
    booking.state = to
    if to is BookingState.CONFIRMED:
        booking.confirmed_at = now
        _end_demand(session, booking, now)
    if to is BookingState.CANCELLED:
        booking.cancelled_at = now
    if to not in LIVE:
        end_approvals(session, booking, now)
    return _row(session, booking, before, doer, now, why)


def _end_demand(session: Session, booking: Booking, now: datetime) -> None:
    """Whoever has a place need not be told when the course runs (B16)."""
    person_id = booking.person.id if booking.person else booking.person_id
    course_id = session.get_one(Event, booking.event_id).course_id
    if course_id is None:
        return
    session.execute(
        update(Demand)
        .where(Demand.person_id == person_id, Demand.course_id == course_id)
        .where(Demand.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _row(
    session: Session,
    booking: Booking,
    before: BookingState | None,
    doer: Doer,
    now: datetime,
    why: str,
) -> int:
    row = BookingMove(
        booking=booking,
        from_state=before,
        to_state=booking.state,
        at=now,
        by_person_id=doer.person_id,
        by_what=doer.what,
        why=why,
    )
    session.add(row)
    session.flush()
    return row.id
