"""The private feed: one's own places, as another library reads them."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
import vobject
from flask import Flask

from lms.accounts.commands import renew_feed_address
from lms.accounts.models import Person
from lms.accounts.queries import feed_path
from lms.booking.commands import cancel_booking
from lms.booking.rules import BookingState
from lms.catalogue.rules import EventMode, EventState
from lms.db import db
from lms.web.logs import hidden
from tests.support.booking import ask, messages
from tests.support.browser import Browser
from tests.support.make import Make

NEEDS = "needs-quillwort"


@pytest.fixture
def ada(make: Make) -> int:
    return make.person("Ada Marlow", access_needs=NEEDS, dietary_needs=NEEDS)


def address_of(app: Flask, person: int) -> str:
    db.session.rollback()
    return feed_path(db.session.get_one(Person, person), app.extensions["lms.keys"])


def entries(browser: Browser, address: str) -> list[Any]:
    text = browser.get(address).response.get_data(as_text=True)
    assert NEEDS not in text
    return vobject.readOne(text).contents.get("vevent", [])


def test_it_holds_each_session_of_each_place_and_nothing_else(
    app: Flask, browser: Browser, make: Make, ada: int
) -> None:
    address = address_of(app, ada)
    at = make.now + timedelta(days=40)
    make.booking(make.event("Two Days", days=2), ada, access_needs=NEEDS)
    offered = make.event("Offered", starts_at=at)
    make.booking(offered, ada, state=BookingState.OFFERED)
    make.booking(make.event("Asked"), ada, state=BookingState.REQUESTED, holds_place=True)
    make.booking(make.event("Wanted"), ada, state=BookingState.WAITING)
    make.booking(make.event("Left"), ada, state=BookingState.CANCELLED)
    make.booking(make.event("Called Off", state=EventState.CANCELLED), ada)
    make.booking(make.event("Long Ago", is_imported=True), ada)
    make.booking(make.event("Somebody Else’s"))
    found = {(entry.summary.value, entry.status.value) for entry in entries(browser, address)}
    assert found == {
        ("Two Days (1 of 2)", "CONFIRMED"),
        ("Two Days (2 of 2)", "CONFIRMED"),
        ("Offered", "TENTATIVE"),
        ("Asked", "TENTATIVE"),
    }


def test_an_entry_is_the_one_of_its_invitation(
    app: Flask, browser: Browser, make: Make, ada: int
) -> None:
    """The same identity and SEQUENCE; but nobody is invited to answer a feed."""
    event = make.event(mode=EventMode.ONLINE, joining_link="https://meet.example/abc")
    booked = ask(make, event, make.agency(), ada)
    invited = vobject.readOne(messages("booking-confirmed")[0].calendar).vevent
    address = address_of(app, ada)
    [entry] = entries(browser, address)
    for name in ("uid", "sequence", "summary", "location", "organizer"):
        assert getattr(entry, name).value == getattr(invited, name).value
    assert entry.dtstart.value.astimezone(UTC) == invited.dtstart.value.astimezone(UTC)
    assert "Join at https://meet.example/abc" in entry.description.value
    assert f"/bookings/{booked.reference}" in entry.description.value
    assert not hasattr(entry, "attendee")
    cancel_booking(booked.booking_id, by=None, now=make.now)
    assert entries(browser, address) == [], "given up, it vanishes"


def test_what_has_not_changed_is_not_sent_again(
    app: Flask, browser: Browser, make: Make, ada: int
) -> None:
    make.booking(make.event(), ada)
    address = address_of(app, ada)
    first = browser.get(address)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    calendar = vobject.readOne(first.response.get_data(as_text=True))
    assert calendar.method.value == "PUBLISH"
    assert calendar.contents["refresh-interval"][0].value == "PT1H"
    tag = {"If-None-Match": first.headers["ETag"]}
    again = browser.client.get(address, base_url="http://127.0.0.1:8000", headers=tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    make.booking(make.event("Another"), ada)
    changed = browser.client.get(address, base_url="http://127.0.0.1:8000", headers=tag)
    assert changed.status_code == 200


def test_a_new_address_ends_the_old_one_and_neither_can_be_guessed(
    app: Flask, browser: Browser, make: Make, ada: int
) -> None:
    old = address_of(app, ada)
    renew_feed_address(ada)
    browser.get(old, status=410)
    assert entries(browser, address_of(app, ada)) == []
    browser.get(old.replace(f"/{ada}-0", f"/{ada}-1"), status=404)
    browser.get("/calendar/1.ics", status=404)
    assert hidden(f'"GET {old} HTTP/1.1" 200') == '"GET /calendar/[link].ics HTTP/1.1" 200'


def test_the_page_gives_the_address_and_makes_a_new_one(
    app: Flask, browser: Browser, make: Make, ada: int
) -> None:
    browser.sign_in(ada)
    page = browser.get("/account/calendar")
    assert f"http://127.0.0.1:8000{address_of(app, ada)}" in page.text
    assert page.link("open it in the calendar") == f"webcal://127.0.0.1:8000{address_of(app, ada)}"
    new = browser.submit(page, form="Make a new address")
    assert "The old one has stopped." in new.text
    assert f"http://127.0.0.1:8000{address_of(app, ada)}" in new.text
