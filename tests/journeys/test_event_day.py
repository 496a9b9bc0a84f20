"""A whole event day from two devices, in real browsers: the trainer's tablet, a delegate's phone.

The delegate checks in by the code on the wall. The network goes; the trainer marks on, in two
windows, looks at the page anew, writes down somebody who walked in; and once it is back all of it
is there, each exactly once. Hours later nobody is signed in any more, and the register is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from lms.attendance.models import Mark
from lms.attendance.rules import MarkSource
from lms.booking.models import Booking
from lms.clock import FixedClock
from lms.db import db
from tests.conftest import sqlite_template
from tests.support.browser import Browser as Client
from tests.support.chromium import axe_faults, carry_cookies, looks_wrong, serving
from tests.support.databases import build_app
from tests.support.door import DAY, Door
from tests.support.mail import KeptMail
from tests.support.make import Make

NAMES = ("Ada Pettifer", "Ben Ashby", "Cy Cole", "Dora Elms", "Eve Figg")
TABLET, PHONE = {"width": 1024, "height": 768}, {"width": 320, "height": 640}
COME_BACK = 10_000


@pytest.fixture
def morning() -> FixedClock:
    return FixedClock(DAY)


@pytest.fixture
def served(morning: FixedClock) -> Iterator[tuple[Flask, str]]:
    """The application on SQLite, served as a browser asks for it."""
    url = sqlite_template().fresh()
    app = build_app(url, clock=morning, mailer=KeptMail())
    with app.app_context(), serving(app) as base:
        yield app, base
        db.session.remove()
        db.engine.dispose()
    sqlite_template().discard(url)


@pytest.fixture
def door(served: tuple[Flask, str], morning: FixedClock) -> Door:
    door = Door(Make(morning), morning)
    morning.set(DAY - timedelta(minutes=10))
    return door


def device(chromium: Browser, app: Flask, person: int, size: dict[str, int]) -> BrowserContext:
    """A device of its own, on which that person is signed in."""
    client = Client(app)
    client.sign_in(person)
    context = chromium.new_context(viewport=size)  # type: ignore[arg-type]
    context.set_default_timeout(COME_BACK)
    carry_cookies(client.client, context)
    return context


class Day:
    """The two devices, and what happens on them."""

    def __init__(self, served: tuple[Flask, str], door: Door, chromium: Browser) -> None:
        app, self.base = served
        self.door = door
        people = [door.make.person(name) for name in NAMES]
        booked = (door.make.booking(door.event, person) for person in people)
        self.ada, self.ben, self.cy, self.dora, self.eve = booked
        self.register = f"{self.base}/manage/events/{door.event}/register"
        self.tablet = device(chromium, app, door.trainer, TABLET)
        self.phone = device(chromium, app, people[0], PHONE)
        self.page = self.tablet.new_page()

    def open_the_register(self) -> str:
        """By the list of one's events; and the code that hangs on the wall."""
        self.page.goto(f"{self.base}/manage/registers")
        self.page.get_by_role("link", name="Disguised Compliance").click()
        self.page.locator("html[data-register-ready]").wait_for()
        wall = self.tablet.new_page()
        wall.goto(self.register)
        wall.get_by_role("link", name="Show the check-in code full screen").click()
        code = wall.locator(".room__code").inner_text()
        wall.close()
        return code

    def check_in_by_phone(self, code: str) -> None:
        hers = self.phone.new_page()
        hers.goto(f"{self.base}/check-in")
        hers.get_by_role("textbox").fill(code)
        hers.get_by_role("button", name="Go on").click()
        hers.get_by_role("button", name="Check in", exact=True).click()
        expect(hers.locator("h1")).to_contain_text("checked in")

    def confirm_by_keyboard(self) -> None:
        """The claim is seen, and one press confirms it; the focus stays where it was."""
        page = self.page
        page.evaluate("dispatchEvent(new Event('online'))")  # it looks every 20 seconds by itself
        expect(page.locator(".claims")).to_contain_text("One person checked in by phone.")
        assert looks_wrong(page, 320, 1280, 1024) == []
        page.evaluate("window.isTheSamePage = true")
        page.focus(f"#name-{self.ada}-present")
        page.keyboard.press("Enter")
        expect(page.locator(".claims")).to_have_count(0)
        expect(page.locator("#last-act")).to_contain_text("Ada Pettifer is marked present.")
        assert page.evaluate("document.activeElement.id") == f"name-{self.ada}-present"
        assert page.evaluate("window.isTheSamePage")

    def mark_without_connection(self, second: Page) -> None:
        """In two windows: a mark, minutes, one taken back at once."""
        page = self.page
        page.click(f"#name-{self.ben}-present")
        page.click(f"#name-{self.cy}-late")
        page.fill(f"#late-{self.cy}", "15")
        page.locator(f"#name-{self.cy}").get_by_role("button", name="Save").click()
        page.click(f"#name-{self.eve}-absent")
        page.get_by_role("button", name="Undo").click()
        second.click(f"#name-{self.dora}-present")
        expect(page.locator("#connection")).to_contain_text("4 marks wait for the connection.")
        assert axe_faults(page) == []

    def open_it_again_without_connection(self) -> None:
        """The page comes from the device, with all that waits; somebody walks in meanwhile."""
        page = self.page
        page.reload()
        expect(page.locator("#connection")).to_contain_text("4 marks wait for the connection.")
        pressed = page.locator(f"#name-{self.ben}-present")
        expect(pressed).to_have_attribute("aria-pressed", "true")
        expect(page.locator(f"#late-{self.cy}")).to_have_value("15")
        page.get_by_role("link", name="Add someone who walked in").click()
        page.get_by_label("Name").fill("Walter Inn")
        page.get_by_label("Agency").fill("Street Teams")
        page.get_by_role("button", name="Add them to the register").click()
        expect(page.locator("#last-act")).to_contain_text("Walter Inn walked in")
        expect(page.locator("ul.register")).to_contain_text("Walter Inn")
        page.goto(f"{self.register}/close")  # not now: back it comes
        expect(page.locator("#connection")).to_contain_text("5 marks wait")

    def see_all_of_it_there(self, *windows: Page) -> None:
        for window in windows:
            expect(window.locator("#connection")).not_to_contain_text("wait")
            expect(window.locator("#register")).to_contain_text("5 of 6 marked")
        said = "The connection is back. Every mark is saved."
        expect(self.page.locator("#connection")).to_have_text(said)
        assert self.page.evaluate("Object.keys(localStorage)") == []

    def mark_after_the_browser_was_shut(self) -> None:
        """Only the pass is left: the page, older than all else, sends its taps all the same."""
        self.tablet.clear_cookies(name="lms")
        for mark, said in (("left_early", "marked as having left early"), ("present", "present")):
            self.page.click(f"#name-{self.ben}-{mark}")
            drawn_by_the_service = self.page.locator("#last-act:has(form)")
            expect(drawn_by_the_service).to_contain_text(said)

    def close_it_signed_out(self) -> None:
        page = self.page
        page.reload()
        stays = "You are signed out, but this register stays open on this device"
        expect(page.get_by_text(stays)).to_be_visible()
        page.get_by_role("link", name="Close the register").click()
        page.get_by_label("Absent").check()
        page.get_by_role("button", name="Close the register").last.click()
        expect(page.get_by_text("The register is closed with six names.")).to_be_visible()
        assert page.evaluate("caches.keys()") == []  # no names are left on the tablet
        page.goto(self.register)
        expect(page.locator("h1")).to_have_text("Sign in")


