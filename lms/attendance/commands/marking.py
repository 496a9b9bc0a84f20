"""Marks: one tap each, the same tap twice changes nothing, and what was said last counts (A1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from lms.attendance.rules import GIVES_MINUTES, MarkKind, MarkSource, Said, says_more, stands_over
from lms.booking.models import Booking
from lms.catalogue.rules import EventMode
from lms.db import transaction
from lms.errors import NotFound, Refused

LONGEST_MINUTES = 24 * 60


@dataclass(frozen=True)
class Minutes:
    """By how much somebody came late, left early, and was away in between."""

    late: int = 0
    early: int = 0
    away: int = 0

    def __post_init__(self) -> None:
        if not all(0 <= part <= LONGEST_MINUTES for part in (self.late, self.early, self.away)):
            raise Refused("Enter the minutes as a number, such as 20", field="late")

    def give_to(self, row: Mark) -> None:
        """Let a mark say so."""
        row.minutes_late, row.minutes_early, row.minutes_away = self.late, self.early, self.away


@dataclass(frozen=True)
class How:
    """How a mark came about, where it is more than a tap that arrives at once.

    `at` is when it was tapped, `key` the device's own for it, so that it is kept once; marks of one
    `act` are taken back together.
    """

    at: datetime | None = None
    key: str | None = None
    act: str | None = None


A_TAP = How()


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
    minutes = Minutes(late, early)
    with transaction() as session:
        locked = lock_register(session, event_id, by)
        refuse_unless_open(locked, now)
        booking = get_booking_on_register(session, event_id, booking_id)
        set_minutes_within(session, locked, booking, session_id, minutes, by=by, now=now)


def set_minutes_within(
    session: Session,
    locked: LockedRegister,
    booking: Booking,
    session_id: int,
    minutes: Minutes,
    *,
    by: Viewer | None,
    now: datetime,
    how: How = A_TAP,
) -> bool:
    """Give the minutes of the mark that counts. NotFound where it is of no kind that has any."""
    before = current_mark(session, booking.id, session_id)
    if before is None or before.kind not in GIVES_MINUTES:
        raise NotFound
    return mark_within(
        session, locked, booking, session_id, before.kind, by=by, now=now, how=how, minutes=minutes
    )


def mark_within(
    session: Session,
    locked: LockedRegister,
    booking: Booking,
    session_id: int,
    kind: MarkKind,
    *,
    by: Viewer | None,
    now: datetime,
    source: MarkSource | None = None,
    mode: EventMode | None = None,
    minutes: Minutes | None = None,
    history: Sequence[Mark] | None = None,
    how: How = A_TAP,
) -> bool:
    """Make the mark, where it says more, and tell whether it counts; the event's lock must be held.

    `source` None: of whoever takes the register. `mode` None: as it was marked before, or booked.
    `minutes` None: as they were given for the same kind. `history` None: it is read. A mark that
    was overtaken is kept beside the one that counts. Raises NotFound for another event's session.
    """
    if session_id not in {known.id for known in locked.sessions}:
        raise NotFound
    if history is None:
        history = _history(session, booking.id, session_id)
    before = _that_counts(history)
    made = Mark(
        booking_id=booking.id,
        event_session_id=session_id,
        kind=kind,
        source=source or source_of(session, locked.event.id, by),
        mode=mode or (before and before.mode) or booking.mode,
        made_at=how.at or now,
        arrived_at=now if how.at else None,
        made_by_person_id=by.person_id if by else None,
        sent_key=how.key,
        act=how.act,
    )
    (minutes or _minutes_given(before, kind)).give_to(made)
    return _place(session, made, before, history)


def _minutes_given(before: Mark | None, kind: MarkKind) -> Minutes:
    if before is None or before.kind is not kind:
        return Minutes()
    return _minutes_of(before)


def _place(session: Session, made: Mark, before: Mark | None, history: Sequence[Mark]) -> bool:
    """Put a mark in its place among those of the same person and session."""
    made.is_current = False
    repeats = _says_nothing_new(made, before, history)
    if repeats and made.sent_key is None:
        return False
    session.add(made)
    said = as_said(before) if before else None
    taken_back = [row.undone_at for row in history if row.undone_at]
    if repeats or not stands_over(as_said(made), said, max(taken_back, default=None)):
        return False
    if before is not None:
        before.is_current = False
        session.flush()
        made.replaces_id = before.id
    made.is_current = True
    return True


def _says_nothing_new(made: Mark, before: Mark | None, history: Sequence[Mark]) -> bool:
    """Whether the mark that counts says this already; of a claim, whether it was made before."""
    if as_said(made).is_claim:
        return any(as_said(row).is_claim and row.undone_at is None for row in history)
    if before is None or says_more(before.kind, before.source, made.kind, made.source):
        return False
    return _minutes_of(before) == _minutes_of(made)


def _minutes_of(row: Mark) -> Minutes:
    return Minutes(row.minutes_late, row.minutes_early, row.minutes_away)


def as_said(row: Mark) -> Said:
    """A mark as the rules weigh it against another."""
    return Said(row.source, row.made_at)


def current_mark(session: Session, booking_id: int, session_id: int) -> Mark | None:
    """The mark that counts for one person at one session."""
    return _that_counts(_history(session, booking_id, session_id))


def _that_counts(history: Iterable[Mark]) -> Mark | None:
    return next((row for row in history if row.is_current), None)


def _history(session: Session, booking_id: int, session_id: int) -> Sequence[Mark]:
    return histories_of(session, [booking_id], session_id)[booking_id]


def histories_of(
    session: Session, booking_ids: Collection[int], session_id: int
) -> Mapping[int, Sequence[Mark]]:
    """All marks that were ever made of each at a session, in order. One statement."""
    found: dict[int, list[Mark]] = {booking_id: [] for booking_id in booking_ids}
    for row in session.scalars(
        select(Mark)
        .where(Mark.booking_id.in_(booking_ids), Mark.event_session_id == session_id)
        .order_by(Mark.id)
    ):
        found[row.booking_id].append(row)
    return found
