"""The pages of booking and of the desk in the real browser: axe, both widths, the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from lms.agencies.rules import Sector
from lms.booking.commands import fill_places
from lms.booking.models import Booking, Offer
from lms.booking.rules import BookingState
from lms.db import db
from lms.tokens import KeyRing
from tests.support.chromium import (
    DESK,
    PHONE,
    axe_faults,
    scrolls_sideways,
    serving,
    stops_without_focus,
)
from tests.support.make import Make
from tests.support.sign_in import open_session

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A telephone; axe is let in past the content security policy, our own script is not."""
    lets_axe_in = "sound" in request.node.name
    opened = chromium.new_context(viewport={"width": PHONE, "height": 900}, bypass_csp=lets_axe_in)
    yield opened
    opened.close()


@dataclass(frozen=True)
class Scene:
    """A full event with an offer and a waiting list, and one with places."""

    full: int
    free: int
    delegate: int
    coordinator: int


@pytest.fixture
def scene(make: Make) -> Scene:
    full = make.event("Safer Recruitment", capacity=3, course=make.course())
    police = make.agency("West Midlands Police", Sector.POLICE)
    for name in ("Osei Thistledown", "Petra Moonpenny"):
        make.booking(full, make.person(name, agency=police), access_needs="Step-free")
    delegate = make.person("Marigold Pettifer")
    make.booking(full, delegate, state=BookingState.WAITING)
    fill_places(full, make.now)
    make.booking(full, make.person("Rafi Candlewick"), state=BookingState.WAITING)
    free = make.event("Bullying Awareness", starts_at=make.now.replace(month=3, hour=9))
    return Scene(full, free, delegate, make.coordinator())


def be(app: Flask, context: BrowserContext, base: str, person: int) -> None:
    """Sign the browser in as that person."""
    client = app.test_client()
    open_session(client, person)
    cookie = client.get_cookie("lms", domain="127.0.0.1")
    assert cookie is not None
    context.add_cookies([{"name": "lms", "value": cookie.value, "url": base}])


def look_at(page: Page, address: str) -> None:
    """Sound on a telephone and at a desk, and every stop of the Tab key is seen."""
    page.goto(address)
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe_faults(page) == [], address
        assert not scrolls_sideways(page), address
    assert stops_without_focus(page) == [], address


def reference(person: int) -> str:
    found = db.session.scalars(select(Booking.reference).where(Booking.person_id == person)).one()
    db.session.rollback()
    return found


def test_the_delegates_pages_are_sound_at_each_width(
    app: Flask, scene: Scene, base: str, context: BrowserContext
) -> None:
    be(app, context, base, scene.delegate)
    booked = f"/bookings/{reference(scene.delegate)}"
    page = context.new_page()
    for address in (f"/events/{scene.free}/book", booked, f"{booked}/cancel", "/my-learning"):
        look_at(page, base + address)


def test_the_pages_of_links_are_sound_at_each_width(
    app: Flask, scene: Scene, base: str, context: BrowserContext
) -> None:
    keys: KeyRing = app.extensions["lms.keys"]
    offer, booking = db.session.execute(select(Offer.id, Offer.booking_id)).one()
    db.session.rollback()
    page = context.new_page()
    look_at(page, f"{base}/offers/{keys.token('offer', str(offer))}")
    look_at(page, f"{base}/places/{keys.token('place', str(booking))}")


def test_the_coordinators_pages_are_sound_at_each_width(
    app: Flask, scene: Scene, base: str, context: BrowserContext
) -> None:
    be(app, context, base, scene.coordinator)
    here = f"/manage/events/{scene.full}"
    page = context.new_page()
    for tail in ("", "/capacity", "/cancel", "/book?q=rafi", "/book/new"):
        look_at(page, base + here + tail)
    look_at(page, f"{base}/manage/events/{scene.free}/book/{scene.delegate}")
    look_at(page, f"{base}/manage")


def test_a_place_is_booked_and_given_up_by_the_keyboard_alone(
    app: Flask, scene: Scene, base: str, context: BrowserContext
) -> None:
    be(app, context, base, scene.delegate)
    page = context.new_page()
    page.goto(f"{base}/events/{scene.free}/book")
    press_on(page, "Book my place")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have a place")
    press_on(page, "give up your place here")
    expect(page.get_by_role("heading", level=1)).to_have_text("Give up your place?")
    press_on(page, "Give up my place")
    expect(page.get_by_role("alert")).to_contain_text("You have given up your place.")


def press_on(page: Page, name: str) -> None:
    """Go to what reads `name` with the Tab key, and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.innerText || ''"):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"the Tab key does not come to {name!r}")
