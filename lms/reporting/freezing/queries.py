"""Frozen years as they were published, and what their figures are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.agencies.models import Partnership
from lms.clock import ReportingYear, london_date, reporting_year
from lms.db import db
from lms.reporting.annual.courses import course_lines
from lms.reporting.annual.document import Document
from lms.reporting.annual.facts import completed_in, scope_of_year
from lms.reporting.annual.figures import OUTSIDE
from lms.reporting.attendance.queries import attendance_report, attended_by_event
from lms.reporting.elsewhere.queries import known_figures
from lms.reporting.elsewhere.rules import figure_of_year
from lms.reporting.freezing.keeping import document_of
from lms.reporting.freezing.rules import Difference, Figure, differences, replaced, standing
from lms.reporting.freezing.values import figures_in
from lms.reporting.models import FrozenYear, YearCorrection
from lms.reporting.programme.queries.events import load_programme
from lms.reporting.queries import Scope
from lms.reporting.rules import By, Period


@dataclass(frozen=True)
class Frozen:
    """The edition that stands, and what has been corrected since."""

    edition: FrozenYear
    label: str
    corrected: tuple[Difference, ...]
    replaced_by: FrozenYear | None = None

    @property
    def document(self) -> Document:
        """As it was published, but for what nobody may quote any more (E10)."""
        return document_of(self.edition)

    @property
    def on(self) -> date:
        return london_date(self.edition.frozen_at)

    @property
    def sentence(self) -> str:
        if self.replaced_by is not None:
            then = london_date(self.replaced_by.frozen_at)
            return replaced(self.label, self.on, self.edition.edition, then, self.corrected)
        return standing(self.label, self.on, self.edition.edition, self.corrected)


def find_frozen(partnership: Partnership, year: ReportingYear, now: datetime) -> Frozen | None:
    """None where the year is not frozen. What differs and nobody noticed yet is of today."""
    edition = standing_edition(partnership.id, year.first.year)
    if edition is None:
        return None
    noticed = _noticed(edition.id)
    found = differences(figures_of(edition), live_figures(partnership, year, now))
    dated = (replace(one, on=noticed.get((one.key, one.now)) or london_date(now)) for one in found)
    return Frozen(edition, year.label, tuple(dated))


def find_edition(
    partnership: Partnership, year: ReportingYear, number: int, now: datetime
) -> Frozen | None:
    """The edition of that number; one that was replaced, with what the next one changed."""
    editions = list_editions(partnership.id, year.first.year)
    if number not in range(1, len(editions) + 1):
        return None
    edition = editions[number - 1]
    if edition is editions[-1]:
        return find_frozen(partnership, year, now)
    after = editions[number]
    on = london_date(after.frozen_at)
    found = differences(figures_of(edition), figures_of(after))
    return Frozen(edition, year.label, tuple(replace(one, on=on) for one in found), after)


def list_editions(partnership_id: int, year: int) -> Sequence[FrozenYear]:
    """Every edition of a year, the first one first."""
    return db.session.scalars(
        select(FrozenYear)
        .where(FrozenYear.partnership_id == partnership_id, FrozenYear.year == year)
        .options(joinedload(FrozenYear.frozen_by))
        .order_by(FrozenYear.edition)
    ).all()


def standing_edition(partnership_id: int, year: int) -> FrozenYear | None:
    """The last edition of a year."""
    return db.session.scalars(
        select(FrozenYear)
        .where(FrozenYear.partnership_id == partnership_id, FrozenYear.year == year)
        .options(joinedload(FrozenYear.frozen_by))
        .order_by(FrozenYear.edition.desc())
        .limit(1)
    ).one_or_none()


def is_frozen(partnership_id: int, year: int) -> bool:
    """Whether what is changed in that year is a correction."""
    return standing_edition(partnership_id, year) is not None


def list_standing() -> Sequence[FrozenYear]:
    """The last edition of every frozen year."""
    rows = db.session.scalars(
        select(FrozenYear).order_by(
            FrozenYear.partnership_id, FrozenYear.year, FrozenYear.edition.desc()
        )
    )
    last: dict[tuple[int, int], FrozenYear] = {}
    for row in rows:
        last.setdefault((row.partnership_id, row.year), row)
    return list(last.values())


def figures_of(edition: FrozenYear) -> dict[str, Figure]:
    """The figures as published."""
    return figures_in(edition.figures)


def live_figures(partnership: Partnership, year: ReportingYear, now: datetime) -> dict[str, Figure]:
    """The figures of the report that can be corrected, as the rows have them now.

    Each by the row that it is of, so that a new name is no correction.
    """
    scope = scope_of_year(
        Scope((partnership.id,), Period(), partnership.year_starts_month, (partnership.name,)),
        year,
    )
    attended = attendance_report(By.AGENCY, scope, now)
    programme = load_programme(scope, now)
    courses = course_lines(programme, attended_by_event(scope))
    known = known_figures(partnership.id, year.first.year)
    run = sum(line.counts.events.run for line in courses)
    found = {
        "events": Figure("events, face to face or online", run),
        "attended": Figure("attended", attended.total.attended),
        "people": Figure("different people who attended", attended.total.people),
        "completed": Figure("evaluations completed", completed_in(partnership.id, year)),
    }
    for measure, label in OUTSIDE.items():
        entered = figure_of_year(measure, known)
        if entered is not None:
            found[measure.value] = Figure(label, entered.value)
    for row in attended.rows:
        key = f"agency {row.key or 'none'}"
        found[key] = Figure(f"attended from {row.label}", row.counts.attended)
    for line in courses:
        ran = line.counts.events.run
        found[line.key] = Figure(f"attended {line.title}", line.attended)
        found[f"run {line.key}"] = Figure(f"events run of {line.title}", ran)
    return found


def year_of(edition: FrozenYear, partnership: Partnership) -> ReportingYear:
    """The reporting year that an edition is of."""
    month = partnership.year_starts_month
    return reporting_year(date(edition.year, month, 1), month)


def noticed_values(edition_id: int) -> dict[str, int]:
    """What each figure was last noticed to be."""
    rows = db.session.execute(
        select(YearCorrection.figure, YearCorrection.value)
        .where(YearCorrection.frozen_year_id == edition_id)
        .order_by(YearCorrection.id)
    )
    return dict(iter(rows))


def _noticed(edition_id: int) -> dict[tuple[str, int], date]:
    """When a figure was last noticed to have become that value."""
    rows = db.session.execute(
        select(YearCorrection.figure, YearCorrection.value, YearCorrection.noticed_at)
        .where(YearCorrection.frozen_year_id == edition_id)
        .order_by(YearCorrection.id)
    )
    return {(figure, value): london_date(at) for figure, value, at in rows}
