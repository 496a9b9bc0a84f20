"""One window of the real browser, at which all of those who look sit down in turn.

A window each would be a process each, that has to be started and to learn all scripts anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import ConsoleMessage, Page

from tests.browser.pages import PageType
from tests.browser.scene import Scene
from tests.support.browser import Browser as Client
from tests.support.chromium import DESK, carry_cookies, looks_wrong


class Window:
    """Where pages are opened and looked at; hears what the browser complains of."""

    def __init__(self, page: Page, base: str, scene: Scene, clients: Mapping[str, Client]) -> None:
        self.page, self.base, self.scene, self.clients = page, base, scene, clients
        self._complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda fault: self._complaints.append(str(fault)))

    def open(self, kind: PageType) -> None:
        """Be whoever sees that type of page, and open it; it must have the answer it should."""
        page = self.page
        page.context.clear_cookies()
        carry_cookies(self.clients[kind.who].client, page.context)
        page.set_viewport_size({"width": DESK, "height": 900})
        if kind.by:
            page.goto(self.base + self.scene.address(kind.by))
        self._complaints.clear()
        answer = page.goto(self.base + self.scene.address(kind.address))
        assert answer is not None
        assert answer.status == kind.status, page.locator("main").inner_text()[:200]
        if kind.press:
            page.locator("main").get_by_role("button", name=kind.press).click()
            page.locator(".govuk-error-summary").wait_for()

    def faults(self) -> list[str]:
        """All that is wrong with the page that is open, as it looks and as the browser says."""
        return looks_wrong(self.page) + self._complaints

    def _hear(self, said: ConsoleMessage) -> None:
        """Errors and warnings; that the page itself is no 200 is not one of them."""
        is_the_answer = said.location.get("url") == self.page.url
        if said.type in {"error", "warning"} and not is_the_answer:
            self._complaints.append(f"console: {said.text}")
