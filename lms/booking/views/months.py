"""A month as a calendar: weeks of days, Monday to Friday, and the weekend only where it is used."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from lms.booking.queries.programme import ListedEvent
from lms.booking.rules.facts import Period
from lms.catalogue.rules import EventMode
from lms.clock import london_date
from lms.words import clock_time

SATURDAY = 5
WEEK = 7


@dataclass(frozen=True)
class Tile:
    """One session of one event, on its day."""

    time: str
    title: str
    href: str
    places: str
    is_full: bool


Day = tuple[date | None, tuple[Tile, ...]]  # None: a square of another month


@dataclass(frozen=True)
class Month:
    """The weeks of a month: Monday to Friday, and the weekend where anything is on at one."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    uses_weekends: bool


def month_of(first: date, events: Sequence[ListedEvent], now: datetime) -> Month:
    """The calendar of the month that begins on `first`, with the sessions that fall into it."""
    tiles = _tiles_by_day(first, events, now)
    uses_weekends = any(on.weekday() >= SATURDAY for on in tiles)
    days = WEEK if uses_weekends else SATURDAY
    weeks = (
        tuple(_day(first, on, tiles) for on in week[:days])
        for week in Calendar().monthdatescalendar(first.year, first.month)
    )
    return Month(first, tuple(week for week in weeks if any(on for on, _ in week)), uses_weekends)


def _day(first: date, on: date, tiles: Mapping[date, list[Tile]]) -> Day:
    return (on, tuple(tiles.get(on, ()))) if _is_in(first, on) else (None, ())


def months_with_events(events: Iterable[ListedEvent], since: date) -> list[date]:
    """The first days of the months, from one on, in which something is on, in order."""
    days = {london_date(start) for event in events for start, _ in event.sessions}
    return sorted({on.replace(day=1) for on in days if on >= since})


def is_on_in(first: date, event: ListedEvent) -> bool:
    """Whether any session of an event falls into the month that begins on `first`."""
    return any(_is_in(first, london_date(start)) for start, _ in event.sessions)


def _is_in(first: date, on: date) -> bool:
    return (on.year, on.month) == (first.year, first.month)


def _tiles_by_day(
    first: date, events: Sequence[ListedEvent], now: datetime
) -> dict[date, list[Tile]]:
    starts = sorted(
        (start, event.id, place, event)
        for event in events
        for place, (start, _) in enumerate(event.sessions)
    )
    tiles: dict[date, list[Tile]] = defaultdict(list)
    for start, _, place, event in starts:
        on = london_date(start)
        if _is_in(first, on):
            tiles[on].append(_tile(event, event.sessions[place], place, now))
    return tiles


def _tile(event: ListedEvent, session: Period, place: int, now: datetime) -> Tile:
    is_over = event.ends_at <= now
    note = " · ".join(_notes(event, place, is_over=is_over))
    return Tile(
        clock_time(session[0]),
        event.title,
        f"/events/{event.id}",
        Markup("<b>{}</b>").format(note)
        if place == 0 and event.places.is_few and not is_over
        else note,
        event.places.is_full or is_over,
    )


def _notes(event: ListedEvent, place: int, *, is_over: bool) -> list[str]:
    """'Online · 41 left'; of several days the first says what is left, the others only which."""
    notes = ["Online"] if event.mode is EventMode.ONLINE else []
    if len(event.sessions) > 1:
        notes.append(f"Day {place + 1} of {len(event.sessions)}")
    if place == 0:
        notes.append("over" if is_over else _left(event))
    return notes


def _left(event: ListedEvent) -> str:
    places = event.places
    if not places.is_full:
        return f"{places.left_by_side or places.free} left"
    return f"full, {places.waiting} waiting" if places.waiting else "full"
