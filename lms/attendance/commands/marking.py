"""Marks: one tap each, the same tap twice changes nothing, and the last can be taken back (A1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.attendance.commands.locked import (
    LockedRegister,
    get_booking_on_register,
    lock_register,
    refuse_unless_open,
    source_of,
)
from lms.attendance.models import Mark
from lms.attendance.rules import MarkKind
from lms.booking.commands.moving import booker, move
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin
from lms.catalogue.models import EventSession
from lms.db import transaction
from lms.errors import NotFound, Refused

LONGEST_MINUTES = 24 * 60


def mark(
    event_id: int,
    booking_id: int,
    session_id: int,
    kind: MarkKind,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Say of one person at one session whether they are there; the same again changes nothing."""
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        booking = get_booking_on_register(session, event_id, booking_id)
        mark_within(session, locked, booking, session_id, kind, by=by, now=now)


def mark_within(
    session: Session,
    locked: LockedRegister,
    booking: Booking,
    session_id: int,
    kind: MarkKind,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Make the mark the current one; the event's lock must be held."""
    if session_id not in {known.id for known in locked.sessions}:
        raise NotFound
    before = current_mark(session, booking.id, session_id)
    if before is not None and before.kind is kind:
        return
    made = Mark(
        booking_id=booking.id,
        event_session_id=session_id,
        kind=kind,
        source=source_of(session, locked.event.id, by),
        mode=booking.mode,
        made_at=now,
        made_by_person_id=by.person_id if by else None,
    )
    _replace(session, before, made)


def set_minutes(
    event_id: int,
    booking_id: int,
    session_id: int,
    *,
    late: int,
    early: int,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Say by how many minutes someone came late, left early, or both."""
    if not (0 <= late <= LONGEST_MINUTES and 0 <= early <= LONGEST_MINUTES):
        raise Refused("Enter the minutes as a number, such as 20", field="late")
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        get_booking_on_register(session, event_id, booking_id)
        before = current_mark(session, booking_id, session_id)
        if before is None or before.kind not in (MarkKind.LATE, MarkKind.LEFT_EARLY):
            raise NotFound
        if (before.minutes_late, before.minutes_early) == (late, early):
            return
        made = Mark(
            booking_id=booking_id,
            event_session_id=session_id,
            kind=before.kind,
            minutes_late=late,
            minutes_early=early,
            source=source_of(session, event_id, by),
            mode=before.mode,
            made_at=now,
            made_by_person_id=by.person_id if by else None,
        )
        _replace(session, before, made)


def undo_mark(event_id: int, mark_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Take a mark back: the one before it counts again. Of a mark already taken back, nothing."""
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        undone = session.scalar(
            select(Mark)
            .join(EventSession, EventSession.id == Mark.event_session_id)
            .where(Mark.id == mark_id, EventSession.event_id == event_id)
        )
        if undone is None:
            raise NotFound
        if not undone.is_current:
            return
        undone.is_current = False
        session.flush()
        if undone.replaces_id is not None:
            session.get_one(Mark, undone.replaces_id).is_current = True
        else:
            _strike_out_walk_in(session, undone.booking_id, by=by, now=now)


def _strike_out_walk_in(
    session: Session, booking_id: int, *, by: Viewer | None, now: datetime
) -> None:
    """Someone who walked in and of whom no mark is left was written down by mistake."""
    booking = session.get_one(Booking, booking_id)
    marked = select(Mark.id).where(Mark.booking_id == booking_id, Mark.is_current)
    if booking.origin is not Origin.WALK_IN or session.scalar(marked.limit(1)) is not None:
        return
    doer = booker(Origin.WALK_IN, by)
    move(session, booking, BookingState.CANCELLED, doer, now, "written down by mistake")
    booking.import_key = None


def current_mark(session: Session, booking_id: int, session_id: int) -> Mark | None:
    """The mark that counts for one person at one session."""
    return session.scalar(
        select(Mark).where(
            Mark.booking_id == booking_id, Mark.event_session_id == session_id, Mark.is_current
        )
    )


def _replace(session: Session, before: Mark | None, made: Mark) -> None:
    if before is not None:
        before.is_current = False
        session.flush()
        made.replaces_id = before.id
    session.add(made)
