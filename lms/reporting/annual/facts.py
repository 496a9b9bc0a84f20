"""What the annual report is written from: the figures of one partnership's reporting year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from lms.agencies.models import Partnership
from lms.booking.models import Booking
from lms.catalogue.models import Course, Event
from lms.catalogue.rules import EventState
from lms.clock import ReportingYear, at_london, london_date, reporting_year
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import Stage
from lms.reporting.elsewhere.queries import FigureLine, list_figures
from lms.reporting.elsewhere.rules import Known
from lms.reporting.queries import (
    AttendanceReport,
    Scope,
    attendance_report,
    attended_by_group,
    count_attended,
)
from lms.reporting.queries.attendance import IN_HEADLINE
from lms.reporting.queries.impact import ImpactReport, impact_report
from lms.reporting.rules import (
    By,
    EventCounts,
    Period,
    count_events,
    counts_as_completed,
    last_complete_year,
    refuse_to_come,
)
from lms.reporting.rules.impact import ALL, Dimension

COMPLETED = tuple(stage for stage in Stage if counts_as_completed(stage))


@dataclass(frozen=True)
class CourseLine:
    """A course, or an event on its own: what was planned of it, and how many attended."""

    title: str
    level: int | None
    events: EventCounts
    attended: int


@dataclass(frozen=True)
class YearBefore:
    """What is compared with; None throughout where nothing was held then."""

    label: str
    attended: int
    by_agency: dict[str, int]
    by_sector: dict[str, int]
    events: EventCounts
    completed: int
    outside: Sequence[Known]


@dataclass(frozen=True)
class AnnualFacts:
    """Everything that the report says, as figures."""

    partnership: Partnership
    year: ReportingYear
    today: date
    agencies: AttendanceReport
    sectors: AttendanceReport
    courses: tuple[CourseLine, ...]
    events: EventCounts
    completed: int
    outside: Sequence[FigureLine]
    impact: ImpactReport
    before: YearBefore | None

    @property
    def is_running(self) -> bool:
        return self.year.last >= self.today

    @property
    def attended(self) -> int:
        return self.agencies.total.attended

    @property
    def known(self) -> list[Known]:
        return _known(self.outside)


def year_asked(label: str, scope: Scope, now: datetime) -> ReportingYear:
    """The reporting year that is asked for, the last complete one where none is.

    Raises Refused for one that has not begun.
    """
    today = london_date(now)
    if not label:
        return last_complete_year(today, scope.start_month)
    refuse_to_come(scope.period, today)
    return reporting_year(scope.period.first or today, scope.start_month)


def annual_facts(scope: Scope, year: ReportingYear, now: datetime) -> AnnualFacts:
    """Gathers them, of the first partnership in scope, in a number of statements that its size
    does not change."""
    scope = scope_of_year(scope, year)
    partnership = db.session.get(Partnership, scope.partnership_ids[0])
    if partnership is None:
        raise NotFound
    courses = course_lines(scope, year, now)
    return AnnualFacts(
        partnership=partnership,
        year=year,
        today=london_date(now),
        agencies=attendance_report(By.AGENCY, scope, now),
        sectors=attendance_report(By.SECTOR, scope, now),
        courses=courses,
        events=_together(courses),
        completed=completed_in(partnership.id, year),
        outside=list_figures(partnership.id, year.first.year),
        impact=impact_report(Dimension.COURSE, ALL, scope, now),
        before=_year_before(scope, year.before, now),
    )


def scope_of_year(scope: Scope, year: ReportingYear) -> Scope:
    """The first partnership in scope, in that year."""
    return replace(
        scope,
        partnership_ids=scope.partnership_ids[:1],
        partnerships=scope.partnerships[:1],
        period=Period(year.first, year.last),
    )


def _year_before(scope: Scope, year: ReportingYear, now: datetime) -> YearBefore | None:
    scope = scope_of_year(scope, year)
    courses = course_lines(scope, year, now)
    if not courses:
        return None
    return YearBefore(
        label=year.label,
        attended=count_attended(scope),
        by_agency=attended_by_group(By.AGENCY, scope),
        by_sector=attended_by_group(By.SECTOR, scope),
        events=_together(courses),
        completed=completed_in(scope.partnership_ids[0], year),
        outside=_known(list_figures(scope.partnership_ids[0], year.first.year)),
    )


def _known(lines: Sequence[FigureLine]) -> list[Known]:
    return [
        Known(line.figure.measure, line.now.value, line.agency, line.figure.course, line.now.share)
        for line in lines
        if line.now.value is not None
    ]


# --- Courses ------------------------------------------------------------------------------------


def course_lines(scope: Scope, year: ReportingYear, now: datetime) -> tuple[CourseLine, ...]:
    """Each course with its events; one on its own under its title. By name."""
    events = _events(scope, year)
    attended = _attended_by_event(scope)
    lines = []
    for title in sorted({event.called for event in events}, key=str.casefold):
        own = [event for event in events if event.called == title]
        levels = {event.level for event in own}
        lines.append(
            CourseLine(
                title,
                levels.pop() if len(levels) == 1 else None,
                count_events([(event.state, event.ends_at) for event in own], now),
                sum(attended.get(event.id, 0) for event in own),
            )
        )
    return tuple(lines)


def _events(scope: Scope, year: ReportingYear) -> Sequence[Any]:
    """By the day of their first session (R7); a postponed one by the day that it had."""
    begins, ends = at_london(year.first, time()), at_london(year.last + timedelta(days=1), time())
    was_then = and_(
        Event.state == EventState.POSTPONED,
        Event.starts_at.is_(None),
        Event.postponed_from >= begins,
        Event.postponed_from < ends,
    )
    return db.session.execute(
        select(
            Event.id,
            func.coalesce(Course.title, Event.title).label("called"),
            Event.level,
            Event.state,
            Event.ends_at,
        )
        .outerjoin(Course, Course.id == Event.course_id)
        .where(
            Event.partnership_id.in_(scope.partnership_ids),
            Event.state != EventState.DRAFT,
            or_(and_(Event.starts_at >= begins, Event.starts_at < ends), was_then),
        )
        .order_by(Event.starts_at, Event.id)
    ).all()


def _attended_by_event(scope: Scope) -> dict[int, int]:
    rows = db.session.execute(
        select(Booking.event_id, func.count())
        .join(Event, Event.id == Booking.event_id)
        .where(IN_HEADLINE, *scope.conditions)
        .group_by(Booking.event_id)
    )
    return dict(iter(rows))


def _together(lines: Sequence[CourseLine]) -> EventCounts:
    return EventCounts(
        planned=sum(line.events.planned for line in lines),
        run=sum(line.events.run for line in lines),
        cancelled=sum(line.events.cancelled for line in lines),
        postponed=sum(line.events.postponed for line in lines),
    )


def completed_in(partnership_id: int, year: ReportingYear) -> int:
    """Post and impact forms answered in the year, whenever their event was (R7)."""
    begins, ends = year.bounds
    return db.session.execute(
        select(func.count())
        .select_from(Evaluation)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Event.partnership_id == partnership_id,
            Evaluation.stage.in_(COMPLETED),
            Evaluation.answered_at >= begins,
            Evaluation.answered_at < ends,
        )
    ).scalar_one()
