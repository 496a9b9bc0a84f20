"""Reading what comes back. A mail that nothing can be made of delays no other."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog
from flask import current_app
from sqlalchemy.exc import OperationalError

from lms.errors import Busy
from lms.jobs import fault_of
from lms.messaging import commands
from lms.messaging.inbound import Bounce, read_mail
from lms.messaging.mailboxes import Mailbox

log = structlog.get_logger()

MOST_AT_ONCE = 200


def receive_mail(now: datetime) -> int:
    """Read the mails that are new; returns how many said something that was not known."""
    mailbox: Mailbox | None = current_app.extensions["lms.mailbox"]
    if mailbox is None:
        return 0
    heard: list[bool] = []
    mailbox.visit(partial(_handle, heard=heard, now=now), MOST_AT_ONCE)
    return sum(heard)


def _handle(raw: bytes, *, heard: list[bool], now: datetime) -> bool:
    """Whether the mail is done with: all are, but what the database could not take just now."""
    fault = fault_of(lambda: heard.append(_keep(raw, now)))
    if isinstance(fault, (Busy, OperationalError)):
        return False
    if fault is not None:
        log.warning("mail not understood", fault=f"{type(fault).__name__}: {fault}")
    return True


def _keep(raw: bytes, now: datetime) -> bool:
    found = read_mail(raw)
    if found is None:
        return False
    if isinstance(found, Bounce):
        return commands.mark_bounced(found, now)
    return commands.keep_reply(found, raw, now)
