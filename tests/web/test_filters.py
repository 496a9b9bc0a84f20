"""Narrowing by plain links: what is left, what each link would leave, what a link keeps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lms.web.filters import Facet, Narrowed, address, narrow

LEVELS: Facet[tuple[str, str]] = Facet(
    "level", "Level", [("1", "Level 1"), ("2", "Level 2"), ("3", "Level 3")], lambda e: [e[0]]
)
MODES: Facet[tuple[str, str]] = Facet(
    "mode", "How", [("online", "Online"), ("room", "In person")], lambda e: e[1].split("+")
)
EVENTS = [("1", "online"), ("1", "room"), ("2", "online"), ("2", "online+room")]


def narrowed(**query: str) -> Narrowed[tuple[str, str]]:
    return narrow(EVENTS, [LEVELS, MODES], "/events", query)


def counts(found: Narrowed[tuple[str, str]], heading: str) -> dict[str, int]:
    group = next(group for group in found.groups if group.heading == heading)
    return {option.text: option.count for option in group.options}


def test_counts_hold_with_the_other_choices_as_they_are() -> None:
    found = narrowed(level="1")
    assert counts(found, "Level") == {"All": 4, "Level 1": 2, "Level 2": 2}
    assert counts(found, "How") == {"All": 2, "Online": 1, "In person": 1}
    assert found.things == (("1", "online"), ("1", "room"))


def test_a_value_that_would_leave_nothing_is_not_offered() -> None:
    assert "Level 3" not in counts(narrowed(), "Level")


def test_a_chosen_value_stays_in_sight_even_with_nothing_left() -> None:
    found = narrowed(level="3")
    assert counts(found, "Level")["Level 3"] == 0
    assert found.things == ()


def test_links_keep_the_rest_of_the_query() -> None:
    found = narrowed(level="1", view="month", q="abuse & neglect")
    mode = next(group for group in found.groups if group.heading == "How").options[1]
    assert mode.href == "/events?level=1&view=month&q=abuse+%26+neglect&mode=online"
    assert found.chips[0].href == "/events?view=month&q=abuse+%26+neglect"
    assert found.href_all == "/events?view=month&q=abuse+%26+neglect"


def test_a_value_that_nobody_offers_narrows_nothing() -> None:
    found = narrowed(level="99")
    assert len(found.things) == 4
    assert found.chips == ()


def test_an_address_drops_what_is_empty() -> None:
    assert address("/", {"q": "", "level": "2"}, level=None) == "/"


@given(
    st.sampled_from(["", "1", "2", "3"]),
    st.sampled_from(["", "online", "room"]),
)
def test_following_a_link_leaves_as_many_as_it_said(level: str, mode: str) -> None:
    found = narrowed(level=level, mode=mode)
    for facet, group in zip([LEVELS, MODES], found.groups, strict=True):
        for option in group.options:
            value = next((v for v, text in facet.choices if text == option.text), "")
            then = narrowed(**{"level": level, "mode": mode, facet.name: value})
            assert len(then.things) == option.count
