"""A partnership's own words for a kind of message: said from now on, or ours again.

What is in the queue keeps the words in which it was written.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.db import take_turn, transaction
from lms.errors import NotFound
from lms.messaging.models import Wording
from lms.messaging.templates import OwnWords
from lms.messaging.wording import Example, Kind, checked


def set_words(
    example: Example, partnership_id: int, words: OwnWords, *, by: Viewer, now: datetime
) -> None:
    """Say a kind of message in these words from now on.

    `example` knows which placeholders there are. Raises NotFound, or Refused with the field.
    """
    _refuse_strangers(partnership_id, by)
    kind = example.kind
    said = checked(kind, words, example.values)
    with transaction() as session:
        _end(session, kind, partnership_id, now)
        session.add(
            Wording(
                partnership_id=partnership_id,
                template=kind.template,
                subject=said.subject,
                body=said.body,
                changed_at=now,
                changed_by_person_id=by.person_id,
            )
        )
        _record(session, f"changed the words of “{kind.title}”", kind, partnership_id, by, now)


def bring_back_ours(kind: Kind, partnership_id: int, *, by: Viewer, now: datetime) -> None:
    """Say it in our words again. Raises NotFound; nothing happens where they are ours already."""
    _refuse_strangers(partnership_id, by)
    with transaction() as session:
        if _end(session, kind, partnership_id, now):
            what = f"brought back the service’s own words of “{kind.title}”"
            _record(session, what, kind, partnership_id, by, now)


def _refuse_strangers(partnership_id: int, by: Viewer) -> None:
    if not by.can(Permission.RUN_PROGRAMME, partnership_id):
        raise NotFound


def _end(session: Session, kind: Kind, partnership_id: int, now: datetime) -> bool:
    take_turn(session, f"wording {partnership_id} {kind.template}")
    ended = session.execute(
        update(Wording)
        .where(
            Wording.partnership_id == partnership_id,
            Wording.template == kind.template,
            Wording.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(Wording.id)
    )
    return ended.first() is not None


def _record(
    session: Session, what: str, kind: Kind, partnership_id: int, by: Viewer, now: datetime
) -> None:
    audit.record(
        session,
        "change wording",
        what,
        by=by,
        now=now,
        about=(f"wording {kind.name}", None),
        partnership_id=partnership_id,
    )
