"""Booking, waiting, giving up and answering offers, through pages and through links."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.access import Role
from lms.accounts.models import Membership
from lms.agencies.models import Agency, Partnership
from lms.booking.commands import fill_places
from lms.booking.models import Booking, Offer
from lms.booking.rules import BookingState
from lms.catalogue.rules import EventMode, EventState
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import Busy
from lms.tokens import KeyRing
from tests.support.browser import Browser, Page
from tests.support.make import Make


@pytest.fixture
def keys(app: Flask) -> KeyRing:
    found: KeyRing = app.extensions["lms.keys"]
    return found


def states(event: int) -> dict[int, BookingState]:
    """Each person's latest state at an event."""
    rows = db.session.execute(
        select(Booking.person_id, Booking.state)
        .where(Booking.event_id == event)
        .order_by(Booking.id)
    )
    return dict(rows.all())


def book(browser: Browser, event: int, person: int, **answers: str) -> Page:
    browser.sign_in(person)
    return browser.submit(browser.get(f"/events/{event}/book"), answers, form="/book")


def test_a_place_is_booked_in_one_step(browser: Browser, make: Make) -> None:
    ada = make.person("Ada Marlow", access_needs="Step-free route")
    event = make.event(capacity=2)
    browser.sign_in(ada)
    page = browser.get(f"/events/{event}/book")
    assert page.h1 == "Check your answers"
    assert "Step-free route" in page.form("/book")["access_needs"]
    assert "wiped 30 days after" in page.text
    late = "A cancellation after Wednesday 3 February at 5pm counts as late."
    assert f"You can cancel until it starts. {late}" in page.text
    booked = browser.submit(page, form="Book my place")
    assert booked.h1 == "You have a place"
    assert "Declining it does not cancel your place" in booked.text
    assert "Friday 5 February, 9am" in booked.text
    assert states(event) == {ada: BookingState.CONFIRMED}


def test_a_double_click_books_once_and_leads_to_the_same_page(browser: Browser, make: Make) -> None:
    event, ada = make.event(), make.person()
    browser.sign_in(ada)
    page = browser.get(f"/events/{event}/book")
    first = browser.submit(page, form="/book")
    second = browser.submit(page, form="/book")
    assert first.address == second.address
    assert browser.get(f"/events/{event}/book").address == first.address
    assert db.session.scalar(select(func.count(Booking.id))) == 1


