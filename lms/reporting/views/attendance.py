"""What the attendance page shows: the finding, the chart, the table with its sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from lms.agencies.rules import Sector
from lms.clock import london_date, reporting_year
from lms.reporting.queries import (
    AttendanceReport,
    AttendanceRow,
    Scope,
    attendance_report,
    attended_by_group,
    count_attended,
)
from lms.reporting.rules import (
    AttendanceCounts,
    By,
    attendance_finding,
    quarter_a_year_later,
    share_caption,
    share_of_total,
)
from lms.web.figures import Bar
from lms.words import listed, number, percent, sentence_case

MOST_BARS = 6
NO_AGENCY = "no agency"
SAID_OF_SECTOR = {
    Sector.LOCAL_AUTHORITY.words: "the local authority",
    Sector.POLICE.words: "the police",
    Sector.FIRE.words: "the fire service",
    Sector.VOLUNTARY_AND_COMMUNITY.words: "the voluntary sector",
    Sector.FAITH.words: "faith groups",
    Sector.INDEPENDENT.words: "independent providers",
    Sector.OTHER.words: "others",
    NO_AGENCY: "people with no agency given",
}


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
    headcount_years: str
    has_reach: bool
    is_running: bool

    @property
    def is_empty(self) -> bool:
        """Whether nobody attended, so that there is nothing to draw."""
        return not self.total.attended


def attendance_picture(by: By, scope: Scope, now: datetime) -> AttendancePicture:
    """The page's figures: of the period, and of the year before where there was anything."""
    report = attendance_report(by, scope, now)
    shown = attendance_report(By.SECTOR, scope, now) if by is By.AGENCY else report
    today = london_date(now)
    is_running = scope.period.is_running(today)
    before = Before(scope.year_before(today), by, shown.by)
    groups = {row.label: row.counts.attended for row in shown.rows}
    speaks_of_sectors = shown.by is By.SECTOR
    said = _said(groups) if speaks_of_sectors else {}
    said_before = _said(before.shown) if speaks_of_sectors else {}
    finding = attendance_finding(
        report.total.attended, before.total, said, said_before, is_running=is_running
    )
    subject = f"Attendance by {shown.by.words}"
    caption = share_caption(said, said_before, subject) if before.total else subject
    shares = Shares(report.total.attended, before.total)
    bars, others = _bars(shown, before, shares, f"{finding} {caption}")
    rows = _sector_rows(report, shown, before, shares) if by is By.AGENCY else None
    return AttendancePicture(
        finding=finding,
        caption=caption,
        reading=_reading(shares, others, has_dark=any(bar.is_dark for bar in bars)),
        bars=bars,
        rows=rows or [_plain_row(row, before.rows, shares) for row in report.rows],
        total=_row("total", "", "Total", report.total, before.total, shares),
        total_before=before.total,
        headcount_years=_years(report),
        has_reach=by in (By.AGENCY, By.SECTOR),
        is_running=is_running,
    )


class Before:
    """The year before: the headline of each row, of each bar, and of all (None: nobody came)."""

    def __init__(self, scope: Scope | None, by: By, shown: By) -> None:
        counted = count_attended(scope) if scope else 0
        self.total = counted or None
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
    """Shares of this year's and of last year's total."""

    total: int
    total_before: int | None

    def now(self, attended: int) -> Fraction | None:
        return share_of_total(attended, self.total)

    def before(self, attended: int) -> Fraction | None:
        return share_of_total(attended, self.total_before or 0)


def _said(groups: Mapping[str, int]) -> dict[str, int]:
    """Sectors as a sentence calls them."""
    return {SAID_OF_SECTOR.get(label, label): attended for label, attended in groups.items()}


# --- The chart ----------------------------------------------------------------------------------


def _bars(
    shown: AttendanceReport, before: Before, shares: Shares, named_in: str
) -> tuple[list[Bar], list[str]]:
    """Bars in order of size, or of time; the smallest are drawn as one. And who those are."""
    found = [(row.label, row.counts.attended) for row in shown.rows if row.counts.attended]
    if shown.by not in (By.QUARTER, By.LEVEL):
        found.sort(key=lambda pair: -pair[1])
    others = found[MOST_BARS - 1 :] if len(found) > MOST_BARS and shown.by is not By.QUARTER else []
    kept = found[: len(found) - len(others)]
    bars = [_bar(label, n, before.shown.get(label, 0), shares, named_in) for label, n in kept]
    if others:
        now = sum(n for _, n in others)
        names = [label for label, _ in others]
        kept_names = {label for label, _ in kept}
        was = sum(n for label, n in before.shown.items() if label not in kept_names)
        head = f"{sentence_case(number(len(others)))} others"
        bars.append(_bar(head, now, was, shares, ""))
        return bars, [head, listed(names)]
    return bars, []


def _bar(label: str, attended: int, before: int, shares: Shares, named_in: str) -> Bar:
    was = shares.before(before)
    said = SAID_OF_SECTOR.get(label, label)
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
        last_year = f"Thin bar: share of the {shares.total_before:,} of the year before."
        compared = f"Thick bar: {compared} {last_year}"
    rest = f" {others[0]}: {others[1]}." if others else ""
    return f"{sentence_case(compared)}{rest} Attended is attended, part attended and walk-ins."


# --- The table ----------------------------------------------------------------------------------


def _sector_rows(
    report: AttendanceReport, sectors: AttendanceReport, before: Before, shares: Shares
) -> list[TableRow]:
    """Each sector with its agencies inside; one with a single agency is one row."""
    rows: list[TableRow] = []
    by_size = sorted(sectors.rows, key=lambda row: (row.sector is None, -row.counts.attended))
    for sector in by_size:
        members = [row for row in report.rows if row.sector is sector.sector]
        members.sort(key=lambda row: -row.counts.attended)
        if len(members) == 1 and sector.sector is not None:
            only, head = members[0], sentence_case(sector.label)
            was = before.rows.get(only.label, 0)
            rows.append(_row("single", head, only.label, only.counts, was, shares))
        elif sector.sector is None:
            was = before.shown.get(sector.label, 0)
            rows.append(_row("single", "No agency given", "", sector.counts, was, shares))
        else:
            head, was = sentence_case(sector.label), before.shown.get(sector.label, 0)
            rows.append(_row("group", "", head, sector.counts, was, shares))
            rows += [_inside(row, before, shares) for row in members]
    return rows


def _inside(row: AttendanceRow, before: Before, shares: Shares) -> TableRow:
    was = before.rows.get(row.label, 0)
    return _row("inside", "", row.label, row.counts, was, shares)


def _plain_row(row: AttendanceRow, before: Mapping[str, int], shares: Shares) -> TableRow:
    was = before.get(row.label, 0)
    return _row("plain", "", sentence_case(row.label), row.counts, was, shares)


def _row(
    kind: str,
    head: str,
    label: str,
    counts: AttendanceCounts,
    before: int | None,
    shares: Shares,
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
        reach=percent(counts.reach),
    )


def _years(report: AttendanceReport) -> str:
    month = report.scope.start_month
    years = [reporting_year(date(y, month, 1), month).label for y in report.headcount_years]
    return listed(years) if years else ""
