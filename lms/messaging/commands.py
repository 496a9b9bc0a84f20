"""Queue and mark: the verbs of the outbox. Each message has its own mark, also in an envelope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, Update, bindparam, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.messaging.inbound import Bounce, CalendarReply
from lms.messaging.models import InboundMail, Message
from lms.messaging.rules import (
    MessageState,
    attempt_after_lost_lease,
    key_of,
    next_attempt,
)
from lms.tokens import fingerprint

LONGEST_ERROR = 500
IN_HAND = (MessageState.QUEUED, MessageState.SENDING)


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
    insert = _insert_of(session)
    statement = insert(Message.__table__).on_conflict_do_nothing(index_elements=["key"])
    # row by row in one round trip: one long VALUES takes psycopg twice as long to read
    options = {"preserve_rowcount": True}
    result = cast("CursorResult[Any]", session.execute(statement, rows, execution_options=options))
    return result.rowcount


def _insert_of(session: Session) -> Any:
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


@cache
def _sent() -> Update:
    """Written once: a worker marks hundreds of messages a second."""
    return (
        update(Message)
        .where(Message.id.in_(bindparam("message_ids", expanding=True)), Message.state.in_(IN_HAND))
        .values(
            state=MessageState.SENT,
            ended_at=bindparam("sent_at"),
            lease_until=None,
            leased_by=None,
            last_error=None,
        )
    )


def mark_sent(message_ids: Iterable[int], now: datetime) -> None:
    """Record that the mail server took these messages, whoever holds their lease by now."""
    with transaction() as session:
        session.connection().execute(_sent(), {"message_ids": list(message_ids), "sent_at": now})


def mark_failed(
    message_ids: Iterable[int], worker: str, error: str, now: datetime, *, is_final: bool = False
) -> None:
    """Record a failed attempt, and when the next one is. `is_final`: the recipient was refused."""
    with transaction() as session:
        for message in _held(session, message_ids, worker):
            again_at = None if is_final else next_attempt(message.attempts, now)
            message.last_error = error[:LONGEST_ERROR]
            message.was_refused = is_final
            message.lease_until = message.leased_by = None
            if again_at is None:
                message.state, message.ended_at = MessageState.FAILED, now
            else:
                message.state, message.next_attempt_at = MessageState.QUEUED, again_at


def mark_bounced(bounce: Bounce, now: datetime) -> bool:
    """Record that what had been sent came back for good; False where it is not ours, or known."""
    with transaction() as session:
        sent = session.scalars(
            select(Message)
            .where(Message.envelope.in_(bounce.message_ids), Message.state == MessageState.SENT)
            .order_by(Message.id)
            .with_for_update()
        ).all()
        for message in sent:
            message.state, message.ended_at = MessageState.FAILED, now
            message.was_refused = True
            message.last_error = one_line(bounce.said)[:LONGEST_ERROR]
        return bool(sent)


def keep_reply(reply: CalendarReply, raw: bytes, now: datetime) -> bool:
    """Keep what a calendar answered; False where we never wrote there, or it is known."""
    with transaction() as session:
        is_known_address = exists().where(
            Message.to_address == reply.from_address, Message.calendar.is_not(None)
        )
        if not session.scalar(select(is_known_address)):
            return False
        row = {
            "fingerprint": fingerprint(raw.decode("latin-1")),
            "received_at": now,
            "from_address": reply.from_address,
            "calendar_uid": reply.uid,
            "answer": reply.answer,
        }
        insert = _insert_of(session)(InboundMail.__table__).values(row)
        statement = insert.on_conflict_do_nothing(index_elements=["fingerprint"])
        return bool(cast("CursorResult[Any]", session.execute(statement)).rowcount)


def release(message_ids: Iterable[int], worker: str) -> None:
    """Put back what was claimed and never tried, as if it had not been claimed."""
    with transaction() as session:
        for message in _held(session, message_ids, worker):
            message.state = MessageState.QUEUED
            message.attempts -= 1
            message.lease_until = message.leased_by = None


def drop(message_ids: Iterable[int], reason: str, now: datetime) -> None:
    """Let go of messages that are no longer true. The row stays as a record; its key is free."""
    with transaction() as session:
        session.execute(
            update(Message)
            .where(Message.id.in_(list(message_ids)), Message.state.in_(IN_HAND))
            .values(
                state=MessageState.DROPPED,
                key=None,
                ended_at=now,
                lease_until=None,
                leased_by=None,
                last_error=reason,
            )
            .execution_options(synchronize_session=False)
        )


def free_lost_leases(now: datetime, *, dead: Iterable[str] = ()) -> int:
    """Queue again what a worker held beyond its lease, or holds though it is known to be dead."""
    with transaction() as session:
        lost = (
            session.query(Message)
            .filter(
                Message.state == MessageState.SENDING,
                (Message.lease_until < now) | Message.leased_by.in_(list(dead)),
            )
            .order_by(Message.id)
            .with_for_update(skip_locked=True)
            .all()
        )
        for place, message in enumerate(lost):
            message.state = MessageState.QUEUED
            message.next_attempt_at = attempt_after_lost_lease(message.attempts, place, now)
            message.lease_until = message.leased_by = None
            message.last_error = "The worker stopped while it held this message."
        return len(lost)


def send_again(
    message_id: int, *, to_address: str | None = None, by: Viewer, now: datetime
) -> None:
    """Put a failed message back into the queue, to a mended address if one is given.

    Raises NotFound, or Refused where the message has not failed.
    """
    with transaction() as session:
        message = session.get(Message, message_id, with_for_update=True)
        if message is None or not may_see(by, message.partnership_id):
            raise NotFound
        if message.state is not MessageState.FAILED:
            raise Refused("Only a message that has failed can be sent again.")
        message.state, message.next_attempt_at = MessageState.QUEUED, now
        message.attempts, message.was_refused = 0, False
        message.to_address = one_line(to_address or message.to_address)
        message.envelope = message.ended_at = message.last_error = None
        audit.record(
            session,
            "send_again",
            f"Sent “{message.subject}” to {message.to_address} again.",
            by=by,
            now=now,
            about=("message", message.id),
            partnership_id=message.partnership_id,
        )


def may_see(viewer: Viewer, partnership_id: int | None) -> bool:
    """Messages belong to the partnership that sends them; those of none are the administrators'."""
    if partnership_id is None:
        return viewer.can(Permission.ADMINISTER)
    return viewer.can(Permission.RUN_PROGRAMME, partnership_id)


def _held(session: Session, message_ids: Iterable[int], worker: str) -> list[Message]:
    return (
        session.query(Message)
        .filter(
            Message.id.in_(list(message_ids)),
            Message.state == MessageState.SENDING,
            Message.leased_by == worker,
        )
        .order_by(Message.id)
        .with_for_update()
        .all()
    )
