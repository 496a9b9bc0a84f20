"""What the page on the programme shows: what ran, how full, who got no place, what was missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from lms.clock import london_date
from lms.reporting.programme.finding import (
    events_caption,
    filled_caption,
    money_sentence,
    nothing_about,
    programme_before,
    programme_finding,
    reasons_sentence,
)
from lms.reporting.programme.queries.events import event_counts, load_programme
from lms.reporting.programme.queries.rows import ProgrammeReport, programme_report
from lms.reporting.programme.queries.trainers import TrainersReport, trainers_report
from lms.reporting.programme.rules import ProgrammeBy, ProgrammeCounts
from lms.reporting.queries.scope import Scope
from lms.reporting.views.asked import Request
from lms.web.figures import Bar, Part
from lms.words import count, number, percent, sentence_case

MOST_BARS = 8


@dataclass(frozen=True)
class Tags:
    """The priorities, or the themes: their rows, and which of them had no event."""

    heading: str
    report: ProgrammeReport
    missing: str


@dataclass(frozen=True)
class ProgrammePicture:
    """Everything that the page says, from the figures alone."""

    finding: str
    report: ProgrammeReport
    events_caption: str
    parts: list[Part]
    reasons: str
    fill_caption: str
    bars: list[Bar]
    bars_left_out: str
    tags: tuple[Tags, ...]
    trainers: TrainersReport
    money: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was planned, so that there is nothing to draw."""
        return not self.report.total.events.planned


def programme_picture(by: ProgrammeBy, scope: Scope, now: datetime) -> ProgrammePicture:
    """The page's figures, from one reading of the programme."""
    programme = load_programme(scope, now)
    report = programme_report(by, programme)
    rates = {
        sentence_case(row.label): row.counts.fill_rate
        for row in report.rows
        if row.counts.fill_rate is not None
    }
    caption = filled_caption(rates)
    return ProgrammePicture(
        finding=programme_finding(report.total),
        report=report,
        events_caption=events_caption(report.total.events),
        parts=_parts(report.total),
        reasons=reasons_sentence(report.total),
        fill_caption=caption,
        bars=_bars(rates, caption),
        bars_left_out=_left_out(len(rates)),
        tags=(
            _tags(programme_report(ProgrammeBy.PRIORITY, programme), "priority", "priorities"),
            _tags(programme_report(ProgrammeBy.THEME, programme), "theme", "themes"),
        ),
        trainers=trainers_report(programme),
        money=money_sentence(report.total),
    )


def before_sentence(asked: Request, now: datetime) -> str:
    """What ran in the period that it is compared with; empty where nothing is compared."""
    period, today = asked.scope.period, london_date(now)
    before = asked.scope.before(asked.against, today)
    if before is None or period.is_running(today):
        return ""
    than = period.said_before(asked.against, asked.scope.start_month)
    return programme_before(event_counts(before, now), than)


def programme_lead(scope: Scope, now: datetime) -> str:
    """The finding alone, for the list of reports."""
    return programme_finding(programme_report(ProgrammeBy.LEVEL, load_programme(scope, now)).total)


def _parts(total: ProgrammeCounts) -> list[Part]:
    events = total.events
    parts = [
        Part(events.run, f"{events.run:,} ran"),
        Part(events.to_come, f"{events.to_come:,} to come"),
        Part(events.postponed, f"{events.postponed:,} postponed"),
        Part(events.cancelled, f"{events.cancelled:,} cancelled"),
    ]
    return [part for part in parts if part.n]


def _bars(rates: dict[str, Fraction], caption: str) -> list[Bar]:
    """The fullest and the least full, in order; all where there are few."""
    order = sorted(rates, key=lambda label: (-rates[label], label.casefold()))
    if len(order) > MOST_BARS:
        order = [*order[: MOST_BARS // 2], *order[-MOST_BARS // 2 :]]
    return [
        Bar(label, float(rates[label]), percent(rates[label]), is_dark=label in caption)
        for label in order
    ]


def _left_out(rows: int) -> str:
    if rows <= MOST_BARS:
        return ""
    half = number(MOST_BARS // 2)
    return f" The {half} fullest and the {half} least full; all {rows:,} are in the table."


def _tags(report: ProgrammeReport, one: str, many: str) -> Tags:
    rows = [row for row in report.rows if row.label != f"No {one}"]
    missing = [row.label for row in rows if not row.counts.events.run]
    return Tags(sentence_case(many), report, nothing_about(missing, len(rows), one, many))


def filled(counts: ProgrammeCounts) -> str:
    """'83%'; 'none ran' where there is nothing of which it could be."""
    return percent(counts.fill_rate) if counts.events.run else "none ran"


def trained(trainers: TrainersReport) -> str:
    """'Nine trainers taught for 31.5 days.'"""
    if not trainers.total.trainers:
        return "No trainer is named at the events that ran."
    taught = f"{sentence_case(count(trainers.total.trainers, 'trainer'))} taught"
    for_days = "one day" if trainers.total.days == 1 else f"{days(trainers.total.days)} days"
    return f"{taught} for {for_days} altogether."


def days(of: float) -> str:
    """'3' or '3.5'."""
    return f"{of:,.1f}".removesuffix(".0")
