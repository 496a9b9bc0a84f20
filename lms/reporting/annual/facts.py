"""What the annual report is written from: the figures of one partnership's reporting year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from lms.agencies.models import Partnership
from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.clock import ReportingYear, london_date, reporting_year
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import Stage
from lms.reporting.annual.courses import CourseLine, course_lines
from lms.reporting.attendance.queries import (
    AttendanceReport,
    attendance_reports,
    attended_by_event,
    attended_by_group,
    count_attended,
)
from lms.reporting.elsewhere.queries import FigureLine, list_figures
from lms.reporting.elsewhere.rules import Known
from lms.reporting.impact.queries import ImpactReport, impact_report
from lms.reporting.impact.rules import ALL, Dimension
from lms.reporting.programme.queries.events import event_counts, load_programme
from lms.reporting.programme.queries.rows import ProgrammeReport, programme_report
from lms.reporting.programme.rules import ProgrammeBy, ProgrammeCounts
from lms.reporting.queries import Scope
from lms.reporting.reach.queries import (
    OwnAgency,
    ReachReport,
    ReachRow,
    cohort_rows,
    own_agencies,
    reach_of,
    reach_report,
    role_rows,
    sent_nobody,
)
from lms.reporting.reach.rules import ReachBy
from lms.reporting.rules import (
    By,
    EventCounts,
    counts_as_completed,
    last_complete_year,
    refuse_to_come,
)

COMPLETED = tuple(stage for stage in Stage if counts_as_completed(stage))


@dataclass(frozen=True)
class ReachOfYear:
    """Who was reached: by course and role, the named cohorts, and of which agencies nobody was."""

    courses: ReachReport
    roles: Sequence[ReachRow]
    cohorts: Sequence[ReachRow]
    own: Mapping[str, OwnAgency]
    silent: Sequence[str]


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
    reach: ReachOfYear
    courses: tuple[CourseLine, ...]
    programme: ProgrammeCounts
    priorities: ProgrammeReport
    themes: ProgrammeReport
    completed: int
    outside: Sequence[FigureLine]
    impact: ImpactReport
    before: YearBefore | None

    @property
    def is_running(self) -> bool:
        return self.year.last >= self.today

    @property
    def events(self) -> EventCounts:
        return self.programme.events

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
    programme = load_programme(scope, now)
    agencies, sectors = attendance_reports((By.AGENCY, By.SECTOR), scope, now)
    priorities = programme_report(ProgrammeBy.PRIORITY, programme)
    return AnnualFacts(
        partnership=partnership,
        year=year,
        today=london_date(now),
        agencies=agencies,
        sectors=sectors,
        reach=_reach(agencies, scope, now),
        courses=course_lines(programme, attended_by_event(scope)),
        programme=priorities.total,
        priorities=priorities,
        themes=programme_report(ProgrammeBy.THEME, programme),
        completed=completed_in(partnership.id, year),
        outside=list_figures(partnership.id, year.first.year),
        impact=impact_report(Dimension.COURSE, ALL, scope, now),
        before=_year_before(scope, year.before, now),
    )


def _reach(agencies: AttendanceReport, scope: Scope, now: datetime) -> ReachOfYear:
    own = own_agencies(scope)
    return ReachOfYear(
        courses=reach_report(ReachBy.COURSE, scope, now),
        roles=role_rows(scope),
        cohorts=cohort_rows(scope),
        own=own,
        silent=sent_nobody(reach_of(agencies), own, now),
    )


def scope_of_year(scope: Scope, year: ReportingYear) -> Scope:
    """The first partnership in scope, in that year."""
    return scope.of_first_partnership().of_year(year)


def _year_before(scope: Scope, year: ReportingYear, now: datetime) -> YearBefore | None:
    scope = scope_of_year(scope, year)
    events = event_counts(scope, now)
    if not events.planned:
        return None
    return YearBefore(
        label=year.label,
        attended=count_attended(scope),
        by_agency=attended_by_group(By.AGENCY, scope),
        by_sector=attended_by_group(By.SECTOR, scope),
        events=events,
        completed=completed_in(scope.partnership_ids[0], year),
        outside=_known(list_figures(scope.partnership_ids[0], year.first.year)),
    )


def _known(lines: Sequence[FigureLine]) -> list[Known]:
    return [
        Known(line.figure.measure, line.now.value, line.agency, line.figure.course, line.now.share)
        for line in lines
        if line.now.value is not None
    ]


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
