"""What a report's rows are: the column to group by, what to join, and how each row is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import Select, case, func, literal, select

from lms.agencies.models import Agency, Partnership
from lms.booking.models import Booking
from lms.catalogue.models import (
    Course,
    Event,
    Priority,
    Theme,
    event_priority,
    event_theme,
)
from lms.clock import at_london, london_date, quarter
from lms.db import db
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import By, quarters_between

Label = Callable[[Any], str]


@dataclass(frozen=True)
class Grouping:
    """`key` is grouped by; `join` adds what it needs to a selection of bookings and events.

    `is_multiple`: an event may stand in several rows, so that rows do not add up to the total.
    """

    by: By
    key: Any
    join: Callable[[Select[Any]], Select[Any]]
    label: Label
    is_multiple: bool = False


def grouping(by: By, scope: Scope) -> Grouping:
    """How to group by that column."""
    return _GROUPINGS[by](scope)


def _plain(select_: Select[Any]) -> Select[Any]:
    return select_


def _to_agency(select_: Select[Any]) -> Select[Any]:
    return select_.outerjoin(Agency, Agency.id == Booking.agency_id)


def _named(names: Mapping[int, str], otherwise: str) -> Label:
    return lambda key: names.get(key, otherwise)


def _worded(key: Any) -> str:
    return str(key.words)


def _agency(scope: Scope) -> Grouping:
    del scope
    names = _names(Agency.id, Agency.name)
    return Grouping(By.AGENCY, Booking.agency_id, _plain, _named(names, "No agency"))


def _sector(scope: Scope) -> Grouping:
    del scope
    return Grouping(
        By.SECTOR,
        Agency.sector,
        _to_agency,
        lambda key: key.words if key else "no agency",
    )


def _course(scope: Scope) -> Grouping:
    del scope
    names = _names(Course.id, Course.title)
    return Grouping(By.COURSE, Event.course_id, _plain, _named(names, "No course"))


def _level(scope: Scope) -> Grouping:
    del scope
    return Grouping(By.LEVEL, Event.level, _plain, lambda key: str(key) if key else "none")


def _priority(scope: Scope) -> Grouping:
    del scope
    names = _names(Priority.id, Priority.name)
    return Grouping(
        By.PRIORITY,
        event_priority.c.priority_id,
        lambda s: s.outerjoin(event_priority, event_priority.c.event_id == Event.id),
        _named(names, "No priority"),
        is_multiple=True,
    )


def _theme(scope: Scope) -> Grouping:
    del scope
    names = _names(Theme.id, Theme.name)
    return Grouping(
        By.THEME,
        event_theme.c.theme_id,
        lambda s: s.outerjoin(event_theme, event_theme.c.event_id == Event.id),
        _named(names, "No theme"),
        is_multiple=True,
    )


def _kind(scope: Scope) -> Grouping:
    del scope
    return Grouping(By.KIND, Event.kind, _plain, _worded)


def _mode(scope: Scope) -> Grouping:
    del scope
    return Grouping(By.MODE, Event.mode, _plain, _worded)


def _remit(scope: Scope) -> Grouping:
    del scope
    return Grouping(By.REMIT, Event.remit, _plain, _worded)


def _partnership(scope: Scope) -> Grouping:
    del scope
    names = _names(Partnership.id, Partnership.name)
    return Grouping(By.PARTNERSHIP, Booking.area_id, _plain, _named(names, "No partnership"))


def _quarter(scope: Scope) -> Grouping:
    """Quarters are London's: each is a span between two instants, named in a CASE."""
    first, last = db.session.execute(
        select(func.min(Event.starts_at), func.max(Event.starts_at)).where(*scope.conditions)
    ).one()
    if first is None or last is None:
        return Grouping(By.QUARTER, Event.id, _plain, str)  # no event, so no row
    spans = quarters_between(london_date(first), london_date(last), scope.start_month)
    whens = [
        (
            Event.starts_at < at_london(day_after, time()),
            literal(quarter(begins, scope.start_month)),
        )
        for begins, day_after in spans
    ]
    return Grouping(By.QUARTER, case(*whens), _plain, str)


def _names(key: Any, name: Any) -> dict[int, str]:
    return dict(iter(db.session.execute(select(key, name))))


_GROUPINGS: dict[By, Callable[[Scope], Grouping]] = {
    By.AGENCY: _agency,
    By.SECTOR: _sector,
    By.COURSE: _course,
    By.LEVEL: _level,
    By.PRIORITY: _priority,
    By.THEME: _theme,
    By.KIND: _kind,
    By.MODE: _mode,
    By.REMIT: _remit,
    By.QUARTER: _quarter,
    By.PARTNERSHIP: _partnership,
}
