"""Every type of page in the real browser: axe, no sideways scroll, a focus that shows.

Here are those of people who learn; beside this, of those who run the programme.
"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.browser.pages import NOT_PAGES, OF_THE_PROGRAMME, PAGE_TYPES, PageType
from tests.browser.scene import Scene
from tests.browser.window import Window

OF_LEARNERS = [kind for kind in PAGE_TYPES if kind.who not in OF_THE_PROGRAMME]


@pytest.mark.parametrize("kind", OF_LEARNERS, ids=lambda kind: kind.name)
def test_a_page_is_sound_at_each_width(window: Window, kind: PageType) -> None:
    window.open(kind)
    assert window.faults() == []


def test_no_page_is_forgotten(scene: Scene) -> None:
    app = scene.app
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - _endpoints(app, scene) - NOT_PAGES == set()
    assert NOT_PAGES - pages == set()


def _endpoints(app: Flask, scene: Scene) -> set[str]:
    matching = app.url_map.bind("127.0.0.1")
    known = [kind for kind in PAGE_TYPES if kind.name != "page that is not there"]
    paths = [scene.address(kind.address).partition("?")[0] for kind in known]
    return {matching.match(path)[0] for path in paths}
