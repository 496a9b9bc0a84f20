"""Which marks the files of an event speak for, taken together (A5).

All imported files count as one, so that a second file of the same meeting, or one of a meeting that
was started anew, adds what it adds and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lms.attendance.meetings.rules.marks import is_expected_online
from lms.attendance.meetings.rules.presence import (
    Attended,
    Presence,
    mark_for,
    presence_at,
    together,
)
from lms.attendance.rules import Mark, MarkKind, SessionFact
from lms.catalogue.rules import EventMode


@dataclass(frozen=True)
class Delegate:
    """A name of the register, as far as files concern it.

    `is_settled`: not marked absent for want of a name in any file, being excused or a walk-in.
    """

    booking_id: int
    takes_part: EventMode
    is_settled: bool = False


@dataclass(frozen=True)
class FileSays:
    """One file: the sessions it counts for, and its rows by the booking that they belong to."""

    sessions: frozenset[SessionFact]
    by_booking: Mapping[int, Sequence[Attended]]

    def rows_at(self, session: SessionFact, booking_id: int) -> Iterator[Attended]:
        """The rows of one booking as far as they concern that session.

        Where a file says how long and not when, each of its sessions has its share of that time.
        """
        whole = sum((known.length for known in self.sessions), timedelta())
        for row in self.by_booking.get(booking_id, ()):
            if row.joins or len(self.sessions) < 2:
                yield row
            else:
                there = min(timedelta(seconds=row.seconds), whole)
                yield Attended((), int((there * (session.length / whole)).total_seconds()))


@dataclass(frozen=True)
class Wanted:
    """What the files say of one person at one session; no mark where they say nothing."""

    mark: Mark | None
    presence: Presence | None
    is_listed: bool


def wanted_marks(
    event_mode: EventMode,
    delegates: Iterable[Delegate],
    sessions: Iterable[SessionFact],
    files: Sequence[FileSays],
) -> dict[tuple[int, int], Wanted]:
    """By booking and session, for each session that a file counts for."""
    known = list(delegates)
    return {
        (delegate.booking_id, session.id): _wanted(event_mode, delegate, session, speaking)
        for session in sessions
        if (speaking := [file for file in files if session in file.sessions])
        for delegate in known
    }


def _wanted(
    event_mode: EventMode, delegate: Delegate, session: SessionFact, files: Sequence[FileSays]
) -> Wanted:
    rows = [row for file in files for row in file.rows_at(session, delegate.booking_id)]
    presence = presence_at(session, together(rows)) if rows else None
    mark = mark_for(presence) if presence else Mark(MarkKind.ABSENT)
    may_be_absent = bool(rows) or not delegate.is_settled
    is_awaited = is_expected_online(event_mode, delegate.takes_part)
    if mark.kind is MarkKind.ABSENT and not (may_be_absent and is_awaited):
        return Wanted(None, presence, bool(rows))
    return Wanted(mark, presence, bool(rows))
