"""Events counted, and the periods in which they count (R7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms.catalogue.rules import EventState
from lms.clock import (
    ReportingYear,
    london_date,
    reporting_year,
    reporting_year_labelled,
)
from lms.clock import quarter as quarter_label
from lms.errors import Refused
from lms.words import Word, day_and_year, listed

YEARS = range(1900, 2201)  # that a report can be about: the calendar has room around them

# --- Events (R7) ----------------------------------------------------------------------------


@dataclass(frozen=True)
class EventCounts:
    """How many events a programme planned, and what became of them."""

    planned: int = 0
    run: int = 0
    cancelled: int = 0
    postponed: int = 0

    @property
    def to_come(self) -> int:
        """Those that are still to take place, or are taking place now."""
        return self.planned - self.run - self.cancelled - self.postponed


def has_run(state: EventState, ends_at: datetime | None, now: datetime) -> bool:
    """Whether an event took place: it was not called off, and its last session has ended."""
    return state is EventState.PUBLISHED and ends_at is not None and ends_at <= now


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
        run=sum(has_run(state, ends_at, now) for state, ends_at in known),
        cancelled=sum(state is EventState.CANCELLED for state, _ in known),
        postponed=sum(state is EventState.POSTPONED for state, _ in known),
    )


def year_of(first_session_at: datetime, start_month: int) -> ReportingYear:
    """The reporting year in which an event counts."""
    return reporting_year(london_date(first_session_at), start_month)


def quarter_of(first_session_at: datetime, start_month: int) -> str:
    """The quarter in which an event counts, as '2026-27 Q1'."""
    return quarter_label(london_date(first_session_at), start_month)


def years_in_words(begun_in: Iterable[int], start_month: int) -> str:
    """'2024-25 and 2025-26': reporting years, given by the calendar years in which they begin."""
    labels = [reporting_year(date(year, start_month, 1), start_month).label for year in begun_in]
    return listed(labels) if labels else ""


def quarter_a_year_later(label: str) -> str:
    """'2025-26 Q1' for '2024-25 Q1'."""
    year, _, of_year = label.partition(" ")
    begins = int(year[:4]) + 1
    ends = f"-{(begins + 1) % 100:02}" if "-" in year else ""
    return f"{begins}{ends} {of_year}"


def last_complete_year(today: date, start_month: int) -> ReportingYear:
    """The reporting year that a page shows where none is asked for."""
    return reporting_year(today, start_month).before


class Against(Word):
    """What a period is compared with: with a year they are one and the same."""

    PERIOD_BEFORE = "period_before"
    YEAR_BEFORE = "year_before"


MONTHS_OF_A_YEAR = 12
MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True)
class Period:
    """From the first to the last date, both inside it; None is open."""

    first: date | None = None
    last: date | None = None

    def is_running(self, today: date) -> bool:
        """Whether the period has begun and not yet ended."""
        return bool(self.first and self.last and self.first <= today < self.last)

    @property
    def months(self) -> int | None:
        """How many whole months it is; None where it is not of whole months."""
        if self.first is None or self.last is None:
            return None
        after = self.last + _DAY
        if self.first.day != 1 or after.day != 1:
            return None
        return (after.year - self.first.year) * 12 + after.month - self.first.month

    @property
    def just_before(self) -> "Period | None":
        """The same number of months, or else of days, that ends where this begins."""
        if self.first is None or self.last is None:
            return None
        return Period(self._earlier(self.first), self.first - _DAY)

    def before(self, against: Against, today: date) -> "Period | None":
        """What it is compared with: of a period that is running, as much as has passed."""
        if against is Against.YEAR_BEFORE:
            return self.until(today).year_before
        if self.first is None or not self.is_running(today):
            return self.just_before
        return Period(self._earlier(self.first), self._earlier(today + _DAY) - _DAY)

    def _earlier(self, on: date) -> date:
        """A date as far back as the period is long."""
        if self.months:
            return _months_on(on, -self.months)
        length = self.last - self.first + _DAY if self.first and self.last else timedelta()
        return on - length

    def said_before(self, against: Against, start_month: int) -> str:
        """What it is compared with, as a sentence says it: 'the quarter before'."""
        if against is Against.YEAR_BEFORE and self.months != MONTHS_OF_A_YEAR:
            of = "quarter" if self.is_quarter(start_month) else "dates"
            return f"the same {of} a year before"
        if self.months == MONTHS_OF_A_YEAR:
            return "the year before"
        if self.is_quarter(start_month):
            return "the quarter before"
        if self.months:
            return "the month before" if self.months == 1 else f"the {self.months} months before"
        days = (self.last - self.first).days + 1 if self.first and self.last else 0
        return "the day before" if days == 1 else f"the {days:,} days before"

    def is_quarter(self, start_month: int) -> bool:
        """Whether it is a quarter of the reporting year."""
        begins = self.first.month if self.first else start_month
        return self.months == MONTHS_OF_A_QUARTER and (begins - start_month) % 3 == 0

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


ALL_YEARS = "all"


def _months_on(on: date, months: int) -> date:
    """The same day of another month; where it has none, the first of the month after."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    try:
        return on.replace(year=year, month=month + 1)
    except ValueError:
        return date(year, month + 2, 1)


