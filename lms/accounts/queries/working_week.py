"""When people are in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from lms.accounts.models import Person, TimeAway
from lms.accounts.rules import WorkingWeek, weekdays_read
from lms.db import db


def working_week_of(person_id: int) -> WorkingWeek:
    """On which weekdays somebody works, and when they are away."""
    kept = db.session.scalar(select(Person.works_on).where(Person.id == person_id))
    return WorkingWeek(
        weekdays_read(kept or ""),
        tuple((away.from_on, away.until_on) for away in _away(person_id)),
    )


def time_away_of(person_id: int, today: date) -> list[TimeAway]:
    """When somebody is away from today on, the next first."""
    return [away for away in _away(person_id) if away.until_on >= today]


def _away(person_id: int) -> list[TimeAway]:
    rows = (
        select(TimeAway)
        .where(TimeAway.person_id == person_id)
        .order_by(TimeAway.from_on, TimeAway.id)
    )
    return list(db.session.scalars(rows))
