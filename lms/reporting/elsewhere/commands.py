"""Entering figures that other systems hold: each value is a row that is never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.agencies.models import Agency, Partnership
from lms.audit import record
from lms.clock import london_date
from lms.db import take_turn, transaction
from lms.errors import NotFound, Refused
from lms.reporting.elsewhere.queries import get_figure, may_enter
from lms.reporting.elsewhere.rules import (
    Entry,
    Subject,
    refuse_entry,
    refuse_subject,
)
from lms.reporting.models import OutsideEntry, OutsideFigure


def enter_figure(subject: Subject, entry: Entry, *, by: Viewer, now: datetime) -> int:
    """Enter a figure for the first time, or one that was taken out; returns its id.

    Raises NotFound where the viewer may not, Refused where it cannot be or stands already.
    """
    with transaction() as session:
        partnership = session.get(Partnership, subject.partnership_id)
        if partnership is None or not may_enter(by, subject.partnership_id, subject.agency_id):
            raise NotFound
        refuse_subject(subject, partnership.year_starts_month, london_date(now))
        refuse_entry(entry, subject.measure)
        _refuse_agency_from_outside(session, subject)
        take_turn(session, f"outside figure {subject.partnership_id} {subject.year}")
        figure = _standing(session, subject)
        if figure.entries and figure.entries[-1].value is not None:
            raise Refused(
                f"It is entered already: {figure.entries[-1].value:,}. Choose Correct beside it"
                " among the figures of that year",
                field="value",
            )
        _add(session, figure, entry, "", by, now)
        return figure.id


def correct_figure(figure_id: int, entry: Entry, reason: str, *, by: Viewer, now: datetime) -> None:
    """Let another value stand; the one before is kept. The reason is shown with it."""
    with transaction() as session:
        figure = get_figure(figure_id, by)
        refuse_entry(entry, figure.measure)
        last = figure.entries[-1]
        if (last.value, last.share, last.source) == (entry.value, entry.share, entry.source):
            raise Refused("That is what stands already: enter another figure", field="value")
        _add(session, figure, entry, reason, by, now)


def take_out_figure(figure_id: int, reason: str, *, by: Viewer, now: datetime) -> None:
    """Let no value stand; those before are kept."""
    with transaction() as session:
        figure = get_figure(figure_id, by)
        if figure.entries[-1].value is None:
            raise Refused("It is taken out already.")
        _add(session, figure, None, reason, by, now)


def _refuse_agency_from_outside(session: Session, subject: Subject) -> None:
    if subject.agency_id is None:
        return
    agency = session.get(Agency, subject.agency_id)
    if agency is None or subject.partnership_id not in {p.id for p in agency.partnerships}:
        raise Refused("Choose an agency of this partnership", field="agency")


def _standing(session: Session, subject: Subject) -> OutsideFigure:
    """The figure of that subject, made where there is none; capitals in a course say nothing."""
    known = session.scalars(
        select(OutsideFigure)
        .where(
            OutsideFigure.partnership_id == subject.partnership_id,
            OutsideFigure.year == subject.year,
            OutsideFigure.measure == subject.measure,
            OutsideFigure.agency_id == subject.agency_id,
        )
        .order_by(OutsideFigure.id)
    )
    course = subject.course.casefold()
    found = next((figure for figure in known if figure.course.casefold() == course), None)
    if found is None:
        found = OutsideFigure(**vars(subject))
        session.add(found)
        session.flush()
    return found


def _add(
    session: Session,
    figure: OutsideFigure,
    entry: Entry | None,
    reason: str,
    by: Viewer,
    now: datetime,
) -> None:
    session.add(
        OutsideEntry(
            figure_id=figure.id,
            value=entry.value if entry else None,
            share=entry.share if entry else None,
            source=entry.source if entry else "",
            reason=reason,
            entered_at=now,
            entered_by_person_id=by.person_id,
        )
    )
    said = f"entered a figure from elsewhere, {entry.value:,}" if entry else "took out a figure"
    of = f" of {figure.agency.name}" if figure.agency else ""
    record(
        session,
        "enter figure from elsewhere",
        f"{said}: {figure.measure.called}{of}, {figure.course or figure.year}",
        by=by,
        now=now,
        about=("outside figure", figure.id),
        partnership_id=figure.partnership_id,
        reason=reason or None,
    )
