"""What the evaluation page shows: how many were asked, and how many answered, stage by stage."""

from __future__ import annotations

from lms.catalogue.rules import Stage
from lms.reporting.evaluation.queries import EvaluationReport
from lms.reporting.rules import ReplyCounts
from lms.web.figures import Bar
from lms.words import percent

CALLED = {Stage.PRE: "Before", Stage.POST: "At the end", Stage.IMPACT: "Eight weeks after"}


def replies_in_words(counts: ReplyCounts) -> str:
    """'43 of 80', and that nobody was asked where nobody was."""
    if not counts.invited:
        return "nobody asked"
    return f"{counts.answered:,} of {counts.invited:,}"


def rate_in_words(counts: ReplyCounts) -> str:
    """'54%', called provisional until the register is closed (E3)."""
    if not counts.invited:
        return ""
    return f"{percent(counts.reply_rate)}{', provisional' if counts.is_provisional else ''}"


def reply_bars(report: EvaluationReport) -> list[Bar]:
    """A bar for each stage at which anybody was asked: the share who answered."""
    return [
        Bar(CALLED[counts.stage], float(counts.reply_rate or 0), percent(counts.reply_rate))
        for counts in report.total
        if counts.invited
    ]


def evaluation_finding(report: EvaluationReport) -> str:
    """The lead: who answered, at each stage at which anybody was asked."""
    said = [
        f"{replies_in_words(counts)} answered {CALLED[counts.stage].lower()} "
        f"({percent(counts.reply_rate)})"
        for counts in report.total
        if counts.invited
    ]
    return f"{'; '.join(said)}." if said else "Nobody was asked in this period."
