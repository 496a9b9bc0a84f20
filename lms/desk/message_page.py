"""One message as its reader had it, and what became of it: without what opens anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lms import words
from lms.access import Viewer
from lms.accounts.queries import primary_address
from lms.booking.queries.known import find_known
from lms.desk.queries import find_event_title, find_name
from lms.messaging import queries
from lms.messaging.calendars import CalendarPart, read_calendar
from lms.messaging.commands import is_still_true
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.messaging.templates import without_placeholders
from lms.words import moment


@dataclass(frozen=True)
class MessagePage:
    """A message, as it may be shown to somebody other than the one it is for.

    `goes_to` is where it would go if it were sent again; `why_not` says why it cannot be.
    """

    message: Message
    became: str
    text: str
    steps: tuple[tuple[str, str], ...]
    calendar: CalendarPart | None
    event_title: str | None
    is_person_known: bool
    goes_to: str
    why_not: str

    @property
    def has_failed(self) -> bool:
        return self.message.state is MessageState.FAILED

    @property
    def is_mended(self) -> bool:
        """Whether another address is known by now than the one that it did not reach."""
        return self.goes_to != self.message.to_address


def message_page(message_id: int, viewer: Viewer, now: datetime) -> MessagePage:
    """One message. Raises NotFound where the viewer may not see it."""
    message = queries.get_message(message_id, viewer)
    person = find_known(message.person_id, viewer)
    calendar = read_calendar(message.calendar) if message.calendar else None
    has_failed = message.state is MessageState.FAILED
    return MessagePage(
        message=message,
        became=became(message, now),
        text=without_placeholders(message.body).strip("\n"),
        steps=tuple(_steps(message, calendar, now)),
        calendar=calendar,
        event_title=find_event_title(message.event_id, viewer),
        is_person_known=person is not None,
        goes_to=(person and primary_address(person)) or message.to_address,
        why_not=_why_not(message, now) if has_failed else "",
    )


def _why_not(message: Message, now: datetime) -> str:
    """Why there is nothing to send again, where there is not."""
    if is_still_true(message, now):
        return ""
    return "It is no longer true, so there is nothing to send again."


# --- What became of it ----------------------------------------------------------------------


def became(message: Message, now: datetime) -> str:
    """What has happened to a message so far, in a sentence."""
    if message.ended_at is not None:
        return _ended(message, moment(message.ended_at))
    tries = words.count(message.attempts, "try", "tries")
    again = moment(message.next_attempt_at)
    if message.attempts and message.state is MessageState.QUEUED:
        return f"Not sent after {tries}. Next try on {again}."
    if message.next_attempt_at > now:
        return f"Leaves on {again}."
    return "Leaves within a minute."


def _ended(message: Message, when: str) -> str:
    if message.state is MessageState.SENT:
        return f"Sent on {when}."
    if message.state is MessageState.DROPPED:
        return f"Not sent: on {when} it was no longer true."
    if message.was_refused:
        return f"Came back on {when}: the mail server knows no such address."
    return f"Given up on {when}, after {words.count(message.attempts, 'try', 'tries')}."


def _steps(
    message: Message, calendar: CalendarPart | None, now: datetime
) -> Iterator[tuple[str, str]]:
    """What happened to it, step by step: when, and what."""
    yield moment(message.queued_at), "Written, and put into the queue."
    if message.ended_at is None:
        yield "Now", became(message, now)
    else:
        yield moment(message.ended_at), _end(message)
    if calendar is not None:
        for at, answer in queries.answers_of(calendar.uid, message.to_address):
            yield moment(at), f"Their calendar answered: {answer.words}."
    if message.settled_at is not None:
        name = find_name(message.settled_by_person_id)
        yield moment(message.settled_at), f"{name or 'Somebody'} marked it as dealt with."


def _end(message: Message) -> str:
    if message.state is MessageState.SENT:
        others = queries.count_together(message) - 1
        also = f", in one e-mail with {words.count(others, 'other')}" if others else ""
        tries = f" at the {words.ordinal(message.attempts)} try" if message.attempts > 1 else ""
        return f"Handed to the mail server{tries}{also}."
    if message.state is MessageState.DROPPED:
        return "Let go: what it says was no longer true."
    said = f" The mail server said: {message.last_error}" if message.last_error else ""
    if message.was_refused:
        return f"It came back.{said}"
    return f"Given up after {words.count(message.attempts, 'try', 'tries')}.{said}"
