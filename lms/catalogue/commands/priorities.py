"""A partnership’s priorities and themes are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.audit import record
from lms.catalogue.models import Priority, Theme
from lms.clock import london_date
from lms.db import transaction
from lms.errors import Refused

Named = TypeVar("Named", Priority, Theme)


@dataclass(frozen=True)
class PriorityDetails:
    """A priority; `id` None for a new one. One that has ended is offered no more."""

    name: str
    id: int | None = None
    is_ended: bool = False


@dataclass(frozen=True)
class ThemeDetails:
    """A theme; `id` None for a new one."""

    name: str
    id: int | None = None


def keep_priorities(
    partnership_id: int,
    priorities: Sequence[PriorityDetails],
    themes: Sequence[ThemeDetails],
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Bring a partnership's priorities (in order) and themes to what is given; none is deleted."""
    _refuse_same_names("priorities", [priority.name for priority in priorities])
    _refuse_same_names("themes", [theme.name for theme in themes])
    with transaction() as session:
        _write_priorities(session, partnership_id, priorities, london_date(now))
        _write_themes(session, partnership_id, themes)
        record(
            session,
            "priorities changed",
            "changed the priorities and themes",
            by=by,
            now=now,
            about=("partnership", partnership_id),
            partnership_id=partnership_id,
        )


def _refuse_same_names(field: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in (name.strip().lower() for name in names):
        if name in seen:
            raise Refused(f"Enter each name once: “{name}” is there twice", field=field)
        seen.add(name)


def _write_priorities(
    session: Session, partnership_id: int, wanted: Sequence[PriorityDetails], on: date
) -> None:
    rows = {
        row.id: row
        for row in session.scalars(
            select(Priority).where(Priority.partnership_id == partnership_id)
        )
    }
    for place, details in enumerate(wanted):
        row = _meant(rows, details)
        if row is None:
            row = Priority(partnership_id=partnership_id)
            session.add(row)
        row.name, row.position = details.name.strip(), place
        row.ended_on = (row.ended_on or on) if details.is_ended else None


def _write_themes(session: Session, partnership_id: int, wanted: Sequence[ThemeDetails]) -> None:
    rows = {
        row.id: row
        for row in session.scalars(select(Theme).where(Theme.partnership_id == partnership_id))
    }
    for details in wanted:
        row = _meant(rows, details)
        if row is None:
            row = Theme(partnership_id=partnership_id)
            session.add(row)
        row.name = details.name.strip()


def _meant(rows: dict[int, Named], details: PriorityDetails | ThemeDetails) -> Named | None:
    """The row of that id; else of that name, which a second press or somebody else has made."""
    if details.id:
        return rows.get(details.id)
    name = details.name.strip().lower()
    return next((row for row in rows.values() if row.name.lower() == name), None)
