"""The rows of the reports on the programme and on who waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select

from lms.agencies.rules import Sector
from lms.booking.models import Booking, Demand
from lms.booking.rules import BookingState
from lms.catalogue.models import (
    Course,
    Event,
    Priority,
    Theme,
    event_priority,
    event_theme,
)
from lms.catalogue.rules import EventState
from lms.db import db
from lms.reporting.programme.queries.events import Placed, Programme, event_conditions
from lms.reporting.programme.queries.trainers import NO_AGENCY, agencies_named
from lms.reporting.programme.rules import (
    PlannedEvent,
    ProgrammeBy,
    ProgrammeCounts,
    Waited,
    WaitingCounts,
    count_programme,
    count_waiting,
)
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import quarter_of

Keys = tuple[Any, ...]


@dataclass(frozen=True)
class ProgrammeRow:
    """One row: what it is called, its figures, and the key of what it is of; None: of none."""

    label: str
    counts: ProgrammeCounts
    key: Any = None


@dataclass(frozen=True)
class ProgrammeReport:
    """Rows in order, and the total; an event of two priorities stands in two rows, once in all."""

    by: ProgrammeBy
    scope: Scope
    rows: tuple[ProgrammeRow, ...]
    total: ProgrammeCounts


@dataclass(frozen=True)
class WaitingRow:
    label: str
    counts: WaitingCounts


@dataclass(frozen=True)
class WaitingReport:
    """Who waited and waits, by the rows asked for."""

    by: ProgrammeBy
    scope: Scope
    rows: tuple[WaitingRow, ...]
    total: WaitingCounts


@dataclass(frozen=True)
class _Rows:
    """What the rows are called, by key and in order; the keys of each event; what has no name."""

    names: Mapping[Any, str]
    keys_of: Callable[[Placed], Keys]
    otherwise: str = ""
    are_all_shown: bool = False


# --- The programme ------------------------------------------------------------------------------


def programme_report(by: ProgrammeBy, programme: Programme) -> ProgrammeReport:
    """The programme by the column asked for; priorities and themes with no event have rows too."""
    rows = _ROWS[by](programme)
    found: dict[Any, list[PlannedEvent]] = defaultdict(list)
    for placed in programme.events.values():
        for key in rows.keys_of(placed):
            found[key].append(placed.event)
    total = count_programme([each.event for each in programme.events.values()], programme.now)
    return ProgrammeReport(
        by,
        programme.scope,
        tuple(
            ProgrammeRow(label, count_programme(found[key], programme.now), key)
            for key, label in _in_order(rows, found)
        ),
        total,
    )


def _in_order(rows: _Rows, found: Iterable[Any]) -> list[tuple[Any, str]]:
    """The keys with their names, in the order of the names; what belongs to none comes last."""
    held = set(found)
    order = [(key, name) for key, name in rows.names.items() if rows.are_all_shown or key in held]
    return [*order, *([(None, rows.otherwise)] if None in held else [])]


def _one(key: Callable[[Placed], Any]) -> Callable[[Placed], Keys]:
    return lambda placed: (key(placed),)


def _by_course(programme: Programme) -> _Rows:
    del programme
    rows = db.session.execute(select(Course.id, Course.title))
    titles = sorted(((i, title) for i, title in rows), key=lambda row: (row[1].casefold(), row[0]))
    return _Rows(dict(titles), _one(lambda placed: placed.course_id), "No course")


def _by_level(programme: Programme) -> _Rows:
    del programme
    names = {level: str(level) for level in (1, 2, 3)}
    return _Rows(names, _one(lambda placed: placed.level), "none")


def _by_word(column: str) -> Callable[[Programme], _Rows]:
    def rows(programme: Programme) -> _Rows:
        words = {getattr(placed, column) for placed in programme.events.values()}
        names = {word: word.words for word in sorted(words, key=lambda word: word.words.casefold())}
        return _Rows(names, _one(lambda placed: getattr(placed, column)))

    return rows


def _by_quarter(programme: Programme) -> _Rows:
    month = programme.scope.start_month

    def quarter(placed: Placed) -> str | None:
        counts_at = placed.event.counts_at
        return quarter_of(counts_at, month) if counts_at else None

    found = {quarter(placed) for placed in programme.events.values()} - {None}
    return _Rows({label: label for label in sorted(filter(None, found))}, _one(quarter), "No date")


def _by_priority(programme: Programme) -> _Rows:
    begins = programme.scope.period.first or date.min
    rows = db.session.execute(
        select(Priority.id, Priority.name)
        .where(
            Priority.partnership_id.in_(programme.scope.partnership_ids),
            or_(Priority.ended_on.is_(None), Priority.ended_on > begins),
        )
        .order_by(Priority.position, Priority.name, Priority.id)
    )
    return _tagged(programme, dict(iter(rows)), event_priority, "priority", Priority)


def _by_theme(programme: Programme) -> _Rows:
    rows = db.session.execute(
        select(Theme.id, Theme.name)
        .where(Theme.partnership_id.in_(programme.scope.partnership_ids))
        .order_by(Theme.name, Theme.id)
    )
    return _tagged(programme, dict(iter(rows)), event_theme, "theme", Theme)


def _tagged(programme: Programme, names: dict[int, str], links: Any, tag: str, kind: Any) -> _Rows:
    """Rows of tags, those of no event too; one that has ended is there where an event has it."""
    tags: dict[int, list[int]] = defaultdict(list)
    for event_id, tag_id, name in db.session.execute(
        select(links.c.event_id, kind.id, kind.name)
        .join(kind, kind.id == links.c[f"{tag}_id"])
        .join(Event, Event.id == links.c.event_id)
        .where(*event_conditions(programme.scope))
        .order_by(links.c.event_id, kind.id)
    ):
        tags[event_id].append(tag_id)
        names.setdefault(tag_id, name)
    return _Rows(
        names,
        lambda placed: tuple(tags.get(placed.id, ())) or (None,),
        f"No {tag}",
        are_all_shown=True,
    )


_ROWS: dict[ProgrammeBy, Callable[[Programme], _Rows]] = {
    ProgrammeBy.COURSE: _by_course,
    ProgrammeBy.LEVEL: _by_level,
    ProgrammeBy.PRIORITY: _by_priority,
    ProgrammeBy.THEME: _by_theme,
    ProgrammeBy.KIND: _by_word("kind"),
    ProgrammeBy.MODE: _by_word("mode"),
    ProgrammeBy.REMIT: _by_word("remit"),
    ProgrammeBy.QUARTER: _by_quarter,
}


# --- Who waits ----------------------------------------------------------------------------------


def waiting_report(by: ProgrammeBy, programme: Programme) -> WaitingReport:
    """Who waited when events began and never had a place, and who waits now."""
    agencies = agencies_named() if by in (ProgrammeBy.AGENCY, ProgrammeBy.SECTOR) else {}
    rows = _agency_rows(by, agencies) if agencies else _ROWS[by](programme)
    waited: dict[Any, list[Waited]] = defaultdict(list)
    now: Counter[Any] = Counter()
    for wait in programme.waits:
        for key in _keys(by, rows, programme, agencies, wait.event_id, wait.agency_id):
            waited[key].append(wait.waited)
    waiting_now = _waiting_now(programme)
    for (event_id, agency_id), n in waiting_now.items():
        for key in _keys(by, rows, programme, agencies, event_id, agency_id):
            now[key] += n
    is_of_courses = by is ProgrammeBy.COURSE
    wished = _wished(programme.scope) if is_of_courses else Counter[Any]()
    held = {*waited, *now, *wished}
    counted = [
        WaitingRow(
            label, count_waiting(waited[key], now[key], wished[key] if is_of_courses else None)
        )
        for key, label in _in_order(rows, held)
    ]
    everyone = (wait.waited for wait in programme.waits)
    all_wishes = wished.total() if is_of_courses else None
    total = count_waiting(everyone, sum(waiting_now.values()), all_wishes)
    return WaitingReport(by, programme.scope, tuple(counted), total)


def _keys(
    by: ProgrammeBy,
    rows: _Rows,
    programme: Programme,
    agencies: Mapping[int, tuple[str, Sector]],
    event_id: int,
    agency_id: int | None,
) -> Keys:
    if by is ProgrammeBy.AGENCY:
        return (agency_id,)
    if by is ProgrammeBy.SECTOR:
        return (agencies[agency_id][1] if agency_id else None,)
    return rows.keys_of(programme.events[event_id])


def _agency_rows(by: ProgrammeBy, agencies: Mapping[int, tuple[str, Sector]]) -> _Rows:
    names: dict[Any, str] = {sector: sector.words for sector in Sector}
    if by is ProgrammeBy.AGENCY:
        names = {agency_id: name for agency_id, (name, _) in agencies.items()}
    return _Rows(names, lambda _: (), NO_AGENCY)


def _waiting_now(programme: Programme) -> dict[tuple[int, int | None], int]:
    """Who waits at events to come, those that are postponed among them, by event and agency."""
    is_to_come = and_(Event.state == EventState.PUBLISHED, Event.starts_at > programme.now)
    rows = db.session.execute(
        select(Booking.event_id, Booking.agency_id, func.count())
        .join(Event, Event.id == Booking.event_id)
        .where(
            *event_conditions(programme.scope),
            Booking.state == BookingState.WAITING,
            or_(is_to_come, Event.state == EventState.POSTPONED),
        )
        .group_by(Booking.event_id, Booking.agency_id)
    )
    return {(event_id, agency_id): n for event_id, agency_id, n in rows}


def _wished(scope: Scope) -> Counter[Any]:
    """How many are on the list of each course today, whatever the period (B16)."""
    rows = db.session.execute(
        select(Demand.course_id, func.count())
        .join(Course, Course.id == Demand.course_id)
        .where(Demand.ended_at.is_(None), Course.partnership_id.in_(scope.partnership_ids))
        .group_by(Demand.course_id)
    )
    return Counter(dict(iter(rows)))
