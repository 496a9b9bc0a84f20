"""What the attendance page shows: the finding, the chart, the table with its sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from lms.clock import ReportingYear, london_date
from lms.reporting.attendance.finding import (
    CAME_TO,
    WERE_FROM,
    attendance_finding,
    largest_caption,
    share_caption,
)
from lms.reporting.attendance.queries import (
    AttendanceReport,
    AttendanceRow,
    attendance_reports,
    attended_by_group,
    count_attended,
)
from lms.reporting.queries import Scope
from lms.reporting.reach.rules import ReachCounts, reach_in_words
from lms.reporting.rules import (
    Against,
    AttendanceCounts,
    By,
    quarter_a_year_later,
    share_of_total,
    years_in_words,
)
from lms.reporting.rules.said import SAID_OF_SECTOR
from lms.reporting.rules.sectors import placed_by_sector
from lms.reporting.views.asked import Request
from lms.reporting.views.narrowing import said_of
from lms.reporting.views.strip import Strip
from lms.web.figures import Bar
from lms.words import listed, number, percent, sentence_case

MOST_BARS = 6
VERBS = {By.SECTOR: WERE_FROM, By.AGENCY: WERE_FROM, By.COURSE: CAME_TO}
"""Groupings of which the sentence and the caption speak; of others the rows say enough."""


Of = tuple[tuple[By, str], ...]
"""The groupings and their values whose bookings a figure counts; none: all."""


@dataclass(frozen=True)
class TableRow:
    """A row of the page's table; `kind` says how it is set: group, inside, single, or plain."""

    kind: str
    head: str
    label: str
    confirmed: int | None
    attended: int
    share: str
    before: str
    rate: str
    reach: str
    of: Of = ()


@dataclass(frozen=True)
class AttendancePicture:
    """Everything that the page says, from the figures alone."""

    finding: str
    caption: str
    reading: str
    bars: list[Bar]
    rows: list[TableRow]
    total: TableRow
    total_before: int | None
    than: str
    headcount_years: str
    has_reach: bool
    is_running: bool
    only: list[str]
    is_first: bool

    @property
    def is_empty(self) -> bool:
        """Whether nobody attended, so that there is nothing to draw."""
        return not self.total.attended


def attendance_picture(asked: Request, now: datetime) -> AttendancePicture:
    """The page's figures: of the period, and of the one before where there was anything."""
    by, scope = asked.by, asked.scope
    groupings = (by, By.SECTOR) if by is By.AGENCY else (by,)
    report, *sectors = attendance_reports(groupings, scope, now)
    shown = sectors[0] if sectors else report
    against = against_of(asked)
    today = london_date(now)
    before = Before(scope.before(against, today), by, shown.by)
    drawn, drawn_before = _drawn(report, shown, before)
    spoken = Spoken.of(drawn, drawn_before, is_narrowed=bool(scope.booking_filters))
    than = scope.period.said_before(against, scope.start_month)
    only = said_of(scope.filters)
    is_running = scope.period.is_running(today)
    finding = spoken.finding(report.total.attended, before.total, is_running, than, only)
    subject = _subject(drawn, report.total.attended)
    caption = share_caption(spoken.now, spoken.before, subject) if before.total else subject
    shares = Shares(report.total.attended, before.total, than)
    bars, others = _bars(drawn, drawn_before, shares, f"{finding} {caption}")
    rows = _sector_rows(report, shown, before, shares) if by is By.AGENCY else None
    return AttendancePicture(
        finding=finding,
        caption=caption,
        reading=_reading(shares, others, has_dark=any(bar.is_dark for bar in bars)),
        bars=bars,
        rows=rows or [_plain_row(by, row, before.rows, shares) for row in report.rows],
        total=_row("total", "", "Total", report.total, before.total, shares),
        total_before=before.total,
        than=than,
        headcount_years=years_in_words(report.headcount_years, scope.start_month),
        has_reach=by in (By.AGENCY, By.SECTOR),
        is_running=is_running,
        only=only,
        is_first=before.is_of_nobody,
    )


def strip_of(asked: Request, years: Sequence[ReportingYear], today: date) -> Strip:
    """By, across, year, quarter, what it is compared with, download."""
    parts = asked.strip(years)
    parts[1:1] = [("Across", asked.crossings)]
    if asked.across:
        parts[2:2] = [("Show", asked.figures)]
    chosen = [("Quarter", asked.quarters(today)), ("Compared with", asked.comparisons)]
    if asked.by is By.QUARTER:
        chosen.pop()
    return [*parts[:-1], *(part for part in chosen if part[1]), parts[-1]]


def against_of(asked: Request) -> Against:
    """Quarters are compared with those a year before: rows of a season with the same season."""
    return Against.YEAR_BEFORE if asked.by is By.QUARTER else asked.against


def _drawn(
    report: AttendanceReport, shown: AttendanceReport, before: Before
) -> tuple[AttendanceReport, Mapping[str, int]]:
    """What the chart is of: sectors rather than agencies, unless one sector alone came."""
    came = [row for row in shown.rows if row.counts.attended]
    if report.by is By.AGENCY and report.scope.filters and len(came) == 1:
        return report, before.rows
    return shown, before.shown


def _subject(drawn: AttendanceReport, attended: int) -> str:
    """The caption where no share has changed: whose is the largest, else what it is of."""
    groups = {_said_of(row.label): row.counts.attended for row in drawn.rows}
    return largest_caption(groups, attended) or f"Attendance by {drawn.by.words}"


