"""Working days and their hours counted one by one: what the clock's sums are held to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lms.clock import DAY, LONDON, is_working_day, london


def working_days_between(start: date, end: date) -> int:
    """How many working days lead from `start` to `end`; less than none where `end` is first."""
    if end < start:
        return -sum(map(is_working_day, _dates(end, start - DAY)))
    return sum(map(is_working_day, _dates(start + DAY, end)))


def wall_clock_hours_between(start: datetime, end: datetime) -> timedelta:
    """How much wall-clock time of working days lies between two instants; never negative."""
    first, last = london(start), london(end)
    spent = timedelta()
    for on in filter(is_working_day, _dates(first.date(), last.date())):
        midnight = datetime.combine(on, time(), LONDON)
        spent += max(min(last, midnight + DAY) - max(first, midnight), timedelta())
    return spent


def _dates(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]
