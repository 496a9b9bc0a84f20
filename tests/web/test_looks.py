"""The furniture in the real browser: axe, no sideways scroll, a focus that shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.support.chromium import (
    DESK,
    PHONE,
    axe_faults,
    looks_wrong,
    scrolls_sideways,
    serving,
    stops,
)
from tests.web.gallery import PAGES, gallery_app

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important } p { margin-bottom: 2em !important }"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(gallery_app()) as base:
        yield base


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[Page]:
    """It goes from page to page."""
    opened = chromium.new_page(viewport={"width": DESK, "height": 900}, bypass_csp=True)
    opened.add_init_script(AXE_SCRIPT)
    yield opened
    opened.close()


def open_page(chromium: Browser, address: str, width: int) -> Page:
    page = chromium.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto(address)
    return page


ADDRESSES = [*(f"/page/{name}" for name in PAGES), "/privacy", "/accessibility", "/sign-in"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_page_is_sound_at_each_width(window: Page, address: str, path: str) -> None:
    window.goto(address + path)
    assert looks_wrong(window) == []
    window.add_style_tag(content=SPACED)
    assert not scrolls_sideways(window)


@pytest.mark.parametrize("name", ["about-you", "evaluation", "report"])
def test_every_place_that_tab_comes_to_is_looked_at(window: Page, address: str, name: str) -> None:
    window.set_viewport_size({"width": PHONE, "height": 900})
    window.goto(f"{address}/page/{name}")
    pressed = places_by_tab(window)
    assert len(pressed) > 5
    assert pressed <= set(stops(window))


def places_by_tab(page: Page, most: int = 80) -> set[str]:
    """Where the key itself goes, press by press, until it leaves the page."""
    places: set[str] = set()
    for _ in range(most):
        page.keyboard.press("Tab")
        place = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if place.startswith("<body"):
            break
        places.add(place)
    return places


def test_the_error_summary_takes_the_focus_and_leads_to_its_field(
    chromium: Browser, address: str
) -> None:
    page = open_page(chromium, f"{address}/page/about-you", PHONE)
    page.get_by_role("button", name="Save and go on").click()
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert axe_faults(page) == []
    page.get_by_role("link", name="Enter your job role, such as health visitor").press("Enter")
    assert page.evaluate("document.activeElement.id") == "job_role"
    page.close()


def test_a_scale_is_answered_by_the_keyboard(chromium: Browser, address: str) -> None:
    page = open_page(chromium, f"{address}/page/evaluation", PHONE)
    page.get_by_label("1", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("3", exact=True).is_checked()
    page.close()


def test_a_mark_is_saved_without_script(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/page/register")
    page.get_by_role("button", name=re.compile("Late.*Saffron")).click()
    assert page.get_by_role("button", name=re.compile("Late.*Saffron"), pressed=True).is_visible()
    context.close()


def test_on_paper_there_are_facts_and_no_controls(chromium: Browser, address: str) -> None:
    page = open_page(chromium, f"{address}/page/report", DESK)
    printed = page.get_by_text("Printed 18 January 2027")
    strip = page.locator(".strip")
    assert (printed.is_visible(), strip.is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (printed.is_visible(), strip.is_visible()) == (True, False)
    for control in (".footer", "nav", ".govuk-skip-link", ".header__account"):
        assert not page.locator(control).first.is_visible()
    page.close()


def test_a_chosen_box_shows_in_forced_colours(chromium: Browser, address: str) -> None:
    context = chromium.new_context(forced_colors="active", viewport={"width": 320, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/page/evaluation")
    page.get_by_label("3", exact=True).check()
    width = "(label) => getComputedStyle(label).borderTopWidth"
    borders = page.locator(".scale__label").evaluate_all(f"(all) => all.map({width})")
    assert borders == ["2px", "2px", "4px", "2px", "2px"]
    assert not scrolls_sideways(page)
    context.close()


def test_a_second_press_sends_a_form_once(chromium: Browser, address: str) -> None:
    page = open_page(chromium, f"{address}/page/about-you", DESK)
    sent: list[str] = []
    page.on("request", lambda made: sent.append(made.method) if made.method == "POST" else None)
    page.get_by_role("button", name="Save and go on").dblclick()
    page.wait_for_selector(".govuk-error-summary")
    assert sent == ["POST"]
    page.close()


def test_the_book_button_is_in_the_first_screen_of_a_phone(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{address}/page/event")
    box = page.get_by_role("link", name="Book a place").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 740
    page.close()
