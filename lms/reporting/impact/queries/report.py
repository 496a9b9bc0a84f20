"""The impact report of one partnership: a year or a quarter, all of it or one group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from threading import Lock

from lms.agencies.queries import list_partnerships, policy_of
from lms.agencies.rules import PolicyKey, Sector
from lms.catalogue.models import Event
from lms.catalogue.queries import list_improvements
from lms.clock import ReportingYear, at_london, london_date, reporting_year
from lms.errors import NotFound, Refused
from lms.evaluation.queries.statements import Released, released_statements
from lms.evaluation.rules.statements import stands_among_enough
from lms.reporting.impact.queries.facts import Names, read_facts
from lms.reporting.impact.rules import (
    ALL,
    Dimension,
    EventFact,
    ImpactFacts,
    ImpactFigures,
    Shown,
    View,
    decide_shown,
    impact_figures,
    month_of,
)
from lms.reporting.queries.scope import Asked, Scope, scope_of

YEARS_OF_TREND = 3
_ONE_AT_A_TIME = Lock()  # a second who asks waits for the first, and finds it remembered
ONE_YEAR = (
    "The impact report is of one reporting year, or a quarter of it: from periods that overlap, "
    "the answers of a few people could be worked out. Choose a year."
)


@dataclass(frozen=True)
class ImpactRow:
    """One group of the report: what it is called, and its figures."""

    label: str
    figures: ImpactFigures


@dataclass(frozen=True)
class Improved:
    """You said, we did: what changed in a course because of its evaluations."""

    course: str
    you_said: str
    we_did: str
    on: date


@dataclass(frozen=True)
class ImpactReport:
    """What is asked about (`whole`), its groups below it, and the same of the years before.

    `closes` are the days from which the answers of its events count.
    """

    scope: Scope
    year: ReportingYear
    by: Dimension
    view: View
    whole: ImpactRow
    rows: tuple[ImpactRow, ...]
    years: tuple[ImpactRow, ...]
    outcomes: dict[int, str]
    until: date
    fewest: int
    events: int
    closes: tuple[date, ...]
    quotes: tuple[Released, ...]
    improvements: tuple[Improved, ...]


@dataclass(frozen=True)
class _Year:
    facts: ImpactFacts
    shown: Shown
    names: Names
    until: date
    fewest: int

    def row(self, view: View) -> ImpactRow:
        figures = impact_figures(self.facts, view, self.shown, self.until, self.fewest)
        return ImpactRow(self.names.of(view), figures)

    def views(self, by: Dimension, within: View) -> list[View]:
        """The views of that dimension with anybody in them: of all, or the events of a course."""
        known = {
            view
            for event, sectors in self.sectors.items()
            for sector in sectors
            for view in self.by_id[event].views(sector)
            if view.by is by and within in self.by_id[event].views(sector)
        }
        return sorted(known, key=lambda view: (view.value is None, self.names.of(view).casefold()))

    def events_in(self, view: View) -> list[EventFact]:
        """The events of a view at which anybody was."""
        return [
            self.by_id[event]
            for event, sectors in self.sectors.items()
            if any(view in self.by_id[event].views(sector) for sector in sectors)
        ]

    @cached_property
    def by_id(self) -> dict[int, EventFact]:
        return {event.id: event for event in self.facts.events}

    @cached_property
    def sectors(self) -> dict[int, set[Sector | None]]:
        """Of which sectors people attended or were asked, by event."""
        found: dict[int, set[Sector | None]] = {}
        for event, sector in (
            *self.facts.attended,
            *((a.event, a.sector) for a in self.facts.asked),
        ):
            found.setdefault(event, set()).add(sector)
        return found


def impact_report(by: Dimension, view: View, scope: Scope, now: datetime) -> ImpactReport:
    """The report as of the first of this month, in a constant number of statements.

    Of one partnership and one reporting year, so that all views that exist are known (R4): raises
    Refused for another period, NotFound for a group that the year has not.
    """
    scope = scope.of_first_partnership()
    year = _year_of(scope)
    fewest = policy_of(scope.partnership_ids[0], PolicyKey.WITHHOLD_BELOW, london_date(now))
    this = _read(scope, year, now, fewest)
    if view != ALL and view not in this.views(_by(view), ALL):
        raise NotFound("There is no such group in this year.")
    below = Dimension.EVENT if view.by is Dimension.COURSE else by
    rows = this.views(below, view) if view == ALL or view.by is Dimension.COURSE else []
    whole = this.row(view)
    return ImpactReport(
        scope=scope,
        year=year,
        by=below,
        view=view,
        whole=whole,
        rows=tuple(this.row(one) for one in rows),
        years=_trend(scope, year, view, this, now),
        outcomes=dict(this.facts.outcomes),
        until=this.until,
        fewest=fewest,
        events=len(this.events_in(view)),
        closes=tuple(event.closes for event in this.events_in(view)),
        quotes=tuple(_quotes(scope, view, this, whole)),
        improvements=tuple(_improvements(view, this, year)),
    )


def work_out_ahead(now: datetime) -> None:
    """Decides what this year's and last year's reports may show before anybody asks for them.

    For a large year that takes seconds; this process remembers it until the month is over.
    """
    for partnership in list_partnerships():
        year = reporting_year(london_date(now), partnership.year_starts_month)
        for each in (year, year.before):
            scope = scope_of(Asked(year=each.label, partnership=partnership.name), None)
            impact_report(Dimension.COURSE, ALL, scope, now)


def _quotes(scope: Scope, view: View, year: _Year, whole: ImpactRow) -> list[Released]:
    """What was released by the cut, what difference it made first.

    Of a group in which enough answered that form. None by sector: a quote that its writer gave
    without a role would then have one.
    """
    if view.by is Dimension.SECTOR:
        return []
    ids = [event.id for event in year.events_in(view)]
    until = at_london(year.until, time())
    found = released_statements(scope.partnership_ids, Event.id.in_(ids), until=until)
    replies = whole.figures.replies
    found = [one for one in found if stands_among_enough(replies[one.stage].answered, year.fewest)]
    return sorted(found, key=lambda one: not one.question_key.startswith("difference"))


def _improvements(view: View, year: _Year, within: ReportingYear) -> list[Improved]:
    courses = {event.course for event in year.events_in(view) if event.course is not None}
    return [
        Improved(year.names.courses[one.course_id], one.you_said, one.we_did, one.changed_on)
        for one in list_improvements(courses, within.first, within.last)
    ]


def _by(view: View) -> Dimension:
    if view.by is None:
        raise AssertionError("the whole year is of no dimension")
    return view.by


def _year_of(scope: Scope) -> ReportingYear:
    period = scope.period
    if period.first is not None:
        year = reporting_year(period.first, scope.start_month)
        if (period.first, period.last) == (year.first, year.last):
            return year
    raise Refused(ONE_YEAR, field="year")


def _read(scope: Scope, year: ReportingYear, now: datetime, fewest: int) -> _Year:
    within = scope.of_year(year)
    facts, names = read_facts(within, now)
    until = month_of(now)
    with _ONE_AT_A_TIME:
        shown = decide_shown(facts, until, fewest)
    return _Year(facts, shown, names, until, fewest)


def _trend(
    scope: Scope, year: ReportingYear, view: View, this: _Year, now: datetime
) -> tuple[ImpactRow, ...]:
    """The same group in the years before, the oldest first; only where there is one to compare."""
    if view.by in (Dimension.EVENT, Dimension.QUARTER):
        return ()
    found = [ImpactRow(year.label, this.row(view).figures)]
    for _ in range(YEARS_OF_TREND - 1):
        year = year.before
        earlier = _read(scope, year, now, this.fewest)
        if earlier.facts.replies:
            found.insert(0, ImpactRow(year.label, earlier.row(view).figures))
    return tuple(found) if len(found) > 1 else ()
