"""A transport that keeps what it is given, so that tests can read it."""

from __future__ import annotations

from email.message import EmailMessage


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
