"""Every component stands on a page that is valid, labelled and without anything inline."""

from __future__ import annotations

import pytest

from tests.support.browser import Browser
from tests.web.gallery import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_every_component_makes_a_sound_page(visitor: Browser, name: str) -> None:
    visitor.get(f"/page/{name}")


@pytest.mark.parametrize("name", ["privacy", "accessibility", "page/events"])
def test_pages_stand_before_there_is_a_partnership(visitor: Browser, name: str) -> None:
    page = visitor.get(f"/{name}?fresh=yes")
    assert page.document.title is not None
    assert page.document.title.get_text().endswith(" – Training and learning")


def test_the_page_has_its_parts_in_order(visitor: Browser) -> None:
    page = visitor.get("/page/event")
    parts = page.document.select("a.govuk-skip-link, header, nav, main, footer")
    assert [part.name for part in parts] == ["a", "header", "nav", "main", "footer"]
    assert "Idris Larkspur, training coordinator, is in on Mondays and Thursdays:" in page.text


def test_the_facts_of_an_event_come_before_any_prose(visitor: Browser) -> None:
    html = visitor.get("/page/event").html
    assert html.index("<h1>") < html.index('class="facts"') < html.index('class="lead"')


def test_narrowing_comes_after_the_list(visitor: Browser) -> None:
    html = visitor.get("/page/events").html
    assert html.index('class="event-list"') < html.index('id="narrow"')


def test_link_holders_have_nothing_to_wander_off_to(visitor: Browser) -> None:
    page = visitor.get("/page/evaluation")
    assert page.document.select("nav.navigation") == []
    assert "Sign in" not in page.text


def test_navigation_offers_only_what_is_there(visitor: Browser) -> None:
    page = visitor.get("/page/events")
    assert page.document.select("nav.navigation") == []


def test_links_lead_where_they_say(visitor: Browser) -> None:
    page = visitor.get("/page/events?level=2")
    assert page.link("All").startswith("/page/events")
    narrowed = visitor.get(page.link("With places left"))
    assert "2 events" in narrowed.text
    assert narrowed.link("Show all 4") == "/page/events"


def test_what_was_done_is_said_once_with_its_undo(visitor: Browser) -> None:
    page = visitor.submit(visitor.get("/page/states"), form="Decide")
    assert "Ada Lovelace’s place is hers again." in page.text
    assert page.action("Undo") == "/undo"
    assert "Ada Lovelace" not in visitor.get("/page/states").text


def test_full_events_say_so_and_few_places_stand_out(visitor: Browser) -> None:
    page = visitor.get("/page/events")
    assert "Full · 3 waiting" in page.text
    few = page.document.select_one(".event-row__left .few")
    assert few is not None
    assert few.get_text() == "2 places left"


def test_too_few_is_said_in_words_without_a_mark(visitor: Browser) -> None:
    page = visitor.get("/page/report")
    rows = page.document.select(".changes__row")
    assert [len(row.select("svg")) > 0 for row in rows] == [True, True, False]
    assert "Too few to say: fewer than five matched answers." in rows[2].get_text()


def test_unknown_is_never_a_nought(visitor: Browser) -> None:
    page = visitor.get("/page/report")
    assert [cell.get_text() for cell in page.document.select(".unknown")] == ["unknown", "unknown"]


def test_a_printed_report_says_of_which_day_its_figures_are(visitor: Browser) -> None:
    page = visitor.get("/page/report")
    assert "Printed 18 January 2027; figures as of that day." in page.text


def test_drawings_are_hidden_or_named(visitor: Browser) -> None:
    for name in PAGES:
        for svg in visitor.get(f"/page/{name}").document.select("main svg"):
            hidden = svg.find_parent(attrs={"aria-hidden": "true"}) or svg.get("aria-hidden")
            named = svg.get("aria-label") or svg.find_parent(attrs={"role": "img"})
            assert hidden or named, f"{name}: {str(svg)[:80]}"
