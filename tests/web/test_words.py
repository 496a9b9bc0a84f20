"""How dates, times, numbers and lists are worded for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.web import words
from lms.words import percent


@dataclass(frozen=True)
class Session:
    starts_at: datetime
    ends_at: datetime


def session(month: int, day: int, start: int, end: int, year: int = 2027) -> Session:
    return Session(
        datetime(year, month, day, start, 30, tzinfo=UTC),
        datetime(year, month, day, end, 30, tzinfo=UTC),
    )


ONE_DAY = [session(2, 8, 9, 16)]
TWO_DAYS = [session(2, 12, 9, 16), session(2, 11, 9, 16)]


def test_an_instant_has_the_date_that_london_has() -> None:
    late_in_summer = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    assert words.day_and_year(late_in_summer) == "Thursday 1 July 2027"
    assert words.day(date(2027, 2, 8)) == "Monday 8 February"
    assert words.short_day(date(2027, 2, 8)) == "8 February"
    assert words.short_day_and_year(date(2027, 2, 8)) == "8 February 2027"
    assert words.month_and_year(date(2027, 2, 8)) == "February 2027"


@pytest.mark.parametrize(
    ("sessions", "times", "span"),
    [
        (ONE_DAY, "9:30am to 4:30pm", "Monday 8 February 2027, 9:30am to 4:30pm"),
        (TWO_DAYS, "2 days, to Friday 12 February", "Thursday 11 to Friday 12 February 2027"),
        (
            [session(2, 26, 9, 12), session(3, 5, 9, 12)],
            "2 days, to Friday 5 March",
            "Friday 26 February to Friday 5 March 2027",
        ),
        (
            [session(12, 30, 9, 12), session(1, 6, 9, 12, year=2028)],
            "2 days, to Thursday 6 January",
            "Thursday 30 December 2027 to Thursday 6 January 2028",
        ),
        (
            [session(2, 8, 9, 11), session(2, 8, 13, 15)],
            "9:30am to 3:30pm",
            "Monday 8 February 2027, 9:30am to 3:30pm",
        ),
    ],
)
def test_sessions_are_told_by_their_days(sessions: list[Session], times: str, span: str) -> None:
    assert words.session_times(sessions) == times
    assert words.session_span(sessions) == span


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2027, 1, 27), date(2027, 3, 11), "27 January to 11 March"),
        (date(2027, 1, 27), date(2027, 1, 29), "27 to 29 January"),
        (date(2027, 1, 27), date(2027, 1, 27), "27 January"),
        (date(2026, 12, 1), date(2027, 1, 5), "1 December 2026 to 5 January 2027"),
    ],
)
def test_a_span_of_dates_says_no_more_than_it_must(first: date, last: date, said: str) -> None:
    assert words.date_range(first, last) == said


@pytest.mark.parametrize(
    ("minutes", "said", "figure"),
    [
        (180, "3 hours", "3"),
        (90, "1 hour 30 minutes", "1½"),
        (45, "45 minutes", "¾"),
        (61, "1 hour 1 minute", "1"),
        (450, "7 hours 30 minutes", "7½"),
        (0, "0 minutes", "0"),
    ],
)
def test_lengths_are_in_hours_and_minutes(minutes: int, said: str, figure: str) -> None:
    assert words.hours_in_words(minutes) == said
    assert words.hours_figure(minutes) == figure


@pytest.mark.parametrize(
    ("fraction", "said"),
    [
        (None, "unknown"),
        (0, "0%"),
        (0.0033, "under 1%"),
        (0.005, "1%"),
        (0.455, "46%"),
        (0.994, "99%"),
        (0.996, "over 99%"),
        (1, "100%"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(fraction: float | None, said: str) -> None:
    assert percent(fraction) == said


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_nought_and_a_hundred_per_cent_mean_none_and_all(part: int, whole: int) -> None:
    part = min(part, whole)
    said = percent(part / whole)
    assert (said == "0%") == (part == 0)
    assert (said == "100%") == (part == whole)


@given(st.lists(st.integers(0, 9 * 365 * 24), min_size=1, max_size=6))
def test_every_span_names_its_last_day_with_its_year(hours: list[int]) -> None:
    starts = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in hours]
    sessions = [Session(start, start + timedelta(hours=2)) for start in starts]
    last = words.days_of(sessions)[-1]
    assert words.day_and_year(last) in words.session_span(sessions)


def test_counts_in_lists_are_figures() -> None:
    assert words.counted(1, "place") == "1 place"
    assert words.counted(1504, "person", "people") == "1,504 people"
    assert words.plural(2, "person", "people") == "people"


def test_an_error_summary_says_how_many_in_words() -> None:
    assert words.count_in_words(1) == "One thing to put right"
    assert words.count_in_words(2) == "Two things to put right"
    assert words.count_in_words(12) == "12 things to put right"


def test_changes_carry_their_sign() -> None:
    assert words.signed(1.35) == "+1.4"
    assert words.signed(-0.2) == "−0.2"
    assert words.signed(0.04) == "0.0"
    assert words.one_decimal(2.25) == "2.3"
    assert words.one_decimal(None) == "unknown"


def test_every_filter_is_named_as_its_word() -> None:
    assert all(re.fullmatch(r"[a-z_]+", name) for name in words.FILTERS)
    assert {"day", "moment", "time_range", "ordinal", "join_and", "percent"} <= set(words.FILTERS)
