"""The impact report: facts in a constant number of statements, figures by the pure rules."""

from lms.reporting.impact.queries.report import (
    ONE_YEAR,
    ImpactReport,
    ImpactRow,
    impact_report,
    work_out_ahead,
)

__all__ = ["ONE_YEAR", "ImpactReport", "ImpactRow", "impact_report", "work_out_ahead"]