def test_A1_A2_A3_a_day_from_two_devices_with_the_network_cut(
    served: tuple[Flask, str], door: Door, chromium: Browser, morning: FixedClock
) -> None:
    day = Day(served, door, chromium)
    code = day.open_the_register()
    day.check_in_by_phone(code)
    day.confirm_by_keyboard()

    second = day.tablet.new_page()
    second.goto(day.register)
    day.tablet.set_offline(True)
    morning.advance(timedelta(minutes=1))
    day.mark_without_connection(second)
    day.open_it_again_without_connection()
    assert len(marks()) == 2  # hers, and its confirmation

    day.tablet.set_offline(False)
    day.see_all_of_it_there(day.page, second)
    second.close()
    every_mark_is_there_once(day)

    morning.set(DAY + timedelta(hours=7))
    day.mark_after_the_browser_was_shut()
    day.close_it_signed_out()
    outcomes_are_right(day)
    day.tablet.close()
    day.phone.close()


def every_mark_is_there_once(day: Day) -> None:
    sent = [row for row in marks() if row.sent_key]
    assert len({row.sent_key for row in sent}) == len(sent)
    picture, session = day.door.picture, day.door.session()
    found = {line.name: line.marks.get(session) for line in picture.lines}
    assert {name: mark.kind.value for name, mark in found.items() if mark} == {
        "Ada Pettifer": "present",
        "Ben Ashby": "present",
        "Cy Cole": "late",
        "Dora Elms": "present",
        "Walter Inn": "present",
    }
    assert picture.line(day.cy).marks[session].minutes_late == 15
    of_ada = [row.source for row in marks() if row.booking_id == day.ada]
    assert of_ada == [MarkSource.SELF_CHECK_IN, MarkSource.TRAINER]


def outcomes_are_right(day: Day) -> None:
    db.session.rollback()
    outcomes = dict(db.session.execute(select(Booking.id, Booking.outcome)).all())
    came = {outcomes[booking].value for booking in (day.ada, day.ben, day.cy, day.dora)}
    assert came == {"attended"}
    assert outcomes[day.eve].value == "did_not_attend"


def marks() -> list[Mark]:
    db.session.rollback()
    return list(db.session.scalars(select(Mark).order_by(Mark.id)))
