"""B11: what an unused place costs, by the policies that partnerships publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.rules import ChargingEntry, DayKind, Sector, terms_at, terms_fault
from lms.booking.rules import (
    BookingPolicy,
    BookingState,
    CancelledBy,
    ChargeReason,
    Lateness,
    Outcome,
    Owed,
    Unused,
    charge_reason,
    late_after,
    owed,
    with_terms,
)
from lms.catalogue.rules import EventState
from lms.words import pounds
from tests.support.snapshots import at

FROM = date(2026, 4, 1)
SEVEN_DAYS_50 = ChargingEntry(None, FROM, 7, DayKind.CALENDAR, 5000, 5000)
THREE_DAYS_50_90 = ChargingEntry(None, FROM, 3, DayKind.WORKING, 5000, 9000)
FULL_COST = ChargingEntry(None, FROM, 14, DayKind.CALENDAR, is_full_cost=True)
ONE_DAY = ((at("2027-02-08 09:30"), at("2027-02-08 16:30")),)
MORNING = ((at("2027-02-08 09:30"), at("2027-02-08 13:30")),)


@pytest.mark.parametrize(
    ("terms", "cut_off"),
    [
        (SEVEN_DAYS_50, "2027-02-01 17:00"),
        (THREE_DAYS_50_90, "2027-02-03 17:00"),
        (FULL_COST, "2027-01-25 17:00"),
        (None, "2027-02-03 17:00"),
        (ChargingEntry(Sector.FAITH, FROM), "2027-02-03 17:00"),
    ],
)
def test_B11_the_terms_of_a_sector_say_when_leaving_is_late(
    terms: ChargingEntry | None, cut_off: str
) -> None:
    assert late_after(ONE_DAY[0][0], with_terms(BookingPolicy(), terms)) == at(cut_off)


@pytest.mark.parametrize(
    ("terms", "sessions", "pence"),
    [
        (SEVEN_DAYS_50, ONE_DAY, 5000),
        (SEVEN_DAYS_50, MORNING, 5000),
        (THREE_DAYS_50_90, ONE_DAY, 9000),
        (THREE_DAYS_50_90, MORNING, 5000),
        (
            THREE_DAYS_50_90,
            (*ONE_DAY, (at("2027-02-09 09:30"), at("2027-02-09 12:30"))),
            14000,
        ),
        (
            THREE_DAYS_50_90,  # two hours and a half, twice on one day: more than 240 minutes
            (
                (at("2027-02-08 09:30"), at("2027-02-08 12:00")),
                (at("2027-02-08 13:00"), at("2027-02-08 15:30")),
            ),
            9000,
        ),
    ],
)
def test_B11_the_charge_is_by_the_half_and_the_whole_day(
    terms: ChargingEntry, sessions: tuple[tuple[object, object], ...], pence: int
) -> None:
    assert owed(terms, sessions, None) == Owed(pence)  # type: ignore[arg-type]


def test_B11_full_cost_is_the_events_price_and_unknown_where_it_says_none() -> None:
    assert owed(FULL_COST, ONE_DAY, Decimal("45.50")) == Owed(4550)
    assert owed(FULL_COST, ONE_DAY, None) == Owed(None)
    assert owed(FULL_COST, ONE_DAY, Decimal(0)) is None


def test_B11_nothing_is_owed_without_terms_or_at_no_rate() -> None:
    assert owed(None, ONE_DAY, Decimal(45)) is None
    assert owed(ChargingEntry(None, FROM), ONE_DAY, Decimal(45)) is None


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.sampled_from([None, *Sector]))
def test_B11_a_sectors_own_terms_go_before_those_for_all(on: date, sector: Sector | None) -> None:
    free = ChargingEntry(Sector.FAITH, date(2027, 1, 1))
    later = replace(SEVEN_DAYS_50, holds_from=date(2027, 6, 1))
    found = terms_at([THREE_DAYS_50_90, free, later], sector, on)
    if sector is Sector.FAITH and on >= free.holds_from:
        assert found is free
    elif on >= later.holds_from:
        assert found is later
    else:
        assert found is (THREE_DAYS_50_90 if on >= FROM else None)


def test_B11_terms_that_do_not_go_together_are_refused() -> None:
    assert terms_fault(THREE_DAYS_50_90) is None
    assert terms_fault(replace(THREE_DAYS_50_90, day_kind=None)) is not None
    assert terms_fault(replace(THREE_DAYS_50_90, days=61)) is not None
    assert terms_fault(replace(THREE_DAYS_50_90, half_day_pence=9001)) is not None


LEFT = Unused(
    BookingState.CANCELLED,
    EventState.PUBLISHED,
    is_late=True,
    cancelled_by=CancelledBy.DELEGATE,
    confirmed_at=at("2027-01-10 10:00"),
    cancelled_at=at("2027-02-05 10:00"),
)
MISSED = Unused(
    BookingState.CONFIRMED,
    EventState.PUBLISHED,
    outcome=Outcome.DID_NOT_ATTEND,
    was_at_start=True,
    confirmed_at=at("2027-01-10 10:00"),
)


def test_B11_late_cancelling_and_not_attending_propose_a_charge() -> None:
    assert charge_reason(LEFT) is ChargeReason.LATE_CANCELLATION
    by_lead = replace(LEFT, cancelled_by=CancelledBy.AGENCY_LEAD)
    assert charge_reason(by_lead) is ChargeReason.LATE_CANCELLATION
    assert charge_reason(MISSED) is ChargeReason.NON_ATTENDANCE


@pytest.mark.parametrize(
    "changes",
    [
        {"event_state": EventState.CANCELLED},
        {"event_state": EventState.POSTPONED},
        {"moved_at": at("2027-01-20 10:00")},
        {"is_late": False, "outcome": Outcome.EXCUSED},
        {"cancelled_by": CancelledBy.COORDINATOR, "outcome": Outcome.PART_ATTENDED},
        {"cancelled_by": CancelledBy.EVENT, "was_at_start": False},
    ],
)
def test_B11_nothing_is_proposed_where_it_is_not_theirs(changes: dict[str, object]) -> None:
    assert charge_reason(replace(LEFT, **changes)) is None  # type: ignore[arg-type]
    assert charge_reason(replace(MISSED, **changes)) is None  # type: ignore[arg-type]


def test_B11_a_move_before_the_place_or_after_leaving_excuses_nobody() -> None:
    for moved_at in (at("2027-01-09 10:00"), at("2027-02-06 10:00")):
        assert charge_reason(replace(LEFT, moved_at=moved_at)) is ChargeReason.LATE_CANCELLATION


def test_B11_amounts_are_worded() -> None:
    assert [pounds(p) for p in (5000, 4550, 123_456_00)] == ["£50", "£45.50", "£123,456"]
    assert (Owed(9000).words, Owed(None).words) == ("£90", "the full cost")
    assert not Lateness(at("2027-02-03 17:00")).is_past(at("2027-02-03 17:00"))
