"""Monday morning: Today is emptied by clicking through it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from lms.access import Role
from lms.accounts.commands import set_weekdays
from lms.booking.commands import request_place
from lms.booking.rules import BookingState
from lms.catalogue.rules import ApprovedBy
from lms.clock import FixedClock
from lms.db import db
from lms.jobs import run_all
from tests.conftest import MONDAY_MORNING, sqlite_template
from tests.support.browser import Browser as Client
from tests.support.chromium import axe_faults, carry_cookies, looks_wrong, serving
from tests.support.databases import build_app
from tests.support.mail import KeptMail, come_back
from tests.support.make import Make

PATIENCE = 10_000


@pytest.fixture
def served() -> Iterator[tuple[Flask, str, Make]]:
    """The application on SQLite, served as a browser asks for it."""
    url, clock = sqlite_template().fresh(), FixedClock(MONDAY_MORNING)
    app = build_app(url, clock=clock, mailer=KeptMail())
    with app.app_context(), serving(app) as base:
        yield app, base, Make(clock)
        db.session.remove()
        db.engine.dispose()
    sqlite_template().discard(url)


class Monday:
    """The page, and what waits on it."""

    def __init__(self, served: tuple[Flask, str, Make], chromium: Browser) -> None:
        app, self.base, self.make = served
        self.coordinator = self.make.coordinator()
        set_weekdays(self.coordinator, [0, 3])
        self.trainer = self.make.person("Tilda Trainer", role=Role.TRAINER)
        self._what_waits()
        client = Client(app)
        client.sign_in(self.coordinator)
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        carry_cookies(client.client, context)
        self.page: Page = context.new_page()

    def _what_waits(self) -> None:
        make, now = self.make, self.make.now
        run_all(now)
        week = timedelta(days=7)
        held = make.event("Held", starts_at=now - week, hours=3, trainers=[self.trainer])
        make.booking(held)
        make.booking(held)
        make.event("Untrained", starts_at=now + timedelta(days=3))
        make.event("Doubtful", starts_at=now + 2 * week, minimum_places=8, trainers=[self.trainer])
        asked = make.event(
            "Approved",
            starts_at=now + 3 * week,
            approved_by=ApprovedBy.AGENCY_LEAD,
            trainers=[self.trainer],
        )
        agency = make.agency("Street Teams")
        person = make.person("Hector Bramblewick", agency=agency)
        request_place(asked, person, agency_id=agency, by=None, now=now)
        charged = make.booking(
            make.event("Charged", starts_at=now - 2 * week, is_imported=True),
            state=BookingState.CANCELLED,
        )
        make.charge(charged)
        typed = make.event("Typed", starts_at=now + 4 * week, trainers=[self.trainer])
        make.booking(typed, make.person("Lee Oak"), agency_id=None, agency_typed="Street Team")
        come_back(make)

    def today(self) -> Page:
        self.page.goto(f"{self.base}/manage")
        return self.page

    def go(self, name: str) -> Page:
        """Press the verb of the line that begins with `name`."""
        page = self.today()
        page.locator("main").get_by_role("link", name=name).first.click()
        return page

    def press(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name).first.click()


def test_monday_s_page_is_emptied_by_clicking_through_it(
    served: tuple[Flask, str, Make], chromium: Browser
) -> None:
    monday = Monday(served, chromium)
    page = monday.today()
    expect(page.locator("main")).to_contain_text("Six things need you, Idris.")
    expect(page.locator("main")).to_contain_text("before you are back on Thursday")
    expect(page.locator("main")).to_contain_text("Went wrong: 1")
    assert looks_wrong(page, 320, 1280) == []
    assert axe_faults(page) == []

    monday.go("Close the register")
    page.get_by_role("link", name="Close the register").first.click()
    monday.press("All were there")
    expect(page.locator("main")).to_contain_text("The register is closed")

    monday.go("Name a trainer")
    page.get_by_label("Tilda Trainer").check()
    monday.press("Go on")
    expect(page.locator("main")).to_contain_text("Tilda Trainer")
    monday.press("Save")

    monday.go("Run it or not")
    monday.press("Let it go ahead")

    monday.go("Approve or decline")
    monday.press("Approve")

    monday.go("Confirm or waive")
    page.get_by_role("checkbox").first.check()
    monday.press("Confirm those ticked")

    monday.go("is no agency we know")
    monday.press("Match")

    monday.today().get_by_role("link", name="See the message").click()
    monday.press("Dealt with")

    page = monday.today()
    expect(page.locator("main")).to_contain_text("Nothing needs you today, Idris.")
    expect(page.locator("main")).not_to_contain_text("Went wrong")
