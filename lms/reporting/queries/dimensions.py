"""What bookings are grouped and narrowed by: for both one column, and one way to reach it.

A filter is a value of a dimension: what `sector=police` leaves is the row "police" of the report
by sector, because both are worked out from the same `Dimension`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from lms.agencies.models import Agency, Partnership, agency_partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.catalogue.models import (
    Course,
    Event,
    Priority,
    Theme,
    event_priority,
    event_theme,
)
from lms.catalogue.rules import EventKind, EventMode, Remit
from lms.db import db
from lms.errors import Refused
from lms.reporting.rules import By
from lms.tables import nearest
from lms.words import listed

Names = Mapping[Any, str]


@dataclass(frozen=True)
class Dimension:
    """`column` tells rows apart; `path` leads to it: a column here, and its equal over there.

    `names` reads how each value is called; `otherwise` is what belongs to no value. An event may
    have several values of one that `is_multiple`. Those `of_event` need no booking.
    """

    by: By
    column: Any
    names: Callable[[], Names]
    otherwise: str
    path: tuple[Any, Any] | None = None
    is_multiple: bool = False
    of_event: bool = True
    may_be_none: bool = True

    def join(self, selected: Select[Any]) -> Select[Any]:
        """A selection of bookings and events, with what the column needs."""
        if self.path is None:
            return selected
        here, there = self.path
        return selected.outerjoin(there.table, there == here)

    def label(self) -> Callable[[Any], str]:
        """How a value is called in a report's rows."""
        names = self.names()
        return lambda key: names.get(key, self.otherwise)

    def is_one_of(self, keys: Iterable[Any]) -> ColumnElement[bool]:
        """Whether a booking, or an event, stands in one of the rows with these keys."""
        wanted = set(keys)
        parts = [self._is_in(wanted - {None})] if wanted - {None} else []
        if None in wanted:
            parts.append(self._is_in_none())
        return or_(false(), *parts)

    def _is_in(self, known: Iterable[Any]) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = self.column.in_(list(known))
        if self.path is None:
            return condition
        here, there = self.path
        found: ColumnElement[bool] = here.in_(select(there).where(condition).correlate(None))
        return found

    def _is_in_none(self) -> ColumnElement[bool]:
        if self.path is None:
            nothing: ColumnElement[bool] = self.column.is_(None)
            return nothing
        here, there = self.path
        known = select(there).where(self.column.is_not(None)).correlate(None)
        return or_(here.is_(None), here.not_in(known))


@dataclass(frozen=True)
class Filter:
    """One or more values of a dimension, by key and as a page says them; any of them will do."""

    by: By
    keys: tuple[Any, ...] = field(compare=False)
    values: tuple[str, ...]

    @property
    def condition(self) -> ColumnElement[bool]:
        return DIMENSIONS[self.by].is_one_of(self.keys)


def filter_named(by: By, values: Iterable[str]) -> Filter:
    """The filter that those words ask for. Raises Refused where a word names no value."""
    dimension = DIMENSIONS[by]
    names = {**dimension.names(), None: dimension.otherwise}
    by_words: dict[str, list[Any]] = {}
    for key, name in names.items():
        by_words.setdefault(name.casefold(), []).append(key)
    keys: list[Any] = []
    called: list[str] = []
    for value in dict.fromkeys(values):
        found = by_words.get(value.replace("_", " ").casefold()) or by_words.get(value.casefold())
        if found is None:
            raise Refused(_unknown(by, value, names.values()), field=filter_name(by))
        if names[found[0]] not in called:  # in other capitals it is no second value
            keys += found
            called.append(names[found[0]])
    return Filter(by, tuple(keys), tuple(called))


def _unknown(by: By, value: str, names: Iterable[str]) -> str:
    known = [name for name in names if name]
    offered = nearest(value, known)
    if not offered and len(known) <= MOST_OFFERED:
        offered = f" Choose from: {', '.join(known)}."
    return f"There is no {filter_words(by)} {value}.{offered}"


