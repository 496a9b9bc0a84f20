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

PHONE, DESK = 320, 1280
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class NoChromiumError(Exception):
    """This machine has no Chromium that we know how to start."""


def start_chromium(playwright: Playwright) -> Browser:
    """Start the browser that the machine has; raises NoChromiumError where there is none."""
    path = os.environ.get("LMS_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise NoChromiumError
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


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


def axe_faults(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, WCAG 2.2 AA and best practice."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "resultTypes": ["violations"],
        "elementRef": False,
    }
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


FOCUS_SHOWS = """() => {
  const on = document.activeElement, label = on.nextElementSibling;
  const drawn = (seen) => seen.boxShadow !== 'none'
    || (seen.outlineStyle !== 'none' && seen.outlineColor !== 'rgba(0, 0, 0, 0)');
  const hidden = getComputedStyle(on).opacity === '0';
  const places = hidden ? [[label], [label, '::before']] : [[on], [label, '::before']];
  const shows = places.some(([where, part]) => where && drawn(getComputedStyle(where, part)));
  return [on.outerHTML.slice(0, 120), shows];
}"""


def stops_without_focus(page: Page, most: int = 80) -> list[str]:
    """Press Tab through the page; name each stop whose focus cannot be seen."""
    blind = []
    for _ in range(most):
        page.keyboard.press("Tab")
        where, shows = page.evaluate(FOCUS_SHOWS)
        if where.startswith("<body"):
            break
        if not shows:
            blind.append(where)
    return blind


def looks_wrong(page: Page, *widths: int) -> list[str]:
    """All that is wrong with the page as it stands, at each width; and the Tab key's stops."""
    found = []
    for width in widths or (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {fault}" for fault in axe_faults(page)]
        found += [f"{width}: scrolls sideways"] if scrolls_sideways(page) else []
    return found + [f"no focus to be seen on {stop}" for stop in stops_without_focus(page)]
