"""A line manager approves by the link in an e-mail, by keys alone and without an account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from lms.booking.rules import BookingState
from lms.catalogue.rules import ApprovedBy
from lms.db import db
from tests.browser.keys import Keys
from tests.browser.test_practitioner_by_keyboard import base, world
from tests.journeys.people import Someone, World, link_in
from tests.support.approvals import MANAGER, OWN, School
from tests.support.booking import booking
from tests.support.chromium import PHONE
from tests.support.make import Make

__all__ = ["base", "world"]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": PHONE, "height": 740})
    yield opened
    opened.close()


def test_B10_a_line_manager_approves_by_link_and_the_place_is_confirmed(
    world: World, base: str, page: Page
) -> None:
    school = School(Make(world.clock), ApprovedBy.LINE_MANAGER)
    asked = school.ask()
    db.session.rollback()
    world.tick()
    manager = Someone(world, "Head Teacher", MANAGER)
    keys = Keys(page, base)

    keys.go_to(link_in(manager.inbox[-1], "/approvals"))
    keys.lands_on("May Marigold Pettifer come?")
    keys.press("Decline")
    assert keys.focused_on("govuk-error-summary"), "the reason is asked for"
    keys.press("Approve")
    keys.lands_on("It is approved")

    assert booking(asked).state is BookingState.CONFIRMED
    world.tick()
    told = Someone(world, "Marigold Pettifer", OWN).inbox[-1]
    assert told["Subject"].startswith("You have a place")
