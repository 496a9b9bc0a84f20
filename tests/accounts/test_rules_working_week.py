"""When somebody is in: weekdays, bank holidays, days away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.rules import WorkingWeek, away_fault, weekdays_kept, weekdays_read
from lms.clock import is_working_day

MONDAY = date(2027, 1, 18)
MON_AND_THU = frozenset({0, 3})
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("week", "after", "back"),
    [
        (WorkingWeek(), MONDAY, date(2027, 1, 19)),
        (WorkingWeek(MON_AND_THU), MONDAY, date(2027, 1, 21)),
        (WorkingWeek(MON_AND_THU), date(2027, 1, 21), date(2027, 1, 25)),
        (WorkingWeek(), date(2027, 3, 25), date(2027, 3, 30)),  # over Easter
        (WorkingWeek(frozenset({0})), date(2027, 3, 22), date(2027, 4, 5)),  # its Monday too
        (
            WorkingWeek(MON_AND_THU, ((date(2027, 1, 20), date(2027, 1, 29)),)),
            MONDAY,
            date(2027, 2, 1),
        ),
        (WorkingWeek(away=((MONDAY, date(2029, 1, 1)),)), MONDAY, None),
    ],
)
def test_the_next_day_in(week: WorkingWeek, after: date, back: date | None) -> None:
    assert week.back_on(after) == back


@given(DAYS, st.frozensets(st.integers(0, 4)), st.lists(st.tuples(DAYS, DAYS), max_size=3))
def test_nobody_is_in_between(
    after: date, weekdays: frozenset[int], away: list[tuple[date, date]]
) -> None:
    week = WorkingWeek(weekdays, tuple(away))
    back = week.back_on(after)
    if back is None:
        return
    assert back > after
    assert week.is_in(back)
    assert is_working_day(back)
    between = (after + timedelta(days=n) for n in range(1, (back - after).days))
    assert not any(week.is_in(on) for on in between)


@given(st.sets(st.integers(0, 4)))
def test_weekdays_are_read_as_they_were_kept(weekdays: set[int]) -> None:
    kept = weekdays_kept(weekdays)
    assert weekdays_read(kept) == (frozenset() if len(weekdays) == 5 else frozenset(weekdays))


def test_what_is_kept_can_be_read_by_people() -> None:
    assert weekdays_kept([3, 0]) == "mon;thu"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (MONDAY, MONDAY, None),
        (MONDAY, MONDAY - timedelta(days=1), "until_on"),
        (MONDAY - timedelta(days=9), MONDAY - timedelta(days=2), "until_on"),
        (MONDAY - timedelta(days=9), MONDAY, None),
        (MONDAY, MONDAY + timedelta(days=400), "until_on"),
    ],
)
def test_days_away_that_cannot_be(first: date, last: date, field: str | None) -> None:
    fault = away_fault(first, last, MONDAY)
    assert (fault[0] if fault else None) == field
