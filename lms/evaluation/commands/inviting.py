"""Asking: whatever is due is queued, once, in short transactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.db import db, transaction
from lms.evaluation.messages.to_delegates import drafts_for
from lms.evaluation.models import Evaluation
from lms.evaluation.queries.due import Due, list_due
from lms.messaging.commands import enqueue_all

AT_ONCE = 500


def ask_all_due(now: datetime) -> int:
    """Queue every invitation and reminder that is due; returns how many were new.

    Any number of workers may do this at once: the message's key lets each be queued only once.
    """
    asked = 0
    for due in list_due(db.session(), now):
        for start in range(0, len(due), AT_ONCE):
            asked += _ask(due[start : start + AT_ONCE], now)
    return asked


def _ask(due: Sequence[Due], now: datetime) -> int:
    drafts = drafts_for(db.session(), due)
    with transaction() as session:
        asked = enqueue_all(session, drafts, now)
        _record_invitations(session, [item for item in due if item.message.occurrence == 0], now)
    return asked


def _record_invitations(session: Session, due: Sequence[Due], now: datetime) -> None:
    rows = [
        {
            "booking_id": item.booking.booking_id,
            "stage": item.message.stage,
            "invited_at": now,
            "is_baseline": True,
        }
        for item in due
    ]
    if not rows:
        return
    statement = insert_of(session)(Evaluation.__table__)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["booking_id", "stage"],
            set_={"invited_at": statement.excluded.invited_at},
        ),
        rows,
    )


def insert_of(session: Session) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    name = session.get_bind().dialect.name
    return sqlite.insert if name == "sqlite" else postgresql.insert
