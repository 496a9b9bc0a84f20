"""Events counted, and the periods in which they count (R7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms.catalogue.rules import EventState
from lms.clock import (
    ReportingYear,
    london_date,
    quarter,
    reporting_year,
    reporting_year_labelled,
)
from lms.errors import Refused
from lms.words import day_and_year

YEARS = range(1900, 2201)  # that a report can be about: the calendar has room around them

# --- Events (R7) ----------------------------------------------------------------------------


@dataclass(frozen=True)
class EventCounts:
    """How many events a programme planned, and what became of them."""

    planned: int = 0
    run: int = 0
    cancelled: int = 0
    postponed: int = 0


def count_events(
    events: Iterable[tuple[EventState, datetime | None]], now: datetime
) -> EventCounts:
    """Counts events by their state and the end of their last session; drafts are not counted.

    Every published, cancelled or postponed event was planned; it has run when it has ended. One
    that is postponed has no end.
    """
    known = [(state, ends_at) for state, ends_at in events if state is not EventState.DRAFT]
    return EventCounts(
        planned=len(known),
        run=sum(
            state is EventState.PUBLISHED and ends_at is not None and ends_at <= now
            for state, ends_at in known
        ),
        cancelled=sum(state is EventState.CANCELLED for state, _ in known),
        postponed=sum(state is EventState.POSTPONED for state, _ in known),
    )


def year_of(first_session_at: datetime, start_month: int) -> ReportingYear:
    """The reporting year in which an event counts."""
    return reporting_year(london_date(first_session_at), start_month)


def quarter_of(first_session_at: datetime, start_month: int) -> str:
    """The quarter in which an event counts, as '2026-27 Q1'."""
    return quarter(london_date(first_session_at), start_month)


def quarter_a_year_later(label: str) -> str:
    """'2025-26 Q1' for '2024-25 Q1'."""
    year, _, of_year = label.partition(" ")
    begins = int(year[:4]) + 1
    ends = f"-{(begins + 1) % 100:02}" if "-" in year else ""
    return f"{begins}{ends} {of_year}"


def last_complete_year(today: date, start_month: int) -> ReportingYear:
    """The reporting year that a page shows where none is asked for."""
    return reporting_year(today, start_month).before


@dataclass(frozen=True)
class Period:
    """From the first to the last date, both inside it; None is open."""

    first: date | None = None
    last: date | None = None

    def is_running(self, today: date) -> bool:
        """Whether the period has begun and not yet ended."""
        return bool(self.first and self.last and self.first <= today < self.last)

    def until(self, today: date) -> "Period":
        """As much of the period as has passed, where it is running: else all of it."""
        return Period(self.first, today) if self.is_running(today) else self

    @property
    def year_before(self) -> "Period | None":
        """The same dates a year earlier; None where an end is open or the period is longer."""
        if self.first is None or self.last is None:
            return None
        if self.last >= _years_on(self.first, 1):
            return None
        return Period(_years_on(self.first, -1), _years_on(self.last + _DAY, -1) - _DAY)


_DAY = timedelta(days=1)


def _years_on(on: date, years: int) -> date:
    """The same date of another year; 29 February becomes 1 March where there is none."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return date(on.year + years, 3, 1)


def period_asked(first: date | None, last: date | None, year: str, start_month: int) -> Period:
    """The period that is asked for; raises Refused where it cannot be."""
    for on, field in ((first, "from"), (last, "to")):
        if on is not None and on.year not in YEARS:
            said = f"Write a date of the years {YEARS.start} to {YEARS.stop - 1}."
            raise Refused(said, field=field)
    if year:
        if first or last:
            raise Refused("Give a year, or from and to: not both.", field="year")
        return _year_named(year, start_month)
    if first and last and last < first:
        raise Refused(
            f"The period ends on {day_and_year(last)}, before it begins on {day_and_year(first)}.",
            field="to",
        )
    return Period(first, last)


def _year_named(label: str, start_month: int) -> Period:
    try:
        found = reporting_year_labelled(label, start_month)
    except ValueError:
        example = reporting_year(date(2023, start_month, 1), start_month).label
        raise Refused(
            f"There is no reporting year {label}. Write one as {example}.", field="year"
        ) from None
    return Period(found.first, found.last)


def quarters_between(first: date, last: date, start_month: int) -> list[tuple[date, date]]:
    """The quarters that cover a span, as (first day, first day of the next), in order."""
    year = reporting_year(first, start_month)
    begins, found = year.first, []
    while begins <= last:
        month = begins.month + 3
        ends = date(begins.year + (month > 12), (month - 1) % 12 + 1, 1)
        if ends > first:
            found.append((begins, ends))
        begins = ends
    return found
