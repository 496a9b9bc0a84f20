"""B10 by example and by property: who approves, until when, what follows."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.rules import EventSnapshot
from lms.booking.rules.approvals import (
    ApprovalKind,
    Decider,
    NoApprover,
    after_answers,
    approvals_needed,
    approver_way_out,
    deadlines,
    decider,
    no_approver_sentence,
    why_no_approver,
)
from lms.booking.rules.states import BookingState
from lms.catalogue.rules import ApprovedBy
from lms.clock import at_london
from tests.support.snapshots import at
from tests.support.working_time import wall_clock_hours_between

MANAGER, LEAD, LEARNING = ApprovalKind
OWN = ["m.pettifer@pool-hayes.example", "marigold@home.example"]
DOMAINS = {"pool-hayes.example", "nhs.net"}
EVENT = EventSnapshot(1, 10, ((at("2027-03-08 09:30"), at("2027-03-08 16:30")),))


def needed(approved_by: ApprovedBy, **facts: bool) -> tuple[ApprovalKind, ...]:
    said = {"has_agency": True, "is_booked_by_lead": False, "declares": False, **facts}
    return approvals_needed(approved_by, **said)


def test_B10_which_approvals_a_booking_needs() -> None:
    assert needed(ApprovedBy.NOBODY) == ()
    assert needed(ApprovedBy.LINE_MANAGER) == (MANAGER,)
    assert needed(ApprovedBy.AGENCY_LEAD) == (LEAD,)
    assert needed(ApprovedBy.AGENCY_LEAD, is_booked_by_lead=True) == ()
    assert needed(ApprovedBy.LINE_MANAGER, is_booked_by_lead=True) == (MANAGER,)
    assert needed(ApprovedBy.LINE_MANAGER, has_agency=False) == (LEAD,), "no address proves it"
    assert needed(ApprovedBy.NOBODY, declares=True) == (LEARNING,)
    assert needed(ApprovedBy.LINE_MANAGER, declares=True) == (MANAGER, LEARNING)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("head@pool-hayes.example", None),
        ("head@office.pool-hayes.example", None),  # a domain speaks for those under it
        ("known@nhs.net", None),
        ("KNOWN+rota@nhs.net", None),
        ("head@nhs.net", NoApprover.UNKNOWN),  # it says nothing, though the agency has it
        ("head@elsewhere.example", NoApprover.UNKNOWN),
        ("head@notpool-hayes.example", NoApprover.UNKNOWN),
        ("m.pettifer@pool-hayes.example", NoApprover.OWN),
        ("M.Pettifer@Pool-Hayes.example", NoApprover.OWN),
        ("m.pettifer+manager@pool-hayes.example", NoApprover.OWN),
        (" marigold+x@HOME.example ", NoApprover.OWN),
    ],
)
def test_B10_who_may_approve(address: str, why: NoApprover | None) -> None:
    assert why_no_approver(address, OWN, DOMAINS, ["known@nhs.net"]) is why


@pytest.mark.parametrize(
    ("kind", "leads", "who"),
    [
        (ApprovalKind.LINE_MANAGER, [], Decider.LINE_MANAGER),
        (ApprovalKind.AGENCY_LEAD, [7, 8], Decider.LEADS),
        (ApprovalKind.AGENCY_LEAD, [7], Decider.COORDINATORS),
        (ApprovalKind.PRIOR_LEARNING, [8], Decider.LEADS),
        (ApprovalKind.PRIOR_LEARNING, [], Decider.COORDINATORS),
    ],
)
def test_B10_who_answers_for_the_booking_of_person_7(
    kind: ApprovalKind, leads: list[int], who: Decider
) -> None:
    assert decider(kind, leads, 7) is who


def test_B10_an_own_address_is_refused_even_where_it_is_known() -> None:
    assert why_no_approver(OWN[1], OWN, DOMAINS, OWN) is NoApprover.OWN


def test_B10_what_is_said_of_an_address_that_cannot_approve() -> None:
    unknown, own = NoApprover.UNKNOWN, NoApprover.OWN
    assert no_approver_sentence(unknown, "a@nhs.net", "Manor Hospital") == (
        "We cannot tell that a@nhs.net is of Manor Hospital"
    )
    lead = ["Rosa Lead, its lead"]
    assert approver_way_out(unknown, {"manor.example"}, lead) == (
        "Enter one that ends in @manor.example, or ask Rosa Lead, its lead to confirm this one,"
        " then book again."
    )
    assert approver_way_out(unknown, set(), lead).startswith("Ask Rosa Lead")
    assert "your own address" in no_approver_sentence(own, OWN[0], "Pool Hayes")
    assert approver_way_out(own, set(), []) == "Enter your line manager’s address."


def test_B10_after_two_four_and_five_working_days() -> None:
    until = deadlines(at("2027-01-21 11:00"), EVENT)  # a Thursday
    assert until.reminder_at == at("2027-01-25 11:00")
    assert until.warning_at == at("2027-01-27 11:00")
    assert until.lapses_at == at("2027-01-28 11:00")


def test_B10_a_bank_holiday_is_not_counted() -> None:
    easter = EventSnapshot(1, 10, ((at("2027-05-10 09:30"), at("2027-05-10 16:30")),))
    assert deadlines(at("2027-03-25 15:00"), easter).lapses_at == at("2027-04-05 15:00")


def test_B10_it_never_outlives_the_closing_of_bookings() -> None:
    assert deadlines(at("2027-03-04 12:00"), EVENT).lapses_at == at("2027-03-05 17:00")


def test_B10_one_asked_after_closing_has_until_the_start() -> None:
    until = deadlines(at("2027-03-06 12:00"), EVENT)
    assert until.lapses_at == EVENT.starts_at


@given(st.dates(date(2026, 1, 1), date(2029, 12, 1)), st.times())
def test_B10_the_deadlines_follow_one_another(on: date, wall: time) -> None:
    asked_at = at_london(on, wall)
    starts_at = asked_at + timedelta(days=60)
    until = deadlines(asked_at, EventSnapshot(1, 1, ((starts_at, starts_at + timedelta(hours=1)),)))
    assert asked_at < until.reminder_at < until.warning_at < until.lapses_at
    hours = wall_clock_hours_between(asked_at, until.lapses_at)
    assert hours == timedelta(days=5)
    assert not until.have_passed(until.lapses_at - timedelta(seconds=1))
    assert until.have_passed(until.lapses_at)


REQUESTED, WAITING = BookingState.REQUESTED, BookingState.WAITING


def test_B10_what_follows_an_answer() -> None:
    assert after_answers(REQUESTED, [True]) is BookingState.CONFIRMED
    assert after_answers(REQUESTED, [True, None]) is REQUESTED
    assert after_answers(REQUESTED, [None, False]) is BookingState.DECLINED
    assert after_answers(WAITING, [True]) is WAITING
    assert after_answers(WAITING, [False]) is BookingState.DECLINED


def test_B8_one_who_took_a_clashing_place_meanwhile_waits() -> None:
    assert after_answers(REQUESTED, [True], is_hindered=True) is WAITING


@given(
    st.sampled_from([REQUESTED, WAITING]),
    st.lists(st.sampled_from([True, False, None]), min_size=1),
    st.booleans(),
)
def test_B10_nothing_is_confirmed_that_is_not_wholly_approved(
    state: BookingState, answers: list[bool | None], is_hindered: bool
) -> None:
    after = after_answers(state, answers, is_hindered=is_hindered)
    if after is BookingState.CONFIRMED:
        assert all(answers)
        assert state is REQUESTED
        assert not is_hindered
    assert (after is BookingState.DECLINED) is (False in answers)
