"""Two journeys: a place handed to a colleague, and a place moved to a later date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from lms.agencies.rules import Sector
from lms.clock import FixedClock
from tests.journeys.people import Someone, World
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

TITLE = "Disguised Compliance and Safeguarding Children"


@pytest.fixture
def world(app: Flask, clock: FixedClock, mailer: KeptMail) -> World:
    clock.set(at("2027-01-18 10:00"))
    return World(app, clock, mailer)


def someone(world: World, make: Make, name: str, address: str, agency: int) -> Someone:
    make.person(name, address, agency=agency)
    return Someone(world, name, address)


def test_B12_a_delegate_hands_over_in_two_taps(world: World, make: Make) -> None:
    school = make.agency("Pool Hayes Primary School", Sector.EDUCATION)
    event = make.event(course=make.course())
    marigold = someone(world, make, "Marigold Pettifer", "marigold@pool-hayes.example", school)
    kofi = someone(world, make, "Kofi Asante", "kofi@pool-hayes.example", school)
    page = marigold.sign_in(on_the_way_to=f"/events/{event}/book")
    marigold.browser.submit(page, form="Book my place")
    world.tick()
    world.clock.set(at("2027-02-05 09:00"))
    world.tick()

    assert marigold.follow("/bookings").h1 == "Sign in"  # from the reminder, on another device
    page = marigold.sign_in()
    page = marigold.browser.get(page.link("Hand it over"))
    page = marigold.browser.submit(page, {"email": kofi.address}, form="Go on")
    page = marigold.browser.submit(page, {"confirmed": "yes"}, form="Hand over my place")
    assert "Kofi Asante has the place now." in page.text
    world.tick()
    assert any(subject.startswith("You have a place: ") for subject in kofi.subjects)
    assert any("Kofi Asante" in str(sent.get_body(("plain",))) for sent in marigold.inbox)
    page = kofi.sign_in()
    assert TITLE in page.text
    assert "Place confirmed" in page.text


def test_B8_one_moves_to_a_later_date_another_is_moved_once_a_place_comes_free(
    world: World, make: Make
) -> None:
    police = make.agency("West Midlands Police", Sector.POLICE)
    course = make.course()
    early = make.event(course=course, capacity=2)
    starts = make.now.replace(hour=9, minute=30) + timedelta(days=60)
    later = make.event(course=course, capacity=1, starts_at=starts)
    ada = someone(world, make, "Ada Marlow", "ada@wmp.example", police)
    rafi = someone(world, make, "Rafi Candlewick", "rafi@wmp.example", police)
    for each in (ada, rafi):
        page = each.sign_in(on_the_way_to=f"/events/{early}/book")
        each.browser.submit(page, form="Book my place")

    page = ada.browser.get(ada.browser.get("/my-learning").link("Move to another date"))
    assert "One place left. You move at once." in page.text
    page = ada.browser.submit(page, {"to": str(later)}, form="Move my place")
    assert page.h1 == "You have a place"
    adas = page.address
    world.tick()
    assert any(subject.startswith("Your place has moved") for subject in ada.subjects)

    page = rafi.browser.get(rafi.browser.get("/my-learning").link("Move to another date"))
    assert "Meanwhile your place here is kept" in page.text
    wish = {"to": str(later), "confirm_at_once": "y"}
    page = rafi.browser.submit(page, wish, form="Move my place")
    assert page.h1 == "You are waiting"
    assert "is kept until you have one here" in page.text
    assert "Place confirmed" in rafi.browser.get("/my-learning").text

    ada.browser.submit(ada.browser.get(f"{adas}/cancel"), form="Give up my place")
    world.tick()
    assert rafi.subjects[-2:] == [
        f"You have a place: {TITLE}, Friday 19 March",
        f"Your place has moved from Monday 8 February: {TITLE}",
    ]
    page = rafi.browser.get("/my-learning")
    assert "19 March 2027" in page.text
    assert "8 February" not in page.text
