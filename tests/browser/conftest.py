"""A real browser on the real application: Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from lms.clock import FixedClock
from lms.db import db
from tests.conftest import NOT_RUN, sqlite_template
from tests.support.databases import build_app
from tests.support.mail import KeptMail

WIDTHS = (320, 1280)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium, without a screen."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        assert os.environ.get("CI") != "true", "Chromium is not installed"
        NOT_RUN.add("the real browser: Chromium is not installed")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def base_url() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def app(base_url: str, clock: FixedClock, mailer: KeptMail) -> Iterator[Flask]:
    """The application on SQLite, served at `base_url` by a thread of its own."""
    template = sqlite_template()
    url = template.fresh()
    application = build_app(url, clock=clock, mailer=mailer, base_url=base_url)
    server = make_server("127.0.0.1", int(base_url.rsplit(":", 1)[1]), application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with application.app_context():
        yield application
        db.session.remove()
        server.shutdown()
        thread.join()
        db.engine.dispose()
    template.discard(url)


@dataclass
class Screen:
    """One window: pages by address, and what is wrong with the one that is open."""

    page: Page
    base_url: str

    def open(self, address: str) -> Page:
        self.page.goto(self.base_url + address)
        return self.page

    def check(self) -> None:
        """No axe violation, no sideways scroll, no message on the console, at each width."""
        faults = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{width} px: {fault}" for fault in self._faults()]
        assert faults == [], f"{self.page.url}: {faults}"

    def _faults(self) -> list[str]:
        found = Axe().run(self.page).response["violations"]
        faults = [
            f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"][:3]
        ]
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            faults.append(f"scrolls sideways by {wide} px")
        return faults

    def tab_to(self, role: str, name: str, most: int = 120) -> None:
        """Press Tab until the control of that role and name has the focus."""
        wanted = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        for _ in range(most):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reached {role} {name!r} on {quote(self.page.url)}")

    def press(self, role: str, name: str) -> None:
        """Reach a control by Tab alone and press Enter."""
        self.tab_to(role, name)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()


@pytest.fixture
def screen(chromium: Chromium, app: Flask, base_url: str) -> Iterator[Screen]:
    """A fresh window on the application."""
    context = chromium.new_context(base_url=base_url, locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    messages: list[str] = []
    page.on("console", lambda said: messages.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield Screen(page, base_url)
    context.close()
    assert messages == [], messages
