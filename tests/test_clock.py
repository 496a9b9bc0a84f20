from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.clock import (
    LONDON,
    FixedClock,
    OffsetClock,
    SystemClock,
    add_wall_clock_hours_on_working_days,
    add_working_days,
    as_utc,
    at_london,
    is_working_day,
    london,
    london_date,
    next_offer_leaving_time,
    next_working_day_on_or_after,
    quarter,
    reporting_year,
    reporting_year_labelled,
    subtract_wall_clock_hours_on_working_days,
)
from tests.support.snapshots import at, instants
from tests.support.working_time import wall_clock_hours_between, working_days_between

DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))
INSTANTS = instants("2026-01-01", "2028-12-01")
NAIVE = at("2027-02-08 09:00").replace(tzinfo=None)


def test_fixed_clock_stands_until_set_or_advanced() -> None:
    clock = FixedClock(at("2027-02-08 09:00"))
    assert clock.now() == clock.now() == at("2027-02-08 09:00")
    clock.advance(timedelta(minutes=5))
    assert clock.now() == at("2027-02-08 09:05")
    clock.set(at("2027-03-01 12:00"))
    assert clock.now() == at("2027-03-01 12:00")


def test_offset_clock_runs_on_from_its_start() -> None:
    real = FixedClock(at("2026-11-20 10:00"))
    clock = OffsetClock(at("2027-01-18 08:00"), real)
    real.advance(timedelta(hours=2))
    assert clock.now() == at("2027-01-18 10:00")


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta()
    ahead = OffsetClock(at("2047-01-18 08:00"))
    assert london_date(ahead.now()) == date(2047, 1, 18)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        as_utc(NAIVE)
    with pytest.raises(ValueError, match="without its zone"):
        FixedClock(NAIVE)
    east = timezone(timedelta(hours=5))
    assert as_utc(datetime(2027, 2, 8, 9, tzinfo=east)) == datetime(2027, 2, 8, 4, tzinfo=UTC)


def test_london_dates_follow_the_wall_clock() -> None:
    assert london_date(datetime(2027, 6, 30, 23, 30, tzinfo=UTC)) == date(2027, 7, 1)
    assert london(datetime(2027, 1, 30, 23, 30, tzinfo=UTC)).time() == time(23, 30)
    assert at_london(date(2027, 4, 5), time(9)) == datetime(2027, 4, 5, 8, tzinfo=UTC)


def test_the_hour_that_comes_twice_means_the_first() -> None:
    assert at_london(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_hour_left_out_means_an_hour_later() -> None:
    instant = at_london(date(2027, 3, 28), time(1, 30))
    assert instant == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert london(instant).time() == time(2, 30)


@given(DATES, st.times())
def test_every_wall_clock_time_but_those_of_change_nights_comes_back(on: date, t: time) -> None:
    if 1 <= t.hour < 2:
        t = t.replace(hour=3)
    wall = london(at_london(on, t))
    assert (wall.date(), wall.time()) == (on, t)


def test_bank_holidays_and_their_substitutes_are_no_working_days() -> None:
    for closed in (
        "2026-12-25",
        "2026-12-28",
        "2027-03-26",
        "2027-03-29",
        "2027-12-27",
        "2028-01-03",
    ):
        assert not is_working_day(date.fromisoformat(closed)), closed
    assert not is_working_day(date(2027, 2, 6))
    assert is_working_day(date(2026, 12, 29))
    assert is_working_day(date(2027, 3, 17)), "St Patrick's day is kept in Northern Ireland only"


def test_working_days_are_added_and_taken_away() -> None:
    assert add_working_days(date(2027, 2, 8), -1) == date(2027, 2, 5)
    assert add_working_days(date(2027, 2, 6), 1) == date(2027, 2, 8)
    assert add_working_days(date(2027, 2, 6), 0) == date(2027, 2, 6)
    assert add_working_days(date(2027, 3, 25), 1) == date(2027, 3, 30)
    assert next_working_day_on_or_after(date(2026, 12, 25)) == date(2026, 12, 29)
    assert next_working_day_on_or_after(date(2026, 12, 29)) == date(2026, 12, 29)


@given(DATES, st.integers(-30, 30).filter(bool))
def test_adding_working_days_is_undone_by_counting_them(start: date, days: int) -> None:
    end = add_working_days(start, days)
    assert is_working_day(end)
    assert working_days_between(start, end) == days


@pytest.mark.parametrize(
    ("now", "leaves_at"),
    [
        ("2027-02-08 08:00", "2027-02-08 08:00"),
        ("2027-02-08 07:59", "2027-02-08 08:00"),
        ("2027-02-08 17:59", "2027-02-08 17:59"),
        ("2027-02-08 18:00", "2027-02-09 08:00"),
        ("2027-02-05 19:00", "2027-02-08 08:00"),
        ("2027-03-25 18:30", "2027-03-30 08:00"),
        ("2027-03-28 12:00", "2027-03-30 08:00"),
    ],
)
def test_B6_offers_leave_in_office_hours_of_working_days(now: str, leaves_at: str) -> None:
    assert next_offer_leaving_time(at(now), from_hour=8, until_hour=18) == at(leaves_at)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2027-02-05 12:00", 48, "2027-02-09 12:00"),
        ("2027-02-08 08:00", 48, "2027-02-10 08:00"),
        ("2027-02-06 15:00", 24, "2027-02-09 00:00"),
        ("2027-03-25 12:00", 48, "2027-03-31 12:00"),
        ("2026-10-23 12:00", 48, "2026-10-27 12:00"),
        ("2027-02-05 12:00", 0, "2027-02-05 12:00"),
    ],
)
def test_B6_hours_of_working_days_by_the_wall_clock(start: str, hours: int, end: str) -> None:
    assert add_wall_clock_hours_on_working_days(at(start), hours) == at(end)


