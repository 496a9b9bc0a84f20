"""Marking: what became of each message, also of each in an envelope, and what came back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Update, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from lms.db import transaction
from lms.messaging.commands.queueing import insert_of, one_line
from lms.messaging.inbound import Bounce, CalendarReply
from lms.messaging.models import InboundMail, Message
from lms.messaging.rules import MessageState, attempt_after_lost_lease, next_attempt
from lms.tokens import fingerprint

LONGEST_ERROR = 500
IN_HAND = (MessageState.QUEUED, MessageState.SENDING)
ANSWERS_KEPT_FOR = timedelta(days=400)
"""A calendar answers for an event that may be a year ahead; after that nobody asks any more."""


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
        insert = insert_of(session)(InboundMail.__table__).values(row)
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


def forget_old_answers(now: datetime) -> int:
    """Delete what calendars answered longer ago than anybody will ask; returns how many."""
    with transaction() as session:
        old = InboundMail.received_at < now - ANSWERS_KEPT_FOR
        found = session.execute(delete(InboundMail).where(old))
        return cast("CursorResult[Any]", found).rowcount


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
