"""Seeing to what went wrong: a message sent again, or settled where somebody has dealt with it."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from icalendar import Calendar, vCalAddress
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.messaging.commands.queueing import one_line
from lms.messaging.models import Message
from lms.messaging.rules import MessageFacts, MessageState, StillTrue
from lms.messaging.seeing import may_see
from lms.words import count

UNTRUE = (
    "It is no longer true, so that it would not leave. What holds now was told in a message of"
    " its own."
)


def send_again(
    message_id: int, *, to_address: str | None = None, by: Viewer, now: datetime
) -> None:
    """Put a failed message back into the queue, to a mended address if one is given.

    Raises NotFound, or Refused where the message has not failed or is no longer true.
    """
    with transaction() as session:
        message = _failed(session, message_id, by)
        if not is_still_true(message, now):
            raise Refused(UNTRUE)
        _queue_again(message, to_address, now)
        _record(session, "send again", f"sent {_named(message)} again", message, by, now)


def send_all_again(
    person_id: int, to_address: str, *, by: Viewer, now: datetime
) -> tuple[int, int]:
    """Send again whatever failed to reach a person and is still true; what is not, is settled.

    Returns how many of each. Only what `by` may see.
    """
    with transaction() as session:
        of_person = (Message.person_id == person_id, Message.settled_at.is_(None))
        found = [m for m in _all_failed(session, *of_person) if may_see(by, m.partnership_id)]
        true = [message for message in found if is_still_true(message, now)]
        for message in found:
            if message in true:
                _queue_again(message, to_address, now)
                _record(session, "send again", f"sent {_named(message)} again", message, by, now)
            else:
                _settle(message, by, now)
        return len(true), len(found) - len(true)


def settle(message_id: int, *, by: Viewer, now: datetime) -> None:
    """Say that a failed message has been dealt with: it no longer counts as gone wrong."""
    with transaction() as session:
        message = _failed(session, message_id, by)
        _settle(message, by, now)
        what = f"marked {_named(message)} as dealt with"
        _record(session, "settle message", what, message, by, now)


def unsettle(message_id: int, *, by: Viewer, now: datetime) -> None:
    """Take that back: it has gone wrong, and nobody has dealt with it."""
    with transaction() as session:
        message = _failed(session, message_id, by)
        message.settled_at = message.settled_by_person_id = None
        what = f"marked {_named(message)} as not dealt with after all"
        _record(session, "settle message", what, message, by, now)


def settle_address(address: str, *, by: Viewer, now: datetime) -> int:
    """The same of everything that failed to reach an address; returns how many there were."""
    with transaction() as session:
        return settle_address_within(session, address, by=by, now=now)


def settle_address_within(session: Session, address: str, *, by: Viewer, now: datetime) -> int:
    """That, in the caller's transaction."""
    failed = _all_failed(session, Message.to_address == address, Message.settled_at.is_(None))
    found = [message for message in failed if may_see(by, message.partnership_id)]
    for message in found:
        _settle(message, by, now)
    if found:
        what = f"marked {count(len(found), 'message')} to {address} as dealt with"
        _record(session, "settle message", what, found[0], by, now)
    return len(found)


def is_still_true(message: Message, now: datetime) -> bool:
    """What the sender asks just before a message leaves, asked beforehand."""
    still_true: StillTrue = current_app.extensions["lms.purposes"][message.purpose]
    facts = (message.purpose, message.subject_id, message.occurrence, message.queued_at)
    return bool(still_true(MessageFacts(*facts), now))


def _failed(session: Session, message_id: int, by: Viewer) -> Message:
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or not may_see(by, message.partnership_id):
        raise NotFound
    if message.state is not MessageState.FAILED:
        raise Refused("Only a message that has failed can be sent again or settled.")
    return message


def _all_failed(session: Session, *conditions: object) -> list[Message]:
    wanted = select(Message).where(Message.state == MessageState.FAILED, *conditions)  # type: ignore[arg-type]
    return list(session.scalars(wanted.order_by(Message.id).with_for_update()))


def _queue_again(message: Message, to_address: str | None, now: datetime) -> None:
    address = one_line(to_address or message.to_address)
    if message.calendar and address != message.to_address:
        message.calendar = addressed_to(message.calendar, address)
    message.to_address = address
    message.state, message.next_attempt_at = MessageState.QUEUED, now
    message.attempts, message.was_refused = 0, False
    message.envelope = message.ended_at = message.last_error = None
    message.settled_at = message.settled_by_person_id = None


def addressed_to(calendar: str, address: str) -> str:
    """An invitation for the same person at another address: only the invited can answer it."""
    read = Calendar.from_ical(calendar)
    for entry in read.walk("VEVENT"):
        if "ATTENDEE" in entry:
            attendee = vCalAddress(f"mailto:{address}")
            attendee.params = entry["ATTENDEE"].params
            entry["ATTENDEE"] = attendee
    text: bytes = read.to_ical(sorted=False)
    return text.decode()


def _settle(message: Message, by: Viewer, now: datetime) -> None:
    message.settled_at, message.settled_by_person_id = now, by.person_id


def _named(message: Message) -> str:
    return f"“{message.subject}” to {message.to_name or message.to_address}"


def _record(
    session: Session, act: str, what: str, message: Message, by: Viewer, now: datetime
) -> None:
    audit.record(
        session,
        act,
        what,
        by=by,
        now=now,
        about=("message", message.id),
        partnership_id=message.partnership_id,
    )
