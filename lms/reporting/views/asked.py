"""What a report's address asks for, and the links that ask for something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from lms.access import Viewer
from lms.clock import ReportingYear, london_date, reporting_year
from lms.errors import Refused
from lms.reporting.queries import Asked, Scope, list_years, scope_of
from lms.reporting.rules import By, Period, last_complete_year
from lms.words import short_day

Option = tuple[str, str, bool]
OFFERED = (By.AGENCY, By.SECTOR, By.COURSE, By.PRIORITY, By.LEVEL, By.KIND, By.MODE, By.QUARTER)


@dataclass(frozen=True)
class Request:
    """A report as asked for: what its rows are, and its scope. Without a period: the last year."""

    path: str
    by: By
    asked: Asked
    scope: Scope

    def address(self, ending: str = "", **changes: str) -> str:
        """The same report with something else asked for, as a page or a file."""
        asked = {
            "by": self.by.value,
            "year": self.asked.year,
            "from": self.asked.first.isoformat() if self.asked.first else "",
            "to": self.asked.last.isoformat() if self.asked.last else "",
            "partnership": self.asked.partnership,
            **changes,
        }
        return f"{self.path}{ending}?{urlencode({k: v for k, v in asked.items() if v})}"

    @property
    def year_shown(self) -> str:
        """The reporting year that the report is of; empty where it is another period."""
        period = self.scope.period
        if period.first is None:
            return ""
        year = reporting_year(period.first, self.scope.start_month)
        return year.label if (period.first, period.last) == (year.first, year.last) else ""

    def strip(self, years: Sequence[ReportingYear]) -> list[tuple[str, list[Option]]]:
        """The strip under the finding: by, year, download."""
        by = [(by.words, self.address(by=by.value), by is self.by) for by in OFFERED]
        shown = self.year_shown
        of = [
            (year.label, self.address(year=year.label, **NO_DATES), year.label == shown)
            for year in years[:6]
        ]
        files = [
            (text, self.address(f".{ending}", year=shown or self.asked.year), False)
            for text, ending in (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"))
        ]
        parts = [("By", by), ("Year", of), ("Download", files)]
        return [(label, options) for label, options in parts if options]


NO_DATES = {"from": "", "to": ""}


def read_request(path: str, query: MultiDict[str, str], viewer: Viewer, now: datetime) -> Request:
    """What is asked for. Raises Refused where it cannot be."""
    try:
        by = By(query.get("by") or By.AGENCY)
    except ValueError:
        raise Refused(f"There is no report by {query['by']}.", field="by") from None
    asked = Asked(
        first=_day(query, "from"),
        last=_day(query, "to"),
        year=query.get("year", ""),
        partnership=query.get("partnership", ""),
    )
    scope = scope_of(asked, viewer)
    if not (asked.first or asked.last or asked.year):
        year = last_complete_year(london_date(now), scope.start_month)
        scope = replace(scope, period=Period(year.first, year.last))
    return Request(path, by, asked, scope)


def _day(query: MultiDict[str, str], name: str) -> date | None:
    written = query.get(name, "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Refused(f"Write a date as 2026-04-01, not {written}.", field=name) from None


def period_in_words(request: Request) -> str:
    """'April 2025 to March 2026', or the dates, or 'All dates'."""
    period = request.scope.period
    if request.year_shown and period.first and period.last:
        return f"{period.first:%B %Y} to {period.last:%B %Y}"
    begins = f"{short_day(period.first)} {period.first.year}" if period.first else ""
    ends = f"{short_day(period.last)} {period.last.year}" if period.last else ""
    if begins and ends:
        return f"{begins} to {ends}"
    if begins or ends:
        return f"From {begins}" if begins else f"Until {ends}"
    return "All dates"


def available_years(request: Request, now: datetime) -> list[ReportingYear]:
    """The years that there is something to say of."""
    return list_years(request.scope, now)
