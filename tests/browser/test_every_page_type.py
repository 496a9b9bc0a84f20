"""Every type of page in the real browser: axe, no sideways scroll, a focus that shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from lms.clock import FixedClock
from lms.db import db
from tests.browser.pages import ANYONE, CODE_SENT, NEW_HERE, NOT_PAGES, PAGE_TYPES, PageType
from tests.browser.scene import NOW, Scene
from tests.conftest import sqlite_template
from tests.support.browser import Browser as Client
from tests.support.chromium import carry_cookies, looks_wrong, serving
from tests.support.databases import build_app
from tests.support.mail import KeptMail


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    url, clock, mailer = sqlite_template().fresh(), FixedClock(NOW), KeptMail()
    app = build_app(url, clock=clock, mailer=mailer, demonstration=True)
    with app.app_context():
        yield Scene(app, clock, mailer)
        db.session.remove()
        db.engine.dispose()
    sqlite_template().discard(url)


@pytest.fixture(scope="module")
def base(scene: Scene) -> Iterator[str]:
    with serving(scene.app) as address:
        yield address


@pytest.fixture(scope="module")
def seats(scene: Scene, chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A window for each of those who look, signed in as they are."""
    clients = {ANYONE: Client(scene.app)}
    clients[CODE_SENT] = scene.newcomer("asking@new.example", proven=False).browser
    clients[NEW_HERE] = scene.newcomer("ann@wmp.example", proven=True).browser
    for who, person in scene.people.items():
        clients[who] = Client(scene.app)
        clients[who].sign_in(person)
    contexts = {}
    for who, client in clients.items():
        contexts[who] = chromium.new_context(bypass_csp=True)
        carry_cookies(client.client, contexts[who])
    yield contexts
    for context in contexts.values():
        context.close()


def opened(seats: dict[str, BrowserContext], base: str, scene: Scene, kind: PageType) -> Page:
    """The page of that type, with the answer that it should have."""
    context = seats[kind.who]
    page = context.new_page()
    answer = page.goto(base + scene.address(kind.address))
    assert answer is not None
    assert answer.status == kind.status, page.locator("main").inner_text()[:200]
    if kind.press:
        page.locator("main").get_by_role("button", name=kind.press).click()
        page.locator(".govuk-error-summary").wait_for()
    return page


@pytest.mark.parametrize("kind", PAGE_TYPES, ids=lambda kind: kind.name)
def test_a_page_is_sound_at_each_width(
    seats: dict[str, BrowserContext], base: str, scene: Scene, kind: PageType
) -> None:
    page = opened(seats, base, scene, kind)
    try:
        assert looks_wrong(page) == []
    finally:
        page.close()


def test_no_page_is_forgotten(scene: Scene) -> None:
    app = scene.app
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - _endpoints(app, scene) - NOT_PAGES == set()
    assert NOT_PAGES - pages == set()


def _endpoints(app: Flask, scene: Scene) -> set[str]:
    matching = app.url_map.bind("127.0.0.1")
    known = [kind for kind in PAGE_TYPES if kind.name != "page that is not there"]
    paths = [scene.address(kind.address).partition("?")[0] for kind in known]
    return {matching.match(path)[0] for path in paths}
