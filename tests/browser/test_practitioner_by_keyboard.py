"""A practitioner's whole way, in the real browser, with no mouse: keys alone, and the inbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.clock import FixedClock
from lms.db import db
from tests.browser.keys import Keys
from tests.conftest import sqlite_template
from tests.evaluation.conftest import came, close_register
from tests.journeys.people import SIX_DIGITS, Someone, World, link_in, text_of
from tests.support.chromium import PHONE, serving
from tests.support.databases import build_app
from tests.support.mail import KeptMail
from tests.support.make import Make
from tests.support.snapshots import at

ADDRESS = "marigold@pool-hayes.example"
PROMISE = "Ask to see the child’s bedroom & write down what I saw"


@pytest.fixture
def world() -> Iterator[World]:
    url, clock, mailer = sqlite_template().fresh(), FixedClock(at("2027-01-18 10:00")), KeptMail()
    app = build_app(url, clock=clock, mailer=mailer)
    with app.app_context():
        yield World(app, clock, mailer)
        db.session.remove()
        db.engine.dispose()
    sqlite_template().discard(url)


@pytest.fixture
def base(world: World) -> Iterator[str]:
    with serving(world.app) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A telephone, on which nothing is ever clicked."""
    opened = chromium.new_page(viewport={"width": PHONE, "height": 740})
    yield opened
    opened.close()


def test_from_the_event_s_page_to_what_came_of_it_and_out_again(
    world: World, base: str, page: Page
) -> None:
    make, keys = Make(world.clock), Keys(page, base)
    make.agency("Pool Hayes Academy", domains=["pool-hayes.example"])
    course = make.course(outcomes=("Recognise when nothing changes",))
    event = make.event(starts_at=at("2027-02-08 09:30"), course=course)
    db.session.rollback()
    marigold = Someone(world, "Marigold Pettifer", ADDRESS)

    keys.go_to(f"/events/{event}")
    keys.press("Book a place")
    sign_in(keys, marigold)
    sign_up(keys, marigold)
    book(keys)
    see_my_learning(keys)
    the_event_is_held(world, event)
    answer_at_the_end(keys, marigold)
    say_what_came_of_it(keys, marigold)
    give_up_another_place(keys, marigold, make)


def sign_in(keys: Keys, marigold: Someone) -> None:
    """With the code from the newest e-mail."""
    keys.fill("Your work e-mail", ADDRESS)
    keys.press("Send me a code")
    keys.lands_on("Check your e-mail")
    marigold.world.tick()
    code = SIX_DIGITS.search(text_of(marigold.inbox[-1]))
    assert code is not None
    keys.fill("Six-digit code", code[1])
    keys.press("Sign in", within="main")


def sign_up(keys: Keys, marigold: Someone) -> None:
    keys.lands_on("Tell us who you are")
    keys.fill("Your name", marigold.name)
    keys.choose("Pool Hayes Academy")
    keys.fill("Your job role", "Pastoral lead")
    keys.press("Save and go on")


def book(keys: Keys) -> None:
    keys.lands_on("Check your answers")
    keys.fill("Access needs", "Step-free route")
    keys.press("Book my place")
    keys.lands_on("You have a place")


def see_my_learning(keys: Keys) -> None:
    keys.press("My learning")
    keys.lands_on("My learning")
    assert "Disguised Compliance" in keys.page.inner_text("main")


def the_event_is_held(world: World, event: int) -> None:
    """Its day passes, she was there, and the register is closed."""
    world.clock.set(at("2027-02-08 16:50"))
    (booking,) = db.session.scalars(select(Booking.id).where(Booking.event_id == event))
    db.session.rollback()
    came(booking, Outcome.ATTENDED, counts_as_confirmed_at_start=True)
    close_register(event, at("2027-02-08 16:45"))


def answer_at_the_end(keys: Keys, marigold: Someone) -> None:
    marigold.world.tick()
    keys.go_to(link_in(marigold.inbox[-1], "/evaluations"))
    keys.lands_on("How was it?")
    keys.press("Send my answers")
    keys.lands_on("How was it?")
    assert keys.focused_on("govuk-error-summary")
    keys.press_link_in_summary()
    keys.choose("4")
    keys.fill_id("commitment_1", PROMISE)
    keys.press("Send my answers")
    keys.lands_on("Your answers are in")


def say_what_came_of_it(keys: Keys, marigold: Someone) -> None:
    marigold.world.clock.set(at("2027-04-05 09:00"))
    marigold.world.tick()
    keys.go_to(link_in(marigold.inbox[-1], "/evaluations"))
    assert f"“{PROMISE}”" in keys.page.inner_text("main")
    keys.choose("Done")
    keys.choose("5")
    keys.press("Send my answers")
    keys.lands_on("Your answers are in")


def give_up_another_place(keys: Keys, marigold: Someone, make: Make) -> None:
    """She was signed out long ago, and books again; then the link in the e-mail is enough."""
    other = make.event("Safer Recruitment", starts_at=at("2027-05-10 09:30"))
    db.session.rollback()
    keys.go_to(f"/events/{other}")
    keys.press("Book a place")
    sign_in(keys, marigold)
    keys.lands_on("Check your answers")
    keys.press("Book my place")
    keys.lands_on("You have a place")
    marigold.world.tick()
    keys.go_to(link_in(marigold.inbox[-1], "/places"))
    keys.lands_on("Give up your place?")
    keys.press("Give up my place")
    keys.lands_on("You have given up your place")
