"""Which events a report is about: whose, and of which dates (R7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from lms.access import Permission, Viewer
from lms.agencies.models import Partnership
from lms.agencies.queries import find_partnership_by_name, list_partnerships
from lms.catalogue.models import Event
from lms.clock import ReportingYear, at_london, london_date, reporting_years
from lms.db import db
from lms.errors import NotFound, Refused
from lms.reporting.queries.dimensions import DIMENSIONS, Filter, filter_named
from lms.reporting.rules import Against, By, Period, last_complete_year, period_asked
from lms.tables import nearest


@dataclass(frozen=True)
class Scope:
    """The events hosted by these partnerships, whose first session lies in the period (R7)."""

    partnership_ids: tuple[int, ...]
    period: Period
    start_month: int
    partnerships: tuple[str, ...] = ()  # by name, as the files say them
    filters: tuple[Filter, ...] = ()

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What an event of the report satisfies; needs no booking."""
        found: list[ColumnElement[bool]] = [Event.partnership_id.in_(self.partnership_ids)]
        if self.period.first is not None:
            found.append(Event.starts_at >= at_london(self.period.first, time()))
        if self.period.last is not None:
            day_after = self.period.last + timedelta(days=1)
            found.append(Event.starts_at < at_london(day_after, time()))
        return found + [each.condition for each in self.filters if DIMENSIONS[each.by].of_event]

    @property
    def of_bookings(self) -> list[ColumnElement[bool]]:
        """What a booking of the report satisfies, its event included."""
        return self.conditions + [each.condition for each in self.booking_filters]

    @property
    def booking_filters(self) -> tuple[Filter, ...]:
        """The filters that no event can be asked about: agency, sector, area."""
        return tuple(each for each in self.filters if not DIMENSIONS[each.by].of_event)

    def keys_of(self, by: By) -> frozenset[Any] | None:
        """The values of that dimension to which it is narrowed; None where it is not."""
        found = [each.keys for each in self.filters if each.by is by]
        return frozenset(found[0]) if found else None

    def of_year(self, year: ReportingYear) -> Scope:
        """The same in a whole reporting year."""
        return replace(self, period=Period(year.first, year.last))

    def of_first_partnership(self) -> Scope:
        """The same of one partnership: for reports that are never of several."""
        ids, names = self.partnership_ids[:1], self.partnerships[:1]
        return replace(self, partnership_ids=ids, partnerships=names)

    def of_last_year(self, now: datetime) -> Scope:
        """The same in the last complete year: what a page shows where no period is asked for."""
        return self.of_year(last_complete_year(london_date(now), self.start_month))

    def before(self, against: Against, today: date) -> Scope | None:
        """The same of what it is compared with, where the period is one that can be."""
        before = self.period.before(against, today)
        return replace(self, period=before) if before else None


@dataclass(frozen=True)
class Asked:
    """What somebody asks a report for, as typed or as it stands in an address."""

    first: date | None = None
    last: date | None = None
    year: str = ""
    partnership: str = ""
    quarter: str = ""
    filters: tuple[tuple[By, tuple[str, ...]], ...] = ()


def scope_of(
    asked: Asked, viewer: Viewer | None, permission: Permission = Permission.READ_REPORTS
) -> Scope:
    """The scope that is asked for; None is the command line, which sees all.

    Raises Refused for a period, a partnership or a filter that cannot be, NotFound where a viewer
    reads no reports of it.
    """
    seen = _partnerships_seen_by(viewer, permission)
    chosen = [_partnership_named(asked.partnership, seen)] if asked.partnership else list(seen)
    if not chosen:
        raise NotFound("There is no partnership yet.")
    start_month = chosen[0].year_starts_month
    period = period_asked(asked.first, asked.last, asked.year, start_month, asked.quarter)
    names = tuple(partnership.name for partnership in chosen)
    filters = tuple(filter_named(by, values) for by, values in asked.filters)
    return Scope(tuple(p.id for p in chosen), period, start_month, names, filters)


def _partnerships_seen_by(viewer: Viewer | None, permission: Permission) -> Sequence[Partnership]:
    known = list_partnerships()
    if viewer is None:
        return known
    ids = viewer.partnerships(permission)
    return [partnership for partnership in known if partnership.id in ids]


def _partnership_named(name: str, seen: Sequence[Partnership]) -> Partnership:
    found = find_partnership_by_name(name)
    if found is None or found.id not in {partnership.id for partnership in seen}:
        offered = nearest(name, [partnership.name for partnership in seen])
        raise Refused(f"There is no partnership {name}.{offered}", field="partnership")
    return found


def list_years(scope: Scope, now: datetime) -> list[ReportingYear]:
    """The reporting years with events, the newest first; those that have begun."""
    first, last = db.session.execute(
        select(func.min(Event.starts_at), func.max(Event.starts_at)).where(
            Event.partnership_id.in_(scope.partnership_ids), Event.starts_at <= now
        )
    ).one()
    if first is None or last is None:
        return []
    return reporting_years(london_date(first), london_date(last), scope.start_month)
