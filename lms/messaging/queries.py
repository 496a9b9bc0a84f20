"""What was told to whom, in what words, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from lms.access import Viewer
from lms.config import Settings
from lms.db import db
from lms.errors import NotFound
from lms.messaging.claims import as_envelope
from lms.messaging.letters import as_email
from lms.messaging.models import InboundMail, Message, Wording
from lms.messaging.rules import CalendarAnswer, MessageState
from lms.messaging.seeing import is_seen_by, may_see
from lms.tokens import KeyRing

STUCK_AFTER = timedelta(minutes=15)


@dataclass(frozen=True)
class MessageFilters:
    """What a list of messages is narrowed to; None: not narrowed.

    `is_settled` divides what failed; `text` stands in a name, an address or a subject; they were
    written from `since` on and before `until`.
    """

    state: MessageState | None = None
    is_settled: bool | None = None
    purpose: str | None = None
    occurrence: str | None = None
    event_id: int | None = None
    person_id: int | None = None
    to_address: str | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_messages(
    viewer: Viewer, filters: MessageFilters, *, limit: int | None = 100, offset: int = 0
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
    """How many messages are in each state; states without any are left out.

    What failed and was dealt with does not count.
    """
    statement = (
        select(Message.state, func.count())
        .where(*_seen_and_wanted(viewer, filters), Message.settled_at.is_(None))
        .group_by(Message.state)
    )
    return dict(db.session.execute(statement).all())


def count_since(viewer: Viewer, filters: MessageFilters, *since: datetime) -> list[int]:
    """How many messages were written from each of these instants on."""
    columns = [func.count(case((Message.queued_at >= at, Message.id))) for at in since]
    statement = select(*columns).where(*_seen_and_wanted(viewer, filters))
    return list(db.session.execute(statement).one())


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
    wanted = {
        Message.state: filters.state,
        Message.purpose: filters.purpose,
        Message.occurrence: filters.occurrence,
        Message.event_id: filters.event_id,
        Message.person_id: filters.person_id,
        Message.to_address: filters.to_address,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if filters.is_settled is not None:
        conditions.append(Message.settled_at.is_not(None) == filters.is_settled)
    if filters.since is not None:
        conditions.append(Message.queued_at >= filters.since)
    if filters.until is not None:
        conditions.append(Message.queued_at < filters.until)
    conditions += [_holds(word) for word in filters.text.split()]
    return [is_seen_by(viewer), *conditions]


def _holds(word: str) -> ColumnElement[bool]:
    texts = (Message.to_name, Message.to_address, Message.subject)
    return or_(*(text.icontains(word, autoescape=True) for text in texts))


# --- What went wrong ------------------------------------------------------------------------

MOST_FAILURES = 1000


@dataclass(frozen=True)
class FailedAddress:
    """An address that messages did not reach, and that nobody has dealt with; `newest` of them."""

    address: str
    messages: int
    newest: Message

    @property
    def name(self) -> str:
        """Whom it is of, as far as we know."""
        return self.newest.to_name or self.address

    @property
    def was_refused(self) -> bool:
        """Whether the mail server knows no such address; else it could not be reached."""
        return self.newest.was_refused


def failures(viewer: Viewer) -> list[FailedAddress]:
    """What went wrong and is not settled, by address: the newest first; one statement."""
    newest_first = (
        select(Message)
        .where(
            is_seen_by(viewer), Message.state == MessageState.FAILED, Message.settled_at.is_(None)
        )
        .order_by(Message.ended_at.desc(), Message.id.desc())
        .limit(MOST_FAILURES)
    )
    by_address: dict[str, list[Message]] = {}
    for message in db.session.scalars(newest_first):
        by_address.setdefault(message.to_address, []).append(message)
    return [FailedAddress(address, len(found), found[0]) for address, found in by_address.items()]


def count_failed_to(person_id: int, viewer: Viewer) -> int:
    """How many messages to a person failed and are not dealt with."""
    filters = MessageFilters(state=MessageState.FAILED, is_settled=False, person_id=person_id)
    return count_messages(viewer, filters)


def count_together(message: Message) -> int:
    """How many messages left in the same e-mail, itself included."""
    if message.envelope is None or message.state is not MessageState.SENT:
        return 1
    together = select(func.count(Message.id)).where(Message.envelope == message.envelope)
    return db.session.execute(together).scalar_one()


def answers_of(uid: str, address: str) -> list[tuple[datetime, CalendarAnswer]]:
    """What the calendar at an address answered to one entry, in order."""
    rows = db.session.execute(
        select(InboundMail.received_at, InboundMail.answer)
        .where(InboundMail.calendar_uid == uid, InboundMail.from_address == address)
        .order_by(InboundMail.id)
    )
    return [(received_at, answer) for received_at, answer in rows]


# --- Own words ------------------------------------------------------------------------------


def templates_with_own_words(partnership_id: int) -> set[str]:
    """The kinds of message that a partnership says in words of its own, by their template."""
    wanted = select(Wording.template).where(
        Wording.partnership_id == partnership_id, Wording.ended_at.is_(None)
    )
    return set(db.session.scalars(wanted))


def wordings_of(partnership_id: int, template: str) -> list[Wording]:
    """What a partnership said in a kind of message, the latest first; the first may be in force."""
    wanted = (
        select(Wording)
        .where(Wording.partnership_id == partnership_id, Wording.template == template)
        .order_by(Wording.id.desc())
    )
    return list(db.session.scalars(wanted))


# --- What left ------------------------------------------------------------------------------


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
