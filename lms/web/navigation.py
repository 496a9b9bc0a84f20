"""The service navigation: which places a viewer is offered, and which of them they are in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from lms.access import OPEN_TO_ALL, Permission, Viewer, viewer


class Place(NamedTuple):
    """A link of the navigation; `roots` are the beginnings of the addresses that belong to it."""

    text: str
    href: str
    roots: tuple[str, ...]


class Link(NamedTuple):
    text: str
    href: str
    current: bool


WHAT_IS_ON = Place("What is on", "/", ("/events",))
COURSES = Place("Courses", "/courses", ("/courses",))
MY_LEARNING = Place("My learning", "/my-learning", ("/my-learning", "/bookings"))
MY_AGENCY = Place("My agency", "/my-agency", ("/my-agency",))
REPORTS = Place("Reports", "/reports", ("/reports", "/manage/cohorts"))
MY_EVENTS = Place("My events", "/manage/registers", ("/manage/registers", "/manage/events"))
CONCERNS = Place("Concerns", "/manage/concerns", ("/manage/concerns",))
EVENTS = (
    "/manage/events",
    "/manage/registers",
    "/manage/bookings",
    "/manage/charges",
    "/manage/evaluations",
    "/manage/questionnaires",
    "/manage/statements",
    "/manage/venues",
    "/manage/trainers",
    "/manage/region",
)
PEOPLE = ("/manage/people", "/manage/agencies", "/manage/partnership", "/manage/audit")
MANAGE = (
    Place("Today", "/manage", ("/manage",)),
    Place("Events", "/manage/events", EVENTS),
    Place("Courses", "/manage/courses", ("/manage/courses", "/manage/priorities")),
    Place("People", "/manage/people", PEOPLE),
    Place("Messages", "/manage/messages", ("/manage/messages", "/manage/wording", "/manage/jobs")),
)


def places_for(viewer: Viewer | None) -> tuple[Place, ...]:
    """What a viewer is offered, in order."""
    if viewer is None:
        return (WHAT_IS_ON, COURSES, MY_LEARNING)
    if viewer.can(Permission.RUN_PROGRAMME):
        led = (MY_AGENCY,) if viewer.can(Permission.LEAD_AGENCY) else ()
        told = (CONCERNS,) if viewer.can(Permission.REVEAL_WRITERS) else ()
        return (*MANAGE, *led, *told, REPORTS)
    own = [WHAT_IS_ON, COURSES, MY_LEARNING]
    if viewer.can(Permission.LEAD_AGENCY):
        own.append(MY_AGENCY)
    if viewer.can(Permission.TAKE_REGISTER):
        own.append(MY_EVENTS)
    if viewer.can(Permission.REVEAL_WRITERS):
        own.append(CONCERNS)
    if viewer.can(Permission.READ_REPORTS):
        own.append(REPORTS)
    return tuple(own)


def home_of(viewer: Viewer) -> str:
    """The page that somebody who signs in without a wish begins with: what their role is for."""
    if viewer.can(Permission.RUN_PROGRAMME):
        return MANAGE[0].href
    if viewer.can(Permission.TAKE_REGISTER):
        return MY_EVENTS.href
    if viewer.can(Permission.LEAD_AGENCY):
        return MY_AGENCY.href
    if viewer.can(Permission.REVEAL_WRITERS):
        return CONCERNS.href
    return REPORTS.href if viewer.can(Permission.READ_REPORTS) else WHAT_IS_ON.href


def for_viewer(viewer: Viewer | None) -> tuple[Link, ...]:
    """The navigation of this request: only places that this installation has."""
    places = [place for place in places_for(viewer) if _exists(place.href)]
    here = _place_of(request.path, places)
    return tuple(Link(place.text, place.href, place is here) for place in places)


OF_A_DATE = frozenset({"Register", "Check-in", "Evaluations", "Certificates"})
EVENT_PAGES = (
    ("Places", "/manage/events/{}"),
    ("Who can book", "/manage/events/{}/who-can-book"),
    ("Offers", "/manage/events/{}/offers"),
    ("Register", "/manage/events/{}/register"),
    ("Check-in", "/manage/events/{}/check-in"),
    ("Materials", "/manage/events/{}/materials"),
    ("Messages", "/manage/events/{}/messages"),
    ("Evaluations", "/manage/events/{}/evaluations"),
    ("Certificates", "/manage/events/{}/certificates"),
    ("Details", "/manage/events/{}/edit"),
    ("See it as a delegate does", "/events/{}"),
)


def event_pages(event_id: int, *, is_dated: bool = True) -> tuple[Link, ...]:
    """An event's pages as its sub-navigation: those that there are and that the viewer may open.

    One without a date has no register, no evaluations and no certificates.
    """
    return _openable(
        (text, address.format(event_id))
        for text, address in EVENT_PAGES
        if is_dated or text not in OF_A_DATE
    )


AGENCY_PAGES = (
    ("To come", "/my-agency"),
    ("Past", "/my-agency/past"),
    ("People", "/my-agency/people"),
    ("Who has left", "/my-agency/leavers"),
    ("Approvals", "/my-agency/approvals"),
    ("Own figures", "/my-agency/figures"),
)


def agency_pages() -> tuple[Link, ...]:
    """The pages of a lead's agency as their sub-navigation."""
    return _openable(AGENCY_PAGES)


def _openable(pages: Iterable[tuple[str, str]]) -> tuple[Link, ...]:
    seen_by = viewer()
    return tuple(
        Link(text, href, href == request.path) for text, href in pages if _may_open(href, seen_by)
    )


def _may_open(href: str, seen_by: Viewer | None) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("").match(href, "GET")
    except HTTPException:
        return False
    permission = getattr(current_app.view_functions[endpoint], "permission", Permission.PUBLIC)
    return permission in OPEN_TO_ALL or (seen_by is not None and seen_by.can(permission))


def _place_of(path: str, places: Iterable[Place]) -> Place | None:
    """The place with the longest root that `path` lies under."""
    found = [
        (len(root), place)
        for place in places
        for root in (*place.roots, place.href)
        if path == root or (root != "/" and path.startswith(f"{root}/"))
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _exists(href: str) -> bool:
    known: dict[str, bool] = current_app.extensions.setdefault("lms.places", {})
    if href not in known:
        known[href] = current_app.url_map.bind("").test(href, "GET")
    return known[href]
