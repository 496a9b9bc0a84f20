"""Where a place went that its holder did not keep: to another date, or to a colleague."""

from __future__ import annotations

from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from lms.booking.models import Booking
from lms.clock import london_date
from lms.words import day


def with_passed_on() -> ExecutableOption:
    """Read with the bookings what became of their places: one statement for all of them."""
    after = selectinload(Booking.replaced_by)
    return after.options(selectinload(Booking.person), selectinload(Booking.event))


def passed_on_words(booking: Booking) -> str:
    """'To Tuesday 8 December', 'To Wren Abara'; empty of a place that was not passed on."""
    after = booking.passed_on_to
    if after is None:
        return ""
    if after.person_id != booking.person_id:
        return f"To {after.name}"
    starts_at = after.event.starts_at
    return f"To {day(london_date(starts_at))}" if starts_at else "To a date to come"
