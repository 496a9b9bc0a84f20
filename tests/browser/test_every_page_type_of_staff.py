"""Every type of page of those who run the programme, in the real browser."""

from __future__ import annotations

import pytest

from tests.browser.pages import OF_THE_PROGRAMME, PAGE_TYPES, PageType
from tests.browser.window import Window

OF_STAFF = [kind for kind in PAGE_TYPES if kind.who in OF_THE_PROGRAMME]


@pytest.mark.parametrize("kind", OF_STAFF, ids=lambda kind: kind.name)
def test_a_page_is_sound_at_each_width(window: Window, kind: PageType) -> None:
    window.open(kind)
    assert window.faults() == []
