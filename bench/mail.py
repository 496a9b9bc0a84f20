"""Mail to a local sink beside the same without an outbox; and workers killed at each step."""

from __future__ import annotations

import multiprocessing
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from bench.figures import Figure
from bench.sites import application, database
from lms.db import db, transaction
from lms.messaging.commands import Draft, Sender, enqueue_all, free_lost_leases
from lms.messaging.models import Message
from lms.messaging.rules import LEASE, MessageState
from lms.messaging.sender import send_due
from lms.messaging.transports import from_url
from tests.messaging.other_workers import STEPS, WINDOW, Ledger, always, work

NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)
MESSAGES, KILLS = 1000, 200
WORDS = "Hello,\n\n\f" + "You have a place, and this is what comes next.\n" * 25 + "\f\f"
PROCESSES = multiprocessing.get_context("forkserver")


def measure_mail(kind: str) -> list[Figure]:
    """Messages a second that one worker hands to a mail server on the same machine."""
    with database(kind) as url, sink() as port, application(url) as app:
        bare = _without_outbox(port)
        app.extensions["lms.mailer"] = from_url(f"smtp://127.0.0.1:{port}")
        _queue(app, range(MESSAGES))
        started = time.perf_counter()
        while send_due(NOW):
            pass
        rate = MESSAGES / (time.perf_counter() - started)
        sent = db.session.query(Message).filter_by(state=MessageState.SENT).count()
    return [
        Figure(
            what=f"{MESSAGES} messages to a local SMTP sink, one worker, one connection",
            database=kind,
            measured=f"{rate:.0f} a second, {sent} marked as sent",
            target="≥ 300 a second",
            yardstick=f"{bare:.0f} a second by smtplib alone",
            is_met=rate >= 300 and sent == MESSAGES,
        )
    ]


def measure_kills(kind: str) -> list[Figure]:
    """A worker killed (-9) at each step of sending, many times; nothing may be lost."""
    PROCESSES.set_forkserver_preload(["tests.messaging.other_workers"])
    with database(kind) as url, tempfile.TemporaryDirectory() as folder:
        return [_killed_at(step, kind, url, Path(folder) / step) for step in STEPS]


def _killed_at(step: str, kind: str, url: str, path: Path) -> Figure:
    now, ledger = NOW, Ledger(path)
    with application(url) as app:
        app.extensions["lms.mailer"] = ledger
        for time_round in range(KILLS):
            start = (STEPS.index(step) * KILLS + time_round) * 3
            _queue(app, range(start, start + 3))
            db.session.remove()
            killed = PROCESSES.Process(target=work, args=(url, path, now, step, None))
            killed.start()
            killed.join(60)
            assert killed.exitcode == -signal.SIGKILL
            now += LEASE + timedelta(seconds=1)
            free_lost_leases(now)
            now += timedelta(seconds=10)
            send_due(now)
        left = db.session.query(Message).filter(Message.state != MessageState.SENT).count()
    told = Counter(ledger.lines())
    repeated = sum(times - 1 for times in told.values())
    allowed = KILLS if step in WINDOW else 0
    return Figure(
        what=f"worker killed {KILLS} times at the step “{step}”, three messages each",
        database=kind,
        measured=f"{len(told)} of {3 * KILLS} sent, {left} left, {repeated} repeated",
        target=f"all sent; {allowed} repeated, under the same Message-ID",
        yardstick="",
        is_met=len(told) == 3 * KILLS and not left and repeated == allowed,
    )


def _queue(app: Flask, numbers: range) -> None:
    app.extensions["lms.purposes"] = {"test": always}
    with transaction() as session:
        drafts = [_draft(number) for number in numbers]
        enqueue_all(session, drafts, NOW)


def _draft(number: int) -> Draft:
    sender = Sender("Walsall Safeguarding Partnership", "training@wsp.example")
    address, subject = f"person{number}@agency.example", f"You have a place: number {number}"
    return Draft("test", number, "0", address, "Marigold Pettifer", sender, subject, WORDS)


def _without_outbox(port: int) -> float:
    email = EmailMessage()
    email["From"], email["To"] = "training@wsp.example", "m@agency.example"
    email["Subject"] = "You have a place"
    email.set_content(WORDS)
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for _ in range(MESSAGES):
            server.send_message(email)
    return MESSAGES / (time.perf_counter() - started)


@contextmanager
def sink() -> Iterator[int]:
    """The port of a mail server that says yes to everything, in a process of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)])
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the sink does not listen")
