"""What is on: the list, the month, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from flask import Response, render_template, request

from lms.access import Permission, requires, viewer
from lms.booking.queries.programme import ListedEvent, events_from, events_running_from
from lms.booking.views.blueprint import blueprint
from lms.booking.views.months import is_on_in, month_of, months_with_events
from lms.booking.views.rows import Row, row_of
from lms.catalogue.rules import EventMode, Remit, slug_of
from lms.clock import at_london, london_date
from lms.tables import Value, csv_lines
from lms.web.filters import Facet, Narrowed, address, narrow
from lms.web.pages import file_response, now
from lms.web.words import date_range, month_and_year, short_day_and_year

PATH = "/events"
YEARS_AHEAD = timedelta(days=5 * 365)
KEPT = (
    *("q", "from", "to", "level", "priority", "remit", "mode", "partnership", "places"),
    *("view", "month"),
)


@blueprint.get("/")
@blueprint.get("/events")
@requires(Permission.PUBLIC)
def whats_on() -> str:
    query = query_of_address()
    if query.get("view") == "month":
        return _show_month(query)
    narrowed = narrowed_by(events_from(start_of_today(), viewer(), now()), query)
    return render_template(
        "booking/whats_on.html",
        narrowed=narrowed,
        months=_by_month(narrowed.things),
        span=_span(narrowed.things),
        search=_search(query),
        month_href=address(PATH, query, view="month"),
        csv_href=address(f"{PATH}.csv", query),
        programme_href=address("/programme", query),
    )


@blueprint.get("/events.csv")
@requires(Permission.PUBLIC)
def whats_on_csv() -> Response:
    narrowed = narrowed_by(events_from(start_of_today(), viewer(), now()), query_of_address())
    lines = csv_lines(CSV_HEADER, [_csv_row(event) for event in narrowed.things])
    return file_response("events.csv", "".join(lines).encode(), "text/csv")


# --- The query ------------------------------------------------------------------------------


def query_of_address() -> dict[str, str]:
    """What the address asks for, as far as this page knows it."""
    return {name: value for name in KEPT if (value := request.args.get(name, "").strip()[:100])}


def start_of_today() -> datetime:
    """Midnight, from which on events are listed."""
    return _midnight(_today())


def _today() -> date:
    return london_date(now())


def _midnight(on: date) -> datetime:
    return at_london(on, time())


def _day_in(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _search(query: dict[str, str]) -> dict[str, object]:
    keep = {name: value for name, value in query.items() if name != "q"}
    return {"address": PATH, "name": "q", "value": query.get("q", ""), "keep": keep}


# --- Narrowing ------------------------------------------------------------------------------


def narrowed_by(
    events: Sequence[ListedEvent], query: dict[str, str], path: str = PATH
) -> Narrowed[ListedEvent]:
    """Those that the query asks for, with the ways to narrow further at that address."""
    found = narrow(events, [*_typed_facets(query), *_facets(events)], path, query)
    return replace(found, groups=tuple(group for group in found.groups if group.heading))


def _typed_facets(query: dict[str, str]) -> Iterator[Facet[ListedEvent]]:
    """What is typed, not chosen: chips show it, the card does not."""
    if words := query.get("q"):
        folded = words.casefold().split()
        yield Facet("q", "", [(words, f"“{words}”")], lambda e: {words} if _has(e, folded) else ())
    if first := _day_in(query.get("from")):
        since, text = _midnight(first), query["from"]
        said = f"From {short_day_and_year(first)}"
        yield Facet("from", "", [(text, said)], lambda e: {text} if e.starts_at >= since else ())
    if last := _day_in(query.get("to")):
        until, end = last, query["to"]
        said = f"Until {short_day_and_year(last)}"
        yield Facet(
            "to", "", [(end, said)], lambda e: {end} if london_date(e.starts_at) <= until else ()
        )


def _has(event: ListedEvent, words: Sequence[str]) -> bool:
    text = f"{event.title} {event.course} {event.venue} {event.reference}".casefold()
    names = " ".join(name.casefold() for _, name in event.priorities)
    return all(word in text or word in names for word in words)


LEVELS = (("1", "Level 1"), ("2", "Level 2"), ("3", "Level 3"), ("none", "No level"))
REMITS = tuple((remit.value, remit.label) for remit in Remit)
MODES = (("in_person", "In person"), ("online", "Online"))
MODE_VALUES = {
    EventMode.IN_PERSON: ("in_person",),
    EventMode.ONLINE: ("online",),
    EventMode.HYBRID: ("in_person", "online"),
}
LEFT = ("left",)


def _facets(events: Sequence[ListedEvent]) -> Iterator[Facet[ListedEvent]]:
    yield Facet(
        "places",
        "Places",
        [("left", "With places left")],
        lambda e: LEFT if e.places.free and e.ends_at > now() else (),
    )
    yield Facet("level", "Level", LEVELS, lambda e: (str(e.level or "none"),))
    yield Facet("remit", "Who it is about", REMITS, lambda e: (e.remit.value,))
    yield Facet("mode", "How", MODES, lambda e: MODE_VALUES[e.mode])
    if priorities := {pair for event in events for pair in event.priorities}:
        slugs = {name: slug_of(name) for _, name in priorities}
        by_slug = {slugs[name]: name for _, name in sorted(priorities, reverse=True)}
        choices = list(reversed(by_slug.items()))
        yield Facet(
            "priority", "Priority", choices, lambda e: [slugs[name] for _, name in e.priorities]
        )
    partnerships = sorted({name for event in events for name in _partnerships(event)})
    if len(partnerships) > 1:
        names = [(name, name) for name in partnerships]
        yield Facet("partnership", "Partnership", names, _partnerships)


def _partnerships(event: ListedEvent) -> tuple[str, ...]:
    """Whose programme an event is part of: the host's, and theirs with whom it is shared (B17)."""
    return (event.partnership, *event.shared_with)


