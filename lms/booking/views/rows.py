"""An event as a row of a list, in words: as `event_rows` of the components draws it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from lms.booking.queries.programme import ListedEvent
from lms.catalogue.rules import EventKind, EventMode
from lms.clock import london_date
from lms.words import clock_time, day

BY_INVITATION = "By invitation"


class Row(NamedTuple):
    """What a list shows of an event; its month heads the rows of that month."""

    on: date
    title: str
    href: str
    times: str
    parts: tuple[str, ...]
    left: int
    capacity: int
    waiting: int
    left_by_side: str = ""

    @property
    def month(self) -> date:
        return self.on.replace(day=1)


def row_of(event: ListedEvent, *, tells_partnership: bool = False) -> Row:
    """The row; `tells_partnership` where the list is of several partnerships."""
    places = event.places
    return Row(
        london_date(event.starts_at),
        event.title,
        f"/events/{event.id}",
        _times(event),
        _parts(event, tells_partnership=tells_partnership),
        places.free,
        places.capacity,
        places.waiting,
        places.left_by_side,
    )


def _times(event: ListedEvent) -> str:
    if len(event.sessions) > 1:
        days = sorted({london_date(start) for start, _ in event.sessions})
        if len(days) > 1:
            return f"{len(days)} days, to {day(days[-1])}"
    return f"{clock_time(event.starts_at)} to {clock_time(event.ends_at)}"


def _parts(event: ListedEvent, *, tells_partnership: bool) -> tuple[str, ...]:
    """Level or kind · about whom · where · by invitation, where it is · whose."""
    parts = (
        _level_or_kind(event),
        event.remit.label,
        where(event),
        BY_INVITATION if event.is_by_invitation else "",
        event.partnership if tells_partnership else "",
    )
    return tuple(part for part in parts if part)


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
