"""The mailbox of the demonstration: every e-mail that left, with links that can be followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from markupsafe import Markup, escape
from sqlalchemy import exists, select

from lms.config import Settings
from lms.db import db
from lms.demo.models import Demonstration
from lms.errors import NotFound
from lms.messaging.queries import (
    SentEmail,
    count_sent_emails,
    get_sent_email,
    list_sent_emails,
)
from lms.tokens import KeyRing

A_PAGE = 50
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Line:
    """An e-mail in the list."""

    id: int
    to: str
    subject: str
    sent_at: datetime


@dataclass(frozen=True)
class Folder:
    """A page of the mailbox, the newest first."""

    lines: list[Line]
    total: int
    page: int

    @property
    def has_older(self) -> bool:
        return self.page * A_PAGE < self.total


@dataclass(frozen=True)
class Opened:
    """An e-mail as its reader sees it: paragraphs with links, and what is attached."""

    line: Line
    sender: str
    reply_to: str
    paragraphs: list[list[Markup]]
    attached: list[str]


def open_folder(settings: Settings, keys: KeyRing, address: str, page: int) -> Folder:
    """A page of what was sent to addresses that contain `address`.

    Raises NotFound outside a demonstration.
    """
    _refuse_elsewhere()
    sent = list_sent_emails(
        settings, keys, address=address, limit=A_PAGE, offset=(page - 1) * A_PAGE
    )
    return Folder([_line(one) for one in sent], count_sent_emails(address), page)


def open_email(message_id: int, settings: Settings, keys: KeyRing) -> Opened:
    """One e-mail. Raises NotFound, also outside a demonstration."""
    _refuse_elsewhere()
    sent = get_sent_email(message_id, settings, keys)
    body = sent.email.get_body(("plain",))
    text = body.get_content() if body else ""
    return Opened(
        line=_line(sent),
        sender=str(sent.email["From"]),
        reply_to=str(sent.email["Reply-To"] or ""),
        paragraphs=[_with_links(part) for part in re.split(r"\n{2,}", text.strip())],
        attached=_attached(sent.email),
    )


def _refuse_elsewhere() -> None:
    """Both must hold: the setting, without which there is no such page, and the mark."""
    if not db.session.scalar(select(exists().where(Demonstration.id.is_not(None)))):
        raise NotFound


def _line(sent: SentEmail) -> Line:
    return Line(sent.id, str(sent.email["To"]), str(sent.email["Subject"]), sent.sent_at)


def _attached(email: EmailMessage) -> list[str]:
    return [name for part in email.iter_attachments() if (name := part.get_filename())]


def _with_links(paragraph: str) -> list[Markup]:
    return [_linked(line) for line in paragraph.split("\n")]


def _linked(line: str) -> Markup:
    """The line as text, with each address in it as a link."""
    parts, last = [], 0
    for found in ADDRESS.finditer(line):
        parts.append(escape(line[last : found.start()]))
        link = Markup('<a href="{}" class="govuk-link">{}</a>')
        parts.append(link.format(found.group(), found.group()))
        last = found.end()
    parts.append(escape(line[last:]))
    return Markup("").join(parts)
