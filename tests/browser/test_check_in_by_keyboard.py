"""At the door with a telephone, by keys alone: with a place, without one, and the room's screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.access import Role
from lms.attendance.models import Mark
from lms.attendance.rules import MarkSource
from lms.catalogue.models import EventSession
from lms.db import db
from lms.evaluation.models import Evaluation
from tests.browser.keys import Keys
from tests.browser.test_practitioner_by_keyboard import base, world
from tests.journeys.people import SIX_DIGITS, Someone, World, text_of
from tests.support.browser import Browser as Client
from tests.support.chromium import PHONE, axe_faults, carry_cookies, scrolls_sideways
from tests.support.make import Make
from tests.support.snapshots import at

__all__ = ["base", "world"]
MARIGOLD = "marigold@pool-hayes.example"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": PHONE, "height": 740}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def projector(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


def test_A2_at_the_door_without_a_place_then_with_one_and_on_to_E2(
    world: World, base: str, phone: Page, projector: Page
) -> None:
    make, keys = Make(world.clock), Keys(phone, base)
    school = make.agency("Pool Hayes Academy", domains=["pool-hayes.example"])
    trainer = make.person("Juniper Oakes", role=Role.TRAINER)
    course = make.course(outcomes=("Recognise when nothing changes",))
    event = make.event(starts_at=at("2027-02-08 09:30"), course=course, trainers=[trainer])
    make.booking(event, make.person("Marigold Pettifer", MARIGOLD, agency=school))
    session_id = db.session.scalar(select(EventSession.id).where(EventSession.event_id == event))
    code = world.app.extensions["lms.keys"].code("check-in", session_id)
    db.session.rollback()
    world.clock.set(at("2027-02-08 09:10"))

    staff = Client(world.app)
    staff.sign_in(trainer)
    carry_cookies(staff.client, projector.context)
    projector.goto(f"{base}/manage/events/{event}/check-in")
    expect(projector.locator("#count")).to_contain_text("0 of 1 here")

    without_a_place(keys, code)
    with_a_place(keys, code, Someone(world, "Marigold Pettifer", MARIGOLD))
    expect(projector.locator("#count")).to_contain_text("2 of 2 here", timeout=12_000)

    db.session.rollback()
    sources = db.session.scalars(select(Mark.source)).all()
    assert sources == [MarkSource.SELF_CHECK_IN] * 2
    [sheet] = db.session.scalars(select(Evaluation).where(Evaluation.answered_at.is_not(None)))
    assert sheet.is_baseline


def without_a_place(keys: Keys, code: str) -> None:
    """The code is typed by hand, for want of a camera."""
    keys.go_to("/check-in")
    keys.fill("Code", code.lower().replace("-", " "))
    keys.press("Go on")
    keys.lands_on("Check in")
    looks_right(keys.page)
    keys.press("Go on")
    assert keys.focused_on("govuk-error-summary")
    keys.press_link_in_summary()
    keys.page.keyboard.type("Walter Inn")
    keys.fill("Your work e-mail", "walter@pool-hayes.example")
    keys.press("Go on")
    keys.lands_on("Where do you work?")
    looks_right(keys.page)
    keys.choose("Pool Hayes Academy")
    keys.press("Check in")
    keys.lands_on("You are checked in")
    looks_right(keys.page)


def with_a_place(keys: Keys, code: str, marigold: Someone) -> None:
    """Signed in with a code, checked in with one tap, and the questions answered with the next."""
    keys.go_to(f"/check-in/{code}")
    keys.press("sign in")
    keys.fill("Your work e-mail", marigold.address)
    keys.press("Send me a code")
    marigold.world.tick()
    [digits] = [found[1] for sent in marigold.inbox if (found := SIX_DIGITS.search(text_of(sent)))]
    keys.fill("Six-digit code", digits)
    keys.press("Sign in", within="main")
    keys.lands_on("Check in")
    looks_right(keys.page)
    keys.press("Check in")
    keys.lands_on("You are checked in")
    looks_right(keys.page)
    keys.press("Answer before we start")
    keys.choose("2")
    keys.press("Send my answers")
    keys.lands_on("Your answers are in")


def looks_right(page: Page) -> None:
    assert axe_faults(page) == []
    assert not scrolls_sideways(page)
