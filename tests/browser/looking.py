"""Opening a page of some type in the window of whoever sees it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.pages import PageType
from tests.browser.scene import Scene
from tests.support.chromium import DESK


def opened(windows: dict[str, Page], base: str, scene: Scene, kind: PageType) -> Page:
    """The page of that type, with the answer that it should have."""
    page = windows[kind.who]
    page.set_viewport_size({"width": DESK, "height": 900})
    if kind.by:
        page.goto(base + scene.address(kind.by))
    answer = page.goto(base + scene.address(kind.address))
    assert answer is not None
    assert answer.status == kind.status, page.locator("main").inner_text()[:200]
    if kind.press:
        page.locator("main").get_by_role("button", name=kind.press).click()
        page.locator(".govuk-error-summary").wait_for()
    return page
