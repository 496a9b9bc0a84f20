"""Acts that a device kept while its connection was down: each is done once, in their order (A1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.attendance.commands.locked import (
    LockedRegister,
    get_booking_on_register,
    lock_register,
    refuse_unless_open,
)
from lms.attendance.commands.marking import How, Minutes, mark_within, set_minutes_within
from lms.attendance.commands.several import Several, mark_several_within
from lms.attendance.commands.undoing import undo_sent_within
from lms.attendance.commands.walking_in import WalkIn, add_walk_in_within
from lms.attendance.models import Mark
from lms.attendance.rules import Became, MarkKind
from lms.db import transaction


@dataclass(frozen=True)
class TappedMark:
    """One button of one name."""

    booking_id: int
    session_id: int
    kind: MarkKind


@dataclass(frozen=True)
class GivenMinutes:
    """By how much somebody came late or left early."""

    booking_id: int
    session_id: int
    minutes: Minutes


@dataclass(frozen=True)
class TappedForSeveral:
    """All present, or all check-ins confirmed: of these names, which the person saw so."""

    session_id: int
    booking_ids: frozenset[int]
    confirms: bool


@dataclass(frozen=True)
class TakenBack:
    """Undo: of a mark that the page had from us, or of what this device sent under a key."""

    of: int | str


@dataclass(frozen=True)
class CameWithoutPlace:
    """Somebody who walked in."""

    session_id: int
    walk_in: WalkIn


Act = TappedMark | GivenMinutes | TappedForSeveral | TakenBack | CameWithoutPlace


def do_kept(
    event_id: int, act: Act, *, key: str, at: datetime, by: Viewer | None, now: datetime
) -> Became:
    """Do what a device kept under its own `key`, as of the time when it was tapped.

    Sent again, it changes nothing. A mark that somebody has overruled since is kept and does not
    count. Raises Refused or NotFound for what cannot be done any more.
    """
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        if _is_known(session, key):
            return Became.KNOWN
        refuse_unless_open(locked, now)
        counts = _do(session, locked, act, How(at=at, key=key), by=by, now=now)
        return Became.DONE if counts else Became.OVERTAKEN


def _is_known(session: Session, key: str) -> bool:
    sent = select(Mark.id).where(or_(Mark.sent_key == key, Mark.act == key))
    return session.scalar(sent.limit(1)) is not None


def _do(
    session: Session,
    locked: LockedRegister,
    act: Act,
    how: How,
    *,
    by: Viewer | None,
    now: datetime,
) -> bool:
    """Do it, under the event's lock; whether it counts."""
    match act:
        case TappedMark(booking_id, session_id, kind):
            booking = get_booking_on_register(session, locked.event.id, booking_id)
            return mark_within(session, locked, booking, session_id, kind, by=by, now=now, how=how)
        case GivenMinutes(booking_id, session_id, minutes):
            booking = get_booking_on_register(session, locked.event.id, booking_id)
            return set_minutes_within(
                session, locked, booking, session_id, minutes, by=by, now=now, how=how
            )
        case TappedForSeveral(session_id, booking_ids, confirms):
            what = Several.CONFIRMED if confirms else Several.PRESENT
            mark_several_within(
                session, locked, session_id, booking_ids, what, by=by, now=now, how=how
            )
        case TakenBack(of):
            undo_sent_within(session, locked, of, by=by, now=now, at=how.at)
        case CameWithoutPlace(session_id, walk_in):
            add_walk_in_within(session, locked, session_id, walk_in, by=by, now=now, how=how)
    return True
