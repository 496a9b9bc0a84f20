"""The navigation: what each kind of viewer is offered, and where it says that they are."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.access import Grant, Role, Viewer
from lms.web.navigation import for_viewer, places_for


def viewer(*roles: Role) -> Viewer:
    return Viewer(
        person_id=1,
        name="Idris",
        session_key="k",
        email="i@example.org",
        grants=tuple(Grant(role, partnership_id=1) for role in roles),
    )


@pytest.fixture
def everything(gallery: Flask) -> Flask:
    """An application that has every place of the navigation."""
    every_role = viewer(Role.COORDINATOR), viewer(Role.TRAINER, Role.PLD_MEMBER), None
    for seen_by in every_role:
        for place in places_for(seen_by):
            gallery.add_url_rule(place.href, place.href, str)
    return gallery


def names(seen_by: Viewer | None) -> list[str]:
    return [place.text for place in places_for(seen_by)]


def test_each_role_is_offered_its_own_places() -> None:
    own = ["What is on", "Courses", "My learning"]
    assert names(None) == own
    assert names(viewer()) == own
    assert names(viewer(Role.TRAINER)) == [*own, "My events"]
    assert names(viewer(Role.PLD_MEMBER)) == [*own, "Reports"]
    managing = ["Today", "Events", "Courses", "People", "Messages", "Reports"]
    assert names(viewer(Role.COORDINATOR)) == managing


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/manage", ["Today"]),
        ("/manage/events/7/register", ["Events"]),
        ("/manage/courses", ["Courses"]),
        ("/reports/attendance", ["Reports"]),
        ("/privacy", []),
    ],
)
def test_at_most_one_place_is_where_one_is(
    everything: Flask, path: str, current: list[str]
) -> None:
    with everything.test_request_context(path):
        links = for_viewer(viewer(Role.COORDINATOR))
    assert [link.text for link in links if link.current] == current


@pytest.mark.parametrize("path", ["/", "/events", "/events/7", "/events/7/book"])
def test_events_are_what_is_on(everything: Flask, path: str) -> None:
    with everything.test_request_context(path):
        assert [link.text for link in for_viewer(None) if link.current] == ["What is on"]


def test_a_place_that_is_not_there_is_not_offered(gallery: Flask) -> None:
    gallery.add_url_rule("/courses", "courses", str)
    with gallery.test_request_context("/courses"):
        assert [link.text for link in for_viewer(None)] == ["Courses"]
