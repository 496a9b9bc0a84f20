"""Which periods there are, what each is compared with, and what a sentence says of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.errors import Refused
from lms.reporting.attendance.finding import attendance_finding, largest_caption
from lms.reporting.rules import (
    Against,
    Figure,
    Period,
    Traced,
    period_asked,
    quarters_begun,
    refuse_to_come,
    traced_by,
)

TODAY = date(2027, 1, 18)
BEFORE, YEAR = Against.PERIOD_BEFORE, Against.YEAR_BEFORE


def of(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("period", "before", "said"),
    [
        (
            of("2025-04-01", "2026-03-31"),
            of("2024-04-01", "2025-03-31"),
            "the year before",
        ),
        (
            of("2026-10-01", "2026-12-31"),
            of("2026-07-01", "2026-09-30"),
            "the quarter before",
        ),
        (
            of("2026-05-01", "2026-07-31"),
            of("2026-02-01", "2026-04-30"),
            "the 3 months before",
        ),
        (of("2026-11-01", "2026-11-30"), of("2026-10-01", "2026-10-31"), "the month before"),
        (of("2026-11-03", "2026-11-09"), of("2026-10-27", "2026-11-02"), "the 7 days before"),
        (of("2026-11-03", "2026-11-03"), of("2026-11-02", "2026-11-02"), "the day before"),
    ],
)
def test_a_period_is_compared_with_as_much_that_ends_where_it_begins(
    period: Period, before: Period, said: str
) -> None:
    assert period.before(BEFORE, TODAY) == before
    assert period.said_before(BEFORE, 4) == said


def test_a_quarter_may_be_compared_with_the_same_one_a_year_before() -> None:
    quarter = of("2026-10-01", "2026-12-31")
    assert quarter.before(YEAR, TODAY) == of("2025-10-01", "2025-12-31")
    assert quarter.said_before(YEAR, 4) == "the same quarter a year before"
    assert of("2026-11-03", "2026-11-09").said_before(YEAR, 4) == "the same dates a year before"


def test_a_quarter_that_is_running_is_compared_with_as_much_of_the_one_before() -> None:
    running = of("2027-01-01", "2027-03-31")
    assert running.before(BEFORE, TODAY) == of("2026-10-01", "2026-10-18")
    assert running.before(BEFORE, date(2027, 1, 30)) == of("2026-10-01", "2026-10-30")


DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(DAYS, st.integers(0, 800), DAYS)
def test_the_period_before_ends_on_the_day_before_or_earlier_and_is_as_long(
    first: date, length: int, today: date
) -> None:
    period = Period(first, first + timedelta(days=length))
    before = period.before(BEFORE, today)
    assert before is not None
    assert before.first is not None
    assert before.last is not None
    assert before.first <= before.last < first
    if not period.months and not period.is_running(today):
        assert before.last == first - timedelta(days=1)
        assert before.last - before.first == timedelta(days=length)


@pytest.mark.parametrize("period", [Period(), Period(first=TODAY), Period(last=TODAY)])
def test_a_period_without_an_end_is_compared_with_nothing(period: Period) -> None:
    assert period.before(BEFORE, TODAY) is None
    assert period.before(YEAR, TODAY) is None


@pytest.mark.parametrize(
    ("year", "quarter", "period"),
    [
        ("", "2026-27 Q4", of("2027-01-01", "2027-03-31")),
        ("2026-27", "Q1", of("2026-04-01", "2026-06-30")),
        ("2026-27", "2026-27 Q2", of("2026-07-01", "2026-09-30")),
        ("all", "", Period()),
    ],
)
def test_R7_a_quarter_is_named_with_its_year_or_beside_it(
    year: str, quarter: str, period: Period
) -> None:
    assert period_asked(None, None, year, 4, quarter) == period


def test_R7_a_quarter_within_dates_is_as_much_of_it_as_lies_there() -> None:
    asked = period_asked(date(2026, 5, 5), None, "", 4, "2026-27 Q1")
    assert asked == of("2026-05-05", "2026-06-30")
    with pytest.raises(Refused, match="lies outside the dates"):
        period_asked(date(2026, 8, 1), None, "", 4, "2026-27 Q1")


def test_a_period_that_has_begun_is_taken_and_one_to_come_is_not() -> None:
    refuse_to_come(Period(TODAY, None), TODAY)
    refuse_to_come(Period(None, TODAY), TODAY)
    with pytest.raises(Refused, match="its first day is Tuesday 19 January 2027"):
        refuse_to_come(Period(TODAY + timedelta(days=1), None), TODAY)


def test_the_quarters_offered_are_of_the_year_shown_and_the_last_that_is_over() -> None:
    last_year = Period(date(2025, 4, 1), date(2026, 3, 31))
    assert quarters_begun(last_year, TODAY, 4) == [
        *("2025-26 Q1", "2025-26 Q2", "2025-26 Q3", "2025-26 Q4"),
        "2026-27 Q3",
    ]
    this_year = Period(date(2026, 4, 1), date(2027, 3, 31))
    assert quarters_begun(this_year, date(2026, 4, 2), 4) == ["2026-27 Q1", "2025-26 Q4"]


def test_R3_the_finding_names_what_it_is_narrowed_to_and_compared_with() -> None:
    text = attendance_finding(
        12, 20, {}, {}, than="the quarter before", only=["from the police", "at level 2"]
    )
    assert text == "12 attended (from the police, at level 2): 8 fewer than the quarter before."
    assert attendance_finding(0, 20, {}, {}, only=["online"]) == (
        "Nobody attended in this period (online)."
    )


def test_the_caption_names_the_largest_share_unless_two_are_as_large() -> None:
    assert largest_caption({"the police": 6, "health": 4}, 10) == (
        "The police had the largest share: 60%"
    )
    assert largest_caption({"the police": 5, "health": 5}, 10) == ""
    assert largest_caption({"the police": 5, "health": 0}, 5) == ""


def test_each_figure_of_a_table_leads_to_the_bookings_that_it_is_of() -> None:
    assert [traced_by(figure) for figure in Figure] == [
        *(Traced.ATTENDED, Traced.ATTENDED, Traced.CONFIRMED, Traced.DID_NOT_ATTEND),
        Traced.CONFIRMED,
    ]
