"""Queueing: a message is written in its command's own transaction, under a key that is unique."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.messaging.models import Message
from lms.messaging.rules import key_of


@dataclass(frozen=True)
class Sender:
    """Whose name a message bears, and who reads the answer."""

    from_name: str
    reply_to: str


@dataclass(frozen=True)
class Calendar:
    """An iCalendar text; `method` is REQUEST or CANCEL, the same as inside the text."""

    text: str
    method: str


@dataclass(frozen=True)
class Draft:
    """One thing to tell one person. The first three fields are its key: it is queued only once."""

    purpose: str
    subject_id: int
    occurrence: str
    to_address: str
    to_name: str
    sender: Sender
    subject: str
    body: str
    person_id: int | None = None
    event_id: int | None = None
    partnership_id: int | None = None
    calendar: Calendar | None = None
    is_digestible: bool = False
    is_urgent: bool = False
    send_at: datetime | None = None

    @property
    def key(self) -> str:
        return key_of(self.purpose, self.subject_id, self.occurrence)


def enqueue(session: Session, draft: Draft, now: datetime) -> bool:
    """Queue a message within the caller's transaction; False where its key is there already."""
    return enqueue_all(session, [draft], now) == 1


def enqueue_all(session: Session, drafts: Iterable[Draft], now: datetime) -> int:
    """Queue many at once within the caller's transaction; returns how many were new."""
    rows = [_row(draft, now) for draft in drafts]
    if not rows:
        return 0
    insert = insert_of(session)
    statement = insert(Message.__table__).on_conflict_do_nothing(index_elements=["key"])
    # row by row in one round trip: one long VALUES takes psycopg twice as long to read
    options = {"preserve_rowcount": True}
    result = cast("CursorResult[Any]", session.execute(statement, rows, execution_options=options))
    return result.rowcount


def insert_of(session: Session) -> Any:
    """The INSERT of this database, which can leave out what is there already."""
    name = session.get_bind().dialect.name
    return sqlite.insert if name == "sqlite" else postgresql.insert


def _row(draft: Draft, now: datetime) -> dict[str, Any]:
    if draft.purpose not in current_app.extensions["lms.purposes"]:
        raise LookupError(f"no slice says when a message for {draft.purpose!r} is still true")
    calendar = draft.calendar
    return {
        "key": draft.key,
        "purpose": draft.purpose,
        "subject_id": draft.subject_id,
        "occurrence": draft.occurrence,
        "person_id": draft.person_id,
        "event_id": draft.event_id,
        "partnership_id": draft.partnership_id,
        "to_address": one_line(draft.to_address),
        "to_name": one_line(draft.to_name),
        "from_name": one_line(draft.sender.from_name),
        "reply_to": one_line(draft.sender.reply_to),
        "subject": one_line(draft.subject),
        "body": draft.body,
        "calendar": calendar.text if calendar else None,
        "calendar_method": calendar.method if calendar else None,
        # mail programs read one invitation a message, so one with an invitation travels alone
        "is_digestible": draft.is_digestible and calendar is None,
        "is_urgent": draft.is_urgent,
        "queued_at": now,
        "next_attempt_at": draft.send_at or now,
    }


def one_line(text: str) -> str:
    """The text with every line break and control character made a space: safe in a header."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())
