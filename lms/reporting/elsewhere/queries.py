"""Figures that other systems hold, as they stand and as they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from lms.access import Permission, Viewer
from lms.agencies.queries import ids_under, list_agencies_led_by
from lms.db import db
from lms.errors import NotFound
from lms.reporting.elsewhere.rules import Known, Measure
from lms.reporting.models import OutsideEntry, OutsideFigure

ORDER = list(Measure)


@dataclass(frozen=True)
class FigureLine:
    """A figure with what stands, and what stood before, the newest first."""

    figure: OutsideFigure

    @property
    def now(self) -> OutsideEntry:
        return self.figure.entries[-1]

    @property
    def before(self) -> list[OutsideEntry]:
        return self.figure.entries[-2::-1]

    @property
    def agency(self) -> str:
        return self.figure.agency.name if self.figure.agency else ""

    @property
    def called(self) -> str:
        """What it is of, beyond its measure."""
        parts = (self.figure.course, self.agency or "The whole partnership")
        return ", ".join(part for part in parts if part)


def list_figures(
    partnership_id: int, year: int, agency_ids: Iterable[int] | None = None
) -> list[FigureLine]:
    """The figures of a reporting year, those taken out too; of some agencies alone, if said."""
    wanted = _figures().where(
        OutsideFigure.partnership_id == partnership_id, OutsideFigure.year == year
    )
    if agency_ids is not None:
        wanted = wanted.where(OutsideFigure.agency_id.in_(list(agency_ids)))
    lines = [FigureLine(figure) for figure in db.session.scalars(wanted)]
    return sorted(lines, key=_order)


def _order(line: FigureLine) -> tuple[int, str, str, int]:
    place = ORDER.index(line.figure.measure)
    return place, line.agency.casefold(), line.figure.course.casefold(), line.figure.id


def known_figures(partnership_id: int, year: int) -> list[Known]:
    """Those that stand."""
    return [
        Known(
            line.figure.measure,
            line.now.value,
            line.agency,
            line.figure.course,
            line.now.share,
        )
        for line in list_figures(partnership_id, year)
        if line.now.value is not None
    ]


def get_figure(figure_id: int, viewer: Viewer) -> OutsideFigure:
    """One that the viewer may correct. Raises NotFound for any other."""
    found = db.session.scalars(_figures().where(OutsideFigure.id == figure_id)).one_or_none()
    if found is None or not may_enter(viewer, found.partnership_id, found.agency_id):
        raise NotFound
    return found


def may_enter(viewer: Viewer, partnership_id: int, agency_id: int | None) -> bool:
    """Whether somebody may enter a figure: who runs the programme, or a lead for their agency."""
    if partnership_id in viewer.partnerships(Permission.RUN_PROGRAMME):
        return True
    led = viewer.agencies(Permission.LEAD_AGENCY)
    if agency_id is None or not led:
        return False
    return agency_id in set(db.session.scalars(ids_under(led)))


def partnerships_of_lead(viewer: Viewer) -> list[tuple[int, str, int]]:
    """Where a lead's agencies belong: (id, name, month in which the year starts), by name."""
    found = {p.id: p for agency in list_agencies_led_by(viewer) for p in agency.partnerships}
    places = [(p.id, p.name, p.year_starts_month) for p in found.values()]
    return sorted(places, key=lambda place: (place[1], place[0]))


def _figures() -> Select[OutsideFigure]:
    return (
        select(OutsideFigure)
        .options(
            joinedload(OutsideFigure.agency),
            selectinload(OutsideFigure.entries).joinedload(OutsideEntry.entered_by),
        )
        .order_by(OutsideFigure.id)
        .execution_options(populate_existing=True)
    )
