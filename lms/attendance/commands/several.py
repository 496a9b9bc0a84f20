"""One tap for several names: all present, check-ins confirmed; undone in one act (A1, A2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.attendance.commands.locked import (
    LockedRegister,
    get_bookings_on_register,
    lock_register,
    refuse_unless_open,
    source_of,
)
from lms.attendance.commands.marking import A_TAP, How, histories_of, mark_within
from lms.attendance.queries import Line, picture_within
from lms.attendance.rules import MarkKind
from lms.db import transaction
from lms.tokens import new_secret


class Several(Enum):
    """What one tap says of several names."""

    PRESENT = "those without a mark are there"
    CONFIRMED = "those who checked in by themselves are there"


def mark_several(
    event_id: int,
    session_id: int,
    booking_ids: Collection[int],
    what: Several,
    *,
    by: Viewer | None,
    now: datetime,
) -> int:
    """Mark those of `booking_ids` whom the tap is about; how many were marked.

    The ids are those that the person saw that way, so nobody is marked unseen. Locks the event.
    Raises Refused while its register is not open, NotFound where `by` has none there.
    """
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        return mark_several_within(session, locked, session_id, booking_ids, what, by=by, now=now)


def mark_several_within(
    session: Session,
    locked: LockedRegister,
    session_id: int,
    booking_ids: Collection[int],
    what: Several,
    *,
    by: Viewer | None,
    now: datetime,
    how: How = A_TAP,
) -> int:
    """The same under the event's lock, as tapped on a device."""
    lines = picture_within(session, locked.event).lines
    kinds = {line.booking_id: _KIND_FOR[what](line, session_id) for line in lines}
    wanted = {one: kind for one, kind in kinds.items() if kind and one in booking_ids}
    bookings = get_bookings_on_register(session, locked.event.id, wanted)
    histories = histories_of(session, wanted, session_id)
    source = source_of(session, locked.event.id, by)
    act = how.key or new_secret()
    return sum(
        mark_within(
            session,
            locked,
            bookings[booking_id],
            session_id,
            kind,
            by=by,
            now=now,
            source=source,
            history=histories[booking_id],
            how=How(at=how.at, key=how.key and f"{how.key}:{booking_id}", act=act),
        )
        for booking_id, kind in wanted.items()
    )


def _present(line: Line, session_id: int) -> MarkKind | None:
    return None if session_id in line.marks or line.is_excused else MarkKind.PRESENT


def _claimed(line: Line, session_id: int) -> MarkKind | None:
    mark = line.marks.get(session_id)
    return mark.kind if mark is not None and mark.is_claim else None


_KIND_FOR: Mapping[Several, Callable[[Line, int], MarkKind | None]] = {
    Several.PRESENT: _present,
    Several.CONFIRMED: _claimed,
}
