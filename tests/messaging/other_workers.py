"""Workers in processes of their own, which can be killed at any step of sending."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from lms.clock import FixedClock
from lms.db import db
from lms.messaging import claims, commands, sender
from lms.messaging.rules import MessageFacts
from tests.support.databases import build_app

STEPS = ("claiming", "claimed", "before_sending", "sent", "marking", "marked")
WINDOW = ("sent", "marking")
"""Killed here, the server has said yes and the mark is not kept: the message is repeated."""


class Ledger:
    """A mail server that is a file: a line for each message that it said yes to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: EmailMessage) -> None:
        with self.path.open("a") as file:
            file.write(f"{message['Message-ID']} {message['Subject']}\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


def always(_facts: MessageFacts, _now: datetime) -> bool:
    return True


def work(url: str, ledger: Path, now: datetime, step: str | None, barrier: Barrier | None) -> None:
    """Send what is due; with a step, die there at the second envelope."""
    app = build_app(url, clock=FixedClock(now), mailer=Ledger(ledger))
    app.extensions["lms.purposes"] = {"test": always}
    with app.app_context():
        if step is not None:
            die_at(step)
        if barrier is not None:
            barrier.wait(timeout=60)
        while sender.send_due(now):
            pass
        db.session.remove()
        db.engine.dispose()


def die_at(step: str) -> None:
    """Replace the piece of the outbox at that step by one that kills its own process."""
    wrap = {
        "claiming": lambda: replace(claims, "as_envelope", before=die),
        "claimed": lambda: replace(sender, "_send_all", before=die),
        "before_sending": lambda: replace(sender, "_as_email", before=at_the_second(die)),
        "sent": lambda: replace(commands, "mark_sent", before=at_the_second(die)),
        "marking": lambda: replace(commands, "mark_sent", before=at_the_second(die_in_commit)),
        "marked": lambda: replace(commands, "mark_sent", after=at_the_second(die)),
    }
    wrap[step]()


def replace(
    module: Any,
    name: str,
    *,
    before: Callable[[], object] | None = None,
    after: Callable[[], object] | None = None,
) -> None:
    original = getattr(module, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            before()
        result = original(*args, **kwargs)
        if after:
            after()
        return result

    patch.object(module, name, wrapped).start()


def at_the_second(act: Callable[[], object]) -> Callable[[], None]:
    calls: list[None] = []

    def count() -> None:
        calls.append(None)
        if len(calls) == 2:
            act()

    return count


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def die_in_commit() -> None:
    patch.object(db.session(), "commit", die).start()
