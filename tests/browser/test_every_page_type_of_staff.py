"""Every type of page of those who run the programme, in the real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.looking import opened
from tests.browser.pages import OF_THE_PROGRAMME, PAGE_TYPES, PageType
from tests.browser.scene import Scene
from tests.support.chromium import looks_wrong

OF_STAFF = [kind for kind in PAGE_TYPES if kind.who in OF_THE_PROGRAMME]


@pytest.mark.parametrize("kind", OF_STAFF, ids=lambda kind: kind.name)
def test_a_page_is_sound_at_each_width(
    windows: dict[str, Page], base: str, scene: Scene, kind: PageType
) -> None:
    assert looks_wrong(opened(windows, base, scene, kind)) == []
