"""What the page on reach shows: who came, of how many, and of whom nobody did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lms.reporting.attendance.queries import attendance_reports
from lms.reporting.queries.scope import Scope
from lms.reporting.reach.queries import (
    OF_NOTHING,
    OwnAgency,
    ReachReport,
    ReachRow,
    cohort_rows,
    own_agencies,
    reach_beside,
    reach_of,
    reach_report,
    sent_nobody,
)
from lms.reporting.reach.rules import (
    ReachBy,
    nobody_from,
    people_caption,
    reach_caption,
    reach_finding,
    reach_in_words,
    small_sectors_sentence,
)
from lms.reporting.rules import By, years_in_words
from lms.reporting.rules.sectors import placed_by_sector
from lms.web.figures import Bar
from lms.words import sentence_case

MOST_BARS = 10
OF_A_WORKFORCE = (ReachBy.AGENCY, ReachBy.SECTOR)
OFFERED = (ReachBy.AGENCY, ReachBy.SECTOR, ReachBy.ROLE, ReachBy.COURSE)


@dataclass(frozen=True)
class TableRow:
    """A row of the table; `kind` says how it is set: group, inside, single, or plain."""

    kind: str
    head: str
    row: ReachRow


@dataclass(frozen=True)
class ReachPicture:
    """Everything that the page says, from the figures alone."""

    finding: str
    small_sectors: str
    nobody: str
    caption: str
    reading: str
    bars: list[Bar]
    rows: list[TableRow]
    report: ReachReport
    cohorts: list[ReachRow]
    cohort_bars: list[Bar]
    cohort_caption: str
    headcount_years: str

    @property
    def has_more_than_counted(self) -> bool:
        """Whether more came of a cohort than are in it."""
        return any(row.counts.is_over for row in self.cohorts)

    @property
    def is_empty(self) -> bool:
        """Whether nobody came, so that there is nothing to draw."""
        return not self.report.total.people


def reach_picture(by: ReachBy, scope: Scope, now: datetime) -> ReachPicture:
    """The page's figures."""
    read = attendance_reports((By.AGENCY, By.SECTOR), scope, now)
    agencies, sectors = (reach_of(each) for each in read)
    report = {ReachBy.AGENCY: agencies, ReachBy.SECTOR: sectors}.get(by)
    if report is None:
        is_role = by is ReachBy.ROLE
        report = reach_beside(by, read[0]) if is_role else reach_report(by, scope, now)
    drawn = sectors if by in OF_A_WORKFORCE else report
    caption = _caption(drawn)
    own, cohorts = own_agencies(scope), cohort_rows(scope)
    cohort_rates = {row.label: row.counts.reach for row in cohorts}
    cohort_caption = reach_caption(cohort_rates) if cohorts else ""
    return ReachPicture(
        finding=_finding(agencies, own),
        small_sectors=small_sectors_sentence(
            {row.sector: row.counts for row in sectors.rows if row.sector}
        ),
        nobody=nobody_from(sent_nobody(agencies, own, now)),
        caption=caption,
        reading=_reading(drawn),
        bars=_bars(drawn, caption),
        rows=_by_sector(agencies, sectors) if by is ReachBy.AGENCY else _plain(report),
        report=report,
        cohorts=cohorts,
        cohort_bars=[_rate_bar(row, cohort_caption) for row in cohorts],
        cohort_caption=cohort_caption,
        headcount_years=years_in_words(report.headcount_years, scope.start_month),
    )


def reach_lead(scope: Scope, now: datetime) -> str:
    """The finding alone, for the list of reports."""
    return _finding(reach_report(ReachBy.AGENCY, scope, now), own_agencies(scope))


def _finding(agencies: ReachReport, own: Mapping[str, OwnAgency]) -> str:
    """Agencies of the partnership are those that could give a workforce figure."""
    unknown = sum(row.counts.workforce is None for row in agencies.rows if row.label in own)
    return reach_finding(agencies.total, unknown, len(own))


def _caption(drawn: ReachReport) -> str:
    if drawn.by in OF_A_WORKFORCE:
        return reach_caption({sentence_case(row.label): row.counts.reach for row in drawn.rows})
    return people_caption({row.label: row.counts.people for row in _named(drawn)})


def _named(drawn: ReachReport) -> list[ReachRow]:
    return [row for row in drawn.rows if row.label not in OF_NOTHING]


def _bars(drawn: ReachReport, caption: str) -> list[Bar]:
    """By sector how far each was reached, the furthest first; else of whom most people came."""
    if drawn.by in OF_A_WORKFORCE:
        own = [row for row in drawn.rows if row.sector is not None]
        return [_rate_bar(row, caption) for row in sorted(own, key=_furthest_first)]
    rows = sorted(_named(drawn), key=lambda row: -row.counts.people)[:MOST_BARS]
    return [
        Bar(row.label, row.counts.people, f"{row.counts.people:,}", is_dark=row.label in caption)
        for row in rows
    ]


def _furthest_first(row: ReachRow) -> tuple[bool, float]:
    """Those of whom it is unknown come last."""
    reach = row.counts.reach
    return reach is None, -float(reach or 0)


def _rate_bar(row: ReachRow, caption: str) -> Bar:
    """The share that was reached; without a workforce the words for it, and no mark."""
    label, reach = sentence_case(row.label), row.counts.reach
    if reach is None:
        return Bar(label, None, f"unknown ({row.counts.people:,} came)")
    text = reach_in_words(row.counts)
    return Bar(label, min(1.0, float(reach)), text, is_dark=f"{label}:" in caption)


def _reading(drawn: ReachReport) -> str:
    if drawn.by in OF_A_WORKFORCE:
        return "Distinct people who came, of the workforce; dark where the line above names it."
    left = len(_named(drawn)) - MOST_BARS
    rest = f" The other {left:,} are in the table." if left > 0 else ""
    return f"Distinct people who came.{rest}"


def _plain(report: ReachReport) -> list[TableRow]:
    return [TableRow("plain", "", row) for row in report.rows]


def _by_sector(agencies: ReachReport, sectors: ReachReport) -> list[TableRow]:
    """Each sector with its agencies inside."""
    return [
        TableRow(placed.kind, placed.head or placed.name, ReachRow("", placed.row.counts))
        if placed.is_sector
        else TableRow(placed.kind, placed.head, placed.row)
        for placed in placed_by_sector(sectors.rows, agencies.rows, lambda row: row.counts.people)
    ]
