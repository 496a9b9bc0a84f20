"""Time: the clock that is handed in, London dates, working days, offer hours, reporting years.

Instants are aware and in UTC; wall-clock rules ("09:00", "the working day before") are worked
out on Europe/London dates. A working day is a weekday that is no English bank holiday, and a
substitute day counts as the holiday that it stands for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is set or advanced."""

    def __init__(self, now: datetime) -> None:
        self._now = as_utc(now)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = as_utc(now)

    def advance(self, by: timedelta) -> None:
        self._now += by


class OffsetClock:
    """A clock that reads `start_at` when it is made and runs on from there."""

    def __init__(self, start_at: datetime, source: Clock | None = None) -> None:
        self._source = source or SystemClock()
        self._ahead = as_utc(start_at) - self._source.now()

    def now(self) -> datetime:
        return self._source.now() + self._ahead


def clock_ahead(seconds: float) -> Clock:
    """The machine's clock, or one that runs so many seconds ahead of it."""
    if not seconds:
        return SystemClock()
    return OffsetClock(SystemClock().now() + timedelta(seconds=seconds))


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC; raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"a time without its zone: {instant}")
    return instant.astimezone(UTC)


# --- London ---------------------------------------------------------------------------------


def london(instant: datetime) -> datetime:
    """What the wall clock in London reads at that instant."""
    return as_utc(instant).astimezone(LONDON)


def london_date(instant: datetime) -> date:
    """The date in London at that instant."""
    return london(instant).date()


def at_london(on: date, at: time) -> datetime:
    """The instant, in UTC, when London's wall clock reads that date and time.

    The hour that comes twice in October means the first one; one in the hour that is left out
    in March means an hour later by the wall clock (01:30 is read as 02:30).
    """
    return datetime.combine(on, at, LONDON).astimezone(UTC)


# --- Working days ---------------------------------------------------------------------------


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a year, substitute days included."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(on: date) -> bool:
    """Whether the date is a weekday and no English bank holiday."""
    return on.weekday() < 5 and on not in bank_holidays(on.year)


def add_working_days(start: date, days: int) -> date:
    """The date that many working days after `start`, or before it where `days` is negative.

    `start` itself is never counted, and is the answer for 0 even where it is no working day.
    """
    step = DAY if days > 0 else -DAY
    on = start
    for _ in range(abs(days)):
        on = _nearest_working_day(on + step, step)
    return on


def next_working_day_on_or_after(on: date) -> date:
    """The date itself where it is a working day, else the next one."""
    return _nearest_working_day(on, DAY)


def _nearest_working_day(on: date, step: timedelta) -> date:
    while not is_working_day(on):
        on += step
    return on


# --- Offer hours ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Hours:
    """A span of the day by London's wall clock: from `opens`, up to but not at `closes`."""

    opens: time
    closes: time
    on_day: Callable[[date], bool]

    def next_within(self, now: datetime) -> datetime:
        """`now` where it lies within the hours, else when they next begin."""
        wall = london(now)
        if self.on_day(wall.date()) and self.opens <= wall.time() < self.closes:
            return as_utc(now)
        on = wall.date() if wall.time() < self.opens else wall.date() + DAY
        while not self.on_day(on):
            on += DAY
        return at_london(on, self.opens)


INVITATION_HOURS = Hours(time(7), time(21), on_day=lambda _: True)


def next_offer_leaving_time(now: datetime, *, from_hour: int, until_hour: int) -> datetime:
    """When an offer made now may leave: at once between those hours of a working day."""
    hours = Hours(time(from_hour), time(until_hour), on_day=is_working_day)
    return hours.next_within(now)


# Two times that carry the same zone differ, in Python, by what the wall clock shows. All the
# functions below rest on that; the clocks change on Sundays, which are never counted.


def add_wall_clock_hours_on_working_days(start: datetime, hours: int) -> datetime:
    """The instant when that many wall-clock hours of working days have passed since `start`.

    Friday noon and 48 hours lead to Tuesday noon. `hours` is 0 or more.
    """
    on, into_day = _day_and_time(start)
    if not is_working_day(on):
        on, into_day = next_working_day_on_or_after(on), timedelta()
    left = into_day + timedelta(hours=hours)
    while left > DAY:
        on, left = add_working_days(on, 1), left - DAY
    return _wall_clock(on, left)


def subtract_wall_clock_hours_on_working_days(end: datetime, hours: int) -> datetime:
    """The last instant from which that many wall-clock hours of working days remain to `end`.

    `hours` is 1 or more.
    """
    on, into_day = _day_and_time(end)
    if not is_working_day(on):
        on, into_day = add_working_days(on, -1), DAY
    left = into_day - timedelta(hours=hours)
    while left < timedelta():
        on, left = add_working_days(on, -1), left + DAY
    return _wall_clock(on, left)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), LONDON)


def _day_and_time(instant: datetime) -> tuple[date, timedelta]:
    wall = london(instant)
    return wall.date(), wall - _midnight(wall.date())


def _wall_clock(on: date, into_day: timedelta) -> datetime:
    return (_midnight(on) + into_day).astimezone(UTC)


# --- Reporting years ------------------------------------------------------------------------


class ReportingYear(NamedTuple):
    """Twelve months from the first of a month; both bounds are inside it."""

    first: date
    last: date

    @property
    def label(self) -> str:
        """'2026-27', or '2026' where the year is the calendar's."""
        if self.first.year == self.last.year:
            return str(self.first.year)
        return f"{self.first.year}-{self.last.year % 100:02}"

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Its first instant, and the first of the year after, which is no part of it."""
        return at_london(self.first, time()), at_london(self.last + DAY, time())

    def quarter_of(self, on: date) -> int:
        """1 to 4, counted from the year's first month."""
        return (on.month - self.first.month) % 12 // 3 + 1

    @property
    def before(self) -> "ReportingYear":
        """The reporting year before this one."""
        return reporting_year(self.first - DAY, self.first.month)


def reporting_year(on: date, start_month: int) -> ReportingYear:
    """The reporting year, beginning on the first of `start_month`, in which a date lies."""
    begins_in = on.year if on.month >= start_month else on.year - 1
    first = date(begins_in, start_month, 1)
    return ReportingYear(first, first.replace(year=begins_in + 1) - DAY)


def reporting_years(first: date, last: date, start_month: int) -> list[ReportingYear]:
    """The reporting years from that in which `first` lies to that of `last`, the newest first."""
    years = [reporting_year(last, start_month)]
    while first < years[-1].first:
        years.append(years[-1].before)
    return years


def reporting_year_labelled(label: str, start_month: int) -> ReportingYear:
    """The reporting year that a label names; raises ValueError where it names none."""
    year = reporting_year(date(int(label[:4]), start_month, 1), start_month)
    if year.label != label:
        raise ValueError(f"no reporting year: {label}")
    return year


def quarter(on: date, start_month: int) -> str:
    """The quarter in which a date lies, as '2026-27 Q1'."""
    year = reporting_year(on, start_month)
    return f"{year.label} Q{year.quarter_of(on)}"
