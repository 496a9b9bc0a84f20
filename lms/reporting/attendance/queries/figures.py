"""The figures of attendance by several groupings, and of all, from one reading of the bookings.

The bookings are counted once for each person of each group; from that every wider group is added
up, and its distinct people counted, who cannot be added (R3). What costs is the first reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Select, distinct, func, literal, null, select, union_all

from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.db import db
from lms.reporting.attendance.queries.counted import COUNTED, IN_HEADLINE
from lms.reporting.queries.groups import Grouping
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import AttendanceCounts, By

Cells = Mapping[tuple[Any, ...], AttendanceCounts]
Together = tuple[Grouping, ...]
"""The groupings whose keys together name a group; none: all bookings are one."""


@dataclass(frozen=True)
class Figures:
    """What was read: by the groupings that were asked for together, then by their keys."""

    found: Mapping[tuple[By, ...], Cells]

    def of(self, *together: Grouping) -> Cells:
        return self.found[_names(together)]

    @property
    def total(self) -> AttendanceCounts:
        """Of all, each person once (R3)."""
        return self.found[()][()]


def read_figures(wanted: Sequence[Together], scope: Scope) -> Figures:
    """The figures by each of `wanted`, and of all.

    One statement; one more for those in which an event stands several times, since what is read
    of it by priority cannot be added up to anything wider.
    """
    readings: dict[tuple[By, ...], list[Together]] = {}
    for together in (*wanted, ()):
        several = _names(group for group in together if group.is_multiple)
        readings.setdefault(several, []).append(together)
    found: dict[tuple[By, ...], Cells] = {}
    for alike in readings.values():
        found.update(_read(alike, scope))
    return Figures(found)


def _names(groups: Any) -> tuple[By, ...]:
    return tuple(group.by for group in groups)


def _read(wanted: Sequence[Together], scope: Scope) -> dict[tuple[By, ...], Cells]:
    groups = {group.by: group for together in wanted for group in together}
    each = _each_person(groups, scope)
    parts = [_added_up(part, together, groups, each) for part, together in enumerate(wanted)]
    found: list[dict[tuple[Any, ...], AttendanceCounts]] = [{} for _ in wanted]
    for row in db.session.execute(union_all(*parts)):
        key = tuple(getattr(row, _column(group.by)) for group in wanted[row.part])
        found[row.part][key] = _counts(row)
    return {_names(together): cells for together, cells in zip(wanted, found, strict=True)}


def _column(by: By) -> str:
    return f"by_{by.value}"


def _each_person(groups: Mapping[By, Grouping], scope: Scope) -> CTE:
    """What each person's bookings of a group add up to; those without a person are one line."""
    keys = [group.key.label(_column(by)) for by, group in groups.items()]
    counts = [func.count().filter(counts_so).label(name) for name, counts_so in COUNTED.items()]
    came = func.count().filter(IN_HEADLINE).label("came")
    statement: Select[Any] = (
        select(*keys, Booking.person_id, *counts, came)
        .select_from(Booking)
        .join(Event, Event.id == Booking.event_id)
    )
    for group in groups.values():
        statement = group.join(statement)
    by_whom = (*(group.key for group in groups.values()), Booking.person_id)
    return statement.where(*scope.of_bookings).group_by(*by_whom).cte("each_person")


def _added_up(
    part: int, together: Together, groups: Mapping[By, Grouping], each: CTE
) -> Select[Any]:
    """One of those wanted. Every part has the columns of all; those of no concern are empty."""
    own = _names(together)
    keys = [
        (each.c[_column(by)] if by in own else null()).label(_column(by))  # as all parts have them
        for by in groups
    ]
    sums = [func.coalesce(func.sum(each.c[name]), 0).label(name) for name in COUNTED]
    people = func.count(distinct(each.c.person_id)).filter(each.c.came > 0).label("people")
    statement = select(literal(part).label("part"), *keys, *sums, people)
    return statement.group_by(*(each.c[_column(by)] for by in own))


def _counts(row: Any) -> AttendanceCounts:
    return AttendanceCounts(
        confirmed=None if row.confirmed_unknown else int(row.confirmed),
        attended_fully=int(row.attended_fully),
        attended_partly=int(row.attended_partly),
        did_not_attend=int(row.did_not_attend),
        excused=int(row.excused),
        cancelled=int(row.cancelled),
        late_cancelled=int(row.late_cancelled),
        walk_ins=int(row.walk_ins),
        people=int(row.people + row.nameless),
    )
