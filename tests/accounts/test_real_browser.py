"""Signing in and up by keyboard in the real browser, and axe on every page about people."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from lms.access import Role
from lms.accounts.commands import PersonDetails, add_person, make_sign_in_link
from lms.clock import FixedClock
from lms.db import db
from tests.accounts.conftest import newest_attempt, right_code
from tests.conftest import MONDAY_MORNING, NOT_RUN, sqlite_template
from tests.support.chromium import (
    DESK,
    PHONE,
    NoChromiumError,
    axe_faults,
    scrolls_sideways,
    serving,
    start_chromium,
    stops_without_focus,
)
from tests.support.databases import build_app
from tests.support.mail import KeptMail
from tests.support.make import Make


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            started = start_chromium(playwright)
        except NoChromiumError:
            if os.environ.get("CI") == "true":
                raise
            NOT_RUN.add("the real browser: no Chromium")
            pytest.skip("Chromium is not installed")
        yield started
        started.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": DESK, "height": 900}, bypass_csp=True)
    yield opened
    opened.close()


@pytest.fixture
def app() -> Iterator[Flask]:
    url = sqlite_template().fresh()
    made = build_app(url, clock=FixedClock(MONDAY_MORNING), mailer=KeptMail())
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    sqlite_template().discard(url)


def faults(page: Page) -> list[str]:
    """Everything wrong with a page, at each width."""
    found = []
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        found += axe_faults(page)
        found += [f"scrolls sideways at {width}"] if scrolls_sideways(page) else []
    return found + stops_without_focus(page)


def test_a_new_person_signs_up_by_keyboard_alone(app: Flask, page: Page) -> None:
    make = Make(app.extensions["lms.clock"])
    make.agency("Pool Hayes Academy", domains=["pool-hayes.example"])
    db.session.rollback()
    with serving(app) as base:
        page.goto(f"{base}/sign-in?next=/account")
        assert faults(page) == []
        page.get_by_label("Your work e-mail").focus()
        page.keyboard.type("m.pettifer@pool-hayes.example\n")
        page.wait_for_url("**/sign-in/code")
        assert faults(page) == []
        code = right_code(newest_attempt().id)
        page.get_by_label("Six-digit code").focus()
        page.keyboard.type(f"{code[:3]} {code[3:]}\n")
        page.wait_for_url("**/sign-up")
        assert faults(page) == []
        page.get_by_label("Your name").focus()
        page.keyboard.type("Marigold Pettifer\n")
        page.get_by_role("heading", name="Two things to put right").wait_for()
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
        assert faults(page) == []
        page.get_by_role("radio", name="Pool Hayes Academy").focus()
        page.keyboard.press("Space")
        page.get_by_label("Your job role").focus()
        page.keyboard.type("Safeguarding lead\n")
        page.get_by_role("heading", name="Your account").wait_for()
        assert "Pool Hayes Academy" in page.inner_text("main")
        assert faults(page) == []


PAGES = [
    "/account/details",
    "/account/needs",
    "/manage/agencies",
    "/manage/agencies/new",
    "/manage/agencies/1",
    "/manage/partnership",
    "/manage/partnership/policies",
    "/manage/people",
    "/manage/people/new",
    "/manage/people/1",
    "/manage/people/unmatched",
]


def test_the_pages_about_people_and_agencies_are_sound(app: Flask, page: Page) -> None:
    make, now = Make(app.extensions["lms.clock"]), MONDAY_MORNING
    administrator = make.person("Idris Larkspur", role=Role.ADMINISTRATOR)
    make.booking(make.event(), administrator)
    typed = PersonDetails("Ann Other", "ann@x.example", agency_typed="Bread Club")
    add_person(typed, by=None, now=now)
    secret = make_sign_in_link(administrator, now=now)
    db.session.rollback()
    with serving(app) as base:
        page.goto(f"{base}/sign-in/{secret}")
        assert faults(page) == []
        page.locator("main").get_by_role("button", name="Sign in").click()
        found = {}
        for path in PAGES:
            page.goto(base + path)
            found[path] = faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
