"""B9 and B10 on pages: who asks, who answers by link, as a lead and as a coordinator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.booking.commands import cancel_booking
from lms.booking.jobs import chase_approvals
from lms.booking.models import Booking, KnownApprover, PriorLearning
from lms.booking.rules import BookingState
from lms.catalogue.rules import ApprovedBy
from lms.clock import FixedClock
from lms.db import db
from tests.support.approvals import MANAGER, OWN, School, approvals_of, open_approval, require
from tests.support.booking import booking, faults
from tests.support.browser import Browser
from tests.support.make import Make

FIELD = "line_manager_email"


@pytest.fixture
def managed(app: Flask, make: Make) -> School:
    return School(make, ApprovedBy.LINE_MANAGER)


@pytest.fixture
def led(app: Flask, make: Make) -> School:
    return School(make, ApprovedBy.AGENCY_LEAD)


def link_of(app: Flask, booking_id: int) -> str:
    token = app.extensions["lms.keys"].token("approval", str(open_approval(booking_id)))
    return f"/approvals/{token}"


def only_booking(school: School) -> int:
    db.session.rollback()
    return db.session.query(Booking).filter_by(event_id=school.event).one().id


# --- Asking ---------------------------------------------------------------------------------


def test_B10_the_form_asks_for_the_line_manager_once_and_says_what_is_wrong(
    managed: School, browser: Browser
) -> None:
    browser.sign_in(managed.marigold)
    assert "line manager approves" in browser.get(f"/events/{managed.event}").text
    page = browser.get(f"/events/{managed.event}/book")
    wrong = browser.submit(
        page, {FIELD: OWN.upper(), "access_needs": "Loop"}, form="Ask for", status=422
    )
    assert "nobody approves their own booking" in wrong.text
    assert wrong.form("Ask for")["access_needs"] == "Loop", "nothing typed is lost"
    page = browser.submit(wrong, {FIELD: MANAGER}, form="Ask for")
    assert page.h1 == "You have asked for a place"
    assert f"your line manager ({MANAGER})" in page.text
    assert "Sent for approval" in browser.get("/my-learning").text
    other = managed.make.event("Neglect", approved_by=ApprovedBy.LINE_MANAGER)
    again = browser.get(f"/events/{other}/book")
    assert again.form("Ask for")[FIELD] == MANAGER, "never asked twice"
    page = browser.get(f"/bookings/{booking(only_booking(managed)).reference}/cancel")
    assert "nobody has approved it yet" in page.text


def test_B10_the_coordinator_is_asked_for_it_too(
    managed: School, browser: Browser, make: Make
) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/events/{managed.event}/book/{managed.marigold}")
    wrong = browser.submit(page, {FIELD: "head@nhs.net"}, form="Book Marigold", status=422)
    assert "We cannot tell that head@nhs.net" in wrong.text
    page = browser.submit(wrong, {FIELD: MANAGER}, form="Book Marigold")
    assert "has a place held until it is approved" in page.text
    assert "One approval awaited" in page.text


# --- By link --------------------------------------------------------------------------------


def test_B10_the_line_manager_approves_by_link_without_an_account(
    managed: School, app: Flask, browser: Browser
) -> None:
    asked = managed.ask()
    page = browser.get(link_of(app, asked))
    assert page.h1 == "May Marigold Pettifer come?"
    assert booking(asked).state is BookingState.REQUESTED, "opening the link changes nothing"
    link = page.address
    told = browser.submit(page, {"answer": "approve"}, form="Approve")
    assert told.h1 == "It is approved"
    assert "Marigold Pettifer has a place" in told.text
    assert booking(asked).state is BookingState.CONFIRMED
    browser.post(link, {**page.form("Approve"), "answer": "decline", "why": "No"})
    assert booking(asked).state is BookingState.CONFIRMED, "it is answered"
    assert browser.get(link).h1 == "It is approved"


def test_B10_declining_by_link_asks_for_the_reason_and_tells_it(
    managed: School, app: Flask, browser: Browser
) -> None:
    asked = managed.ask()
    page = browser.get(link_of(app, asked))
    page = browser.submit(page, {"answer": "decline"}, form="Decline", status=422)
    assert "Say why" in page.text
    page = browser.submit(page, {"answer": "decline", "why": "Inspection"}, form="Decline")
    assert page.h1 == "You declined it"
    browser.sign_in(managed.marigold)
    assert (
        "It was not approved: Inspection"
        in browser.get(f"/bookings/{booking(asked).reference}").text
    )


def test_B10_a_link_that_has_ended_says_what_happened(
    managed: School, app: Flask, browser: Browser, make: Make, clock: FixedClock
) -> None:
    asked = managed.ask()
    link = link_of(app, asked)
    assert browser.get(f"/approvals/{approvals_of(asked)[0].id}", status=410)
    cancel_booking(asked, by=None, now=make.now)
    assert "has given the booking up" in browser.get(link, status=410).text
    again = managed.ask()
    link = link_of(app, again)
    clock.advance(timedelta(days=8))
    page = browser.get(link, status=410)
    assert page.h1 == "The time to answer is over", "before the job has run, too"
    chase_approvals(make.now)
    assert "ask them to book again" in browser.get(link, status=410).text
    browser.get("/approvals/nonsense", status=404)
    browser.sign_in(managed.marigold)
    page = browser.get(f"/bookings/{booking(again).reference}")
    assert "Nobody approved it in time" in page.text


# --- Signed in ------------------------------------------------------------------------------


def test_B10_a_lead_sees_and_decides_what_is_theirs(
    led: School, browser: Browser, make: Make
) -> None:
    lead = led.lead()
    own, asked = led.ask(lead), led.ask()
    browser.sign_in(lead)
    page = browser.get("/my-agency/approvals")
    assert "One booking waits for your answer" in page.text
    page = browser.get(page.link("Decide"))
    page = browser.submit(page, {"answer": "approve"}, form="Approve")
    assert "is approved, waits for a place" in page.text, "the lead's own request holds the place"
    browser.get(f"/my-agency/approvals/{open_approval(own)}", status=404)
    approval = approvals_of(asked)[0].id
    assert "It is approved" in browser.get(f"/my-agency/approvals/{approval}").text
    browser.sign_in(make.person(role="agency_lead", agency=make.agency()))
    browser.get(f"/my-agency/approvals/{approval}", status=404)


def test_B10_a_coordinator_decides_what_nobody_else_does(
    led: School, browser: Browser, make: Make
) -> None:
    coordinator = make.coordinator()
    own = led.ask(coordinator)
    asked = led.ask()
    browser.sign_in(coordinator)
    today = browser.get("/manage")
    assert "Approve or decline: Marigold Pettifer" in today.text
    page = browser.get(f"/manage/events/{led.event}")
    assert "Two approvals awaited" in page.text
    assert "Their agency’s lead approves each booking." in page.text
    columns = [head.get_text() for head in page.document.find_all("th", scope="col")]
    assert "Asked for" in columns
    assert "another coordinator decides" in page.text
    browser.get(f"/manage/approvals/{open_approval(own)}", status=404)
    page = browser.get(f"/manage/approvals/{open_approval(asked)}")
    page = browser.submit(page, {"answer": "decline", "why": "Not yet"}, form="Decline")
    assert "told by e-mail, with the reason" in page.text
    assert booking(asked).state is BookingState.DECLINED
    dudley = make.partnership("Dudley")
    browser.sign_in(make.coordinator("Else Where", partnership=dudley))
    browser.get(f"/manage/approvals/{approvals_of(asked)[0].id}", status=404)


@pytest.mark.parametrize("as_lead", [True, False])
def test_B10_a_lead_and_a_coordinator_vouch_for_a_line_manager(
    managed: School, browser: Browser, make: Make, as_lead: bool
) -> None:
    browser.sign_in(managed.lead() if as_lead else make.coordinator())
    agency = f"/manage/agencies/{managed.agency}/approvers"
    address = "/my-agency/approvals" if as_lead else agency
    page = browser.get(address)
    page = browser.submit(page, {"address": "nothing"}, form="Add the address", status=422)
    page = browser.submit(page, {"address": "Ward@NHS.net"}, form="Add the address")
    assert "ward@nhs.net" in page.text
    asked = managed.ask(line_manager_email="ward@nhs.net")
    assert booking(asked).state is BookingState.REQUESTED
    page = browser.submit(page, form="Remove")
    assert db.session.query(KnownApprover).count() == 0
    browser.submit(page, {"remove": "999"}, form="Add the address", status=404)


# --- What comes first -----------------------------------------------------------------------


@pytest.fixture
def advanced(app: Flask, make: Make) -> School:
    basic, advanced = make.course("Working Together"), make.course("Advanced Protection")
    require(advanced, basic, within_months=24)
    make.event("Working Together", course=basic, starts_at=make.now + timedelta(days=30))
    return School(make, ApprovedBy.NOBODY, course=advanced)


def test_B9_the_page_says_what_comes_first_and_takes_a_declaration(
    advanced: School, browser: Browser, make: Make
) -> None:
    lead = advanced.lead()
    browser.sign_in(advanced.marigold)
    words = "Working Together , in the 24 months before"
    assert words in browser.get(f"/events/{advanced.event}").text
    assert words in browser.get("/courses/advanced-protection").text
    page = browser.get(f"/events/{advanced.event}/book", status=409)
    assert page.h1 == "Something comes first"
    assert "Working Together" in page.text
    assert "30 places left" in page.text, "its dates are offered"
    page = browser.get(page.link("I have done this elsewhere"))
    wrong = browser.submit(page, {"declared-0-provider": "Dudley"}, form="Ask for", status=422)
    assert "Enter the day" in wrong.text
    long_ago = {"declared-0-provider": "Dudley", "declared-0-completed_on": "8 February 2019"}
    wrong = browser.submit(wrong, long_ago, form="Ask for", status=422)
    assert "to count for this event" in wrong.text
    page = browser.submit(wrong, {"declared-0-completed_on": "8 February 2026"}, form="Ask for")
    assert page.h1 == "You have asked for a place"
    assert db.session.query(PriorLearning).one().provider == "Dudley"
    asked = only_booking(advanced)
    browser.sign_in(lead)
    page = browser.get(f"/my-agency/approvals/{open_approval(asked)}")
    assert "Sunday 8 February 2026" in page.text
    browser.submit(page, {"answer": "approve"}, form="It counts")
    assert booking(asked).state is BookingState.CONFIRMED
    assert faults(make.now) == []


def test_B14_a_coordinator_lifts_it_on_the_page_with_a_reason(
    advanced: School, browser: Browser, make: Make
) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/events/{advanced.event}/book/{advanced.marigold}")
    assert "They can book this once they have attended Working Together" in page.text
    said = {"override": "y", "override_reason": "She teaches it"}
    page = browser.submit(page, said, form="all the same")
    assert "By an override: She teaches it" in page.text


def test_B9_a_course_says_what_comes_first(app: Flask, browser: Browser, make: Make) -> None:
    basic, advanced = make.course("Working Together"), make.course("Advanced Protection")
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/courses/{advanced}")
    first = {"prerequisites-0-course": str(basic), "prerequisites-0-within_months": "24"}
    page = browser.submit(page, first, form="Save the course")
    kept = page.form("Save the course")
    assert kept["prerequisites-0-course"] == str(basic)
    assert kept["prerequisites-0-within_months"] == "24"
    page = browser.get(f"/manage/courses/{basic}")
    circle = {"prerequisites-0-course": str(advanced)}
    page = browser.submit(page, circle, form="Save the course")
    assert "this one comes before that" in page.text
    page = browser.get(f"/manage/courses/{advanced}")
    page = browser.submit(page, {"prerequisites-0-course": ""}, form="Save the course")
    assert page.form("Save the course")["prerequisites-0-course"] == ""
