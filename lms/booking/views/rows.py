"""An event as a row of a list: every word ready, so that two hundred rows cost little."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from lms.booking.queries.programme import ListedEvent
from lms.catalogue.rules import EventKind, EventMode
from lms.clock import london, london_date
from lms.web.figures import share
from lms.words import clock_time, day

SHORT_PART = 24  # letters; longer parts of a meta line may break


class Part(NamedTuple):
    """A part of the line under the title; a short one is kept whole."""

    text: str
    is_short: bool


class Row(NamedTuple):
    """`month` is the first day of the month under which the row stands."""

    id: int
    month: date
    weekday: str
    day: int
    month_name: str
    title: str
    times: str
    parts: tuple[Part, ...]
    taken: str
    left: str
    rest: str
    is_few: bool
    is_full: bool


def row_of(event: ListedEvent, *, tells_partnership: bool = False) -> Row:
    """The row; `tells_partnership` where the list is of several partnerships."""
    starts = london(event.starts_at)
    places = event.places
    return Row(
        event.id,
        starts.date().replace(day=1),
        f"{starts:%a}",
        starts.day,
        f"{starts:%b}",
        event.title,
        _times(event),
        _parts(event, tells_partnership=tells_partnership),
        share(places.capacity - places.free, places.capacity),
        _left(event),
        _rest(event),
        places.is_few,
        places.is_full,
    )


def _times(event: ListedEvent) -> str:
    days = sorted({london_date(start) for start, _ in event.sessions})
    if len(days) > 1:
        return f"{len(days)} days, to {day(days[-1])}"
    return f"{clock_time(event.starts_at)} to {clock_time(event.ends_at)}"


def _left(event: ListedEvent) -> str:
    places = event.places
    if places.is_full:
        return "Full"
    return "1 place left" if places.free == 1 else f"{places.free} places left"


def _rest(event: ListedEvent) -> str:
    places = event.places
    if not places.is_full:
        return f" of {places.capacity}"
    return f" · {places.waiting} waiting" if places.waiting else ""


def _parts(event: ListedEvent, *, tells_partnership: bool) -> tuple[Part, ...]:
    """Level or kind · about whom · where."""
    parts = [
        _level_or_kind(event),
        event.remit.label,
        where(event),
        event.partnership if tells_partnership else "",
    ]
    return tuple(Part(part, len(part) <= SHORT_PART) for part in parts if part)


def _level_or_kind(event: ListedEvent) -> str:
    if event.level is not None:
        return f"Level {event.level}"
    is_said = event.kind is EventKind.COURSE or event.kind.words in event.title.lower()
    return "" if is_said else event.kind.label


def where(event: ListedEvent) -> str:
    """Where a list says that it is; a webinar is online without being told."""
    return "" if event.kind is EventKind.WEBINAR else where_of(event.mode, event.venue)


def where_of(mode: EventMode, venue: str) -> str:
    """'Beacon Hall, Walsall', 'Online', 'Beacon Hall, Walsall, or online'."""
    if mode is EventMode.ONLINE:
        return "Online"
    if mode is EventMode.HYBRID:
        return f"{venue}, or online" if venue else "In a room or online"
    return venue
