"""The pages by which a place goes to another date, or to a colleague."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.accounts.models import Person
from lms.agencies.rules import Sector
from lms.booking.commands import postpone_event
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.rules import CancelReason
from lms.db import db
from tests.support.booking import booking, messages, states
from tests.support.browser import Browser
from tests.support.make import Make


class Place:
    """Marigold's place at the first of two dates; who is signed in is for the test to say."""

    def __init__(self, make: Make) -> None:
        self.school = make.agency("Pool Hayes Primary School", Sector.EDUCATION)
        self.marigold = make.person("Marigold Pettifer", agency=self.school)
        self.course = make.course()
        self.event = make.event(course=self.course)
        self.held = make.booking(self.event, self.marigold)
        self.address = f"/bookings/{booking(self.held).reference}"


@pytest.fixture
def place(make: Make) -> Place:
    return Place(make)


# --- To another date ------------------------------------------------------------------------


def test_B8_each_date_says_what_comes_of_choosing_it(
    browser: Browser, make: Make, place: Place
) -> None:
    starts = make.now.replace(hour=9, minute=30)
    free = make.event(course=place.course, capacity=2, starts_at=starts + timedelta(days=60))
    full = make.event(course=place.course, capacity=1, starts_at=starts + timedelta(days=70))
    clash = make.event(course=place.course, starts_at=starts + timedelta(days=80))
    make.booking(make.event("Neglect", starts_at=starts + timedelta(days=80)), place.marigold)
    make.booking(full)
    browser.sign_in(place.marigold)
    page = browser.get(f"{place.address}/transfer")
    assert "Two places left. You move at once." in page.text
    assert "You would wait: the one place is taken. Meanwhile your place here is kept" in page.text
    assert "You have a place at Neglect at the same time" in page.text
    assert f'value="{clash}"' not in page.html
    assert "Choose a date" in browser.submit(page, form="Move my place", status=422).text
    waits = browser.submit(page, {"to": str(full)}, form="Move my place")
    assert waits.h1 == "You are waiting"
    assert "is kept until you have one here" in waits.text

    again = browser.get(f"{place.address}/transfer")
    assert "You wait there already. You keep your position" in again.text
    moved = browser.submit(again, {"to": str(free)}, form="Move my place")
    assert moved.h1 == "You have a place"
    assert booking(place.held).state is BookingState.CANCELLED
    ended = browser.get(f"{place.address}/transfer")
    assert ended.h1 == "This place has moved"
    assert "You moved to" in browser.get(place.address).text


def test_B11_a_date_that_could_no_longer_be_given_up_in_time_says_so(
    browser: Browser, make: Make, place: Place
) -> None:
    make.terms()
    soon = make.now.replace(hour=14) + timedelta(days=2)
    make.event(course=place.course, starts_at=soon, hours=2, closes_at=soon)
    browser.sign_in(place.marigold)
    page = browser.get(f"{place.address}/transfer")
    late = "A cancellation there counts as late by now, and your agency may be charged £50."
    assert f"You move at once. {late}" in page.text


def test_B14_a_coordinator_moves_somebody_and_says_why(
    browser: Browser, make: Make, place: Place
) -> None:
    full = make.event(course=place.course, capacity=1, starts_at=make.now + timedelta(days=70))
    make.booking(full)
    browser.sign_in(make.coordinator())
    page = browser.get(f"{place.address}/transfer")
    assert "They would wait: the one place is taken. Meanwhile their place here" in page.text
    reason = {"to": str(full), "override_reason": "Her court date moved"}
    told = browser.submit(page, reason, form="Move Marigold Pettifer")
    assert "Marigold Pettifer has a place on the new date." in told.text
    assert states(full) == ["confirmed", "confirmed"]


def test_B8_without_another_date_the_page_says_what_else_can_be_done(
    browser: Browser, make: Make, place: Place
) -> None:
    browser.sign_in(place.marigold)
    page = browser.get(f"{place.address}/transfer")
    assert "There is no other date to move to." in page.text
    alone = booking(make.booking(make.event("Forum"), place.marigold)).reference
    page = browser.get(f"/bookings/{alone}/transfer")
    assert "not a date of a course that is given again" in page.text


# --- To a colleague -------------------------------------------------------------------------


def test_B12_a_place_is_handed_to_a_known_colleague_in_two_taps(
    browser: Browser, make: Make, place: Place
) -> None:
    kofi = make.person("Kofi Asante", "kofi@pool-hayes.example", agency=place.school)
    browser.sign_in(place.marigold)
    page = browser.get(f"{place.address}/hand-over")
    page = browser.submit(page, {"email": " KOFI@pool-hayes.example"}, form="Go on")
    assert page.h1 == "Hand your place to Kofi Asante?"
    page = browser.submit(page, {"confirmed": "yes"}, form="Hand over my place")
    assert "Kofi Asante has the place now. You are both told by e-mail." in page.text
    assert [m.to_name for m in messages("booking-confirmed")] == ["Kofi Asante"]
    assert states(place.event) == ["cancelled", "confirmed"]
    row = db.session.query(Booking).filter_by(person_id=kofi).one()
    assert row.replaces_id == place.held
    assert browser.get(f"{place.address}/hand-over").h1 == "This place was handed over"
    assert "You handed the place to Kofi Asante." in browser.get(place.address).text


def test_B12_a_new_colleague_is_asked_for_by_name(
    browser: Browser, make: Make, place: Place
) -> None:
    browser.sign_in(place.marigold)
    page = browser.get(f"{place.address}/hand-over")
    page = browser.submit(page, {"email": "nobody"}, form="Go on", status=422)
    page = browser.submit(page, {"email": "new@pool-hayes.example"}, form="Go on")
    sent = {"confirmed": "yes", "name": " "}
    page = browser.submit(page, sent, form="Hand over my place", status=422)
    assert "Enter your colleague’s name" in page.text
    sent["name"] = "Ngozi Starling"
    browser.submit(page, sent, form="Hand over my place")
    assert db.session.query(Person).filter_by(name="Ngozi Starling").count() == 1
    assert states(place.event) == ["cancelled", "confirmed"]


def test_B12_somebody_of_another_agency_is_not_named_and_nothing_changes(
    browser: Browser, make: Make, place: Place
) -> None:
    make.person("Rafi Candlewick", "rafi@wmp.example", agency=make.agency("Police"))
    browser.sign_in(place.marigold)
    page = browser.get(f"{place.address}/hand-over")
    page = browser.submit(page, {"email": "rafi@wmp.example"}, form="Go on", status=409)
    assert page.h1 == "The place cannot go to this person"
    assert "Rafi" not in page.text
    assert "colleague of Pool Hayes Primary School only" in page.text
    assert states(place.event) == ["confirmed"]


def test_B12_a_place_without_a_date_waits_for_it(
    browser: Browser, make: Make, place: Place
) -> None:
    postpone_event(place.event, reason=CancelReason.VENUE, by=None, now=make.now)
    browser.sign_in(place.marigold)
    page = browser.get(f"{place.address}/hand-over")
    assert "once it has a new date" in page.text
    assert "There is no other date" in browser.get(f"{place.address}/transfer").text
