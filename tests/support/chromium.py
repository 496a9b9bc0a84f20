"""The real browser: pages served on a free port, looked at by Chromium and by axe."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from werkzeug.serving import make_server

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")  # the cheapest first
PHONE, DESK = 320, 1280
QUICKER = (  # nothing of what a page is or does; helpers that cost more than they bring here
    "--js-flags=--single-threaded",
    "--num-raster-threads=1",
    "--disable-gpu-rasterization",
    "--renderer-process-limit=1",
)


class NoChromiumError(Exception):
    """This machine has no Chromium that we know how to start."""


def start_chromium(playwright: Playwright) -> Browser:
    """Start the browser that the machine has; raises NoChromiumError where there is none."""
    named = os.environ.get("LMS_TEST_CHROMIUM")
    path = named or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise NoChromiumError
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *QUICKER])


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` in this process; gives the address to begin with."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def carry_cookies(client: FlaskClient, context: BrowserContext) -> None:
    """Let the real browser go on where a client of the tests has come to: signed in, for one."""
    context.add_cookies(
        [
            {"name": held.key, "value": held.value, "domain": "127.0.0.1", "path": held.path}
            for held in client._cookies.values()
        ]
    )


AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
    "elementRef": False,
}
AXE_FAULTS = """async (options) => (await axe.run(document, options)).violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`))"""


def axe_faults(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, WCAG 2.2 AA and best practice."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    faults: list[str] = page.evaluate(AXE_FAULTS, AXE_OPTIONS)
    return faults


def scrolls_sideways(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


STOPS = """() => {
  const drawn = (seen) => seen.boxShadow !== 'none'
    || (seen.outlineStyle !== 'none' && seen.outlineColor !== 'rgba(0, 0, 0, 0)');
  const shows = (on) => {
    const label = on.nextElementSibling, hidden = getComputedStyle(on).opacity === '0';
    const places = hidden ? [[label], [label, '::before']] : [[on], [label, '::before']];
    return places.some(([where, part]) => where && drawn(getComputedStyle(where, part)));
  };
  const scrolls = (one) => !one.hasAttribute('tabindex')
    && (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight);
  const takes = (one) => {
    if (one.tabIndex >= 0 || scrolls(one)) one.focus();
    return document.activeElement === one;
  };
  document.activeElement.blur();
  return [...document.body.querySelectorAll('*')].filter(takes)
    .map((one) => { one.focus(); return [one.outerHTML.slice(0, 120), shows(one)]; });
}"""


def stops(page: Page) -> dict[str, bool]:
    """Each place that the Tab key can come to, by how it begins, and whether its focus shows.

    One real press tells the browser that there is a keyboard; from then on it shows the focus of
    whatever is given it, so that the other places need no press each.
    """
    page.keyboard.press("Tab")
    found: list[tuple[str, bool]] = page.evaluate(STOPS)
    return {place: all(shows for at, shows in found if at == place) for place, _ in found}


def stops_without_focus(page: Page) -> list[str]:
    return [place for place, shows in stops(page).items() if not shows]


def looks_wrong(page: Page, *widths: int) -> list[str]:
    """All that is wrong with the page as it stands, at each width; and the Tab key's stops."""
    found = []
    for width in widths or (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {fault}" for fault in axe_faults(page)]
        found += [f"{width}: scrolls sideways"] if scrolls_sideways(page) else []
    return found + [f"no focus to be seen on {stop}" for stop in stops_without_focus(page)]
