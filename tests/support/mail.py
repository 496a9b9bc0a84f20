"""A transport that keeps what it is given, so that tests can read it."""

from __future__ import annotations

import os
from email.message import EmailMessage
from pathlib import Path


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


def must_read_as(path: Path, said: str) -> None:
    """Hold the words of a message to the file that keeps them, to be read and agreed.

    `UPDATE_SNAPSHOTS=1` writes it anew; the difference is then reviewed as any other change.
    """
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said)
    assert said == path.read_text()