def quarters_begun(period: Period, today: date, start_month: int) -> list[str]:
    """The quarters to choose from: those of the year in which the period begins, as far as begun,
    and the last that is over, which most people come for.

    Of a period without a beginning: those of this year.
    """
    year = reporting_year(min(period.first or today, today), start_month)
    spans = quarters_between(year.first, year.last, start_month)
    labels = [quarter_label(begins, start_month) for begins, _ in spans if begins <= today]
    this_year = reporting_year(today, start_month)
    spans = quarters_between(this_year.before.first, today, start_month)
    last = [quarter_label(begins, start_month) for begins, after in spans if after <= today][-1]
    return labels if last in labels else [*labels, last]


def period_asked(
    first: date | None, last: date | None, year: str, start_month: int, quarter: str = ""
) -> Period:
    """The period that is asked for; raises Refused where it cannot be.

    A quarter is named with its year, as "2026-27 Q1", or as "Q1" beside a year; within dates it
    is as much of it as lies there.
    """
    for on, field in ((first, "from"), (last, "to")):
        if on is not None and on.year not in YEARS:
            said = f"Write a date of the years {YEARS.start} to {YEARS.stop - 1}."
            raise Refused(said, field=field)
    if year and (first or last):
        raise Refused("Give a year, or from and to: not both.", field="year")
    if first and last and last < first:
        raise Refused(
            f"The period ends on {day_and_year(last)}, before it begins on {day_and_year(first)}.",
            field="to",
        )
    is_named = year not in ("", ALL_YEARS)
    period = _year_named(year, start_month) if is_named else Period(first, last)
    if not quarter:
        return period
    label = f"{year} {quarter}" if is_named and " " not in quarter else quarter
    return _within(_quarter_named(label, start_month), period, label)


def _quarter_named(label: str, start_month: int) -> tuple[date, date]:
    """The first and the last day of a quarter."""
    year, _, of_year = label.partition(" ")
    if of_year not in ("Q1", "Q2", "Q3", "Q4"):
        example = quarter_label(date(2023, start_month, 1), start_month)
        raise Refused(f"There is no quarter {label}. Write one as {example}.", field="quarter")
    whole = _reporting_year_named(year, start_month)
    spans = quarters_between(whole.first, whole.last, start_month)
    begins, day_after = spans[int(of_year[1]) - 1]
    return begins, day_after - _DAY


def _within(part: tuple[date, date], whole: Period, label: str) -> Period:
    """As much of a quarter as lies in the dates that are asked for."""
    first = max(part[0], whole.first or part[0])
    last = min(part[1], whole.last or part[1])
    if last < first:
        raise Refused(f"{label} lies outside the dates that you ask for.", field="quarter")
    return Period(first, last)


def refuse_to_come(period: Period, today: date) -> None:
    """Refuse a period that has not begun: there is nothing to count in it yet."""
    if period.first is not None and period.first > today:
        raise Refused(
            f"That period has not begun: its first day is {day_and_year(period.first)}. "
            "Choose one that has.",
            field="year",
        )


def _year_named(label: str, start_month: int) -> Period:
    found = _reporting_year_named(label, start_month)
    return Period(found.first, found.last)


def _reporting_year_named(label: str, start_month: int) -> ReportingYear:
    try:
        return reporting_year_labelled(label, start_month)
    except ValueError:
        example = reporting_year(date(2023, start_month, 1), start_month).label
        raise Refused(
            f"There is no reporting year {label}. Write one as {example}.", field="year"
        ) from None


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
