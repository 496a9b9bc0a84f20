"""What the impact report's address asks for, and the links that ask for something else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from lms.access import Viewer
from lms.clock import london_date
from lms.errors import NotFound, Refused
from lms.reporting.impact.queries import ONE_YEAR, ImpactReport
from lms.reporting.impact.rules import ALL, Dimension, View
from lms.reporting.queries import Asked, Scope, list_years, scope_of
from lms.reporting.rules import last_complete_year, refuse_to_come
from lms.reporting.views.strip import (
    Strip,
    files_to_take,
    partnerships_to_choose,
    strip_of_parts,
    years_to_choose,
)
from lms.web.addresses import row_id_in

PATH = "/reports/impact"


@dataclass(frozen=True)
class ImpactRequest:
    """The report as its address asks for it."""

    by: Dimension
    view: View
    scope: Scope
    year: str
    partnership: str

    def address(self, ending: str = "", **changes: str) -> str:
        """The same with something else asked for, as a page or a file."""
        only = "" if self.view == ALL else str(self.view.value or "none")
        asked = {
            "by": (self.view.by or self.by).value,
            "only": only,
            "year": self.year,
            "partnership": self.partnership,
            **changes,
        }
        return f"{PATH}{ending}?{urlencode({k: v for k, v in asked.items() if v})}"

    def address_of(self, view: View) -> str:
        """The page of one group."""
        by = (view.by or self.by).value
        return self.address(by=by, only=str(view.value or "none"))


def read_impact_request(
    query: MultiDict[str, str], viewer: Viewer | None, now: datetime
) -> ImpactRequest:
    """What is asked for; the last complete year where none is."""
    try:
        by = Dimension(query.get("by") or Dimension.COURSE)
    except ValueError:
        raise Refused(f"There is no impact report by {query['by']}.", field="by") from None
    if query.get("from") or query.get("to"):
        raise Refused(ONE_YEAR, field="year")
    partnership = query.get("partnership", "")
    scope = scope_of(Asked(year=query.get("year", ""), partnership=partnership), viewer)
    year = query.get("year", "")
    if not year:
        year = last_complete_year(london_date(now), scope.start_month).label
        scope = scope_of(Asked(year=year, partnership=partnership), viewer)
    refuse_to_come(scope.period, london_date(now))
    return ImpactRequest(by, _view(by, query.get("only", "")), scope, year, partnership)


def _view(by: Dimension, only: str) -> View:
    if not only:
        return ALL
    if only == "none":
        return View(by, None)
    if by in (Dimension.REMIT, Dimension.SECTOR, Dimension.QUARTER):
        return View(by, only)
    group = row_id_in(only)
    if group is None:
        raise NotFound("There is no such group.")
    return View(by, group)


def strip_of(request: ImpactRequest, report: ImpactReport, now: datetime) -> Strip:
    """By, year, download; and the partnership, where somebody reads of several."""
    shown, host = report.year.label, report.scope.partnerships[0]
    at_all = request.view == ALL
    by = [
        (one.words, request.address(by=one.value, only=""), at_all and one is request.by)
        for one in Dimension
    ]
    of = years_to_choose(
        list_years(report.scope, now),
        shown,
        lambda label: request.address(year=label, only=""),
    )
    hosts = partnerships_to_choose(
        request.scope.partnerships, host, lambda name: request.address(partnership=name, only="")
    )
    files = files_to_take(request.address)
    return strip_of_parts(("Of", hosts), ("By", by), ("Year", of), ("Download", files))
