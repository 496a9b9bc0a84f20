"""When a delegate is reminded: a week before an event, and on the working day before each session.

A week before, of the first session alone: it asks who cannot come, and once the event has begun no
place can be given up any more (B11). On the working day before, of each session, with what is
needed on the day.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import TypeVar

from lms.clock import add_working_days, at_london, london_date
from lms.words import Word

REMINDED_AT = time(9)
A_WEEK = timedelta(days=7)
S = TypeVar("S")


class Reminder(Word):
    """The two, in the order in which they go."""

    WEEK_BEFORE = "week_before"
    DAY_BEFORE = "day_before"


def told_of(had_at: datetime, changed_at: datetime | None) -> datetime:
    """When a delegate was last told when an event is: on having the place, or on its change."""
    return max(had_at, changed_at) if changed_at else had_at


def reminder_at(which: Reminder, starts_at: datetime) -> datetime:
    """When a session's reminder goes: 09:00, seven days or one working day before."""
    on = london_date(starts_at)
    if which is Reminder.WEEK_BEFORE:
        return at_london(on - A_WEEK, REMINDED_AT)
    return at_london(add_working_days(on, -1), REMINDED_AT)


def reminder_is_due(which: Reminder, starts_at: datetime, told_at: datetime, now: datetime) -> bool:
    """Whether a reminder is true at that moment: never of a session that has begun.

    Who was told (`told_of`) within the week gets no late reminder of it; who was told within the
    last working day still gets what is needed on the day, at once.
    """
    due_at = reminder_at(which, starts_at)
    if which is Reminder.WEEK_BEFORE:
        return told_at < due_at <= now < reminder_at(Reminder.DAY_BEFORE, starts_at)
    return due_at <= now < starts_at


def reminded_of(sessions: Sequence[S]) -> Iterator[tuple[Reminder, S]]:
    """Each reminder that an event has, whenever it is due, with the session that it is of."""
    yield from ((Reminder.WEEK_BEFORE, session) for session in sessions[:1])
    yield from ((Reminder.DAY_BEFORE, session) for session in sessions)


def reminders_to_come(
    starts: Sequence[datetime], told_at: datetime, now: datetime
) -> list[tuple[datetime, Reminder]]:
    """The reminders that a delegate is still to have, the next first; `starts` of all sessions."""
    return sorted(
        (at, which)
        for which, starts_at in reminded_of(starts)
        if now < (at := reminder_at(which, starts_at))
        and reminder_is_due(which, starts_at, told_at, at)
    )
