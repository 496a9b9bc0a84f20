"""What comes back by e-mail: messages that could not be delivered, and answers of calendars.

Nothing in it is trusted: it names a message of ours, or it is of no concern; and what it says of
one is kept as text. A mail of another shape is nothing to us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from itertools import islice
from typing import Any

from icalendar import Calendar

from lms.messaging.rules import CalendarAnswer

MOST_PARTS = 50
LONGEST_SAID = 300
OUR_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[^\s<>@]{1,255}>")
FINAL_STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
POSTMASTERS = ("mailer-daemon", "postmaster", "mail-daemon")


@dataclass(frozen=True)
class Bounce:
    """A message did not arrive and never will. Among `message_ids` is its own, if it is ours."""

    message_ids: frozenset[str]
    said: str


@dataclass(frozen=True)
class CalendarReply:
    """What somebody's calendar answered to the entry of that identity."""

    from_address: str
    uid: str
    answer: CalendarAnswer


def read_mail(raw: bytes) -> Bounce | CalendarReply | None:
    """What a mail says that concerns us; None for any other, and for one that is none."""
    mail = message_from_bytes(raw)
    parts = list(islice(mail.walk(), MOST_PARTS))
    if said := _why_undelivered(mail, parts):  # first: the invitation that came back is inside
        return Bounce(_message_ids(raw, parts), said)
    reply = next((part for part in parts if part.get_content_type() == "text/calendar"), None)
    return _calendar_reply(mail, reply) if reply is not None else None


# --- What could not be delivered ------------------------------------------------------------


def _why_undelivered(mail: Message, parts: list[Message]) -> str | None:
    """What the mail server says of a delivery that failed for good; None where none did."""
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if reports:
        blocks = [block for report in reports for block in _blocks_of(report)]
        return next((_said(block) for block in blocks if _is_final(block)), None)
    if not _is_from_a_postmaster(mail):
        return None
    texts = "\n".join(_text(part) for part in parts if part.get_content_maintype() == "text")
    lines = (line.strip() for line in texts.splitlines())
    return next((line[:LONGEST_SAID] for line in lines if FINAL_STATUS.search(line)), None)


def _blocks_of(report: Message) -> list[Message]:
    """A report's fields: those of the message, then those of each recipient (RFC 3464)."""
    found = report.get_payload()
    return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []


def _is_final(block: Message) -> bool:
    """Whether the server gave up; what is delayed or was passed on has not failed."""
    action, status = _field(block, "Action").lower(), _field(block, "Status")
    return action == "failed" if action else status.startswith("5.")


def _said(block: Message) -> str:
    _, _, diagnosis = _field(block, "Diagnostic-Code").partition(";")
    return (diagnosis.strip() or f"Status {_field(block, 'Status')}")[:LONGEST_SAID]


def _is_from_a_postmaster(mail: Message) -> bool:
    local_part = _address(mail).partition("@")[0]
    return local_part in POSTMASTERS or "X-Failed-Recipients" in mail


def _message_ids(raw: bytes, parts: list[Message]) -> frozenset[str]:
    """Every Message-ID in the mail that could be ours, in headers, returned headers and text."""
    texts = [raw.decode("latin-1"), *(_text(part) for part in parts)]
    return frozenset(found for text in texts for found in OUR_MESSAGE_ID.findall(text))


# --- What a calendar answers ----------------------------------------------------------------


def _calendar_reply(mail: Message, part: Message) -> CalendarReply | None:
    try:
        calendar = Calendar.from_ical(_text(part))
    except (ValueError, IndexError, KeyError):
        return None
    if str(calendar.get("METHOD", "")).upper() != "REPLY":
        return None
    for event in calendar.walk("VEVENT"):
        uid, answers = str(event.get("UID", "")), list(_answers(event.get("ATTENDEE")))
        if uid and answers:
            return CalendarReply(_address(mail), uid[:LONGEST_SAID], answers[0])
    return None


def _answers(attendees: Any) -> Iterator[CalendarAnswer]:
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        said = str(getattr(attendee, "params", {}).get("PARTSTAT", "")).lower()
        if said in set(CalendarAnswer):
            yield CalendarAnswer(said)


# --- Text -----------------------------------------------------------------------------------


def _address(mail: Message) -> str:
    return parseaddr(_field(mail, "From"))[1].lower()


def _field(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
