"""Checking in on a phone, the screen for the room, and what neither tells anyone (A2, E2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Membership
from lms.agencies.rules import Sector
from lms.attendance.commands import close_register
from lms.attendance.models import Mark
from lms.attendance.rules import MarkKind, MarkSource
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin
from lms.catalogue.models import EventSession
from lms.catalogue.rules import EventMode, EventState
from lms.clock import FixedClock
from lms.db import db, transaction
from tests.support.booking import booking
from tests.support.browser import Browser, Page
from tests.support.door import DAY, Door
from tests.support.make import Make
from tests.support.statements import count_statements

BEFORE = DAY - timedelta(minutes=10)
ADDRESS = "marigold@teams.example"


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    found = Door(make, clock, course=make.course())
    clock.set(BEFORE)
    return found


def code_of(app: Flask, door: Door, nth: int = 0) -> str:
    return f"/check-in/{app.extensions['lms.keys'].code('check-in', door.session(nth))}"


def check_in_by_name(browser: Browser, address: str, **typed: str) -> Page:
    """Both short forms; what is not typed is left empty."""
    page = browser.get(address, status=200)
    given = {"name": typed["name"], "email": typed.get("email", "")}
    page = browser.submit(page, given, form="Go on")
    where = {key: typed[key] for key in ("agency", "other_agency", "side") if key in typed}
    return browser.submit(page, where, form="Check in")


def marks() -> list[tuple[int, MarkKind, MarkSource]]:
    db.session.rollback()
    rows = db.session.scalars(select(Mark).where(Mark.is_current).order_by(Mark.id))
    return [(row.booking_id, row.kind, row.source) for row in rows]


def walk_ins() -> list[Booking]:
    db.session.rollback()
    chosen = select(Booking).where(Booking.origin == Origin.WALK_IN).order_by(Booking.id)
    return list(db.session.scalars(chosen))


def test_A2_somebody_signed_in_with_a_place_checks_in_with_one_tap_and_goes_on_to_E2(
    app: Flask, browser: Browser, door: Door, make: Make, clock: FixedClock
) -> None:
    person = make.person("Marigold Pettifer", ADDRESS)
    booked = make.booking(door.event, person)
    browser.sign_in(person)
    address = code_of(app, door)
    page = browser.get(address)
    assert (page.h1, "You have a place" in page.text) == ("Check in", True)
    for _ in range(2):  # a double tap
        done = browser.submit(page, form="Check in")
        assert done.h1 == "You are checked in"
    assert marks() == [(booked, MarkKind.PRESENT, MarkSource.SELF_CHECK_IN)]
    assert done.link("Answer before we start") == f"/evaluations/{booked}/pre"
    assert browser.get(f"/evaluations/{booked}/pre").h1
    assert browser.get(address).h1 == "You are checked in"

    clock.set(DAY + timedelta(minutes=31))
    page = browser.get(f"{address}/done")
    assert "Answer before we start" not in page.text, "it would be no baseline any more"
    door.mark(booked, MarkKind.ABSENT)
    assert browser.get(f"{address}/done").h1 == "The trainer has marked you absent"


def test_A2_without_signing_in_everybody_reads_the_same_whether_they_have_a_place_or_not(
    app: Flask, door: Door, make: Make
) -> None:
    teams = make.agency("Street Teams", Sector.VOLUNTARY_AND_COMMUNITY, domains=["teams.example"])
    booked = make.booking(door.event, make.person("Marigold Pettifer", ADDRESS, agency=teams))
    address, told = code_of(app, door), []
    for name, email in (
        ("Marigold Pettifer", ADDRESS),
        ("Walter Inn", "walter@teams.example"),
        ("Marigold Pettifer", ADDRESS),
    ):
        page = check_in_by_name(Browser(app), address, name=name, email=email, agency=str(teams))
        told.append((page.response.request.full_path, page.text.replace(name, "")))
    assert told[0] == told[1] == told[2]
    assert "You are checked in" in told[0][1]
    [walter] = walk_ins()
    assert (walter.name, walter.agency_id, walter.person_id) == ("Walter Inn", teams, None)
    assert [mark[0] for mark in marks()] == [booked, walter.id]


def test_A2_in_a_full_room_nobody_is_told_who_has_a_place(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    full = Door(make, clock, capacity=1)
    booked = make.booking(full.event, make.person("Marigold Pettifer", ADDRESS))
    address, told = code_of(app, full), set()
    for name, email in (("Marigold", ADDRESS), ("Walter Inn", "walter@teams.example")):
        page = check_in_by_name(
            Browser(app), address, name=name, email=email, other_agency="Street Teams"
        )
        told.add(page.h1)
    assert told == {"If you have a place, you are checked in"}
    assert "see the trainer" in page.text
    assert ([mark[0] for mark in marks()], walk_ins()) == ([booked], [])

    stranger = Browser(app)
    stranger.sign_in(make.person("Walter Inn", "walter@other.example"))
    page = stranger.get(address)
    assert "kept for people who booked" in page.text
    assert "See the trainer" in page.text
    full.mark(booked, MarkKind.ABSENT)
    page = stranger.get(address)
    full.mark(booked, MarkKind.PRESENT)
    page = stranger.submit(page, form="Check in without a place", status=409)
    assert page.h1 == "You are not checked in"


def test_A2_what_is_typed_is_kept_and_put_right_step_by_step(
    app: Flask, browser: Browser, door: Door, make: Make
) -> None:
    address = code_of(app, door)
    page = browser.submit(
        browser.get(address), {"email": "office@school.example"}, form="Go on", status=422
    )
    assert "Enter your name" in page.text
    page = browser.submit(page, {"name": "Walter Inn"}, form="Go on", status=422)
    assert "sounds like a shared mailbox" in page.text
    page = browser.submit(page, {"email": "walter"}, form="Go on", status=422)
    page = browser.submit(page, {"email": ""}, form="Go on")
    assert page.h1 == "Where do you work?"
    page = browser.submit(page, {}, form="Check in", status=422)
    assert "Enter your agency" in page.text
    kept = page.form("Check in")
    back = browser.post(f"{address}/by-name", {**kept, "change": "yes"})
    assert back.form("Go on")["name"] == "Walter Inn"
    page = browser.submit(page, {"other_agency": "Street Teams"}, form="Check in")
    assert page.h1 == "You are checked in"
    browser.post(f"{address}/by-name", {**kept, "other_agency": "Street Teams"})  # once more
    assert [who.name for who in walk_ins()] == ["Walter Inn"]


def test_A2_outside_its_time_a_code_says_when_or_whom_to_ask(
    app: Flask, browser: Browser, door: Door, make: Make, clock: FixedClock
) -> None:
    address = code_of(app, door)
    clock.set(DAY - timedelta(minutes=31))
    assert "opens on Monday 8 February at 9am" in browser.get(address).text
    clock.set(DAY + timedelta(minutes=31))
    page = browser.get(address)
    assert "Check-in ended at 10am" in page.text
    assert "tell the trainer" in page.text
    browser.get(f"{address}/by-name")
    clock.set(DAY)
    page = browser.get(address)
    close_register(door.event, by=door.by, now=DAY)
    browser.submit(page, {"name": "Walter Inn"}, form="Go on")
    assert "The register is closed" in browser.get(address).text
    off = make.event(starts_at=DAY, state=EventState.CANCELLED)
    block = db.session.scalar(select(EventSession.id).where(EventSession.event_id == off))
    code = app.extensions["lms.keys"].code("check-in", block)
    assert browser.get(f"/check-in/{code}").h1 == "Called off"
    browser.get("/check-in/12-ABCDEFG", status=404)
    gone = app.extensions["lms.keys"].code("check-in", 999_999)
    browser.get(f"/check-in/{gone}", status=410)


def test_A2_a_code_can_be_typed_however_it_is_written(
    app: Flask, browser: Browser, door: Door
) -> None:
    address = code_of(app, door)
    typed = address.rpartition("/")[2].lower().replace("-", " ")
    page = browser.submit(browser.get("/check-in"), {"code": typed}, form="Go on")
    assert page.response.request.path == address
    page = browser.submit(
        browser.get("/check-in"), {"code": "12-nonsense"}, form="Go on", status=422
    )
    assert "as it is shown in the room" in page.text


def test_A2_the_screen_counts_without_names_and_the_sheet_has_a_square_for_each_session(
    app: Flask, browser: Browser, make: Make, clock: FixedClock
) -> None:
    door = Door(make, clock, days=2)
    clock.set(BEFORE)
    for name in ("Ada Pettifer", "Ben Ashby"):
        door.book(name)
    browser.sign_in(door.trainer)
    screen = f"/manage/events/{door.event}/check-in"
    page = browser.get(screen)
    assert "0 of 2 here" in page.text
    check_in_by_name(Browser(app), code_of(app, door), name="Walter Inn", other_agency="Teams")
    page = browser.get(screen)
    assert "1 of 3 here" in page.text
    assert "1 person without a place" in page.text
    assert not any(name in page.text for name in ("Ada", "Ben", "Walter"))
    assert code_of(app, door).rpartition("/")[2] in page.text
    assert len(browser.get(f"{screen}/sheet").document.select(".wall__square svg")) == 2
    one = f"{screen}/sheet?session={door.session(1)}"
    assert code_of(app, door, 1).rpartition("/")[2] in browser.get(one).text

    page = browser.submit(page, form="Let in only those who have a place")
    assert "takes only those who have a place" in page.text
    told = check_in_by_name(
        Browser(app), code_of(app, door), name="Una Other", other_agency="Teams"
    )
    assert told.h1 == "If you have a place, you are checked in"
    assert [who.name for who in walk_ins()] == ["Walter Inn"]
    clock.set(DAY + timedelta(hours=1))
    browser.sign_in(door.trainer)
    assert "Opens at 9am" in browser.get(screen).text, "that of the second day"


def test_the_pages_of_a_code_ask_no_more_of_the_database_for_more_people(
    app: Flask, browser: Browser, door: Door, make: Make
) -> None:
    browser.sign_in(door.trainer)
    pages = (code_of(app, door), f"/manage/events/{door.event}/check-in")
    counts = []
    for _ in range(2):
        for _ in range(3):
            make.booking(door.event, make.person())
        for page in pages:
            with count_statements() as counted:
                browser.get(page)
            counts.append(counted.number)
    assert counts[:2] == counts[2:]


def test_A2_at_a_hybrid_event_the_mark_keeps_how_they_took_part(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    door = Door(make, clock, mode=EventMode.HYBRID, capacity=1, online_capacity=5)
    person = make.person("Marigold Pettifer", ADDRESS)
    make.booking(door.event, person, mode=EventMode.IN_PERSON)
    browser = Browser(app)
    browser.sign_in(person)
    browser.submit(browser.get(code_of(app, door)), {"side": "online"}, form="Check in")
    told = check_in_by_name(
        Browser(app), code_of(app, door), name="Walter Inn", other_agency="Teams", side="room"
    )
    assert told.h1 == "You are checked in", "their seat in the room is free now"
    modes = db.session.scalars(select(Mark.mode).order_by(Mark.id)).all()
    assert modes == [EventMode.ONLINE, EventMode.IN_PERSON]


def test_A2_someone_who_waits_and_turns_up_walks_in_and_waits_no_longer(
    app: Flask, browser: Browser, door: Door, make: Make
) -> None:
    teams, school = make.agency("Street Teams"), make.agency("Blue Coat Academy")
    person = make.person("Marigold Pettifer", ADDRESS, agency=teams)
    with transaction() as session:
        session.add(Membership(person_id=person, agency_id=school, started_on=DAY.date()))
    waiting = make.booking(door.event, person, state=BookingState.WAITING)
    browser.sign_in(person)
    page = browser.get(code_of(app, door))
    assert "You are waiting for a place. There is a free seat" in page.text
    page = browser.submit(page, {}, form="Check in without a place", status=422)
    assert "Choose the agency" in page.text
    browser.submit(page, {"workplace": "1"}, form="Check in without a place")
    assert booking(waiting).state is BookingState.LAPSED
    [came] = walk_ins()
    assert (came.person_id, came.agency_id) == (person, teams)
