"""The outbox at work: claim, check that it is still true, send, mark.

A crash before the claim is kept, or after the mark is, changes nothing. In between, the lease runs
out and the message is tried again under the same Message-ID: that can repeat it only where the mail
server had said yes and the mark was not yet kept.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial

import structlog
from flask import current_app
from sqlalchemy.exc import OperationalError

from lms.db import db
from lms.errors import Busy
from lms.jobs import fault_of
from lms.messaging import claims, commands
from lms.messaging.claims import Envelope, Letter
from lms.messaging.letters import as_email
from lms.messaging.rules import LEASE
from lms.messaging.transports import RecipientRefusedError, Transport

log = structlog.get_logger()

BURST = (
    500  # envelopes; then the worker looks at its clock again, for a sign-in code waits for nobody
)
MARK_TRIES = 60
UNTRUE = "No longer true when it was to be sent."


def worker_name() -> str:
    """Who holds a lease: the machine and the process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def send_due(now: datetime, *, most: int = BURST) -> int:
    """Send what is due at `now`, up to `most` envelopes; returns how many messages were handled."""
    started, handled, envelopes = time.monotonic(), 0, 0
    while envelopes < most and _transport_is_awake() and claims.has_due(now):
        elapsed = timedelta(seconds=time.monotonic() - started)
        claimed = claims.claim(
            worker_name(), now, now + elapsed, domain=_domain(), limit=claims.MOST_ENVELOPES
        )
        if not claimed:
            break
        envelopes += len(claimed)
        handled += _send_all(claimed, now)
    db.session.rollback()
    return handled


def _send_all(claimed: list[Envelope], now: datetime) -> int:
    """Send each; put the rest back where the mail server is away or half the lease is used up."""
    started, handled = time.monotonic(), 0
    for place, envelope in enumerate(claimed):
        is_late = time.monotonic() - started > LEASE.total_seconds() / 2
        if is_late or not _transport_is_awake():
            rest = [message_id for left in claimed[place:] for message_id in left.ids]
            _kept(partial(commands.release, rest, worker_name()))
            break
        handled += _send_one(envelope, now)
    return handled


def _send_one(envelope: Envelope, now: datetime) -> int:
    """One envelope from claim to mark. Whatever is wrong with it stays with it."""
    fault = fault_of(lambda: _deliver(envelope, now))
    if fault is not None:
        _mark_failed(envelope, fault, now)
    return len(envelope.letters)


def _deliver(envelope: Envelope, now: datetime) -> None:
    letters = tuple(letter for letter in envelope.letters if _is_true(letter, now))
    untrue = [letter.id for letter in envelope.letters if letter not in letters]
    db.session.rollback()  # the snapshot in which that was read holds nothing up while we send
    if untrue:
        _kept(lambda: commands.drop(untrue, UNTRUE, now))
    if not letters:
        return
    true = Envelope(envelope.message_id, letters)
    _transport().send(_as_email(true, now))
    _kept(lambda: commands.mark_sent(true.ids, now))


def _is_true(letter: Letter, now: datetime) -> bool:
    still_true = current_app.extensions["lms.purposes"][letter.facts.purpose]
    return bool(still_true(letter.facts, now))


def _as_email(envelope: Envelope, now: datetime) -> EmailMessage:
    extensions = current_app.extensions
    return as_email(envelope, extensions["lms.settings"], extensions["lms.keys"], now)


def _mark_failed(envelope: Envelope, fault: Exception, now: datetime) -> None:
    is_final = isinstance(fault, RecipientRefusedError)
    log.warning("mail not sent", messages=envelope.ids, fault=str(fault), final=is_final)
    error = str(fault) if isinstance(fault, OSError) else f"{type(fault).__name__}: {fault}"
    _kept(lambda: commands.mark_failed(envelope.ids, worker_name(), error, now, is_final=is_final))


def _kept(mark: Callable[[], None]) -> None:
    """Keep a mark even where the database is locked or away for a minute: it must not be lost."""
    for _ in range(MARK_TRIES):
        try:
            mark()
        except (Busy, OperationalError):
            time.sleep(1)
        else:
            return
    mark()


def _transport() -> Transport:
    transport: Transport = current_app.extensions["lms.mailer"]
    return transport


def _transport_is_awake() -> bool:
    return not getattr(_transport(), "is_resting", False)


def _domain() -> str:
    mail_from: str = current_app.extensions["lms.settings"].mail_from
    return mail_from.partition("@")[2]
