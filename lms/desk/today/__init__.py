"""Today: what needs whoever runs a programme, what happens by itself, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lms.access import Viewer
from lms.accounts.queries import working_week_of
from lms.desk.today import rules
from lms.desk.today.by_itself import by_itself_this_week
from lms.desk.today.notes import Note
from lms.desk.today.rules import Absence, Need
from lms.desk.today.sources import SOURCES
from lms.desk.today.wrong import Wrong, what_went_wrong


@dataclass(frozen=True)
class Today:
    """The page: needs by when, what went wrong, what happens by itself."""

    lead: str
    needs: list[tuple[str, list[Need]]]
    wrong: Wrong
    by_itself: list[Note]


def needs_of(viewer: Viewer, now: datetime) -> list[Need]:
    """Everything that waits for the viewer, from the product's own tables."""
    return [need for source in SOURCES for need in source(viewer, now)]


def today_of(viewer: Viewer, now: datetime) -> Today:
    """All of it, in a number of statements that is constant."""
    found = needs_of(viewer, now)
    absence = Absence.of(working_week_of(viewer.person_id), now)
    return Today(
        lead=rules.lead(viewer.name.split()[0], found, absence, now),
        needs=rules.grouped(found, absence, now),
        wrong=what_went_wrong(viewer, now),
        by_itself=list(by_itself_this_week(viewer, now)),
    )
