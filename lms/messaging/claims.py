"""Taking messages out of the outbox, so that no two workers hold the same one.

On PostgreSQL the rows are locked with SKIP LOCKED; on SQLite the transaction is the only writer.
What belongs in one envelope is claimed through one row, its leader: whoever locks the leader has
the envelope, and no second worker can take a part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from lms.db import db, transaction
from lms.messaging.models import Message
from lms.messaging.rules import LEASE, MessageFacts, MessageState
from lms.tokens import fingerprint

MOST_ENVELOPES = 20
MOST_IN_ONE = 20
WORKERS_AT_ONCE = 4
SAME_IN_A_DIGEST = (Message.to_address, Message.from_name, Message.reply_to, Message.is_urgent)
IN_A_DIGEST = and_(Message.is_digestible.is_(True), Message.envelope.is_(None))
IN_COMMON = (Message.envelope, Message.is_digestible, *SAME_IN_A_DIGEST)


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
    return bool(db.session.scalar(_any_due(), {"now": now}))


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
    """The leaders of what is next, as many as nobody else has in hand at this moment."""
    rows = _next_in_line(session, now, limit)
    firsts = _first_of_families(session, rows, now)
    leaders = {firsts.get(_family(row), row.id) for row in rows}
    wanted = {"leaders": list(leaders), "now": now, "most": limit}
    return list(session.scalars(_leaders(), wanted))


def _next_in_line(session: Session, now: datetime, limit: int) -> list[Row[Any]]:
    """More than can be claimed, since other workers look at the same; nothing is locked yet."""
    found: list[Row[Any]] = []
    for is_urgent in (True, False):
        wanted = {"now": now, "most": limit * WORKERS_AT_ONCE - len(found)}
        found += session.execute(_next(is_urgent), wanted)
    return found


def _first_of_families(
    session: Session, rows: list[Row[Any]], now: datetime
) -> dict[tuple[Any, ...], int]:
    """The first due message of each envelope that any of `rows` belongs in, by its family."""
    names = {row.envelope for row in rows if row.envelope is not None}
    addresses = {row.to_address for row in rows if row.envelope is None and row.is_digestible}
    firsts: dict[tuple[Any, ...], int] = {}
    for statement, keys in ((_firsts_resent(), names), (_firsts_of_digests(), addresses)):
        if keys:
            found = session.execute(statement, {"keys": list(keys), "now": now})
            firsts |= {tuple(key): first for *key, first in found}
    return firsts


def _family(row: Row[Any]) -> tuple[Any, ...]:
    """What all that belongs in one envelope with `row` has in common; a row alone has none."""
    if row.envelope is not None:
        return (row.envelope,)
    return tuple(getattr(row, column.key) for column in SAME_IN_A_DIGEST if row.is_digestible)


def _with_its_own(session: Session, leader: Message, now: datetime) -> list[Message]:
    """The leader and what leaves with it."""
    if leader.envelope is not None:
        return list(session.scalars(_resent(), {"envelope": leader.envelope, "now": now}))
    if not leader.is_digestible:
        return [leader]  # it travels alone
    alike = {column.key: getattr(leader, column.key) for column in SAME_IN_A_DIGEST}
    return list(session.scalars(_digest(), {**alike, "now": now}))


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


# --- The statements, written once: a worker claims hundreds of messages a second ---------------


def _is_due() -> ColumnElement[bool]:
    return and_(Message.state == MessageState.QUEUED, Message.next_attempt_at <= bindparam("now"))


@cache
def _any_due() -> Select[Any]:
    return select(exists().where(_is_due()))


@cache
def _leaders() -> Select[Any]:
    return (
        select(Message)
        .where(Message.id.in_(bindparam("leaders", expanding=True)), _is_due())
        .order_by(Message.is_urgent.desc(), Message.next_attempt_at, Message.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


@cache
def _next(is_urgent: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(*IN_COMMON, Message.id)
        .where(_is_due(), Message.is_urgent.is_(is_urgent))
        .order_by(Message.next_attempt_at, Message.id)
        .limit(bindparam("most"))
    )


@cache
def _firsts_resent() -> Select[Any]:
    return _firsts((Message.envelope,), Message.envelope.in_(bindparam("keys", expanding=True)))


@cache
def _firsts_of_digests() -> Select[Any]:
    is_to_any = Message.to_address.in_(bindparam("keys", expanding=True))
    return _firsts(SAME_IN_A_DIGEST, and_(IN_A_DIGEST, is_to_any))


def _firsts(family: Sequence[Any], belong: ColumnElement[bool]) -> Select[Any]:
    found = select(*family, func.min(Message.id)).where(_is_due(), belong)
    return found.group_by(*family)


@cache
def _resent() -> Select[Any]:
    return _due_together(Message.envelope == bindparam("envelope"))


@cache
def _digest() -> Select[Any]:
    alike = (column == bindparam(column.key) for column in SAME_IN_A_DIGEST)
    return _due_together(and_(IN_A_DIGEST, *alike))


def _due_together(belong: ColumnElement[bool]) -> Select[Any]:
    chosen = select(Message).where(_is_due(), belong).order_by(Message.id)
    return chosen.limit(MOST_IN_ONE).with_for_update()