def test_when_too_many_book_at_once_the_answers_are_kept(
    browser: Browser, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise Busy

    browser.sign_in(make.person())
    page = browser.get(f"/events/{make.event()}/book")
    monkeypatch.setattr("lms.booking.commands.request_place", busy)
    again = browser.submit(page, {"access_needs": "Loop"}, form="/book", status=503)
    assert "Nothing was changed. Try again in a few seconds." in again.text
    assert again.form("/book")["access_needs"] == "Loop"


def test_needs_are_kept_for_next_time_only_when_asked(browser: Browser, make: Make) -> None:
    ada = make.person()
    book(browser, make.event(), ada, access_needs="Hearing loop")
    again = browser.get(f"/events/{make.event(days=2, hours=1)}/book", status=409)
    assert "at the same time" in again.text
    other = make.event(starts_at=make.now + timedelta(days=40))
    page = browser.get(f"/events/{other}/book")
    assert page.form("/book")["access_needs"] == ""
    browser.submit(page, {"access_needs": "Hearing loop", "remember": "y"}, form="/book")
    last = browser.get(f"/events/{make.event(starts_at=make.now + timedelta(days=50))}/book")
    assert last.form("/book")["access_needs"] == "Hearing loop"


def test_two_agencies_are_a_choice_and_one_of_several_areas_too(
    browser: Browser, make: Make
) -> None:
    walsall, dudley = make.partnership(), make.partnership("Dudley")
    police = make.agency("West Midlands Police")
    with transaction() as session:
        force = session.get_one(Agency, police)
        force.partnerships.append(session.get_one(Partnership, dudley))
    ada = make.person(agency=make.agency("Street Teams"))
    with transaction() as session:
        session.add(Membership(person_id=ada, agency_id=police, started_on=make.now.date()))
    event = make.event()
    browser.sign_in(ada)
    page = browser.get(f"/events/{event}/book")
    assert "West Midlands Police, for Dudley" in page.text
    chosen = next(
        str(field["value"])
        for field in page.document.find_all("input", attrs={"name": "standpoint"})
        if str(field["value"]).endswith(f"-{dudley}")
    )
    browser.submit(page, {"standpoint": chosen}, form="/book")
    kept = db.session.scalars(select(Booking)).one()
    assert (kept.agency_id, kept.area_id) == (police, dudley)
    assert walsall != dudley


def test_a_refusal_names_the_cause_and_the_way_out(browser: Browser, make: Make) -> None:
    ada = make.person()
    closed = make.event(starts_at=make.now + timedelta(hours=5))
    browser.sign_in(ada)
    page = browser.get(f"/events/{closed}/book", status=409)
    assert "Booking closed on" in page.text
    course = make.course()
    book(browser, make.event(course=course), ada)
    other = make.event(course=course, starts_at=make.now + timedelta(days=60))
    refused = browser.get(f"/events/{other}/book", status=409)
    assert "You have a place on this course already" in refused.text
    assert "Give up that place first" in refused.text


def test_an_online_event_asks_nothing_about_food(browser: Browser, make: Make) -> None:
    event = make.event(mode=EventMode.ONLINE, joining_link="https://meet.example/abc", venue="")
    ada = make.person()
    page = book(browser, event, ada)
    assert "https://meet.example/abc" in page.text
    browser.sign_in(make.person())
    assert "Dietary" not in browser.get(f"/events/{event}/book").text


def test_a_draft_and_an_unknown_event_cannot_be_booked(browser: Browser, make: Make) -> None:
    browser.sign_in(make.person())
    browser.get(f"/events/{make.event(state=EventState.DRAFT)}/book", status=404)
    browser.get("/events/999/book", status=404)


def test_booking_needs_sign_in_and_leads_back(browser: Browser, make: Make) -> None:
    event = make.event()
    page = browser.get(f"/events/{event}/book", status=303, follow=False)
    assert page.headers["Location"].endswith(f"/sign-in?next=%2Fevents%2F{event}%2Fbook")


def test_book_wait_cancel_offer_accept_by_link(
    browser: Browser, make: Make, keys: KeyRing, clock: FixedClock
) -> None:
    event = make.event(capacity=1, starts_at=make.now + timedelta(days=20))
    ada, ben = make.person("Ada Marlow"), make.person("Ben Tully")
    book(browser, event, ada)
    waiting = book(browser, event, ben)
    assert waiting.h1 == "You are waiting"
    assert "First in line: the one place is taken" in waiting.text
    assert "Confirm me at once instead" in waiting.text

    stranger = Browser(browser.app)
    held = db.session.scalars(select(Booking).where(Booking.person_id == ada)).one()
    page = stranger.get(f"/places/{keys.token('place', str(held.id))}")
    assert page.h1 == "Give up your place?"
    assert page.address == f"/places/{held.id}"
    assert "does not count as late" in page.text
    told = stranger.submit(page, form="Give up my place")
    assert told.h1 == "You have given up your place"
    assert states(event) == {ada: BookingState.CANCELLED, ben: BookingState.OFFERED}

    offer = db.session.scalars(select(Offer)).one()
    page = stranger.get(f"/offers/{keys.token('offer', str(offer.id))}")
    assert "We hold it until Wednesday 20 January at 10am" in page.text
    accepted = stranger.submit(page, {"answer": "accept"}, form="Take the place")
    assert accepted.h1 == "You have a place"
    assert states(event)[ben] is BookingState.CONFIRMED
    again = stranger.submit(page, {"answer": "accept"}, form="Take the place")
    assert again.h1 == "You have a place"
    clock.advance(timedelta(days=3))
    assert stranger.get(f"/offers/{offer.id}").h1 == "You have a place"


def test_an_offer_is_declined_by_link(browser: Browser, make: Make, keys: KeyRing) -> None:
    event, offer = offered(make)
    page = browser.get(f"/offers/{keys.token('offer', str(offer))}?answer=decline")
    assert page.h1 == "Turn the place down?"
    told = browser.submit(page, {"answer": "decline"}, form="Turn it down", status=410)
    assert told.h1 == "You have turned the place down"
    assert list(states(event).values())[-1] is BookingState.DECLINED


def offered(make: Make) -> tuple[int, int]:
    """An event at which the one who waited has an offer."""
    event = make.event(capacity=1)
    make.booking(event, state=BookingState.WAITING)
    fill_places(event, make.now)
    return event, db.session.scalars(select(Offer.id)).one()


def test_an_offer_that_ran_out_says_so(
    browser: Browser, make: Make, keys: KeyRing, clock: FixedClock
) -> None:
    _, offer = offered(make)
    clock.advance(timedelta(days=4))
    page = browser.get(f"/offers/{keys.token('offer', str(offer))}", status=410)
    assert page.h1 == "This offer has ended"
    assert "It ran until Wednesday 20 January at 10am" in page.text
    browser.post(f"/offers/{offer}", status=400)


def test_who_was_not_the_first_goes_on_waiting(
    browser: Browser, make: Make, keys: KeyRing, clock: FixedClock
) -> None:
    event = make.event(capacity=1, starts_at=make.now + timedelta(days=2))
    for _ in range(2):
        make.booking(event, state=BookingState.WAITING)
    clock.advance(timedelta(hours=24))
    assert fill_places(event, clock.now()) == 2
    first, second = db.session.scalars(select(Offer.id).order_by(Offer.id))
    page = browser.get(f"/offers/{keys.token('offer', str(first))}")
    late = browser.get(f"/offers/{keys.token('offer', str(second))}")
    assert "We have asked everyone who waits" in page.text
    assert browser.submit(page, {"answer": "accept"}, form="Take").h1 == "You have a place"
    beaten = browser.submit(late, {"answer": "accept"}, form="Take")
    assert beaten.h1 == "Somebody else was first"
    assert "You are still on the waiting list. First in line" in beaten.text
    assert browser.get(f"/offers/{second}", status=410).h1 == "Somebody else was first"


def test_a_link_that_is_altered_or_not_held_opens_nothing(
    browser: Browser, make: Make, keys: KeyRing
) -> None:
    held = make.booking(make.event())
    token = keys.token("place", str(held))
    for altered in (f"/places/{token[:-1]}", f"/offers/{token}"):
        page = browser.get(altered, status=404)
        assert "check that the whole address was copied" in page.text
    for bare in (f"/places/{held}", "/offers/1"):
        assert "opens from the link" in browser.get(bare, status=410).text
    browser.get(f"/places/{token}")
    other = make.booking(make.event())
    assert "opens from the link" in browser.get(f"/places/{other}", status=410).text


def test_no_get_of_a_link_changes_anything(browser: Browser, make: Make, keys: KeyRing) -> None:
    event, offer = offered(make)
    before = states(event)
    browser.get(f"/offers/{keys.token('offer', str(offer))}")
    browser.get(f"/offers/{keys.token('offer', str(offer))}?answer=decline")
    held = db.session.scalars(select(Booking.id)).one()
    browser.get(f"/places/{keys.token('place', str(held))}")
    assert states(event) == before


def test_the_cookie_of_a_link_goes_to_its_own_page_alone(
    browser: Browser, make: Make, keys: KeyRing
) -> None:
    held = make.booking(make.event())
    page = browser.get(f"/places/{keys.token('place', str(held))}", status=303, follow=False)
    assert urlsplit(page.headers["Location"]).path == f"/places/{held}"
    cookie = page.headers["Set-Cookie"]
    assert f"Path=/places/{held}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_place_is_given_up_from_its_page(browser: Browser, make: Make, clock: FixedClock) -> None:
    event, ada = make.event(), make.person()
    booked = book(browser, event, ada)
    clock.advance(timedelta(days=18))
    browser.sign_in(ada)
    page = browser.get(f"{booked.address}/cancel")
    assert "Giving it up now counts as late" in page.text
    assert "This cannot be undone" in page.text
    told = browser.submit(page, form="Give up my place")
    assert "You have given up your place" in told.text
    again = browser.submit(page, form="Give up my place", status=409)
    assert again.h1 == "This booking has ended"
    assert "counted as late" in browser.get(booked.address).text


def test_the_tick_is_changed_while_waiting(browser: Browser, make: Make) -> None:
    event = make.event(capacity=1)
    make.booking(event)
    page = book(browser, event, make.person(), confirm_at_once="y")
    waiting = db.session.scalars(select(Booking).where(Booking.state == BookingState.WAITING)).one()
    assert waiting.confirm_at_once
    page = browser.submit(page, form="Ask me first instead")
    assert "We ask you before you have it" in page.text
    db.session.refresh(waiting)
    assert not waiting.confirm_at_once


def test_an_offer_is_answered_from_the_booking_page(browser: Browser, make: Make) -> None:
    offered(make)
    booking = db.session.scalars(select(Booking)).one()
    assert booking.person_id is not None
    browser.sign_in(booking.person_id)
    page = browser.get(f"/bookings/{booking.reference}")
    assert page.h1 == "A place has come up for you"
    assert browser.submit(page, {"answer": "accept"}, form="Take").h1 == "You have a place"


@pytest.mark.parametrize("role", [None, Role.TRAINER, Role.PLD_MEMBER, Role.AGENCY_LEAD])
def test_another_persons_booking_is_not_there(
    browser: Browser, make: Make, role: Role | None
) -> None:
    booking = db.session.get_one(Booking, make.booking(make.event()))
    reference = booking.reference
    browser.sign_in(make.person(role=role))
    for address in (f"/bookings/{reference}", f"/bookings/{reference}/cancel", "/bookings/X"):
        browser.get(address, status=404)
    elsewhere = make.coordinator(partnership=make.partnership("Dudley"))
    browser.sign_in(elsewhere)
    browser.get(f"/bookings/{reference}", status=404)


def test_a_coordinator_cancels_but_does_not_answer_for_another(
    browser: Browser, make: Make
) -> None:
    offered(make)
    booking = db.session.scalars(select(Booking)).one()
    browser.sign_in(make.coordinator())
    page = browser.get(f"/bookings/{booking.reference}")
    assert "Take the place" not in page.text
    token = browser.get(f"/bookings/{booking.reference}/cancel").form("Cancel")["csrf_token"]
    for act in ("answer", "tick"):
        browser.post(f"/bookings/{booking.reference}/{act}", {"csrf_token": token}, status=404)