# --- The list -------------------------------------------------------------------------------


def _by_month(events: Sequence[ListedEvent]) -> list[tuple[date, list[Row]]]:
    tells_partnership = len({event.partnership for event in events}) > 1
    rows = (row_of(event, tells_partnership=tells_partnership) for event in events)
    return [(first, list(of_month)) for first, of_month in groupby(rows, lambda row: row.month)]


def _span(events: Sequence[ListedEvent]) -> str:
    if not events:
        return ""
    return date_range(events[0].starts_at, events[-1].starts_at)


# --- The month ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Neighbour:
    """Another month in which something is on."""

    name: str
    href: str


def _show_month(query: dict[str, str]) -> str:
    this_month = _today().replace(day=1)
    events = events_running_from(_midnight(this_month), viewer(), now())
    found = narrowed_by(events, query).things
    busy = months_with_events(found, this_month)
    ahead = months_with_events((e for e in found if e.ends_at > now()), this_month)
    shown = _wanted_month(query, this_month) or next(iter(ahead or busy), this_month)
    query = {**query, "month": f"{shown:%Y-%m}"}  # so that narrowing stays in this month
    narrowed = narrowed_by([event for event in events if is_on_in(shown, event)], query)
    return render_template(
        "booking/whats_on_month.html",
        narrowed=narrowed,
        month=month_of(shown, narrowed.things, now()),
        neighbours=_neighbours(shown, busy, query),
        list_href=address(PATH, query, view=None, month=None),
        search=_search(query),
    )


def _wanted_month(query: dict[str, str], this_month: date) -> date | None:
    """The month that is asked for, where it is neither past nor beyond all planning."""
    wanted = _day_in(f"{query.get('month', '')}-01")
    if wanted is None or not this_month <= wanted < this_month + YEARS_AHEAD:
        return None
    return wanted


def _neighbours(shown: date, busy: Sequence[date], query: dict[str, str]) -> list[Neighbour]:
    """The nearest months before and after this one in which something is on."""
    before = [first for first in busy if first < shown][-1:]
    after = [first for first in busy if first > shown][:1]
    return [
        Neighbour(_month_name(first, shown), address(PATH, query, month=f"{first:%Y-%m}"))
        for first in (*before, *after)
    ]


def _month_name(first: date, beside: date) -> str:
    return f"{first:%B}" if first.year == beside.year else month_and_year(first)


# --- The file -------------------------------------------------------------------------------

CSV_HEADER = (
    *("event_reference", "title", "course_title", "kind", "level", "remit", "priority", "mode"),
    *("starts_at", "ends_at", "venue", "partnership", "places", "places_left", "waiting"),
)


def _csv_row(event: ListedEvent) -> tuple[Value, ...]:
    return (
        *(event.reference, event.title, event.course, event.kind.words, event.level),
        *(event.remit.words, [name for _, name in event.priorities], event.mode.words),
        *(event.starts_at, event.ends_at, event.venue, event.partnership),
        *(event.places.capacity, event.places.free, event.places.waiting),
    )
