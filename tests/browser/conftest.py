"""The scene that pages are looked at in, served, with a window for each of those who look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from lms.clock import FixedClock
from lms.db import db
from tests.browser.pages import ANYONE, CODE_SENT, DELEGATE, NEW_HERE
from tests.browser.scene import NOW, Scene
from tests.conftest import sqlite_template
from tests.support.browser import Browser as Client
from tests.support.chromium import carry_cookies, serving
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
def windows(scene: Scene, chromium: Browser) -> Iterator[dict[str, Page]]:
    """One for each of those who look, signed in as they are; it goes from page to page."""
    clients = {ANYONE: Client(scene.app)}
    clients[CODE_SENT] = scene.newcomer("asking@new.example", proven=False).browser
    clients[NEW_HERE] = scene.newcomer("ann@wmp.example", proven=True).browser
    for who, person in scene.people.items():
        clients[who] = Client(scene.app)
        clients[who].sign_in(person)
    adds_an_address(clients[DELEGATE])
    contexts = {who: chromium.new_context(bypass_csp=True) for who in clients}
    for who, client in clients.items():
        carry_cookies(client.client, contexts[who])
    yield {who: context.new_page() for who, context in contexts.items()}
    for context in contexts.values():
        context.close()


def adds_an_address(client: Client) -> None:
    """So that there is a code to be typed in."""
    page = client.get("/account/addresses")
    client.submit(page, {"email": "another@new.example"}, form="Send a code")
