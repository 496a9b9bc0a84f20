"""Attendance: who was confirmed, who came, how many people, of how many (R1, R2, R3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from lms.agencies.models import Agency, Headcount, agency_partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.clock import london_date, reporting_year
from lms.db import db
from lms.reporting.attendance.queries.counted import IN_HEADLINE
from lms.reporting.attendance.queries.figures import Figures, read_figures
from lms.reporting.queries.groups import Grouping, grouping
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import AttendanceCounts, By

# --- The report ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class AttendanceRow:
    """One row: what it is called, its figures; for an agency, its sector too."""

    label: str
    counts: AttendanceCounts
    sector: Sector | None = None
    key: Any = None


@dataclass(frozen=True)
class AttendanceReport:
    """Rows in order, then the total, in which each person is counted once (R3)."""

    by: By
    scope: Scope
    rows: tuple[AttendanceRow, ...]
    total: AttendanceCounts
    headcount_years: tuple[int, ...]


def attendance_report(by: By, scope: Scope, now: datetime) -> AttendanceReport:
    """The attendance report, in a number of statements that its size does not change."""
    return attendance_reports((by,), scope, now)[0]


def attendance_reports(
    groupings: Sequence[By], scope: Scope, now: datetime
) -> list[AttendanceReport]:
    """Reports of the same bookings, which are read once for all of them."""
    groups = [grouping(by, scope) for by in groupings]
    figures = read_figures([(group,) for group in groups], scope)
    return reports_of(groups, figures, scope, now)


def reports_of(
    groups: Sequence[Grouping], figures: Figures, scope: Scope, now: datetime
) -> list[AttendanceReport]:
    """The reports by these groupings, from what was read of each of them."""
    headcounts = _headcounts(scope, now)
    total = replace(figures.total, workforce=_workforce_of_all(headcounts))
    years = tuple(sorted({year for head in headcounts.values() for year in head.years}))
    reports = []
    for group in groups:
        found = {key: counts for (key,), counts in figures.of(group).items()}
        rows = _ROWS.get(group.by, _plain_rows)(group, found, headcounts)
        reports.append(AttendanceReport(group.by, scope, tuple(rows), total, years))
    return reports


def attended_by_group(by: By, scope: Scope) -> dict[Any, int]:
    """The headline alone, by the grouping's key: for a comparison."""
    group = grouping(by, scope)
    statement = (
        select(group.key.label("key"), func.count().label("attended"))
        .select_from(Booking)
        .join(Event, Event.id == Booking.event_id)
    )
    rows = db.session.execute(
        group.join(statement).where(IN_HEADLINE, *scope.of_bookings).group_by(group.key)
    )
    return {group.label(key): attended for key, attended in rows}


def attended_by_event(scope: Scope) -> dict[int, int]:
    """The headline alone, by event."""
    rows = db.session.execute(
        select(Booking.event_id, func.count())
        .join(Event, Event.id == Booking.event_id)
        .where(IN_HEADLINE, *scope.of_bookings)
        .group_by(Booking.event_id)
    )
    return dict(iter(rows))


