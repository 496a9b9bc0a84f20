"""When a delegate is reminded of a session, with what they need on the day."""

from datetime import datetime, time

from lms.clock import add_working_days, at_london, london_date

REMINDED_AT = time(9)


def reminder_at(starts_at: datetime) -> datetime:
    """When a session's reminder goes: 09:00 on the working day before."""
    return at_london(add_working_days(london_date(starts_at), -1), REMINDED_AT)


def reminder_is_due(starts_at: datetime, now: datetime) -> bool:
    """Whether a reminder is true at that moment: never of a session that has begun.

    One who has a place only later is reminded at once.
    """
    return reminder_at(starts_at) <= now < starts_at
