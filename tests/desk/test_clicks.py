"""A coordinator's work counted from Today, in what is pressed: a link followed, a button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lms.access import Role
from lms.booking.rules import Outcome
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.clock import FixedClock
from lms.db import db
from lms.jobs import run_all
from tests.support.browser import Browser, Page
from tests.support.make import Make


class Work:
    """Goes from page to page by pressing what is on it, and counts."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.page: Page = browser.get("/manage")
        self.clicks = 0

    def follow(self, link: str) -> Work:
        return self._at(self.browser.get(self.page.link(link)))

    def press(self, button: str, **typed: Any) -> Work:
        fields = {name.replace("__", "-"): value for name, value in typed.items()}
        return self._at(self.browser.submit(self.page, fields, form=button))

    def _at(self, page: Page) -> Work:
        self.page, self.clicks = page, self.clicks + 1
        return self


@pytest.fixture
def coordinator(browser: Browser, make: Make) -> int:
    person = make.coordinator()
    browser.sign_in(person)
    return person


def test_publishing_a_copied_event_takes_six_clicks_at_most(
    browser: Browser, make: Make, coordinator: int
) -> None:
    trainer = make.person("Tilda Trainer", role=Role.TRAINER)
    course = make.course()
    make.event(course=course, starts_at=make.now - timedelta(days=90), trainers=[trainer])
    work = Work(browser).follow("Events").follow("Past").follow("Copy")
    when = {"sessions-0-on": "8 March 2027", "sessions-0-starts": "9:30am"}
    work.press("Make the draft", **when, **{"sessions-0-ends": "4:30pm"})
    work.press("Publish")
    assert work.clicks <= 6
    newest = db.session.query(Event).order_by(Event.id.desc()).first()
    assert newest is not None
    assert newest.state is EventState.PUBLISHED


def test_closing_a_register_of_twenty_all_present_takes_three(
    browser: Browser, make: Make, coordinator: int, clock: FixedClock
) -> None:
    event = make.event("Neglect", starts_at=make.now - timedelta(hours=8), hours=6)
    bookings = [make.booking(event) for _ in range(20)]
    work = Work(browser).follow("Close the register: Neglect").follow("Close the register")
    button = work.page.document.find("button", attrs={"name": "all"})
    work.press("All were there", all=button["value"])
    assert "The register is closed" in work.page.text
    assert work.clicks <= 3
    assert len(bookings) == 20


def test_who_has_not_evaluated_takes_two(
    browser: Browser, make: Make, coordinator: int, clock: FixedClock
) -> None:
    event = make.event(
        "Neglect", course=make.course(), starts_at=make.now - timedelta(days=2), hours=3
    )
    make.booking(event, make.person("Ann Ash"), outcome=Outcome.ATTENDED)
    run_all(make.now)
    work = Work(browser).follow("Who has not")
    assert "Ann Ash" in work.page.text
    assert work.clicks <= 2
