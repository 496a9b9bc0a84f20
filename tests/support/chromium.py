"""The real browser: pages served on a free port, looked at by Chromium and by axe."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright
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


def axe_faults(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, WCAG 2.2 AA and best practice."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
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
  return places.some(([where, part]) => where && drawn(getComputedStyle(where, part)));
}"""


def stops_without_focus(page: Page, most: int = 80) -> list[str]:
    """Press Tab through the page; name each stop whose focus cannot be seen."""
    blind = []
    for _ in range(most):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if where.startswith("<body"):
            break
        if not page.evaluate(FOCUS_SHOWS):
            blind.append(where)
    return blind
