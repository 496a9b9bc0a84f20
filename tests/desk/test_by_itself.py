"""What the rules did by themselves explains itself, and leads to what puts it right."""

from __future__ import annotations

from datetime import timedelta

from lms.booking.commands import end_lapsed_offers, fill_places
from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.clock import FixedClock
from lms.db import db
from tests.support.browser import Browser
from tests.support.make import Make
from tests.support.statements import count_statements

PATH = "/manage/by-itself"


def test_an_offer_and_its_end_explain_themselves(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    coordinator = make.coordinator()
    browser.sign_in(coordinator)
    event = make.event("Neglect", capacity=1, starts_at=make.now + timedelta(days=20))
    waiting = make.booking(event, make.person("Ann Ash"), state=BookingState.WAITING)
    make.booking(event, make.person("Ben Birch"), state=BookingState.WAITING)
    fill_places(event, make.now)
    reference = db.session.get_one(Booking, waiting).reference
    page = browser.get(PATH)
    assert "Ann Ash was offered a place" in page.text
    assert "A place came up." in page.text
    assert page.link("Take it back") == f"/manage/bookings/{reference}/take-back"

    clock.set(make.now + timedelta(days=3))
    end_lapsed_offers(make.now)
    browser.sign_in(coordinator)
    page = browser.get(PATH)
    assert "Ann Ash went to the end of the waiting list" in page.text
    assert "The offer ran out." in page.text
    assert page.link("Put them first") == f"/manage/bookings/{reference}/priority"
    assert "Ben Birch was offered a place" in page.text


def test_one_who_lapsed_can_be_booked_again(
    browser: Browser, make: Make, clock: FixedClock
) -> None:
    coordinator = make.coordinator()
    event = make.event(capacity=1, starts_at=make.now + timedelta(days=20))
    person = make.person("Ann Ash")
    make.booking(event, person, state=BookingState.WAITING, lapses=1)
    fill_places(event, make.now)
    clock.set(make.now + timedelta(days=3))
    end_lapsed_offers(make.now)
    browser.sign_in(coordinator)
    page = browser.get(PATH)
    assert "Ann Ash is off the list" in page.text
    assert page.link("Book them again") == f"/manage/events/{event}/book/{person}"
    assert "bookings were moved" in browser.get("/manage").text


def test_nothing_of_another_partnership(browser: Browser, make: Make) -> None:
    browser.sign_in(make.coordinator(partnership=make.partnership("Dudley")))
    event = make.event(capacity=1)
    make.booking(event, make.person("Ann Ash"), state=BookingState.WAITING)
    fill_places(event, make.now)
    assert "Nothing was done by itself" in browser.get(PATH).text


def test_statements_do_not_grow(browser: Browser, make: Make) -> None:
    browser.sign_in(make.coordinator())
    counts = []
    for _ in range(2):
        for _ in range(3):
            event = make.event(capacity=1)
            make.booking(event, state=BookingState.WAITING)
            fill_places(event, make.now)
        with count_statements() as counted:
            browser.get(PATH)
        counts.append(counted.number)
    assert counts[0] == counts[1]
