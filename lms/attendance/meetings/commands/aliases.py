"""How somebody appears in such files, remembered for the partnership's next ones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.attendance.meetings.queries import Row
from lms.attendance.meetings.rules import OnRegister, alias_of, is_worth_remembering
from lms.attendance.models import NameAlias


def remember_alias(
    session: Session,
    partnership_id: int,
    row: Row,
    known: OnRegister,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Keep that this name or address is that person; what was said last counts.

    Nothing is kept of a device's name or a first name alone, and of somebody who is no person.
    """
    alias = alias_of(row.name, row.addresses)
    if known.person_id is None or not alias or not is_worth_remembering(row.name, row.addresses):
        return
    kept = session.scalar(
        select(NameAlias).where(
            NameAlias.partnership_id == partnership_id, NameAlias.alias == alias
        )
    )
    if kept is None:
        kept = NameAlias(partnership_id=partnership_id, alias=alias)
        session.add(kept)
    kept.person_id = known.person_id
    kept.confirmed_at = now
    kept.confirmed_by_person_id = by.person_id if by else None
