"""One tap for several names: all present, check-ins confirmed; undone in one act (A1, A2)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.attendance.commands.locked import (
    LockedRegister,
    get_booking_on_register,
    lock_register,
    refuse_unless_open,
)
from lms.attendance.commands.marking import A_TAP, How, mark_within
from lms.attendance.queries import Line, picture_within
from lms.attendance.rules import MarkKind
from lms.db import transaction
from lms.tokens import new_secret

KindFor = Callable[[Line, int], MarkKind | None]  # the mark for a name at a session, if any


def mark_all_present(
    event_id: int,
    session_id: int,
    booking_ids: Collection[int],
    *,
    by: Viewer | None,
    now: datetime,
) -> int:
    """Mark as present those of `booking_ids` that have no mark by now; how many were marked.

    The ids are those that the person saw without a mark, so nobody is marked unseen.
    """
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        return mark_all_present_within(session, locked, session_id, booking_ids, by=by, now=now)


def mark_all_present_within(
    session: Session,
    locked: LockedRegister,
    session_id: int,
    booking_ids: Collection[int],
    *,
    by: Viewer | None,
    now: datetime,
    how: How = A_TAP,
) -> int:
    """The same under the event's lock, as tapped on a device."""
    return _mark_each(session, locked, session_id, booking_ids, _present, by=by, now=now, how=how)


def confirm_check_ins(
    event_id: int,
    session_id: int,
    booking_ids: Collection[int],
    *,
    by: Viewer | None,
    now: datetime,
) -> int:
    """Confirm, of `booking_ids`, the check-ins that are still claims; how many were."""
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        return confirm_check_ins_within(session, locked, session_id, booking_ids, by=by, now=now)


def confirm_check_ins_within(
    session: Session,
    locked: LockedRegister,
    session_id: int,
    booking_ids: Collection[int],
    *,
    by: Viewer | None,
    now: datetime,
    how: How = A_TAP,
) -> int:
    """The same under the event's lock, as tapped on a device."""
    return _mark_each(session, locked, session_id, booking_ids, _claimed, by=by, now=now, how=how)


def _present(line: Line, session_id: int) -> MarkKind | None:
    return None if session_id in line.marks or line.is_excused else MarkKind.PRESENT


def _claimed(line: Line, session_id: int) -> MarkKind | None:
    mark = line.marks.get(session_id)
    return mark.kind if mark is not None and mark.is_claim else None


def _mark_each(
    session: Session,
    locked: LockedRegister,
    session_id: int,
    booking_ids: Collection[int],
    kind_for: KindFor,
    *,
    by: Viewer | None,
    now: datetime,
    how: How = A_TAP,
) -> int:
    picture = picture_within(session, locked.event)
    wanted = {
        line.booking_id: kind
        for line in picture.lines
        if line.booking_id in booking_ids and (kind := kind_for(line, session_id))
    }
    act = how.key or new_secret()
    marked = 0
    for booking_id, kind in wanted.items():
        booking = get_booking_on_register(session, locked.event.id, booking_id)
        key = f"{how.key}:{booking_id}" if how.key else None
        each = How(at=how.at, key=key, act=act)
        marked += mark_within(session, locked, booking, session_id, kind, by=by, now=now, how=each)
    return marked
