"""The list of events for those who run or give them."""

from __future__ import annotations

from flask import render_template, request

from lms.access import Permission, requires, the_viewer
from lms.agencies.queries import list_partnerships
from lms.booking.queries.managed import ManagedEvent, Shelf, managed_events
from lms.booking.views.blueprint import blueprint
from lms.booking.views.rows import where_of
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.web.filters import address
from lms.web.pages import now
from lms.web.words import counted, day_and_year

PATH = "/manage/events"
SHELVES = {
    Shelf.COMING: "Coming",
    Shelf.DRAFTS: "Drafts",
    Shelf.PAST: "Past",
    Shelf.CANCELLED: "Cancelled",
}


@blueprint.get(PATH)
@requires(Permission.LIST_EVENTS)
def manage_events() -> str:
    seen_by = the_viewer()
    asked = request.args.get("show", "")
    shelf = Shelf(asked) if asked in set(Shelf) else Shelf.COMING
    words = request.args.get("q", "").strip()[:100]
    found = managed_events(seen_by, shelf, words, now())
    several = len({event.partnership for event in found.events}) > 1
    return render_template(
        "booking/manage_events.html",
        rows=[(event, _href(event), _meta(event, several), _held(event)) for event in found.events],
        shelves=[
            (f"{text} {found.counts[each]}", address(PATH, {"q": words}, show=each), each is shelf)
            for each, text in SHELVES.items()
        ],
        shelf=shelf,
        total=found.counts[shelf],
        words=words,
        runs=seen_by.can(Permission.RUN_PROGRAMME),
        is_region=len(list_partnerships()) > 1,
    )


def _href(event: ManagedEvent) -> str:
    if event.state is EventState.DRAFT:
        return f"{PATH}/{event.id}/preview"
    if event.is_run_by_viewer:
        return f"{PATH}/{event.id}"
    return f"{PATH}/{event.id}/{'our-people' if event.has_our_people else 'register'}"


def _meta(event: ManagedEvent, tells_partnership: bool) -> str:
    parts = [
        day_and_year(london_date(event.starts_at)) if event.starts_at else "No date yet",
        f"Level {event.level}" if event.level else "",
        where_of(event.mode, event.venue),
        event.partnership if tells_partnership else "",
    ]
    return " · ".join(part for part in parts if part)


def _held(event: ManagedEvent) -> str:
    """'28 of 30 places taken, 5 people waiting'."""
    places = event.places
    if places is None or event.state is EventState.CANCELLED:
        return ""
    taken = f"{places.taken} of {counted(places.capacity, 'place')} taken"
    waiting = f", {counted(places.waiting, 'person', 'people')} waiting" if places.waiting else ""
    return taken + waiting
