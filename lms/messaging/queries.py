"""What was told to whom, in what words, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from lms.access import Permission, Viewer
from lms.config import Settings
from lms.db import db
from lms.errors import NotFound
from lms.messaging.claims import as_envelope
from lms.messaging.commands import may_see
from lms.messaging.letters import as_email
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.tokens import KeyRing

STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class MessageFilters:
    """What a list of messages is narrowed to; None: not narrowed."""

    state: MessageState | None = None
    purpose: str | None = None
    event_id: int | None = None
    person_id: int | None = None


def list_messages(
    viewer: Viewer, filters: MessageFilters, *, limit: int = 100, offset: int = 0
) -> list[Message]:
    """The newest messages first, of the viewer's partnerships."""
    return list(
        db.session.scalars(
            select(Message)
            .where(*_seen_and_wanted(viewer, filters))
            .order_by(Message.queued_at.desc(), Message.id.desc())
            .limit(limit)
            .offset(offset)
        )
    )


def count_messages(viewer: Viewer, filters: MessageFilters) -> int:
    statement = select(func.count(Message.id)).where(*_seen_and_wanted(viewer, filters))
    return db.session.execute(statement).scalar_one()


def count_by_state(viewer: Viewer, filters: MessageFilters) -> dict[MessageState, int]:
    """How many messages are in each state; states without any are left out."""
    statement = (
        select(Message.state, func.count())
        .where(*_seen_and_wanted(viewer, filters))
        .group_by(Message.state)
    )
    return dict(db.session.execute(statement).all())


def count_by_purpose(viewer: Viewer, filters: MessageFilters) -> dict[str, int]:
    """How many messages there are of each purpose, by its name."""
    statement = (
        select(Message.purpose, func.count())
        .where(*_seen_and_wanted(viewer, filters))
        .group_by(Message.purpose)
        .order_by(Message.purpose)
    )
    return dict(db.session.execute(statement).all())


def get_message(message_id: int, viewer: Viewer) -> Message:
    """One message. Raises NotFound where the viewer may not see it."""
    message = db.session.get(Message, message_id)
    if message is None or not may_see(viewer, message.partnership_id):
        raise NotFound
    return message


def is_told(purpose: str) -> ColumnElement[bool]:
    """A condition: the message is for that purpose and is queued or sent.

    One that was dropped as untrue has let go of its key: it may come true again.
    """
    return and_(Message.purpose == purpose, Message.key.is_not(None))


def count_sent_by_purpose(at: datetime) -> dict[str, int]:
    """How many messages of each purpose left in the runs that bear the instant `at`."""
    statement = (
        select(Message.purpose, func.count())
        .where(Message.state == MessageState.SENT, Message.ended_at == at)
        .group_by(Message.purpose)
        .order_by(Message.purpose)
    )
    return dict(db.session.execute(statement).all())


def lease_holders() -> list[str]:
    """The workers that hold messages at this moment, dead or alive."""
    statement = select(Message.leased_by).where(Message.state == MessageState.SENDING).distinct()
    return sorted(filter(None, db.session.scalars(statement)))


def audit_messages(now: datetime) -> list[str]:
    """A sentence for each message that is long due and not tried, or held beyond its lease."""
    is_overdue = (Message.state == MessageState.QUEUED) & (
        Message.next_attempt_at < now - STUCK_AFTER
    )
    is_held = (Message.state == MessageState.SENDING) & (Message.lease_until < now - STUCK_AFTER)
    stuck = db.session.scalars(
        select(Message).where(or_(is_overdue, is_held)).order_by(Message.id).limit(100)
    )
    return [
        f"Message {message.id} ({message.purpose}): due since"
        f" {message.next_attempt_at:%Y-%m-%d %H:%M} UTC and not sent."
        for message in stuck
    ]


def _seen_and_wanted(viewer: Viewer, filters: MessageFilters) -> list[ColumnElement[bool]]:
    """Of the viewer's partnerships (those of none are the administrators'), and as narrowed."""
    seen: ColumnElement[bool] = Message.partnership_id.in_(
        viewer.partnerships(Permission.RUN_PROGRAMME)
    )
    if viewer.can(Permission.ADMINISTER):
        seen = or_(seen, Message.partnership_id.is_(None))
    wanted = {
        Message.state: filters.state,
        Message.purpose: filters.purpose,
        Message.event_id: filters.event_id,
        Message.person_id: filters.person_id,
    }
    return [seen, *(column == value for column, value in wanted.items() if value is not None)]


@dataclass(frozen=True)
class SentEmail:
    """One e-mail that left, put together anew exactly as it left."""

    id: int
    sent_at: datetime
    email: EmailMessage


def list_sent_emails(
    settings: Settings, keys: KeyRing, *, address: str = "", limit: int = 50, offset: int = 0
) -> list[SentEmail]:
    """What was sent, the newest first: with live links, so for no page but the demonstration's."""
    leaders = _sent_leaders(address).limit(limit).offset(offset)
    return [_as_sent(leader, settings, keys) for leader in db.session.scalars(leaders)]


def get_sent_email(message_id: int, settings: Settings, keys: KeyRing) -> SentEmail:
    """One of them, by its first message. Raises NotFound."""
    leader = db.session.scalar(_sent_leaders("").where(Message.id == message_id))
    if leader is None:
        raise NotFound
    return _as_sent(leader, settings, keys)


def count_sent_emails(address: str = "") -> int:
    return db.session.execute(
        select(func.count()).select_from(_sent_leaders(address).subquery())
    ).scalar_one()


def _sent_leaders(address: str) -> Select[Message]:
    """The first message of each envelope that left."""
    first = select(func.min(Message.id)).where(Message.state == MessageState.SENT)
    if address:
        first = first.where(Message.to_address.contains(address.lower(), autoescape=True))
    firsts = first.group_by(Message.envelope)
    return (
        select(Message)
        .where(Message.id.in_(firsts))
        .order_by(Message.ended_at.desc(), Message.id.desc())
    )


def _as_sent(leader: Message, settings: Settings, keys: KeyRing) -> SentEmail:
    inside = select(Message).where(
        Message.envelope == leader.envelope, Message.state == MessageState.SENT
    )
    envelope = as_envelope(list(db.session.scalars(inside.order_by(Message.id))))
    sent_at = leader.ended_at or leader.queued_at
    return SentEmail(leader.id, sent_at, as_email(envelope, settings, keys, sent_at))