def values_offered(partnership_ids: Iterable[int]) -> dict[By, list[str]]:
    """What somebody may choose of each dimension, at these partnerships; areas: of all."""
    ids = tuple(partnership_ids)
    found = {
        By.AGENCY: _list(
            select(Agency.name)
            .distinct()
            .join(agency_partnership, agency_partnership.c.agency_id == Agency.id)
            .where(agency_partnership.c.partnership_id.in_(ids))
            .order_by(Agency.name)
        ),
        By.COURSE: _list(_of(Course.title, Course.partnership_id, ids)),
        By.PRIORITY: _list(_of(Priority.name, Priority.partnership_id, ids)),
        By.THEME: _list(_of(Theme.name, Theme.partnership_id, ids)),
    }
    for by, dimension in DIMENSIONS.items():
        if by not in found:
            found[by] = list(dimension.names().values())
        if dimension.may_be_none:
            found[by] = [*found[by], dimension.otherwise]
    return found


def _list(statement: Select[Any]) -> list[str]:
    return list(db.session.scalars(statement))


def _of(name: Any, partnership_id: Any, ids: tuple[int, ...]) -> Select[Any]:
    return select(name).distinct().where(partnership_id.in_(ids)).order_by(name)


MOST_OFFERED = 15
AREA = "area"


def filter_name(by: By) -> str:
    """What a filter is called in an address and as an option: `partnership` is who hosts."""
    return AREA if by is By.PARTNERSHIP else by.value


def filter_words(by: By) -> str:
    """What a filter is called in a sentence."""
    return "area" if by is By.PARTNERSHIP else by.words


def filters_in_words(filters: Iterable[Filter]) -> str:
    """'level: 2; sector: police and fire'; empty where there is none."""
    return "; ".join(f"{filter_words(each.by)}: {listed([*each.values])}" for each in filters)


# --- The dimensions -----------------------------------------------------------------------------


def _named(key: Any, name: Any) -> Callable[[], Names]:
    return lambda: dict(iter(db.session.execute(select(key, name).order_by(name, key))))


def _worded(words: Iterable[Any]) -> Callable[[], Names]:
    return lambda: {word: str(word.words) for word in words}


LEVELS = (1, 2, 3)
_DIMENSIONS = (
    Dimension(
        By.AGENCY,
        Booking.agency_id,
        _named(Agency.id, Agency.name),
        "No agency",
        of_event=False,
    ),
    Dimension(
        By.SECTOR,
        Agency.sector,
        _worded(Sector),
        "no agency",
        path=(Booking.agency_id, Agency.__table__.c.id),
        of_event=False,
    ),
    Dimension(By.COURSE, Event.course_id, _named(Course.id, Course.title), "No course"),
    Dimension(By.LEVEL, Event.level, lambda: {n: str(n) for n in LEVELS}, "none"),
    Dimension(
        By.PRIORITY,
        event_priority.c.priority_id,
        _named(Priority.id, Priority.name),
        "No priority",
        path=(Event.id, event_priority.c.event_id),
        is_multiple=True,
    ),
    Dimension(
        By.THEME,
        event_theme.c.theme_id,
        _named(Theme.id, Theme.name),
        "No theme",
        path=(Event.id, event_theme.c.event_id),
        is_multiple=True,
    ),
    Dimension(By.KIND, Event.kind, _worded(EventKind), "no kind", may_be_none=False),
    Dimension(By.MODE, Event.mode, _worded(EventMode), "no mode", may_be_none=False),
    Dimension(By.REMIT, Event.remit, _worded(Remit), "no remit", may_be_none=False),
    Dimension(
        By.PARTNERSHIP,
        Booking.area_id,
        _named(Partnership.id, Partnership.name),
        "No partnership",
        of_event=False,
    ),
)
DIMENSIONS: dict[By, Dimension] = {dimension.by: dimension for dimension in _DIMENSIONS}
"""All but the quarter, which is a span of dates: to narrow by it is to ask for a period."""
