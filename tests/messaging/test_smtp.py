"""A real SMTP server that greylists, refuses, drawls, hangs up, or has no TLS."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from flask import Flask

from lms.clock import FixedClock
from lms.messaging import transports
from lms.messaging.rules import MessageState
from lms.messaging.sender import send_due
from lms.messaging.transports import (
    FolderTransport,
    NotSentError,
    RecipientRefusedError,
    SmtpTransport,
    TransportDownError,
    from_url,
)
from tests.messaging.conftest import message

CERTIFICATE = Path(__file__).parent / "localhost.pem"
Post = Callable[..., bool]


class Mailbox:
    """A server's behaviour: `answers` are given to RCPT in turn, then 250."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answers: list[str] = []
        self.drop_after: int | None = None
        self.drawl = 0.0
        self.connections = 0

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        time.sleep(self.drawl)  # noqa: ASYNC251 - the whole server drawls
        if self.drop_after is not None and len(self.received) >= self.drop_after:
            self.drop_after = None
            server.transport.abort()
            return "250 nobody hears this"
        self.received.append(message_from_bytes(envelope.original_content, policy=default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(mailbox: Mailbox) -> Iterator[Callable[..., Controller]]:
    """Start a server with that mailbox; returns it, with its port."""
    running: list[Controller] = []

    def start(**facts: Any) -> Controller:
        controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **facts)
        controller.start()
        running.append(controller)
        return controller

    yield start
    for controller in running:
        controller.stop(no_assert=True)


@pytest.fixture
def plain(serve: Callable[..., Controller]) -> Iterator[SmtpTransport]:
    transport = SmtpTransport(urlsplit(f"smtp://127.0.0.1:{serve().port}"))
    yield transport
    transport.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def certified(*, trusted: bool) -> dict[str, ssl.SSLContext]:
    """The server's context, and a client's that trusts the server's certificate or does not."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    client = ssl.create_default_context(cafile=str(CERTIFICATE) if trusted else None)
    return {"server": server, "client": client}


def an_email(number: int = 1) -> EmailMessage:
    email = EmailMessage()
    email["From"] = "training@wsp.example"
    email["To"] = "m@agency.example"
    email["Subject"] = f"Subject {number}"
    email["Message-ID"] = f"<{number}@wsp.example>"
    email.set_content("Words.\n")
    return email


def test_one_connection_carries_many_messages(mailbox: Mailbox, plain: SmtpTransport) -> None:
    for number in range(5):
        plain.send(an_email(number))
    assert [mail["Subject"] for mail in mailbox.received] == [f"Subject {n}" for n in range(5)]
    assert mailbox.connections == 1


def test_a_connection_that_was_dropped_in_between_is_made_anew(
    mailbox: Mailbox, plain: SmtpTransport
) -> None:
    plain.send(an_email(1))
    plain._server.sock.shutdown(2)
    plain.send(an_email(2))
    assert len(mailbox.received) == 2
    assert mailbox.connections == 2


def test_a_greylisted_message_may_be_tried_again(mailbox: Mailbox, plain: SmtpTransport) -> None:
    mailbox.answers = ["450 4.7.1 greylisted, try again later"]
    with pytest.raises(NotSentError, match="450") as caught:
        plain.send(an_email())
    assert not isinstance(caught.value, RecipientRefusedError | TransportDownError)
    plain.send(an_email())
    assert len(mailbox.received) == 1


def test_a_refused_recipient_is_told_apart(mailbox: Mailbox, plain: SmtpTransport) -> None:
    mailbox.answers = ["550 5.1.1 no such mailbox"]
    with pytest.raises(RecipientRefusedError, match="no such mailbox"):
        plain.send(an_email(1))
    plain.send(an_email(2))
    assert mailbox.connections == 1, "a refusal is no reason to hang up"


def test_a_server_that_hangs_up_halfway(mailbox: Mailbox, plain: SmtpTransport) -> None:
    mailbox.drop_after = 0
    with pytest.raises(NotSentError):
        plain.send(an_email())
    plain.send(an_email())
    assert len(mailbox.received) == 1


def test_a_server_that_drawls_is_not_waited_for_for_ever(
    mailbox: Mailbox, plain: SmtpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transports, "TIMEOUT_SECONDS", 0.3)
    mailbox.drawl = 0.8
    with pytest.raises(NotSentError, match="timed out"):
        plain.send(an_email())


def test_a_server_that_is_away_gives_the_transport_a_rest() -> None:
    transport = SmtpTransport(urlsplit("smtp://127.0.0.1:9"))
    with pytest.raises(TransportDownError):
        transport.send(an_email())
    assert transport.is_resting


def test_starttls_never_falls_back_to_plain_text(
    mailbox: Mailbox, serve: Callable[..., Controller]
) -> None:
    transport = SmtpTransport(urlsplit(f"smtp+starttls://a:b@127.0.0.1:{serve().port}"))
    with pytest.raises(TransportDownError, match="STARTTLS"):
        transport.send(an_email())
    assert mailbox.received == []


def test_starttls_with_a_good_certificate_signs_in(
    mailbox: Mailbox, serve: Callable[..., Controller]
) -> None:
    contexts = certified(trusted=True)
    seen: list[Any] = []

    def authenticate(*args: Any) -> AuthResult:
        seen.append(args[-1])
        return AuthResult(success=True)

    controller = serve(
        tls_context=contexts["server"], authenticator=authenticate, require_starttls=True
    )
    parts = urlsplit(f"smtp+starttls://me%40wsp:p%40ss@localhost:{controller.port}")
    transport = SmtpTransport(parts, context=contexts["client"])
    transport.send(an_email())
    transport.close()
    assert len(mailbox.received) == 1
    assert (seen[0].login, seen[0].password) == (b"me@wsp", b"p@ss")


def test_a_certificate_that_nobody_vouches_for_stops_everything(
    mailbox: Mailbox, serve: Callable[..., Controller]
) -> None:
    contexts = certified(trusted=False)
    controller = serve(tls_context=contexts["server"])
    transport = SmtpTransport(
        urlsplit(f"smtp+starttls://localhost:{controller.port}"), context=contexts["client"]
    )
    with pytest.raises(TransportDownError, match="certificate"):
        transport.send(an_email())
    assert mailbox.received == []


def test_while_the_server_is_away_the_queue_is_kept_and_then_drains_in_order(
    app: Flask, post: Post, clock: FixedClock, mailbox: Mailbox, serve: Callable[..., Controller]
) -> None:
    transport = SmtpTransport(urlsplit("smtp://127.0.0.1:9"))
    app.extensions["lms.mailer"] = transport
    for number in range(1, 31):
        post(number)
        clock.advance(timedelta(seconds=1))
    assert send_due(clock.now()) == 1, "one try is enough to know"
    assert [message(n).attempts for n in (1, 2, 30)] == [1, 0, 0]
    transport = SmtpTransport(urlsplit(f"smtp://127.0.0.1:{serve().port}"))
    app.extensions["lms.mailer"] = transport
    clock.advance(timedelta(minutes=1))
    assert send_due(clock.now()) == 30
    transport.close()
    assert [mail["Subject"] for mail in mailbox.received] == [
        *(f"Subject {n}" for n in range(2, 31)),
        "Subject 1",
    ]


def test_greylisted_by_the_server_and_sent_a_minute_later(
    app: Flask, post: Post, clock: FixedClock, mailbox: Mailbox, plain: SmtpTransport
) -> None:
    app.extensions["lms.mailer"] = plain
    mailbox.answers = ["450 greylisted", "550 no such mailbox"]
    for number in (1, 2, 3):
        post(number)
    send_due(clock.now())
    assert message(1).state is MessageState.QUEUED
    assert (message(2).state, message(2).was_refused) == (MessageState.FAILED, True)
    assert message(3).state is MessageState.SENT
    clock.advance(timedelta(minutes=1))
    send_due(clock.now())
    assert message(1).state is MessageState.SENT


def test_a_folder_holds_one_file_a_message(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "mail"
    transport = from_url(f"file://{folder}")
    assert isinstance(transport, FolderTransport)
    for number in (1, 2, 1):
        transport.send(an_email(number))
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2
    assert all(name.endswith(".eml") for name in names)
    kept = message_from_bytes((folder / names[0]).read_bytes(), policy=default)
    assert kept.get_content() == "Words.\n"


def test_the_address_names_the_way() -> None:
    assert isinstance(from_url("smtps://mail.example"), SmtpTransport)
    with pytest.raises(ValueError, match="carrier"):
        from_url("carrier://pigeon")
