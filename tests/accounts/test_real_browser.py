"""Signing in and up by keyboard in the real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from lms.clock import FixedClock
from lms.db import db
from tests.accounts.conftest import newest_attempt, right_code
from tests.conftest import MONDAY_MORNING, sqlite_template
from tests.support.chromium import DESK, looks_wrong, serving
from tests.support.databases import build_app
from tests.support.mail import KeptMail
from tests.support.make import Make


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


def test_a_new_person_signs_up_by_keyboard_alone(app: Flask, page: Page) -> None:
    make = Make(app.extensions["lms.clock"])
    make.agency("Pool Hayes Academy", domains=["pool-hayes.example"])
    db.session.rollback()
    with serving(app) as base:
        page.goto(f"{base}/sign-in?next=/account")
        assert looks_wrong(page) == []
        page.get_by_label("Your work e-mail").focus()
        page.keyboard.type("m.pettifer@pool-hayes.example\n")
        page.wait_for_url("**/sign-in/code")
        assert looks_wrong(page) == []
        code = right_code(newest_attempt().id)
        page.get_by_label("Six-digit code").focus()
        page.keyboard.type(f"{code[:3]} {code[3:]}\n")
        page.wait_for_url("**/sign-up")
        assert looks_wrong(page) == []
        page.get_by_label("Your name").focus()
        page.keyboard.type("Marigold Pettifer\n")
        page.get_by_role("heading", name="Two things to put right").wait_for()
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
        assert looks_wrong(page) == []
        page.get_by_role("radio", name="Pool Hayes Academy").focus()
        page.keyboard.press("Space")
        page.get_by_label("Your job role").focus()
        page.keyboard.type("Safeguarding lead\n")
        page.get_by_role("heading", name="Your account").wait_for()
        assert "Pool Hayes Academy" in page.inner_text("main")
        assert looks_wrong(page) == []
