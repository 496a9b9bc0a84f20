"""Freezing a year, publishing it anew, and noticing what was corrected since."""

from __future__ import annotations

from datetime import datetime

from lms.access import Permission, Viewer
from lms.agencies.models import Partnership
from lms.audit import record
from lms.clock import ReportingYear, london_date
from lms.db import db, take_turn, transaction
from lms.errors import NotFound
from lms.reporting.annual.document import Document
from lms.reporting.freezing.keeping import kept_document
from lms.reporting.freezing.queries import (
    figures_of,
    list_standing,
    live_figures,
    noticed_values,
    standing_edition,
    year_of,
)
from lms.reporting.freezing.rules import Figure, differences, refuse_anew, refuse_freezing
from lms.reporting.freezing.values import figures_as_kept
from lms.reporting.models import FrozenYear, YearCorrection


def freeze_year(
    partnership_id: int,
    year: ReportingYear,
    document: Document,
    reason: str = "",
    *,
    by: Viewer,
    now: datetime,
) -> int:
    """Keep the report as it is published; returns which edition it is.

    Raises NotFound where the viewer does not run the programme, Refused where the year is not over,
    or is frozen and nothing was corrected since, or no reason is given for another edition.
    """
    if partnership_id not in by.partnerships(Permission.RUN_PROGRAMME):
        raise NotFound
    refuse_freezing(year, london_date(now))
    with transaction() as session:
        take_turn(session, f"frozen year {partnership_id} {year.first.year}")
        partnership = session.get_one(Partnership, partnership_id)
        live = live_figures(partnership, year, now)
        before = standing_edition(partnership_id, year.first.year)
        if before is not None:
            refuse_anew(differences(figures_of(before), live), reason)
        row = FrozenYear(
            partnership_id=partnership_id,
            year=year.first.year,
            edition=before.edition + 1 if before else 1,
            document=kept_document(document),
            figures=figures_as_kept(live),
            reason=reason,
            frozen_at=now,
            frozen_by_person_id=by.person_id,
        )
        session.add(row)
        session.flush()
        record(
            session,
            "freeze year",
            f"froze the figures of {year.label} as published, edition {row.edition}",
            by=by,
            now=now,
            about=("frozen year", row.id),
            partnership_id=partnership_id,
            reason=reason or None,
        )
        return row.edition


def note_corrections(now: datetime) -> int:
    """Keep of each frozen year when a figure became another; returns how many have."""
    known = [edition.id for edition in list_standing()]
    db.session.rollback()
    return sum(_note(edition_id, now) for edition_id in known)


def _note(edition_id: int, now: datetime) -> int:
    with transaction() as session:
        take_turn(session, f"corrections of {edition_id}")
        edition = session.get_one(FrozenYear, edition_id)
        partnership = session.get_one(Partnership, edition.partnership_id)
        published = figures_of(edition)
        live = live_figures(partnership, year_of(edition, partnership), now)
        last = {key: one.value for key, one in published.items()} | noticed_values(edition_id)
        new = [key for key in {**published, **live} if _value(live, key) != last.get(key, 0)]
        session.add_all(
            YearCorrection(
                frozen_year_id=edition_id, figure=key, value=_value(live, key), noticed_at=now
            )
            for key in new
        )
        return len(new)


def _value(live: dict[str, Figure], key: str) -> int:
    return live[key].value if key in live else 0
