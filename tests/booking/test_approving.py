"""B10 on a database: asked, answered, reminded of, lapsed; nobody approves themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.access import Role
from lms.audit import AuditEntry
from lms.booking.commands import (
    answer_approval,
    cancel_booking,
    cancel_event,
    give_place,
    request_place,
    vouch_for_approver,
)
from lms.booking.jobs import chase_approvals
from lms.booking.models import Approval, KnownApprover
from lms.booking.queries.approvals import asked_of_lead
from lms.booking.rules import BookingState, Origin
from lms.catalogue.rules import ApprovedBy, CancelReason
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import Gone, Refused
from tests.booking.test_postponing import date_again, postpone
from tests.support.approvals import (
    MANAGER,
    OWN,
    School,
    approvals_of,
    open_approval,
    second_address,
)
from tests.support.booking import booking, faults, history, messages, states
from tests.support.make import Make
from tests.support.snapshots import at

BY_MANAGER, BY_LEAD = ApprovedBy.LINE_MANAGER, ApprovedBy.AGENCY_LEAD


@pytest.fixture
def managed(app: Flask, make: Make) -> School:
    return School(make, BY_MANAGER)


@pytest.fixture
def led(app: Flask, make: Make) -> School:
    return School(make, BY_LEAD)


# --- Asking ---------------------------------------------------------------------------------


def test_B10_a_request_that_fits_holds_its_place(managed: School, make: Make) -> None:
    asked = managed.ask()
    assert booking(asked).state is BookingState.REQUESTED
    assert booking(asked).holds_place
    assert not booking(asked).is_approved
    other = managed.ask(make.person(agency=managed.agency), line_manager_email=OWN)
    assert booking(other).state is BookingState.WAITING, "the one place is spoken for"
    assert [m.to_address for m in messages("approval-asked")] == [MANAGER, OWN]
    assert messages("booking-requested")[0].to_address == OWN
    assert not messages("booking-confirmed")
    assert faults(make.now) == []


@pytest.mark.parametrize(
    "address",
    ["", "no-address", "head@nhs.net", OWN, OWN.upper(), "m.pettifer+head@pool-hayes.example"],
)
def test_B10_an_address_that_cannot_approve_is_refused_by_its_field(
    managed: School, address: str
) -> None:
    with pytest.raises(Refused) as refused:
        managed.ask(line_manager_email=address)
    assert refused.value.field == "line_manager_email"
    assert states(managed.event) == []


def test_B10_a_second_own_address_approves_nothing(managed: School) -> None:
    second_address(managed.marigold, "marigold.p@pool-hayes.example")
    with pytest.raises(Refused, match="your own address"):
        managed.ask(line_manager_email="Marigold.P+boss@pool-hayes.example")


def test_B10_an_address_that_turns_out_to_be_ones_own_approves_nothing(
    managed: School, make: Make
) -> None:
    booked = managed.ask()
    second_address(managed.marigold, MANAGER)
    with pytest.raises(Refused, match="Nobody approves their own booking"):
        answer_approval(open_approval(booked), is_given=True, by=None, now=make.now)
    assert booking(booked).state is BookingState.REQUESTED


def test_B10_a_membership_that_one_gives_oneself_proves_nothing(
    managed: School, make: Make
) -> None:
    make.person("Friend Withadress", "friend@gmail.com", agency=managed.agency)
    with pytest.raises(Refused, match="We cannot tell"):
        managed.ask(line_manager_email="friend@gmail.com")


def test_B10_who_is_known_to_the_lead_may_approve(managed: School, make: Make) -> None:
    lead = managed.lead(email="rosa@nhs.net")
    managed.ask(line_manager_email="rosa@nhs.net")
    with transaction() as session:
        known = KnownApprover(agency_id=managed.agency, address="ward@nhs.net")
        known.known_since, known.known_to_id = make.now, lead
        session.add(known)
    other = make.person(agency=managed.agency)
    managed.ask(other, line_manager_email="Ward@nhs.net")
    assert messages("approval-asked")[-1].to_address == "ward@nhs.net"


def test_B10_a_lead_vouches_for_nobody_who_is_to_approve_their_own_booking(
    managed: School, make: Make
) -> None:
    """A private address of their own would approve them."""
    lead = managed.lead()
    by = make.viewer(lead)
    vouch_for_approver(managed.agency, "rosa@home.example", by=by, now=make.now)
    with pytest.raises(Refused, match="We cannot tell"):
        managed.ask(lead, line_manager_email="rosa@home.example")
    managed.ask(line_manager_email="rosa@home.example")


def test_B10_the_refusal_says_whom_to_ask(managed: School) -> None:
    with pytest.raises(Refused, match=r"ask the training coordinator \(training@wsp.example\)"):
        managed.ask(line_manager_email="head@nhs.net")
    managed.lead()
    with pytest.raises(Refused, match=r"@pool-hayes.example, or ask Rosa Lead, its lead"):
        managed.ask(line_manager_email="head@nhs.net")


def test_B10_a_lead_who_books_a_colleague_has_approved_by_that(led: School, make: Make) -> None:
    lead = led.lead()
    by = make.viewer(lead)
    own = led.ask(lead, origin=Origin.AGENCY_LEAD, by=by)
    assert booking(own).state is BookingState.REQUESTED, "nobody approves themselves"
    cancel_booking(own, by=by, now=make.now)
    colleague = led.ask(origin=Origin.AGENCY_LEAD, by=by)
    assert booking(colleague).state is BookingState.CONFIRMED


def test_B10_where_there_is_no_lead_the_coordinator_is_asked(led: School, make: Make) -> None:
    make.coordinator(email="idris@wsp.example")
    led.ask()
    assert [m.to_address for m in messages("approval-asked")] == ["idris@wsp.example"]


def test_B10_an_agency_that_nobody_knows_goes_to_the_coordinator(
    managed: School, make: Make
) -> None:
    make.coordinator(email="idris@wsp.example")
    asked = managed.ask(agency_id=None, agency_typed="Bread Club", line_manager_email=None)
    assert booking(asked).state is BookingState.REQUESTED
    assert messages("approval-asked")[0].to_address == "idris@wsp.example"


# --- Answering ------------------------------------------------------------------------------


def test_B10_approved_by_link_it_is_confirmed(managed: School, make: Make) -> None:
    asked = managed.ask()
    answer_approval(open_approval(asked), is_given=True, by=None, now=make.now)
    assert booking(asked).is_approved
    assert history(asked) == [("requested", "delegate"), ("confirmed", "line manager")]
    assert messages("booking-confirmed")[0].calendar
    assert faults(make.now) == []
    again = approvals_of(asked)[0].id
    result = answer_approval(again, is_given=True, by=None, now=make.now)
    assert result.state is BookingState.CONFIRMED, "the same answer twice changes nothing"
    with pytest.raises(Gone):
        answer_approval(again, is_given=False, why="Changed my mind", by=None, now=make.now)


def test_B10_declined_with_a_reason_the_place_passes_on(managed: School, make: Make) -> None:
    asked = managed.ask()
    waits = managed.ask(make.person(agency=managed.agency), confirm_at_once=True)
    answer_approval(open_approval(waits), is_given=True, by=None, now=make.now)
    assert booking(waits).state is BookingState.WAITING
    assert messages("approval-given")
    with pytest.raises(Refused, match="Say why"):
        answer_approval(open_approval(asked), is_given=False, by=None, now=make.now)
    why = "The school has an inspection"
    answer_approval(open_approval(asked), is_given=False, why=why, by=None, now=make.now)
    assert states(managed.event) == ["declined", "confirmed"]
    assert why in messages("approval-refused")[0].body
    assert faults(make.now) == []


def test_B10_who_waits_unapproved_is_passed_over_and_keeps_the_position(
    managed: School, make: Make
) -> None:
    holder = make.booking(managed.event)
    first = managed.ask(confirm_at_once=True)
    second = managed.ask(make.person(agency=managed.agency), confirm_at_once=True)
    answer_approval(open_approval(second), is_given=True, by=None, now=make.now)
    cancel_booking(holder, by=None, now=make.now)
    assert booking(first).state is BookingState.WAITING
    assert booking(second).state is BookingState.CONFIRMED
    answer_approval(open_approval(first), is_given=True, by=None, now=make.now)
    assert booking(first).state is BookingState.WAITING
    cancel_booking(second, by=None, now=make.now)
    assert booking(first).state is BookingState.CONFIRMED


def test_B10_a_lead_decides_for_the_agency_and_never_for_themselves(
    led: School, make: Make
) -> None:
    lead = led.lead()
    by = make.viewer(lead)
    other_lead = make.viewer(make.person(role=Role.AGENCY_LEAD))
    own, asked = led.ask(lead), led.ask()
    assert [a.booking.id for a in asked_of_lead(by, make.now)] == [asked]
    assert asked_of_lead(other_lead, make.now) == []
    with pytest.raises(Refused, match="Nobody approves their own"):
        answer_approval(open_approval(own), is_given=True, by=by, now=make.now)
    answer_approval(open_approval(asked), is_given=True, by=by, now=make.now)
    entry = db.session.query(AuditEntry).filter_by(act="approve").one()
    assert entry.by_person_id == lead
    assert "Marigold Pettifer" in entry.sentence


def test_B8_a_clash_that_came_meanwhile_makes_it_wait(make: Make, app: Flask) -> None:
    school = School(make, BY_MANAGER, capacity=5)
    elsewhere = make.event("Neglect", approved_by=ApprovedBy.NOBODY)
    asked = school.ask()
    school.ask(event=elsewhere)
    answer_approval(open_approval(asked), is_given=True, by=None, now=make.now)
    assert booking(asked).state is BookingState.WAITING
    assert not booking(asked).holds_place
    assert "at the same time" in messages("booking-waiting")[0].body
    assert faults(make.now) == []


def test_B14_a_place_given_by_hand_approves_it(managed: School, make: Make) -> None:
    make.booking(managed.event)
    asked = managed.ask()
    by = make.viewer(make.coordinator())
    give_place(asked, reason="Needed in court on Monday", by=by, now=make.now)
    assert booking(asked).state is BookingState.CONFIRMED
    (approval,) = approvals_of(asked)
    assert approval.is_given
    assert approval.answered_by_id == by.person_id
    assert faults(make.now) == []


# --- Nobody answers -------------------------------------------------------------------------


def test_B10_reminded_warned_and_lapsed_once_each(
    managed: School, make: Make, clock: FixedClock
) -> None:
    make.coordinator(email="idris@wsp.example")
    clock.set(at("2027-01-21 11:00"))
    asked = managed.ask()
    waits = managed.ask(make.person(agency=managed.agency), confirm_at_once=True)
    answer_approval(open_approval(waits), is_given=True, by=None, now=make.now)
    assert chase_approvals(at("2027-01-25 10:59")) == 0
    assert chase_approvals(at("2027-01-25 11:00")) == 1
    assert chase_approvals(at("2027-01-25 12:00")) == 0
    assert messages("approval-reminder")[0].to_address == MANAGER
    assert chase_approvals(at("2027-01-27 11:00")) == 1
    assert chase_approvals(at("2027-01-27 12:00")) == 0
    assert messages("approval-unanswered")[0].to_address == "idris@wsp.example"
    assert chase_approvals(at("2027-01-28 11:00")) == 1
    assert chase_approvals(at("2027-01-28 11:01")) == 0
    assert states(managed.event) == ["lapsed", "confirmed"], "the place passes on"
    assert booking(asked).approvals[0].is_given is None
    assert MANAGER in messages("approval-ran-out")[0].body
    assert faults(at("2027-01-28 11:01")) == []


def test_B10_an_answer_after_it_ran_out_is_gone(
    managed: School, make: Make, clock: FixedClock
) -> None:
    clock.set(at("2027-01-21 11:00"))
    approval = open_approval(managed.ask())
    with pytest.raises(Gone, match="until Thursday 28 January at 11am"):
        answer_approval(approval, is_given=True, by=None, now=at("2027-01-28 11:00"))
    chase_approvals(at("2027-01-28 11:00"))
    with pytest.raises(Gone):
        answer_approval(approval, is_given=True, by=None, now=at("2027-01-28 11:02"))


def test_B10_it_lapses_when_bookings_close(make: Make, app: Flask, clock: FixedClock) -> None:
    clock.set(at("2027-01-21 11:00"))
    school = School(make, BY_MANAGER, starts_at=at("2027-01-25 09:30"))
    asked = school.ask()
    assert chase_approvals(at("2027-01-22 16:59")) == 0
    assert chase_approvals(at("2027-01-22 17:00")) == 1
    assert booking(asked).state is BookingState.LAPSED


# --- Whatever ends a booking ----------------------------------------------------------------


def test_B10_a_booking_that_ends_is_asked_about_no_more(managed: School, make: Make) -> None:
    asked = managed.ask()
    approval = open_approval(asked)
    cancel_booking(asked, by=None, now=make.now)
    assert approvals_of(asked)[0].ended_at == make.now
    assert faults(make.now) == []
    with pytest.raises(Gone):
        answer_approval(approval, is_given=True, by=None, now=make.now)


def test_B15_nothing_is_approved_at_a_cancelled_event(managed: School, make: Make) -> None:
    approval = open_approval(managed.ask())
    cancel_event(managed.event, reason=CancelReason.VENUE, by=None, now=make.now)
    with pytest.raises(Gone):
        answer_approval(approval, is_given=True, by=None, now=make.now)
    later = make.now + timedelta(days=9)
    assert chase_approvals(later) == 0
    assert faults(make.now) == []


def test_B10_the_audit_finds_what_is_not_asked_for(managed: School, make: Make) -> None:
    asked = managed.ask()
    with transaction() as session:
        session.query(Approval).delete()
    assert faults(make.now) == [
        f"Booking {booking(asked).reference} is requested, and its approvals do not say so."
    ]


def test_B10_a_booking_that_needs_no_approval_is_as_before(make: Make, app: Flask) -> None:
    school = School(make, ApprovedBy.NOBODY)
    result = request_place(
        school.event, school.marigold, agency_id=school.agency, by=None, now=make.now
    )
    assert result.state is BookingState.CONFIRMED
    assert booking(result.booking_id).is_approved
    assert messages("approval-asked") == []


def test_B15_a_postponed_event_is_approved_once_it_has_a_date_again(
    managed: School, make: Make, clock: FixedClock
) -> None:
    asked = managed.ask()
    approval = open_approval(asked)
    postpone(make, managed.event)
    with pytest.raises(Gone, match="postponed"):
        answer_approval(approval, is_given=True, by=None, now=make.now)
    clock.advance(timedelta(days=20))
    assert chase_approvals(make.now) == 0, "without a date nothing runs out"
    date_again(make, managed.event)
    assert len(messages("approval-asked")) == 2
    assert chase_approvals(make.now) == 0, "the days are counted anew"
    answer_approval(approval, is_given=True, by=None, now=make.now)
    assert booking(asked).state is BookingState.CONFIRMED
