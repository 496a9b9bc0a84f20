"""What is written down of a change to a person's record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.models import Person


def record(
    session: Session,
    act: str,
    sentence: str,
    person: Person,
    by: Viewer | None,
    now: datetime,
    partnership_id: int | None = None,
) -> None:
    """Audit what somebody else, or the command line, did to a person's record (P3)."""
    if by is None or by.person_id != person.id:
        audit.record(
            session,
            act,
            sentence,
            by=by,
            now=now,
            about=("person", person.id),
            partnership_id=partnership_id,
        )
