"""Reach by agency, sector, role, course and cohort: who came, of how many (R2, R3).

By agency, sector and course the figures are those of the attendance report, so that the two
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import distinct, func, select

from lms.agencies.models import Agency, agency_partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.db import db
from lms.reporting.attendance.queries.counted import IN_HEADLINE
from lms.reporting.attendance.queries.report import AttendanceReport, attendance_report
from lms.reporting.cohorts.queries import CohortReach, cohorts_reached, folded_role
from lms.reporting.queries.scope import Scope
from lms.reporting.reach.rules import ReachBy, ReachCounts
from lms.reporting.rules import AttendanceCounts, By

NO_ROLE = "No role given"
OF_NOTHING = frozenset({NO_ROLE, "No course"})
"""Rows of those who belong to none: counted, and not spoken of."""


@dataclass(frozen=True)
class ReachRow:
    """One row; an agency's has its sector, a cohort's what it is and the day it is of."""

    label: str
    counts: ReachCounts
    sector: Sector | None = None
    cohort: CohortReach | None = None


@dataclass(frozen=True)
class ReachReport:
    """Rows in order and the total, in which each person is counted once (R3)."""

    by: ReachBy
    scope: Scope
    rows: tuple[ReachRow, ...]
    total: ReachCounts
    headcount_years: tuple[int, ...] = ()


def reach_report(by: ReachBy, scope: Scope, now: datetime) -> ReachReport:
    """Who came, of how many, in a number of statements that the report's size does not change."""
    if by in (ReachBy.ROLE, ReachBy.COHORT):
        return reach_beside(by, attendance_report(By.AGENCY, scope, now))
    return reach_of(attendance_report(By(by.value), scope, now))


def reach_beside(by: ReachBy, found: AttendanceReport) -> ReachReport:
    """The reach by role or cohort, with the total of attendance by agency, read already."""
    rows = role_rows(found.scope) if by is ReachBy.ROLE else cohort_rows(found.scope)
    return ReachReport(by, found.scope, tuple(rows), _counts(found.total), found.headcount_years)


def reach_of(found: AttendanceReport) -> ReachReport:
    """The reach in a report on attendance by agency, sector or course, read already."""
    total = _counts(found.total)
    rows = tuple(_by_attendance(found, total))
    by = ReachBy(found.by.value)
    return ReachReport(by, found.scope, rows, total, found.headcount_years)


def _counts(counts: AttendanceCounts) -> ReachCounts:
    return ReachCounts(counts.people, counts.workforce)


def _by_attendance(found: AttendanceReport, total: ReachCounts) -> list[ReachRow]:
    """By agency and sector of their own workforce; by course of everybody’s."""
    if found.by is not By.COURSE:
        return [ReachRow(row.label, _counts(row.counts), row.sector) for row in found.rows]
    return [
        ReachRow(row.label, ReachCounts(row.counts.people, total.workforce)) for row in found.rows
    ]


def role_rows(scope: Scope) -> list[ReachRow]:
    """Roles as bookings say them; of how many is known where a cohort counts just that role."""
    role = folded_role(Booking.job_role)
    people = func.count(distinct(Booking.person_id)) + func.count().filter(
        Booking.person_id.is_(None)
    )
    rows = db.session.execute(
        select(role, func.min(func.trim(Booking.job_role)), people)
        .join(Event, Event.id == Booking.event_id)
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .where(IN_HEADLINE, *scope.of_bookings)
        .group_by(role)
    ).all()
    known = _sizes_of_roles(scope)
    ordered = sorted(rows, key=lambda row: (not row[0], -row[2], row[0]))
    return [
        ReachRow(label or NO_ROLE, ReachCounts(int(n), known.get(key) if key else None))
        for key, label, n in ordered
    ]


def _sizes_of_roles(scope: Scope) -> Mapping[str, int]:
    """How many there are of a role, where one cohort alone counts it, whatever the sector."""
    sizes: dict[str, list[int]] = {}
    for cohort in cohorts_reached(scope):
        if cohort.job_role and cohort.sector is None:
            sizes.setdefault(cohort.job_role.strip().lower(), []).append(cohort.size)
    return {role: found[0] for role, found in sizes.items() if len(found) == 1}


def cohort_rows(scope: Scope) -> list[ReachRow]:
    """The named cohorts, by name."""
    return [
        ReachRow(found.name, ReachCounts(found.people, found.size), cohort=found)
        for found in cohorts_reached(scope)
    ]


@dataclass(frozen=True)
class OwnAgency:
    """When an agency of the partnership opened and closed."""

    opened_on: date | None
    closed_on: date | None

    def is_open_between(self, begins: date, ends: date) -> bool:
        """Whether it was open on any of those days."""
        has_opened = self.opened_on is None or self.opened_on <= ends
        return has_opened and (self.closed_on is None or self.closed_on > begins)


def own_agencies(scope: Scope) -> dict[str, OwnAgency]:
    """The agencies of the partnerships, by name."""
    rows = db.session.execute(
        select(Agency.name, Agency.opened_on, Agency.closed_on)
        .join(agency_partnership, agency_partnership.c.agency_id == Agency.id)
        .where(agency_partnership.c.partnership_id.in_(scope.partnership_ids))
        .order_by(Agency.name)
    )
    return {name: OwnAgency(opened_on, closed_on) for name, opened_on, closed_on in rows}


def sent_nobody(found: ReachReport, own: Mapping[str, OwnAgency], now: datetime) -> list[str]:
    """The agencies, open in the period, of which nobody came; `found` is by agency."""
    period = found.scope.period
    begins, ends = period.first or date.min, period.last or london_date(now)
    return [
        row.label
        for row in found.rows
        if not row.counts.people
        and row.label in own
        and own[row.label].is_open_between(begins, ends)
    ]
