"""A transport that keeps what it is given, so that tests can read it."""

from __future__ import annotations

import os
import re
from email.message import EmailMessage
from pathlib import Path

from lms.db import transaction
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from tests.support.make import Make


class KeptMail:
    """Every message that left, in order; `fault`, when set, is raised instead."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.fault: Exception | None = None

    def send(self, message: EmailMessage) -> None:
        if self.fault is not None:
            raise self.fault
        self.sent.append(message)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.sent if address in str(message["To"])]

    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.sent]


OWN_LINK = re.compile(r"\b\d+\.[a-z2-7]{32}\b")


def must_read_as(path: Path, said: str) -> None:
    """Hold the words of a message to the file that keeps them, to be read and agreed.

    `UPDATE_SNAPSHOTS=1` writes it anew; the difference is then reviewed as any other change. A link
    that is somebody's own stands as `<token>`: it begins with a number that PostgreSQL counts on.
    """
    said = OWN_LINK.sub("<token>", said)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said)
    assert said == path.read_text()


def come_back(make: Make) -> None:
    """A message of the partnership's that Kofi's server refused for good."""
    with transaction() as session:
        session.add(
            Message(
                key="failed",
                purpose="booking-confirmed",
                subject_id=1,
                occurrence="1",
                to_address="kofi@agency.example",
                to_name="Kofi Lanternby",
                from_name="Walsall",
                reply_to="training@wsp.example",
                subject="You have a place",
                body="A place.",
                partnership_id=make.partnership(),
                state=MessageState.FAILED,
                was_refused=True,
                queued_at=make.now,
                next_attempt_at=make.now,
                ended_at=make.now,
            )
        )
