"""Workers killed at each step, and several at once: nothing lost, one window for a repeat."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.clock import FixedClock
from lms.db import db
from lms.messaging.commands import free_lost_leases
from lms.messaging.models import Message
from lms.messaging.rules import LEASE, MessageState
from lms.messaging.sender import send_due
from tests.messaging.other_workers import STEPS, WINDOW, Ledger, work

Post = Callable[..., bool]
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.messaging.other_workers"])
PATIENCE = 60


@pytest.fixture
def ledger(app: Flask, tmp_path: Path) -> Ledger:
    found = Ledger(tmp_path / "ledger")
    app.extensions["lms.mailer"] = found
    return found


def states() -> set[MessageState]:
    db.session.rollback()
    return set(db.session.scalars(db.select(Message.state)))


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_nothing(
    database: str, post: Post, clock: FixedClock, ledger: Ledger, step: str
) -> None:
    for number in (1, 2, 3):
        post(number)
    for number in (4, 5):
        post(number, to_address="m@agency.example", is_digestible=True)
    db.session.remove()
    killed = PROCESSES.Process(target=work, args=(database, ledger.path, clock.now(), step, None))
    killed.start()
    killed.join(PATIENCE)
    assert killed.exitcode == -signal.SIGKILL

    clock.advance(LEASE + timedelta(seconds=1))
    for _ in range(3):
        free_lost_leases(clock.now())
        send_due(clock.now())
        clock.advance(timedelta(minutes=1))

    told = Counter(ledger.lines())
    subjects = sorted(line.split(" ", 1)[1] for line in told)
    assert subjects == ["Subject 1", "Subject 2", "Subject 3", "Subject 4 (and one more)"]
    repeated = [line.split(" ", 1)[1] for line, times in told.items() if times > 1]
    assert repeated == (["Subject 2"] if step in WINDOW else [])
    assert states() == {MessageState.SENT}


def test_workers_side_by_side_send_each_message_once(
    database: str, post: Post, clock: FixedClock, ledger: Ledger
) -> None:
    for number in range(1, 61):
        post(number, to_address=f"person{number // 3}@agency.example", is_digestible=number < 30)
    db.session.remove()
    barrier = PROCESSES.Barrier(3)
    workers = [
        PROCESSES.Process(target=work, args=(database, ledger.path, clock.now(), None, barrier))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert states() == {MessageState.SENT}
    told = Counter(ledger.lines())
    assert set(told.values()) == {1}
    envelopes = set(db.session.scalars(db.select(Message.envelope)))
    assert {line.split(" ", 1)[0] for line in told} == envelopes
    assert len(told) == 10 + 31, "29 that may share an envelope, of ten addresses; 31 that may not"
