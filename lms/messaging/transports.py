"""Ways for a message to leave: SMTP, or a folder of `.eml` files."""

from __future__ import annotations

import os
import smtplib
import ssl
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from lms.messaging.rules import is_final_refusal
from lms.tokens import fingerprint

TIMEOUT_SECONDS = 30
LONGEST_REST_SECONDS = 60
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class Transport(Protocol):
    """Sends one message; raises where it could not."""

    def send(self, message: EmailMessage) -> None: ...


class NotSentError(OSError):
    """The message did not leave; the next attempt may fare better."""


class RecipientRefusedError(NotSentError):
    """The mail server refuses this recipient for good."""


class TransportDownError(NotSentError):
    """The mail server cannot be had at all: that says nothing about the message."""


def from_url(url: str) -> Transport:
    """The transport that LMS_MAIL_URL names."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderTransport(Path(unquote(parts.path)))
    if parts.scheme in PORTS:
        return SmtpTransport(parts)
    raise ValueError(f"no way to send mail by {parts.scheme}://")


class FolderTransport:
    """One `.eml` file a message, whole or not there: written aside, kept on the disk, then renamed.

    Lines end as text tools expect.
    A repeat of a Message-ID replaces the file, as a mail program would show it once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = fingerprint(str(message["Message-ID"]))[:24]
        aside = self.folder / f".{name}-{os.getpid()}"
        with aside.open("wb") as file:
            file.write(message.as_bytes(policy=message.policy.clone(linesep="\n")))
            file.flush()
            os.fsync(file.fileno())
        aside.rename(self.folder / f"{name}.eml")
        self._keep_the_name()

    def _keep_the_name(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class NoTransport:
    """Takes every message and sends none: for rehearsals, and for mail of an invented past."""

    def send(self, message: EmailMessage) -> None:
        """Let the message go nowhere."""


class SmtpTransport:
    """One connection, kept for the next message and made anew when the server has dropped it.

    `smtp+starttls` never falls back to plain text; certificates are checked. While the server is
    away the transport rests between attempts, 1 second at first, a minute at most.
    """

    def __init__(self, parts: SplitResult, *, context: ssl.SSLContext | None = None) -> None:
        self._scheme = parts.scheme
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._context = context or ssl.create_default_context()
        self._server: smtplib.SMTP | None = None
        self._failures = 0
        self._rests_until = 0.0

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < self._rests_until

    def send(self, message: EmailMessage) -> None:
        try:
            self._hand_over(self._connection(), message)
        except smtplib.SMTPRecipientsRefused as refusal:
            self._refused(refusal)
        except smtplib.SMTPServerDisconnected as dropped:
            self.close()
            raise NotSentError(f"The mail server dropped the connection: {dropped}") from dropped
        except smtplib.SMTPResponseException as answer:
            self.close()
            raise NotSentError(_said(answer.smtp_code, answer.smtp_error)) from answer
        except (OSError, ssl.SSLError) as failure:
            self.close()
            raise _as_not_sent(failure) from failure

    def close(self) -> None:
        """Let the connection go; the next message makes a new one."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        server.send_message(message)

    def _refused(self, refusal: smtplib.SMTPRecipientsRefused) -> None:
        answers = list(refusal.recipients.values())
        words = "; ".join(_said(code, text) for code, text in answers)
        if is_final_refusal(code for code, _ in answers):
            raise RecipientRefusedError(words) from refusal
        raise NotSentError(words) from refusal

    def _connection(self) -> smtplib.SMTP:
        """The kept connection where it still answers, else a new one."""
        if self._server is not None and self._answers(self._server):
            return self._server
        self.close()
        try:
            self._server = self._connect()
        except (OSError, smtplib.SMTPException) as failure:
            self._rest()
            raise TransportDownError(f"The mail server cannot be had: {failure}") from failure
        self._failures = 0
        return self._server

    def _answers(self, server: smtplib.SMTP) -> bool:
        try:
            return server.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _rest(self) -> None:
        pause = min(2.0**self._failures, LONGEST_REST_SECONDS)
        self._failures += 1
        self._rests_until = time.monotonic() + pause

    def _connect(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            self._greet(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._scheme == "smtp+starttls":
            server.starttls(context=self._context)  # raises where the server does not offer it
            server.ehlo()
        if self._user:
            server.login(self._user, self._password)


def _said(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"The mail server said {code} {words}"


def _as_not_sent(failure: OSError) -> NotSentError:
    if isinstance(failure, NotSentError):
        return failure
    return NotSentError(f"The mail server could not be spoken to: {failure}")
