"""Two records that look like one person, and are two people"""

from __future__ import annotations

from datetime import datetime

from lms import audit
from lms.access import Viewer
from lms.accounts.models import Person
from lms.db import lock_rows, transaction
from lms.records.models import KeptApart


def keep_apart(one_id: int, other_id: int, *, by: Viewer, now: datetime) -> None:
    """Propose these two no more: somebody says that they are two people"""
    first, second = sorted((one_id, other_id))
    with transaction() as session:
        lock_rows(session, Person, [first, second])
        if session.get(KeptApart, (first, second)) is not None:
            return
        said = KeptApart(
            first_id=first, second_id=second, said_at=now, said_by_person_id=by.person_id
        )
        session.add(said)
        names = [session.get_one(Person, each).name for each in (first, second)]
        audit.record(
            session,
            "keep apart",
            f"said that {names[0]} and {names[1]} are two people",
            by=by,
            now=now,
            about=("person", first),
        )
