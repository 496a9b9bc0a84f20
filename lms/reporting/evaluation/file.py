"""Replies as a table of plain values (docs/contract.md)."""

from __future__ import annotations

from lms.reporting.evaluation.queries import EvaluationReport
from lms.reporting.files import TOTAL, Table
from lms.reporting.rules import ReplyCounts, four_decimals
from lms.tables import Value

EVALUATION_DEFINITIONS = {
    "invited": "Asked at that stage; those who did not attend are left out afterwards.",
    "answered": "Sent their answers.",
    "reply_rate": "Answered, of the invited.",
    "provisional": "Yes until every register is closed.",
}


def evaluation_table(report: EvaluationReport) -> Table:
    """The evaluation report as docs/contract.md has it: a row for each group and stage."""
    columns = (report.by.value, "stage", "invited", "answered", "reply_rate", "provisional")
    rows = [_reply_row(row.label, row.counts) for row in report.rows]
    rows += [_reply_row(TOTAL, counts) for counts in report.total]
    definitions = EVALUATION_DEFINITIONS
    return Table("evaluation", columns, tuple(rows), definitions, report.scope, report.by)


def _reply_row(label: str, counts: ReplyCounts) -> tuple[Value, ...]:
    rate = four_decimals(counts.reply_rate)
    return (label, counts.stage.value, counts.invited, counts.answered, rate, counts.is_provisional)
