"""Whether an event runs, what stands in the way of it, and the terms of its copy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lms.booking.rules import Allocation, Share, ShareKind, WhoCanBook
from lms.booking.rules.decisions import (
    Minimum,
    Prospects,
    decision_day,
    is_to_be_warned_of,
    minimum_of,
)
from lms.booking.rules.planning import Away, Engagement, hindrance, holidays_among
from lms.booking.rules.who_can_book import moved_terms
from tests.support.snapshots import at

FIRST = date(2027, 3, 1)
NINE_TO_NOON = (at("2027-03-01 09:00"), at("2027-03-01 12:00"))


def stands(booked: int, today: date, *, decided: bool = False) -> Minimum:
    decided_at = at("2027-02-01 09:00") if decided else None
    found = minimum_of(8, date(2027, 2, 12), decided_at, FIRST, booked, today)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("booked", "today", "decided", "prospects"),
    [
        (8, date(2027, 2, 20), False, Prospects.ENOUGH),
        (7, date(2027, 2, 11), False, Prospects.OPEN),
        (7, date(2027, 2, 12), False, Prospects.DUE),
        (0, date(2027, 2, 28), True, Prospects.GOES_AHEAD),
    ],
)
def test_B18_how_an_event_stands_to_its_minimum(
    booked: int, today: date, decided: bool, prospects: Prospects
) -> None:
    assert stands(booked, today, decided=decided).prospects is prospects


def test_B18_without_a_minimum_or_a_date_there_is_nothing_to_decide() -> None:
    today = date(2027, 2, 1)
    assert minimum_of(0, today, None, FIRST, 0, today) is None
    assert minimum_of(8, today, None, None, 0, today) is None


def test_B18_by_itself_it_is_decided_ten_working_days_before() -> None:
    assert decision_day(None, FIRST) == date(2027, 2, 15)
    assert decision_day(date(2027, 2, 12), FIRST) == date(2027, 2, 12)


def test_B18_those_who_run_it_are_warned_three_working_days_before() -> None:
    assert not is_to_be_warned_of(stands(7, date(2027, 2, 8)), date(2027, 2, 8))
    assert is_to_be_warned_of(stands(7, date(2027, 2, 9)), date(2027, 2, 9))
    assert not is_to_be_warned_of(stands(8, date(2027, 2, 9)), date(2027, 2, 9))
    assert not is_to_be_warned_of(None, FIRST)


def test_the_first_thing_that_keeps_somebody_is_said() -> None:
    gives = Engagement("gives Neglect", (at("2027-03-01 11:30"), at("2027-03-01 13:00")))
    after = Engagement("gives Bullying", (at("2027-03-01 12:00"), at("2027-03-01 13:00")))
    away = [Away(date(2027, 2, 26), date(2027, 3, 1))]
    said = "gives Neglect on Monday 1 March, 11:30am to 1pm"
    assert hindrance([NINE_TO_NOON], [after, gives], away) == said
    assert hindrance([NINE_TO_NOON], [after], away) == "is away on Monday 1 March"
    assert hindrance([NINE_TO_NOON], [after]) == ""


def test_a_bank_holiday_is_said() -> None:
    easter = (at("2027-03-29 09:00"), at("2027-03-29 12:00"))
    assert holidays_among([NINE_TO_NOON, easter]) == ["Monday 29 March is a bank holiday."]


def test_the_terms_of_a_copy_are_as_long_before_it() -> None:
    held = Share(ShareKind.RESERVATION, 4, agency_id=1, name="Police", ends_on=date(2027, 2, 1))
    cap = Share(ShareKind.CAP, 2, agency_id=2, name="Health")
    terms = WhoCanBook(
        opens_at=at("2027-01-04 09:00"),
        shares=(held, cap),
        allocations=(Allocation(9, 3, date(2027, 2, 8)),),
    )
    moved, left_out = moved_terms(terms, timedelta(weeks=20), date(2027, 3, 1))
    assert [share.ends_on for share in moved.shares] == [date(2027, 6, 21), None]
    assert moved.allocations[0].release_on == date(2027, 6, 28)
    assert moved.opens_at == at("2027-05-24 09:00")
    assert not left_out
    soon, left_out = moved_terms(terms, timedelta(weeks=2), date(2027, 3, 1))
    assert (soon.shares, soon.allocations) == ((cap,), ())
    assert left_out[0].startswith("Not copied: four places for Police")
    assert moved_terms(terms, None, date(2027, 3, 1))[0].shares == (cap,)