def count_attended(scope: Scope) -> int:
    """The headline of all (R3)."""
    return db.session.execute(
        select(func.count())
        .select_from(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(IN_HEADLINE, *scope.of_bookings)
    ).scalar_one()


# --- Workforces ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Workforce:
    """An agency of the partnerships in scope, and how many people it has; None where unknown."""

    name: str
    sector: Sector
    people: int | None
    years: tuple[int, ...] = ()


def _headcounts(scope: Scope, now: datetime) -> dict[int, Workforce]:
    """The agencies of the partnerships, by name, with their latest headcounts at the period's end.

    An agency of several of them has the sum; unknown where one of the figures is.
    """
    by_place = _latest_headcounts(scope, now)
    places: dict[int, list[int]] = {}
    known: dict[int, tuple[str, Sector]] = {}
    for agency_id, name, sector, partnership_id in db.session.execute(
        select(Agency.id, Agency.name, Agency.sector, agency_partnership.c.partnership_id)
        .join(agency_partnership, agency_partnership.c.agency_id == Agency.id)
        .where(agency_partnership.c.partnership_id.in_(scope.partnership_ids), *_narrowed(scope))
        .order_by(Agency.name, Agency.id)
    ):
        known[agency_id] = (name, sector)
        places.setdefault(agency_id, []).append(partnership_id)
    return {
        agency_id: _workforce(
            name, sector, [by_place.get((agency_id, p)) for p in places[agency_id]]
        )
        for agency_id, (name, sector) in known.items()
    }


def _narrowed(scope: Scope) -> list[ColumnElement[bool]]:
    """Whose workforce the figures are of: that of the agencies, sectors and areas filtered."""
    columns = {
        By.AGENCY: Agency.id,
        By.SECTOR: Agency.sector,
        By.PARTNERSHIP: agency_partnership.c.partnership_id,
    }
    return [
        columns[each.by].in_([key for key in each.keys if key is not None])
        for each in scope.booking_filters
    ]


def _workforce(name: str, sector: Sector, found: list[tuple[int, int] | None]) -> Workforce:
    heads = [head for head in found if head is not None]
    if len(heads) < len(found):
        return Workforce(name, sector, None)
    years = tuple(sorted({year for year, _ in heads}))
    return Workforce(name, sector, sum(people for _, people in heads), years)


def _latest_headcounts(scope: Scope, now: datetime) -> dict[tuple[int, int], tuple[int, int]]:
    """By agency and partnership: the year and the people of the latest headcount that counts."""
    on = scope.period.last or london_date(now)
    year = reporting_year(on, scope.start_month).first.year
    rows = db.session.execute(
        select(Headcount.agency_id, Headcount.partnership_id, Headcount.year, Headcount.people)
        .where(Headcount.partnership_id.in_(scope.partnership_ids), Headcount.year <= year)
        .order_by(Headcount.year)
    )
    return {(agency, partnership): (of, people) for agency, partnership, of, people in rows}


def _workforce_of_all(headcounts: Mapping[int, Workforce]) -> int | None:
    return _sum_known([workforce.people for workforce in headcounts.values()])


def _sum_known(figures: list[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known and len(known) == len(figures) else None


# --- Rows ---------------------------------------------------------------------------------------

Found = Mapping[Any, AttendanceCounts]
Headcounts = Mapping[int, Workforce]


def _plain_rows(group: Grouping, found: Found, headcounts: Headcounts) -> list[AttendanceRow]:
    """One row for each group, by its key or name; what belongs to none comes last."""
    del headcounts
    keys = sorted(found, key=lambda key: (key is None, group.label(key).casefold()))
    return [AttendanceRow(group.label(key), found[key], key=key) for key in keys]


def _agency_rows(group: Grouping, found: Found, headcounts: Headcounts) -> list[AttendanceRow]:
    """Every agency of the partnership, zeros too; others that are not zero; then no agency (R1)."""
    rows = [
        AttendanceRow(
            own.name,
            replace(found.get(agency_id, AttendanceCounts()), workforce=own.people),
            own.sector,
            agency_id,
        )
        for agency_id, own in headcounts.items()
    ]
    outside = [key for key in found if key is not None and key not in headcounts]
    sectors = _sectors_of(outside)
    rows += [
        AttendanceRow(group.label(key), found[key], sectors[key], key)
        for key in sorted(outside, key=lambda key: (group.label(key).casefold(), key))
        if not found[key].is_zero
    ]
    nobody_s = found.get(None)
    if nobody_s is not None and not nobody_s.is_zero:
        rows.append(AttendanceRow(group.label(None), nobody_s))
    return rows


def _sectors_of(agency_ids: list[int]) -> dict[int, Sector]:
    if not agency_ids:
        return {}
    rows = db.session.execute(select(Agency.id, Agency.sector).where(Agency.id.in_(agency_ids)))
    return dict(iter(rows))


def _sector_rows(group: Grouping, found: Found, headcounts: Headcounts) -> list[AttendanceRow]:
    """The sectors of the partnership's agencies, zeros too; a workforce where all are known."""
    members: dict[Sector, list[int | None]] = {}
    for own in headcounts.values():
        members.setdefault(own.sector, []).append(own.people)
    rows = []
    for sector in Sector:
        counts = found.get(sector, AttendanceCounts())
        if sector in members or not counts.is_zero:
            workforce = _sum_known(members.get(sector, []))
            counts = replace(counts, workforce=workforce)
            rows.append(AttendanceRow(group.label(sector), counts, sector, sector))
    nobody_s = found.get(None)
    if nobody_s is not None and not nobody_s.is_zero:
        rows.append(AttendanceRow(group.label(None), nobody_s))
    return rows


_ROWS = {By.AGENCY: _agency_rows, By.SECTOR: _sector_rows}
