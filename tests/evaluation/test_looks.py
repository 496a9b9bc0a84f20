"""The forms in the real browser: axe, the keyboard, the script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from lms.clock import FixedClock
from lms.db import db
from lms.evaluation.commands import Opened, answer, ask_all_due
from lms.evaluation.models import Commitment, Evaluation
from lms.evaluation.rules import Stage
from tests.evaluation.conftest import Delegate, came, close_register
from tests.support.chromium import PHONE, axe_faults, looks_wrong, serving
from tests.support.make import Make
from tests.support.snapshots import at

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PROMISE = "Find somewhere private to ask"


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


@pytest.fixture
def asked(delegate: Delegate, make: Make, clock: FixedClock) -> Delegate:
    """All three stages can be seen: the event is over, the register closed, some were asked."""
    make.booking(delegate.event, make.person("Osei Thistledown"))
    ask_all_due(at("2027-02-08 16:30"))
    came(delegate.booking)
    close_register(delegate.event, at("2027-02-08 17:00"))
    clock.set(at("2027-02-08 17:30"))
    return delegate


def look_at(page: Page, address: str) -> None:
    page.goto(address)
    assert looks_wrong(page) == []


def promised(delegate: Delegate) -> None:
    when = at("2027-02-08 17:00")
    posted = {key: [value] for key, value in delegate.confidence(4, 3).items()}
    posted["commitment_1"] = [PROMISE]
    answer(Opened(delegate.booking, Stage.POST, when), posted, now=when)


def test_the_three_forms_are_sound_at_each_width(
    asked: Delegate, base: str, context: BrowserContext, clock: FixedClock
) -> None:
    page = context.new_page()
    clock.set(at("2027-02-05 10:00"))
    look_at(page, base + asked.link("pre"))
    clock.set(at("2027-02-08 17:30"))
    look_at(page, base + asked.link("post"))
    page.get_by_role("button", name="Send my answers").click()
    page.locator(".govuk-error-summary").wait_for()
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert axe_faults(page) == []
    promised(asked)
    look_at(page, base + asked.link("post"))
    look_at(page, f"{base}{asked.address('post')}/answered")
    clock.set(at("2027-04-05 10:00"))
    look_at(page, base + asked.link("impact"))


def test_the_post_form_is_answered_by_keyboard_alone(
    asked: Delegate, base: str, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(base + asked.link("post"))
    page.locator(f"#confidence_{asked.outcomes[0]}").focus()
    for _ in asked.outcomes:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
    page.locator("#commitment_1").focus()
    page.keyboard.type(PROMISE)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Send my answers":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are in")
    db.session.rollback()
    assert db.session.scalars(select(Commitment.text)).all() == [PROMISE]


def test_E9_the_form_keeps_itself_while_somebody_types(
    asked: Delegate, base: str, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(base + asked.link("post"))
    with page.expect_response(lambda sent: sent.url.endswith("/post/draft")) as kept:
        page.locator("#commitment_1").press_sequentially(PROMISE)
    assert kept.value.status == 204
    page.goto(base + asked.link("post"))
    expect(page.locator("#commitment_1")).to_have_value(PROMISE)
    form = db.session.scalars(
        select(Evaluation).where(Evaluation.booking_id == asked.booking)
    ).one()
    assert form.answered_at is None