@dataclass(frozen=True)
class Spoken:
    """The groups of which the sentence speaks, as it calls them; none where it speaks of none."""

    now: dict[str, int]
    before: dict[str, int]
    verbs: tuple[str, str] = WERE_FROM

    @classmethod
    def of(cls, drawn: AttendanceReport, before: Mapping[str, int], *, is_narrowed: bool) -> Spoken:
        groups = {row.label: row.counts.attended for row in drawn.rows}
        is_one = len([label for label, attended in groups.items() if attended]) == 1
        if drawn.by not in VERBS or (is_narrowed and is_one):
            return cls({}, {})
        return cls(_said(groups), _said(before), VERBS[drawn.by])

    def finding(
        self, attended: int, before: int | None, is_running: bool, than: str, only: list[str]
    ) -> str:
        return attendance_finding(
            attended,
            before,
            self.now,
            self.before,
            is_running=is_running,
            than=than,
            only=only,
            verbs=self.verbs,
        )


class Before:
    """The period before: the headline of each row, of each bar, and of all (None: nobody came)."""

    def __init__(self, scope: Scope | None, by: By, shown: By) -> None:
        counted = count_attended(scope) if scope else 0
        self.total = counted or None
        self.is_of_nobody = scope is not None and self.total is None
        is_known = scope is not None and self.total is not None
        self.rows = _by_row(by, scope) if scope and is_known else {}
        if by is shown:
            self.shown = self.rows
        else:
            self.shown = _by_row(shown, scope) if scope and is_known else {}


def _by_row(by: By, scope: Scope) -> dict[str, int]:
    """The headline by the row that it is compared with: a quarter with the one a year later."""
    found = attended_by_group(by, scope)
    if by is not By.QUARTER:
        return found
    return {quarter_a_year_later(label): attended for label, attended in found.items()}


@dataclass(frozen=True)
class Shares:
    """Shares of this period's total, and of that before."""

    total: int
    total_before: int | None
    than: str = "the year before"

    def now(self, attended: int) -> Fraction | None:
        return share_of_total(attended, self.total)

    def before(self, attended: int) -> Fraction | None:
        return share_of_total(attended, self.total_before or 0)


def _said(groups: Mapping[str, int]) -> dict[str, int]:
    """Sectors as a sentence calls them."""
    return {_said_of(label): attended for label, attended in groups.items()}


def _said_of(label: str) -> str:
    return SAID_OF_SECTOR.get(label, label)


# --- The chart ----------------------------------------------------------------------------------


def _bars(
    shown: AttendanceReport, before: Mapping[str, int], shares: Shares, named_in: str
) -> tuple[list[Bar], list[str]]:
    """Bars in order of size, or of time; the smallest are drawn as one. And who those are."""
    found = [(row.label, row.counts.attended) for row in shown.rows if row.counts.attended]
    if shown.by not in (By.QUARTER, By.LEVEL):
        found.sort(key=lambda pair: -pair[1])
    others = found[MOST_BARS - 1 :] if len(found) > MOST_BARS and shown.by is not By.QUARTER else []
    kept = found[: len(found) - len(others)]
    bars = [_bar(label, n, before.get(label, 0), shares, named_in) for label, n in kept]
    if others:
        now = sum(n for _, n in others)
        names = [label for label, _ in others]
        kept_names = {label for label, _ in kept}
        was = sum(n for label, n in before.items() if label not in kept_names)
        head = f"{sentence_case(number(len(others)))} others"
        bars.append(_bar(head, now, was, shares, ""))
        return bars, [head, listed(names)]
    return bars, []


def _bar(label: str, attended: int, before: int, shares: Shares, named_in: str) -> Bar:
    was = shares.before(before)
    said = _said_of(label)
    return Bar(
        label=sentence_case(label),
        value=float(shares.now(attended) or 0),
        text=percent(shares.now(attended)),
        before=float(was) if was is not None else None,
        before_text=f"was {percent(was)}" if was is not None else "",
        is_dark=bool(named_in) and said.lower() in named_in.lower(),
    )


def _reading(shares: Shares, others: Sequence[str], *, has_dark: bool) -> str:
    dark = "; dark where the text above names it" if has_dark else ""
    compared = f"share of the {shares.total:,} who attended{dark}."
    if shares.total_before:
        last_year = f"Thin bar: share of the {shares.total_before:,} of {shares.than}."
        compared = f"Thick bar: {compared} {last_year}"
    rest = f" {others[0]}: {others[1]}." if others else ""
    return f"{sentence_case(compared)}{rest} Attended is attended, part attended and walk-ins."


# --- The table ----------------------------------------------------------------------------------


def _sector_rows(
    report: AttendanceReport, sectors: AttendanceReport, before: Before, shares: Shares
) -> list[TableRow]:
    """Each sector with its agencies inside."""
    rows = []
    for placed in placed_by_sector(sectors.rows, report.rows, lambda row: row.counts.attended):
        by, known = (By.SECTOR, before.shown) if placed.is_sector else (By.AGENCY, before.rows)
        label, counts = placed.row.label, placed.row.counts
        was, of = known.get(label, 0), ((by, label),)
        rows.append(_row(placed.kind, placed.head, placed.name, counts, was, shares, of))
    return rows


def _plain_row(by: By, row: AttendanceRow, before: Mapping[str, int], shares: Shares) -> TableRow:
    was = before.get(row.label, 0)
    label = sentence_case(row.label)
    return _row("plain", "", label, row.counts, was, shares, ((by, row.label),))


def _row(
    kind: str,
    head: str,
    label: str,
    counts: AttendanceCounts,
    before: int | None,
    shares: Shares,
    of: Of = (),
) -> TableRow:
    return TableRow(
        kind=kind,
        head=head,
        label=label,
        confirmed=counts.confirmed,
        attended=counts.attended,
        share=percent(shares.now(counts.attended)),
        before=percent(shares.before(before or 0)),
        rate=percent(counts.attendance_rate),
        reach=reach_in_words(ReachCounts(counts.people, counts.workforce)),
        of=of,
    )
