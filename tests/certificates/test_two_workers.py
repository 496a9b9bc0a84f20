"""Workers in processes of their own, issuing at the same instant: one certificate each time."""

from __future__ import annotations

from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.certificates.commands import issue_all_due
from lms.clock import FixedClock
from lms.messaging.models import Message
from tests.certificates.conftest import CLOSED, NOON, Day, certificates
from tests.support.databases import build_app
from tests.support.mail import KeptMail
from tests.support.racing import PATIENCE, PROCESSES

WORKERS, PEOPLE = 2, 5


def work(url: str, now: datetime, start: Barrier, answer: Connection) -> None:
    db.LOCK_WAIT_SECONDS = PATIENCE
    app = build_app(url, clock=FixedClock(now), mailer=KeptMail())
    with app.app_context():
        db.db.session.execute(select(1))
        db.db.session.rollback()
        start.wait()
        answer.send(issue_all_due(now))
        db.db.session.remove()
        db.db.engine.dispose()


def test_A6_two_workers_issue_each_certificate_once(app: Flask, day: Day, database: str) -> None:
    for number in range(PEOPLE):
        day.came(f"Person {number}", answered_at=CLOSED)
    day.close()
    start = PROCESSES.Barrier(WORKERS, timeout=PATIENCE)
    ends, workers = [], []
    for _ in range(WORKERS):
        mine, theirs = PROCESSES.Pipe(duplex=False)
        worker = PROCESSES.Process(target=work, args=(database, NOON, start, theirs))
        worker.start()
        theirs.close()
        ends.append(mine)
        workers.append(worker)
    counts = sorted(end.recv() for end in ends)
    for worker in workers:
        worker.join(PATIENCE)
    assert sum(counts) == PEOPLE
    assert len(certificates()) == PEOPLE
    told = select(func.count()).where(Message.purpose == "certificate")
    assert db.db.session.scalar(told) == PEOPLE
