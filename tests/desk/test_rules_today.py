"""How soon a line of Today is to be done, and how it is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.rules import WorkingWeek
from lms.desk.today.rules import Absence, Need, When, grouped, lead, when_due
from tests.support.snapshots import at, instants

NOW = at("2027-01-18 09:30")  # a Monday
THURSDAY = Absence(date(2027, 1, 18), date(2027, 1, 21))


def need(ends: str | None = None, **facts: bool) -> Need:
    ends_at = at(ends) if ends else None
    return Need("kind", 1, "Do it", "", "Do", "/manage", ends_at=ends_at, **facts)


@pytest.mark.parametrize(
    ("one", "when"),
    [
        (need("2027-01-18 09:30"), When.OVERDUE),
        (need(is_overdue=True), When.OVERDUE),
        (need("2027-01-18 17:00"), When.BEFORE_BACK),
        (need("2027-01-21 08:59"), When.BEFORE_BACK),
        (need("2027-01-21 09:00"), When.THIS_WEEK),
        (need("2027-01-25 09:31"), When.WHEN_YOU_CAN),
        (need(is_soon=True), When.THIS_WEEK),
        (need(), When.WHEN_YOU_CAN),
    ],
)
def test_under_which_heading_it_stands(one: Need, when: When) -> None:
    assert when_due(one, THURSDAY, NOW) is when


def test_who_does_not_come_back_for_a_year_is_told_of_every_end() -> None:
    assert when_due(need("2027-12-01 09:00"), Absence(date(2027, 1, 18), None), NOW) is (
        When.BEFORE_BACK
    )


def test_the_lead_counts_what_is_overdue_and_what_ends_first() -> None:
    needs = [need(is_overdue=True), need("2027-01-19 17:00"), need("2027-01-20 17:00"), need()]
    assert lead("Idris", needs, THURSDAY, NOW) == (
        "Four things need you, Idris. One is overdue. Two fall due before you are back on Thursday."
    )
    assert lead("Idris", [], THURSDAY, NOW) == "Nothing needs you today, Idris."


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (date(2027, 1, 19), "Due before tomorrow"),
        (date(2027, 1, 21), "Due before Thursday"),
        (date(2027, 2, 4), "Due before Thursday 4 February"),
        (None, "Due before you are back"),
    ],
)
def test_the_heading_says_the_day(back: date | None, words: str) -> None:
    [(heading, _)] = grouped([need("2027-01-18 17:00")], Absence(date(2027, 1, 18), back), NOW)
    assert heading == words


@given(st.lists(instants("2027-01-11 09:00", "2027-02-11 09:00"), max_size=8), st.integers(0, 9))
def test_no_line_is_lost_and_what_ends_first_stands_first(ends: list, days: int) -> None:
    absence = Absence.of(WorkingWeek(away=((NOW.date(), NOW.date() + timedelta(days=days)),)), NOW)
    needs = [Need("k", n, "", "", "", "", ends_at=end) for n, end in enumerate(ends)]
    shown = [one for _, group in grouped(needs, absence, NOW) for one in group]
    assert sorted(one.subject_id for one in shown) == list(range(len(ends)))
    assert [one.ends_at for one in shown] == sorted(ends)
