"""Taking messages out of the outbox, so that no two workers hold the same one.

On PostgreSQL the rows are locked with SKIP LOCKED; on SQLite the transaction is the only writer.
What belongs in one envelope is claimed through one row, its leader: whoever locks the leader has
the envelope, and no second worker can take a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from lms.db import db, transaction
from lms.messaging.models import Message
from lms.messaging.rules import LEASE, MessageFacts, MessageState
from lms.tokens import fingerprint

MOST_ENVELOPES = 20
MOST_IN_ONE = 20


@dataclass(frozen=True)
class Letter:
    """A claimed message: what it says, and what the question whether it is true may look at."""

    id: int
    facts: MessageFacts
    to_address: str
    to_name: str
    from_name: str
    reply_to: str
    subject: str
    body: str
    calendar: str | None
    calendar_method: str | None


@dataclass(frozen=True)
class Envelope:
    """What leaves as one e-mail. `message_id` stays the same over retries."""

    message_id: str
    letters: tuple[Letter, ...]

    @property
    def ids(self) -> list[int]:
        return [letter.id for letter in self.letters]


def has_due(now: datetime) -> bool:
    """Whether anything waits to be sent: a read, so that an idle outbox locks nobody out."""
    return bool(db.session.scalar(select(exists().where(_is_due(Message, now)))))


def claim(
    worker: str, now: datetime, lease_from: datetime, *, domain: str, limit: int = MOST_ENVELOPES
) -> list[Envelope]:
    """Take what is due at `now` under a lease that runs from `lease_from`, the urgent first."""
    with transaction() as session:
        leaders = _lock_leaders(session, now, limit)
        envelopes = [_with_its_own(session, leader, now) for leader in leaders]
        for messages in envelopes:
            _seal(messages, domain, now)
            for message in messages:
                message.state, message.leased_by = MessageState.SENDING, worker
                message.lease_until = lease_from + LEASE
                message.attempts += 1
        return [as_envelope(messages) for messages in envelopes]


def _lock_leaders(session: Session, now: datetime, limit: int) -> list[Message]:
    found: list[Message] = []
    for is_urgent in (True, False):
        if len(found) < limit:
            statement = _leaders(now).where(Message.is_urgent.is_(is_urgent))
            found += session.scalars(statement.limit(limit - len(found)))
    return found


def _leaders(now: datetime) -> Select[Message]:
    """The first due message of every envelope: by its name, or by address for a digest."""
    earlier = aliased(Message)
    same_envelope = and_(Message.envelope.is_not(None), earlier.envelope == Message.envelope)
    same_digest = and_(_can_join(Message), _can_join(earlier), _same_people(Message, earlier))
    comes_before = exists().where(
        _is_due(earlier, now), earlier.id < Message.id, or_(same_envelope, same_digest)
    )
    return (
        select(Message)
        .where(_is_due(Message, now), ~comes_before)
        .order_by(Message.next_attempt_at, Message.id)
        .with_for_update(skip_locked=True, of=Message)
    )


def _with_its_own(session: Session, leader: Message, now: datetime) -> list[Message]:
    """The leader and what leaves with it."""
    if leader.envelope is not None:
        others = Message.envelope == leader.envelope
    elif leader.is_digestible:
        others = and_(_can_join(Message), _same_people_as(leader))
    else:
        return [leader]
    statement = (
        select(Message)
        .where(_is_due(Message, now), others)
        .order_by(Message.id)
        .limit(MOST_IN_ONE)
        .with_for_update()
    )
    return list(session.scalars(statement))


def _is_due(message: type[Message], now: datetime) -> ColumnElement[bool]:
    return and_(message.state == MessageState.QUEUED, message.next_attempt_at <= now)


def _can_join(message: type[Message]) -> ColumnElement[bool]:
    return and_(message.is_digestible.is_(True), message.envelope.is_(None))


def _same_people(one: type[Message], other: type[Message]) -> ColumnElement[bool]:
    return and_(
        one.to_address == other.to_address,
        one.from_name == other.from_name,
        one.reply_to == other.reply_to,
        one.is_urgent == other.is_urgent,
    )


def _same_people_as(leader: Message) -> ColumnElement[bool]:
    return and_(
        Message.to_address == leader.to_address,
        Message.from_name == leader.from_name,
        Message.reply_to == leader.reply_to,
        Message.is_urgent == leader.is_urgent,
    )


def _seal(messages: list[Message], domain: str, now: datetime) -> None:
    """Give the envelope its name, unless an earlier attempt did."""
    first = messages[0]
    name = first.envelope
    if name is None:
        name = f"<{fingerprint(f'{first.id}:{first.key}:{now.isoformat()}')[:32]}@{domain}>"
    for message in messages:
        message.envelope = name


def as_envelope(messages: list[Message]) -> Envelope:
    """Messages of one envelope as what leaves, the leader first."""
    return Envelope(str(messages[0].envelope), tuple(_as_letter(message) for message in messages))


def _as_letter(message: Message) -> Letter:
    return Letter(
        id=message.id,
        facts=MessageFacts(
            message.purpose, message.subject_id, message.occurrence, message.queued_at
        ),
        to_address=message.to_address,
        to_name=message.to_name,
        from_name=message.from_name,
        reply_to=message.reply_to,
        subject=message.subject,
        body=message.body,
        calendar=message.calendar,
        calendar_method=message.calendar_method,
    )
