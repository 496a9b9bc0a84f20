"""How long somebody was at a session, and the mark that this is (A5).

The joins of a person, on however many devices, are one set of moments: what overlaps counts once,
what lies outside the session does not count. Whole minutes that were missed are told apart: before
the first join, in between, after the last leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.attendance.rules import Mark, MarkKind, SessionFact

Join = tuple[datetime, datetime]  # from, until
MINUTE = 60
NOTICED_FROM = 5
"""Minutes from which being late or leaving early is the mark's kind; fewer are kept beside it."""
MET_FROM = timedelta(minutes=5)
"""A meeting that ran on into a session for less than this was another one."""


@dataclass(frozen=True)
class Attended:
    """What files say of one person: their joins, and how long they were there in all."""

    joins: tuple[Join, ...]
    seconds: int


@dataclass(frozen=True)
class Presence:
    """Seconds of a session: there, before the first join, in between, after the last leave."""

    there: int
    late: int
    away: int
    early: int

    @property
    def minutes(self) -> int:
        """Whole minutes there."""
        return self.there // MINUTE


def merged(joins: Iterable[Join]) -> tuple[Join, ...]:
    """The same moments in order, without overlaps; touching joins are one."""
    found: list[Join] = []
    for starts_at, ends_at in sorted(joins):
        if found and starts_at <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends_at)
        else:
            found.append((starts_at, ends_at))
    return tuple(found)


def seconds_of(joins: Iterable[Join]) -> int:
    """How long joins that do not overlap last together."""
    return sum(_seconds(ends_at - starts_at) for starts_at, ends_at in joins)


def together(rows: Iterable[Attended]) -> Attended:
    """Several rows of one person as one: other devices, another file of the same meeting."""
    distinct = list(dict.fromkeys(rows))
    joins = merged(join for row in distinct for join in row.joins)
    if not joins:
        return Attended((), sum(row.seconds for row in distinct))
    return Attended(joins, sum(_seconds_of_stretch(stretch, distinct) for stretch in joins))


def _seconds_of_stretch(stretch: Join, rows: Sequence[Attended]) -> int:
    """Of rows that overlap, those with breaks at unknown times tell how long it was at the most."""
    within = [row for row in rows if row.joins and _lies_in(row.joins, stretch)]
    if all(row.seconds >= seconds_of(row.joins) for row in within):
        return seconds_of([stretch])
    return max(row.seconds for row in within)


def _lies_in(joins: Sequence[Join], stretch: Join) -> bool:
    return stretch[0] <= joins[0][0] <= stretch[1]


def presence_at(session: SessionFact, attended: Attended) -> Presence:
    """How much of a session somebody was there, to the second."""
    length = _seconds(session.length)
    clipped = [
        (max(starts_at, session.starts_at), min(ends_at, session.ends_at))
        for starts_at, ends_at in attended.joins
        if starts_at < session.ends_at and ends_at > session.starts_at
    ]
    if not clipped:
        there = 0 if attended.joins else min(attended.seconds, length)
        return Presence(there, 0, length - there, 0)
    there = min(seconds_of(clipped), attended.seconds)
    late = _seconds(clipped[0][0] - session.starts_at)
    early = _seconds(session.ends_at - clipped[-1][1])
    return Presence(there, late, length - there - late - early, early)


def mark_for(presence: Presence) -> Mark:
    """The mark: less than a minute is absent; its minutes missed add up to the whole ones missed.

    So the share of the event that the mark stands for is right to the minute.
    """
    if presence.there < MINUTE:
        return Mark(MarkKind.ABSENT)
    missed = (presence.late + presence.away + presence.early) // MINUTE
    late, early = presence.late // MINUTE, presence.early // MINUTE
    kind = MarkKind.LEFT_EARLY if early > late else MarkKind.LATE
    if max(late, early) < NOTICED_FROM:
        kind = MarkKind.PRESENT
    return Mark(kind, late, early, missed - late - early)


def sessions_met(
    starts_at: datetime, ends_at: datetime, sessions: Sequence[SessionFact]
) -> tuple[SessionFact, ...]:
    """The sessions of an event that a meeting of that time was held for."""
    return tuple(session for session in sessions if _meets(starts_at, ends_at, session))


def _meets(starts_at: datetime, ends_at: datetime, session: SessionFact) -> bool:
    overlap = min(ends_at, session.ends_at) - max(starts_at, session.starts_at)
    return overlap > timedelta() and overlap >= min(MET_FROM, session.length / 2)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
