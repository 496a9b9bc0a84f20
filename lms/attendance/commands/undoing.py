"""Taking back: the last tap, all that one tap marked, or somebody written down by mistake (A1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.attendance.commands.locked import (
    LockedRegister,
    get_booking_on_register,
    lock_register,
    refuse_unless_open,
)
from lms.attendance.models import Mark
from lms.booking.commands.moving import booker, move
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin
from lms.catalogue.models import EventSession
from lms.db import transaction
from lms.errors import NotFound

BY_MISTAKE = "written down by mistake"


def undo_mark(event_id: int, mark_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Take a mark back, with all that was marked in one act with it: what was there before counts.

    Of a mark already taken back, nothing.
    """
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        undo_sent_within(session, locked, mark_id, by=by, now=now)


def undo_sent_within(
    session: Session,
    locked: LockedRegister,
    of: int | str,
    *,
    by: Viewer | None,
    now: datetime,
    at: datetime | None = None,
) -> None:
    """Take back a mark by its id (NotFound where there is none), or what came under a device's key.

    A device may take back what never arrived: then there is nothing to do. `at` is when it was
    tapped there.
    """
    if isinstance(of, str):
        sent = _marks_of(locked.event.id).where(or_(Mark.sent_key == of, Mark.act == of))
        undone = session.scalars(sent.order_by(Mark.id)).all()
    else:
        row = session.scalar(_marks_of(locked.event.id).where(Mark.id == of))
        if row is None:
            raise NotFound
        undone = _of_one_act(session, row)
    undo_within(session, locked, undone, by=by, now=now, at=at)


def undo_within(
    session: Session,
    locked: LockedRegister,
    marks: Sequence[Mark],
    *,
    by: Viewer | None,
    now: datetime,
    at: datetime | None = None,
) -> None:
    """Take back those of `marks` that count; the event's lock must be held."""
    undone = [row for row in marks if row.is_current]
    for row in undone:
        row.is_current, row.undone_at = False, at or now
    session.flush()
    for row in undone:
        if row.replaces_id is not None:
            session.get_one(Mark, row.replaces_id).is_current = True
        else:
            _strike_out_if_walk_in(session, locked, row.booking_id, by=by, now=now)


def strike_out(event_id: int, booking_id: int, *, by: Viewer | None, now: datetime) -> str:
    """Take somebody who walked in off the register again, with their marks; their name."""
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        booking = get_booking_on_register(session, event_id, booking_id)
        if booking.origin is not Origin.WALK_IN:
            raise NotFound
        for row in session.scalars(_marks_of(event_id).where(Mark.booking_id == booking_id)):
            row.is_current, row.undone_at = False, row.undone_at or now
        session.flush()
        _strike_out_if_walk_in(session, locked, booking_id, by=by, now=now)
        return booking.name


def _marks_of(event_id: int) -> Select[Mark]:
    return (
        select(Mark)
        .join(EventSession, EventSession.id == Mark.event_session_id)
        .where(EventSession.event_id == event_id)
    )


def _of_one_act(session: Session, row: Mark) -> Sequence[Mark]:
    if row.act is None:
        return [row]
    return session.scalars(select(Mark).where(Mark.act == row.act).order_by(Mark.id)).all()


def _strike_out_if_walk_in(
    session: Session,
    locked: LockedRegister,
    booking_id: int,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Someone who walked in and of whom no mark is left was written down by mistake."""
    booking = session.get_one(Booking, booking_id)
    marked = select(Mark.id).where(Mark.booking_id == booking_id, Mark.is_current)
    if booking.origin is not Origin.WALK_IN or session.scalar(marked.limit(1)) is not None:
        return
    move(session, booking, BookingState.CANCELLED, booker(Origin.WALK_IN, by), now, BY_MISTAKE)
    booking.import_key = None
    audit.record(
        session,
        "strike out walk in",
        f"struck out {booking.name}, {BY_MISTAKE}",
        by=by,
        now=now,
        about=("booking", booking.id),
        partnership_id=locked.event.partnership_id,
    )
