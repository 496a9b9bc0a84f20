"""Many processes on one database, all starting at the same instant.

The law of places can be taken out, to show that it is what keeps places from being oversold: then
no lock is taken, and everyone waits for everyone between the read and the write. On SQLite the
transaction itself goes too, since BEGIN IMMEDIATE alone serialises.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from random import Random
from time import sleep
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection as DatabaseConnection
from sqlalchemy.orm import Session

from lms import db
from lms.access import Viewer
from lms.attendance.check_in import commands as checking_in
from lms.attendance.commands import locked
from lms.booking import commands
from lms.booking.commands import locking
from lms.booking.commands.asking import requesting
from lms.clock import FixedClock
from lms.errors import DomainError
from lms.records import commands as records
from lms.words import Word
from tests.support.acts import HOW_OFTEN, Act, Scene
from tests.support.databases import build_app
from tests.support.mail import KeptMail

PATIENCE = 60
VERBS_OF = (commands, checking_in, records)
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.support.racing_start"])


@dataclass(frozen=True)
class Call:
    """A verb of booking's commands, or of another slice's, with what it is given besides `now`."""

    verb: str
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of a call: the state and the position told, or the name of what was raised."""

    state: str | None
    position: int | None = None
    refusal: str | None = None


def race(
    url: str, now: datetime, calls_of_each: Sequence[Sequence[Call]], *, lawless: bool = False
) -> list[Outcome]:
    """Run each list of calls in a process of its own, all at once; outcomes in no order."""
    start = PROCESSES.Barrier(len(calls_of_each), timeout=PATIENCE)
    between = PROCESSES.Barrier(len(calls_of_each), timeout=PATIENCE) if lawless else None
    ends, runners = [], []
    for calls in calls_of_each:
        mine, theirs = PROCESSES.Pipe(duplex=False)
        runner = PROCESSES.Process(target=_run, args=(url, now, calls, start, between, theirs))
        runner.start()
        theirs.close()
        ends.append(mine)
        runners.append(runner)
    outcomes = [outcome for end in ends for outcome in end.recv()]
    for runner in runners:
        runner.join(PATIENCE)
    return outcomes


def _run(
    url: str,
    now: datetime,
    calls: Sequence[Call],
    start: Barrier,
    between: Barrier | None,
    answer: Connection,
) -> None:
    db.LOCK_WAIT_SECONDS = PATIENCE  # who has the place is tested here, not how fast the machine is
    if between is not None:
        _take_out_the_law(between.wait)
    app = build_app(url, clock=FixedClock(now), mailer=KeptMail())
    with app.app_context():
        db.db.session.execute(select(1))
        db.db.session.rollback()
        start.wait()
        answer.send([_outcome(call, now) for call in calls])
        db.db.session.remove()
        db.db.engine.dispose()


def _outcome(call: Call, now: datetime) -> Outcome:
    try:
        verbs = next(of for of in VERBS_OF if hasattr(of, call.verb))
        result = getattr(verbs, call.verb)(**call.given, now=now)
    except DomainError as refused:
        return Outcome(None, refusal=type(refused).__name__)
    if isinstance(result, Word):
        return Outcome(result.value)
    if not isinstance(result, commands.BookingResult):
        return Outcome(None)  # a verb about the event, not about one booking
    return Outcome(result.state.value, result.position)


# --- A storm: each process does whatever it draws, for as many attempts as it is given --------


@dataclass(frozen=True)
class Storm:
    """Where it rages: the events, the people with their agencies, and how it is drawn.

    `patience` is how many seconds an attempt may wait for the lock before it is Busy.
    """

    url: str
    now: datetime
    events: Sequence[int]
    people: Sequence[tuple[int, int]]
    lead: Viewer
    coordinator: Viewer
    attempts: int
    processes: int = 8
    seed: int = 1
    patience: float = PATIENCE
    lawless: bool = False


def rage(storm: Storm) -> Counter[str]:
    """Make all the attempts; how many were done, how many refused by what, and what went wrong."""
    start = PROCESSES.Barrier(storm.processes, timeout=PATIENCE)
    ends, runners = [], []
    for number in range(storm.processes):
        mine, theirs = PROCESSES.Pipe(duplex=False)
        runner = PROCESSES.Process(target=_storm, args=(storm, number, start, theirs))
        runner.start()
        theirs.close()
        ends.append(mine)
        runners.append(runner)
    total: Counter[str] = sum((end.recv() for end in ends), Counter())
    for runner in runners:
        runner.join(PATIENCE)
    return total


def _storm(storm: Storm, number: int, start: Barrier, answer: Connection) -> None:
    db.LOCK_WAIT_SECONDS = storm.patience  # type: ignore[assignment]
    if storm.lawless:
        _take_out_the_law(lambda: sleep(0.01))
    app = build_app(storm.url, clock=FixedClock(storm.now), mailer=KeptMail())
    drawn = Random(storm.seed * 1000 + number)  # noqa: S311 - a storm that can be repeated
    scene = Scene(
        storm.events,
        storm.people,
        storm.lead,
        storm.coordinator,
        drawn.randrange,
        lambda: storm.now,
    )
    with app.app_context():
        db.db.session.execute(select(1))
        db.db.session.rollback()
        start.wait()
        attempts = range(number, storm.attempts, storm.processes)
        acts = drawn.choices(list(HOW_OFTEN), list(HOW_OFTEN.values()), k=len(attempts))
        answer.send(Counter(_attempt(act, scene) for act in acts))
        db.db.session.remove()
        db.db.engine.dispose()


def _attempt(act: Act, scene: Scene) -> str:
    try:
        act(scene)
    except DomainError as refused:
        db.db.session.rollback()
        return type(refused).__name__
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is counted
        db.db.session.rollback()
        return f"error: {type(fault).__name__}"
    return "done"


# --- Without the law ------------------------------------------------------------------------


def _take_out_the_law(between: Callable[[], object]) -> None:
    def waiting(decide: Callable[..., Any]) -> Callable[..., Any]:
        def decide_and_wait(*given: Any) -> Any:
            decision = decide(*given)
            between()
            return decision

        return decide_and_wait

    requesting.place_for = waiting(requesting.place_for)
    checking_in.answer_to_anyone = waiting(checking_in.answer_to_anyone)
    locking.take_ticket = _read_ticket  # type: ignore[assignment]
    locking.lock_person = lambda *_: None  # type: ignore[assignment]
    locked.take_ticket = _read_ticket  # type: ignore[assignment]
    db._begin_sqlite = _begin_nothing


def _read_ticket(session: Session, row: Any, row_id: int, count: int = 1) -> int:
    last = session.scalar(select(row.revision).where(row.id == row_id))
    return int(last or 0) + count


def _begin_nothing(connection: DatabaseConnection) -> None:
    connection.exec_driver_sql("PRAGMA query_only=0")
