"""When a delegate is reminded: days before an event, and on the working day before each session.

Policy [7] days before, of the first session alone: it asks who cannot come, and once the event has
begun no place can be given up any more (B11). Policy [1] working day before, of each session, with
what is needed on the day. Both go at 09:00.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import TypeVar

from lms.booking.rules.facts import BookingPolicy
from lms.clock import add_working_days, at_london, london_date
from lms.words import Word, count

REMINDED_AT = time(9)
S = TypeVar("S")


class Reminder(Word):
    """The two, in the order in which they go."""

    WEEK_BEFORE = "week_before"  # whatever the policies have made of the week and the day
    DAY_BEFORE = "day_before"


def told_of(had_at: datetime, changed_at: datetime | None) -> datetime:
    """When a delegate was last told when an event is: on having the place, or on its change."""
    return max(had_at, changed_at) if changed_at else had_at


def reminder_at(which: Reminder, starts_at: datetime, policy: BookingPolicy) -> datetime:
    """When a session's reminder goes: 09:00, so many days or working days before."""
    on = london_date(starts_at)
    if which is Reminder.WEEK_BEFORE:
        return at_london(on - timedelta(days=policy.first_reminder_days), REMINDED_AT)
    return at_london(add_working_days(on, -policy.last_reminder_working_days), REMINDED_AT)


def reminder_is_due(
    which: Reminder, starts_at: datetime, told_at: datetime, policy: BookingPolicy, now: datetime
) -> bool:
    """Whether a reminder is true at that moment: never of a session that has begun.

    Who was told (`told_of`) after the first was due gets it no more; who was told after the last
    was due still gets what is needed on the day, at once.
    """
    due_at = reminder_at(which, starts_at, policy)
    if which is Reminder.WEEK_BEFORE:
        return told_at < due_at <= now < reminder_at(Reminder.DAY_BEFORE, starts_at, policy)
    return due_at <= now < starts_at


def reminded_of(sessions: Sequence[S]) -> Iterator[tuple[Reminder, S]]:
    """Each reminder that an event has, whenever it is due, with the session that it is of."""
    yield from ((Reminder.WEEK_BEFORE, session) for session in sessions[:1])
    yield from ((Reminder.DAY_BEFORE, session) for session in sessions)


def reminders_to_come(
    starts: Sequence[datetime], told_at: datetime, policy: BookingPolicy, now: datetime
) -> list[tuple[datetime, Reminder]]:
    """The reminders that a delegate is still to have, the next first; `starts` of all sessions."""
    return sorted(
        (at, which)
        for which, starts_at in reminded_of(starts)
        if now < (at := reminder_at(which, starts_at, policy))
        and reminder_is_due(which, starts_at, told_at, policy, at)
    )


def last_reminder_words(policy: BookingPolicy) -> str:
    """'on the working day before', 'three working days before'."""
    days = policy.last_reminder_working_days
    return "on the working day before" if days == 1 else f"{count(days, 'working day')} before"