@given(INSTANTS, st.integers(1, 200))
def test_B6_hours_added_are_the_hours_between(start: datetime, hours: int) -> None:
    end = add_wall_clock_hours_on_working_days(start, hours)
    assert wall_clock_hours_between(start, end) == timedelta(hours=hours)


@given(INSTANTS, st.integers(1, 200))
def test_B6_the_last_start_from_which_the_hours_remain(end: datetime, hours: int) -> None:
    start = subtract_wall_clock_hours_on_working_days(end, hours)
    remain = timedelta(hours=hours)
    assert wall_clock_hours_between(start, end) == remain
    later = start + timedelta(minutes=1)
    assert wall_clock_hours_between(later, end) < remain


def test_R7_reporting_years_and_quarters_have_their_labels() -> None:
    year = reporting_year(date(2027, 3, 31), 4)
    assert (year.first, year.last) == (date(2026, 4, 1), date(2027, 3, 31))
    assert year.label == "2026-27"
    assert year.before.label == "2025-26"
    assert reporting_year(date(2027, 4, 1), 4).label == "2027-28"
    assert reporting_year(date(2027, 9, 30), 10).label == "2026-27"
    assert reporting_year(date(2027, 9, 30), 1).label == "2027"
    assert reporting_year(date(2099, 9, 30), 4).label == "2099-00"
    assert quarter(date(2026, 4, 1), 4) == "2026-27 Q1"
    assert quarter(date(2027, 3, 31), 4) == "2026-27 Q4"
    assert quarter(date(2026, 12, 31), 10) == "2026-27 Q1"


def test_a_label_names_its_year_or_is_refused() -> None:
    assert reporting_year_labelled("2026-27", 4) == reporting_year(date(2026, 5, 1), 4)
    for wrong in ("2026-28", "2026", "soon", ""):
        with pytest.raises(ValueError, match=r"no reporting year|invalid literal"):
            reporting_year_labelled(wrong, 4)


@given(DATES, st.integers(1, 12))
def test_R7_every_day_lies_in_the_year_that_it_is_given(on: date, start_month: int) -> None:
    year = reporting_year(on, start_month)
    assert year.first <= on <= year.last
    assert year.first.day == 1 and year.first.month == start_month
    assert reporting_year_labelled(year.label, start_month) == year
    assert 1 <= year.quarter_of(on) <= 4
    assert year.quarter_of(year.first) == 1 and year.quarter_of(year.last) == 4


def test_the_zone_is_london() -> None:
    assert LONDON.key == "Europe/London"
