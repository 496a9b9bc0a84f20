"""Events in a room and online: places, lists, offers and words are of each side apart (B3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lms.booking.commands import (
    cancel_booking,
    change_capacity,
    publish_event,
    switch_side,
    transfer_booking,
)
from lms.booking.models import Booking
from lms.booking.queries import places_of
from lms.booking.rules import BookingState, Share, ShareKind, Side
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode, EventState
from lms.db import db
from lms.errors import Refused
from tests.booking.test_mails import check, last_mail
from tests.support.booking import (
    ask,
    booking,
    faults,
    messages,
    set_shares,
    state_of,
    states,
)
from tests.support.browser import Browser
from tests.support.make import Make

ROOM, ONLINE = EventMode.IN_PERSON, EventMode.ONLINE
LINK = "https://meet.example/abc"


def hybrid(make: Make, room: int = 1, online: int = 1, **facts: Any) -> int:
    facts = {"joining_link": LINK, "mode": EventMode.HYBRID, **facts}
    return make.event("Neglect", capacity=room, online_capacity=online, **facts)


def test_B3_the_room_and_online_have_a_list_each(app: Flask, make: Make) -> None:
    event, agency = hybrid(make), make.agency()
    results = [ask(make, event, agency, mode=mode) for mode in (ROOM, ROOM, ONLINE, ONLINE, ONLINE)]
    assert [r.why for r in results if r.why] == [
        "First in line: the one place is taken",
        "First in line: the one place is taken",
        "Second in line: the one place is taken",
    ]
    cancel_booking(results[2].booking_id, by=None, now=make.now)
    assert [state_of(r) for r in results] == [
        *("confirmed", "waiting", "cancelled", "offered", "waiting")
    ]
    change_capacity(event, 1, online_capacity=2, by=None, now=make.now)
    assert [state_of(r) for r in results][1:] == ["waiting", "cancelled", "offered", "offered"]
    assert faults(make.now) == []


def test_B3_a_share_is_of_one_side(app: Flask, make: Make) -> None:
    event, agency = hybrid(make, 3, 3), make.agency()
    set_shares(event, Share(ShareKind.CAP, 1, agency_id=agency, side=Side.ONLINE), now=make.now)
    modes = (ROOM, ROOM, ONLINE, ONLINE)
    assert [ask(make, event, agency, mode=mode).state.value for mode in modes] == [
        *("confirmed", "confirmed", "confirmed", "waiting")
    ]
    parts = places_of(db.session(), [event], make.now)[event].parts
    assert [(parts[side].free, parts[side].waiting) for side in Side] == [(1, 0), (2, 1)]


def test_B14_cutting_one_side_counts_those_beyond_there(app: Flask, make: Make) -> None:
    event, agency = hybrid(make, 2, 5), make.agency()
    for mode in (ROOM, ROOM, ONLINE):
        ask(make, event, agency, mode=mode)
    change_capacity(event, 1, online_capacity=5, by=None, now=make.now)
    assert [b.is_over_capacity for b in db.session.query(Booking).order_by(Booking.id)] == [
        *(False, True, False)
    ]
    assert faults(make.now) == []


def test_B3_whoever_has_a_place_switches_where_there_is_room(app: Flask, make: Make) -> None:
    event, agency = hybrid(make), make.agency()
    switches, waits = (ask(make, event, agency, mode=ROOM) for _ in range(2))
    switch_side(switches.booking_id, Side.ONLINE, by=None, now=make.now)
    switch_side(switches.booking_id, Side.ONLINE, by=None, now=make.now)
    assert booking(switches.booking_id).mode is ONLINE
    assert states(event) == ["confirmed", "offered"]  # the place in the room has passed on
    (told,) = messages("booking-switched")
    assert "SEQUENCE:1" in (told.calendar or "") and "LOCATION:Online" in (told.calendar or "")
    with pytest.raises(Refused, match="This booking cannot be switched any more"):
        switch_side(waits.booking_id, Side.ONLINE, by=None, now=make.now)
    with pytest.raises(Refused, match="no place for you in the room: the one place is taken"):
        switch_side(switches.booking_id, Side.ROOM, by=None, now=make.now)
    assert booking(switches.booking_id).state is BookingState.CONFIRMED
    assert faults(make.now) == []


def test_B3_one_who_waits_switches_to_a_place(app: Flask, make: Make) -> None:
    event, agency = hybrid(make), make.agency()
    ask(make, event, agency, mode=ROOM)
    waits, keeps = (ask(make, event, agency, mode=ROOM) for _ in range(2))
    switch_side(waits.booking_id, Side.ONLINE, by=None, now=make.now)
    assert states(event) == ["confirmed", "confirmed", "waiting"]
    with pytest.raises(Refused, match="There is no place for you online"):
        switch_side(keeps.booking_id, Side.ONLINE, by=None, now=make.now)
    assert booking(keeps.booking_id).mode is ROOM
    assert faults(make.now) == []


def test_B3_the_mail_says_which_side(app: Flask, make: Make) -> None:
    event = hybrid(make, 5, 5)
    agency = make.agency("Pool Hayes Primary School")
    person = make.person("Marigold Pettifer", "m.pettifer@pool-hayes.example", agency=agency)
    result = ask(make, event, agency, person, mode=ROOM)
    in_room = last_mail("booking-confirmed")
    assert LINK not in in_room.body + (in_room.calendar or "")
    assert "or online" not in in_room.body
    switch_side(result.booking_id, Side.ONLINE, by=None, now=make.now)
    check("switched", last_mail("booking-switched"))
    assert LINK in (last_mail("booking-switched").calendar or "")


# --- Pages ----------------------------------------------------------------------------------


def test_B3_a_delegate_chooses_a_side_and_switches(browser: Browser, make: Make) -> None:
    event, agency = hybrid(make, 1, 2), make.agency()
    ask(make, event, agency, mode=ROOM)
    browser.sign_in(make.person("Ada Marlow", agency=agency))
    shown = browser.get(f"/events/{event}")
    assert "In the room: full" in shown.text and "Online: 2 of 2 places left" in shown.text
    check_page = browser.get(shown.link("Book a place"))
    assert "You would wait: the one place is taken" in check_page.text
    assert "2 places left" in check_page.text
    faulty = browser.submit(check_page, form="Book my place", status=422)
    assert "Choose the room or online" in faulty.text
    booked = browser.submit(check_page, {"mode": "online"}, form="Book my place")
    assert (booked.h1, LINK in booked.text) == ("You have a place", True)
    assert "There is no place in the room: the one place is taken." in booked.text
    change_capacity(event, 2, online_capacity=2, by=None, now=make.now)
    page = browser.get(booked.address)
    moved = browser.submit(page, form="Take part in the room instead")
    assert "You take part in the room now." in moved.text
    assert LINK not in moved.text and "Beacon Hall" in moved.text
    assert LINK not in browser.get(f"/events/{event}").text
    assert "Beacon Hall, Walsall" in browser.get("/my-learning").text


def test_B3_those_who_run_it_see_each_side(browser: Browser, make: Make) -> None:
    event, agency = hybrid(make, 1, 3), make.agency()
    for mode in (ROOM, ROOM, ONLINE):
        ask(make, event, agency, mode=mode)
    browser.sign_in(make.coordinator())
    page = browser.get(f"/manage/events/{event}").text
    assert "In the room: 0 of 1 place is free" in page
    assert "Online: 2 of 3 places are free" in page
    assert "First in line in the room: " in page
    register = browser.get(f"/manage/events/{event}/register").text
    assert "online" in register and "in the room" in register
    listed = browser.get("/events").text
    assert "0 in the room, 2 online" in listed


def test_a_hybrid_event_is_planned_with_both_numbers(browser: Browser, make: Make) -> None:
    browser.sign_in(make.coordinator())
    page = browser.get("/manage/events/new")
    typed = {
        "remit": "children",
        "title": "Neglect",
        "sessions-0-on": "8 February 2027",
        "sessions-0-starts": "9:30am",
        "sessions-0-ends": "4:30pm",
        "mode": "hybrid",
        "venue": "Beacon Hall",
        "capacity": "20",
    }
    preview = browser.submit(page, typed, form="Save the draft")
    assert "Enter how many places there are online" in preview.text
    page = browser.get(preview.link("Change the draft"))
    browser.submit(page, {"online_capacity": "50"}, form="Save the draft")
    (event,) = db.session.query(Event)
    publish_event(event.id, by=None, now=make.now)
    db.session.rollback()
    event = db.session.query(Event).one()
    assert (event.state, event.capacity, event.online_capacity) == (EventState.PUBLISHED, 20, 50)


def test_B3_B8_who_is_moving_there_switches_and_gives_up_the_old_place(
    app: Flask, make: Make
) -> None:
    agency, course = make.agency(), make.course()
    old = make.event(capacity=1, course=course)
    new = hybrid(make, 1, 1, course=course, starts_at=make.now + timedelta(days=40))
    moves = ask(make, old, agency)
    ask(make, old, agency, confirm_at_once=True)
    ask(make, new, agency, mode=ROOM)
    there = transfer_booking(moves.booking_id, new, by=None, now=make.now)
    switch_side(there.booking_id, Side.ONLINE, by=None, now=make.now)
    assert states(old) == ["cancelled", "confirmed"]
    assert states(new) == ["confirmed", "confirmed"]
