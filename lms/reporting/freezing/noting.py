"""What other pages say of a frozen year: that it is, and what has been corrected since (R6).

As the hourly job noticed it, so that no page works the figures out twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select

from lms.agencies.models import Partnership
from lms.clock import ReportingYear, london_date, reporting_year
from lms.db import db
from lms.reporting.freezing.rules import Difference, kept_apart
from lms.reporting.freezing.values import figures_in
from lms.reporting.models import FrozenYear, YearCorrection
from lms.reporting.queries import Scope
from lms.reporting.rules import Period

MOST_NAMED = 4


@dataclass(frozen=True)
class FrozenNote:
    """A frozen year that a page shows: what is said of it, its corrections, and its report."""

    sentence: str
    points: tuple[str, ...]
    address: str


def frozen_notes(scope: Scope) -> list[FrozenNote]:
    """The frozen years of which the scope shows a part, the first one first; two statements."""
    if scope.period.first is None and scope.period.last is None:
        return []
    editions = [
        (row, year)
        for row in _standing(scope.partnership_ids)
        if _overlap(scope.period, year := _year(row.year, row.year_starts_month))
    ]
    if not editions:
        return []
    noticed = _noticed(row.id for row, _ in editions)
    names_host = len(scope.partnership_ids) > 1
    return [_note(row, year, noticed[row.id], names_host) for row, year in editions]


def said_if_frozen(partnership_id: int, when: datetime) -> str:
    """What is added where something of a frozen year was changed; empty where it is not frozen."""
    partnership = db.session.get_one(Partnership, partnership_id)
    year = reporting_year(london_date(when), partnership.year_starts_month)
    found = select(FrozenYear.id).where(
        FrozenYear.partnership_id == partnership_id, FrozenYear.year == year.first.year
    )
    if db.session.scalars(found.limit(1)).first() is None:
        return ""
    return f" {year.label} is frozen: its annual report shows what changes as a correction."


def _standing(partnership_ids: Iterable[int]) -> list[Any]:
    """The last edition of each frozen year, without its document."""
    last = (
        select(func.max(FrozenYear.id))
        .where(FrozenYear.partnership_id.in_(list(partnership_ids)))
        .group_by(FrozenYear.partnership_id, FrozenYear.year)
    )
    rows = db.session.execute(
        select(
            *(FrozenYear.id, FrozenYear.year, FrozenYear.figures, FrozenYear.frozen_at),
            *(Partnership.name, Partnership.year_starts_month),
        )
        .join(Partnership, Partnership.id == FrozenYear.partnership_id)
        .where(FrozenYear.id.in_(last))
        .order_by(FrozenYear.year, Partnership.name)
    )
    return list(rows)


def _year(starts_in: int, month: int) -> ReportingYear:
    return reporting_year(date(starts_in, month, 1), month)


def _overlap(period: Period, year: ReportingYear) -> bool:
    begins, ends = period.first or date.min, period.last or date.max
    return begins <= year.last and year.first <= ends


def _noticed(edition_ids: Iterable[int]) -> Mapping[int, dict[str, tuple[int, datetime]]]:
    """What each corrected figure was last noticed to be, and when, by edition."""
    found: dict[int, dict[str, tuple[int, datetime]]] = defaultdict(dict)
    rows = db.session.execute(
        select(
            *(YearCorrection.frozen_year_id, YearCorrection.figure),
            *(YearCorrection.value, YearCorrection.noticed_at),
        )
        .where(YearCorrection.frozen_year_id.in_(list(edition_ids)))
        .order_by(YearCorrection.id)
    )
    for edition_id, figure, value, at in rows:
        found[edition_id][figure] = (value, at)
    return found


def _note(
    row: Any, year: ReportingYear, noticed: Mapping[str, tuple[int, datetime]], names_host: bool
) -> FrozenNote:
    published = figures_in(row.figures)
    corrected = [
        Difference(key, published[key].label, published[key].value, value, london_date(at))
        for key, (value, at) in noticed.items()
        if key in published and published[key].value != value
    ]
    host = row.name if names_host else ""
    return FrozenNote(
        kept_apart(year.label, host, london_date(row.frozen_at), len(corrected)),
        tuple(f"{one.sentence}." for one in corrected[:MOST_NAMED]),
        f"/reports/annual?year={year.label}&partnership={quote(row.name)}",
    )
