"""B9 by example and by property: what must have been learnt before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.rules import BookingRequest, EventSnapshot, Override, Rule, may_book
from lms.booking.rules.prerequisites import (
    Declared,
    Learnt,
    Prerequisite,
    declaration_fault,
    is_met,
    months_before,
    prerequisite_refusal,
    unmet,
)
from tests.support.snapshots import at

ANY_TIME = Prerequisite(7, "Working Together")
RECENT = Prerequisite(8, "Safeguarding Refresher", within_months=24)
EVENT_ON = date(2027, 3, 8)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("on", "months", "before"),
    [
        (date(2027, 3, 8), 24, date(2025, 3, 8)),
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2027, 1, 15), 13, date(2025, 12, 15)),
        (date(2027, 1, 15), 40_000, date.min),
    ],
)
def test_B9_so_many_months_before(on: date, months: int, before: date) -> None:
    assert months_before(on, months) == before


@pytest.mark.parametrize(
    ("learnt_on", "counts"),
    [
        (date(2025, 3, 8), True),
        (date(2025, 3, 7), False),
        (date(2027, 3, 8), True),
        (date(2027, 3, 9), False),
    ],
)
def test_B9_a_period_is_counted_back_from_the_event(learnt_on: date, counts: bool) -> None:
    assert is_met(RECENT, [Learnt(8, learnt_on)], EVENT_ON) is counts


def test_B9_without_a_period_it_counts_for_ever() -> None:
    assert is_met(ANY_TIME, [Learnt(7, date(1999, 1, 1))], EVENT_ON)
    assert not is_met(ANY_TIME, [Learnt(8, date(2027, 1, 1))], EVENT_ON), "another course"


def test_B9_the_refusal_says_which_and_what_to_do() -> None:
    missing = unmet([ANY_TIME, RECENT], [], EVENT_ON)
    refusal = prerequisite_refusal(missing)
    assert refusal is not None
    assert refusal.rule is Rule.B9
    assert refusal.sentence == (
        "You can book this once you have attended Working Together"
        " and Safeguarding Refresher (in the 24 months before)"
    )
    assert "elsewhere" in (refusal.way_out or "")


def test_B9_what_is_declared_is_not_refused() -> None:
    declared = Declared(7, "Dudley Council", date(2026, 5, 4))
    assert prerequisite_refusal([ANY_TIME], [declared]) is None
    refusal = prerequisite_refusal([ANY_TIME, RECENT], [declared])
    assert refusal is not None
    assert "Working Together" not in refusal.sentence


def test_B9_a_declaration_must_lie_in_the_period_and_in_the_past() -> None:
    today = date(2027, 1, 18)
    assert declaration_fault(RECENT, date(2026, 5, 4), EVENT_ON, today) is None
    assert "has passed" in str(declaration_fault(RECENT, date(2027, 2, 1), EVENT_ON, today))
    assert declaration_fault(RECENT, date(2024, 1, 1), EVENT_ON, today) == (
        "It has to have been on or after Saturday 8 March 2025 to count for this event"
    )


def test_B14_an_override_lifts_B9() -> None:
    snapshot = EventSnapshot(1, 5, ((at("2027-03-08 09:30"), at("2027-03-08 16:30")),))
    request = BookingRequest(person_id=1, unmet=(ANY_TIME,))
    now = at("2027-01-18 10:00")
    assert [refusal.rule for refusal in may_book(snapshot, request, now)] == [Rule.B9]
    override = Override(frozenset({Rule.B9}), "Taught it herself")
    assert may_book(snapshot, request, now, override) == ()


@given(DAYS, st.integers(1, 60))
def test_B9_months_back_and_forward_differ_by_no_more_than_a_month_s_end(
    on: date, months: int
) -> None:
    before = months_before(on, months)
    assert before < on
    assert (on.year - before.year) * 12 + on.month - before.month == months
    assert before.day <= on.day


@given(DAYS, st.integers(1, 60), st.integers(-800, 800))
def test_B9_a_longer_period_never_refuses_what_a_shorter_one_takes(
    event_on: date, months: int, days: int
) -> None:
    learnt = [Learnt(8, event_on - timedelta(days=days))]
    short = Prerequisite(8, "Refresher", within_months=months)
    longer = Prerequisite(8, "Refresher", within_months=months + 1)
    assert is_met(longer, learnt, event_on) or not is_met(short, learnt, event_on)
