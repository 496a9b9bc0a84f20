"""The scene that pages are looked at in, served, with a window for those who look at them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser

from lms.clock import FixedClock
from lms.db import db
from tests.browser.pages import ANYONE, CODE_SENT, DELEGATE, NEW_HERE
from tests.browser.scene import NOW, Scene
from tests.browser.window import Window
from tests.conftest import sqlite_template
from tests.support.browser import Browser as Client
from tests.support.chromium import serving
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
def window(scene: Scene, chromium: Browser) -> Iterator[Window]:
    """It goes from page to page, and has axe in it from the start of each."""
    clients = {ANYONE: Client(scene.app)}
    clients[CODE_SENT] = scene.newcomer("asking@new.example", proven=False).browser
    clients[NEW_HERE] = scene.newcomer("ann@wmp.example", proven=True).browser
    for who, person in scene.people.items():
        clients[who] = Client(scene.app)
        clients[who].sign_in(person)
    adds_an_address(clients[DELEGATE])
    with serving(scene.app) as base, chromium.new_context() as context:
        context.add_init_script(AXE_SCRIPT)
        yield Window(context.new_page(), base, scene, clients)


def adds_an_address(client: Client) -> None:
    """So that there is a code to be typed in."""
    page = client.get("/account/addresses")
    client.submit(page, {"email": "another@new.example"}, form="Send a code")
