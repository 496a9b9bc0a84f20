"""What somebody attended, and for how long: for My learning and for the record to print.

Who attended has the whole event's time; who came for a part has the minutes that they were there,
and none where nobody noted them. A year is the reporting year of the partnership where the person
last was, for all they attended: one person's years are of one kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from lms.attendance.models import Mark as MarkRow
from lms.attendance.queries import as_fact
from lms.attendance.rules import Mark, SessionFact, share_present
from lms.booking.models import Booking
from lms.booking.queries import bookings_of_person
from lms.booking.rules import CAME, BookingState, Outcome
from lms.catalogue.models import Event
from lms.clock import ReportingYear, london_date, reporting_year
from lms.db import db

APRIL = 4
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Attended:
    """A place that was used, as far as is known: until the register is closed it has no outcome."""

    booking: Booking
    minutes: int

    @property
    def event(self) -> Event:
        return self.booking.event

    @property
    def held_on(self) -> date:
        return london_date(self.event.sessions[0].starts_at)

    @property
    def counts(self) -> bool:
        """Whether the register says that they came."""
        return self.booking.outcome in CAME

    def year(self, start_month: int) -> ReportingYear:
        return reporting_year(self.held_on, start_month)


def attended_of(past: Iterable[Booking]) -> list[Attended]:
    """Of bookings at events that are over: those that were used, the latest first."""
    used = [
        booking
        for booking in past
        if booking.state is BookingState.CONFIRMED
        and (booking.outcome is None or booking.outcome in CAME)
    ]
    parts = [booking.id for booking in used if booking.outcome is Outcome.PART_ATTENDED]
    marks = _marks(parts) if parts else {}
    lines = [Attended(booking, _minutes(booking, marks.get(booking.id, {}))) for booking in used]
    return sorted(lines, key=lambda line: (line.event.ends_at, line.booking.id), reverse=True)


def _marks(booking_ids: list[int]) -> dict[int, dict[int, Mark]]:
    found: dict[int, dict[int, Mark]] = defaultdict(dict)
    rows = db.session.scalars(
        select(MarkRow).where(MarkRow.booking_id.in_(booking_ids), MarkRow.is_current)
    )
    for row in rows:
        found[row.booking_id][row.event_session_id] = as_fact(row)
    return found


def _minutes(booking: Booking, marks: dict[int, Mark]) -> int:
    sessions = [SessionFact(s.id, s.starts_at, s.ends_at) for s in booking.event.sessions]
    whole = sum((session.length for session in sessions), timedelta()) // MINUTE
    if booking.outcome is Outcome.PART_ATTENDED:
        return round(whole * share_present(sessions, marks))
    return whole


def year_starts_in(attended: list[Attended]) -> int:
    """The month in which a person's years begin; `attended` is the latest first."""
    return attended[0].event.partnership.year_starts_month if attended else APRIL


# --- The record to print --------------------------------------------------------------------


@dataclass(frozen=True)
class YearOfLearning:
    """What was attended in one reporting year, in order of time."""

    year: ReportingYear
    attended: tuple[Attended, ...]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.attended)


def record_of(person_id: int, now: datetime) -> list[YearOfLearning]:
    """All that a person attended by closed registers, year by year, the latest year first."""
    over = [booking for booking in bookings_of_person(person_id) if is_over(booking, now)]
    attended = attended_of(over)
    start_month = year_starts_in(attended)
    counted = [line for line in attended if line.counts]
    years = groupby(counted, key=lambda line: line.year(start_month))
    return [YearOfLearning(year, tuple(reversed(list(lines)))) for year, lines in years]


def is_over(booking: Booking, now: datetime) -> bool:
    """Whether the event is over; one that is postponed is still to come."""
    ends = [block.ends_at for block in booking.event.sessions]
    return bool(ends) and max(ends) <= now
