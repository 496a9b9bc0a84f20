"""`lms worker`: the scheduler that calls each job when it is time, and nothing more.

All that is due is found in the product's own tables, so any number of workers may run. The memory
job store holds no more than when to call next.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from lms.cli.supervision import leave_with_supervisor
from lms.clock import Clock
from lms.db import db
from lms.errors import Busy
from lms.jobs import HEARTBEAT, Job, JobRun, registered_jobs, run_job
from lms.messaging.commands import free_lost_leases
from lms.messaging.queries import lease_holders
from lms.messaging.sender import worker_name

log = structlog.get_logger()

THREADS = 4
ROWS_TO_LOOK_AT = 50


class Worker:
    """Calls every job at its own pace until it is told to stop."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._clock: Clock = app.extensions["lms.clock"]
        self._is_stopping = threading.Event()
        self._last_row_at: dict[str, datetime] = {}

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; what is being sent is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        threading.Thread(target=leave_with_supervisor, args=(os.getpid(),), daemon=True).start()
        self._guarded(self._free_what_the_dead_held)
        scheduler = self._scheduler()
        scheduler.start()
        log.info("worker started", worker=worker_name())
        while not self._is_stopping.wait(timeout=1):
            pass
        scheduler.shutdown(wait=True)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_stopping.set()

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        with self._app.app_context():
            jobs = registered_jobs()
        for job in jobs:
            scheduler.add_job(
                self._tick,
                IntervalTrigger(seconds=int(job.every.total_seconds()), start_date=EPOCH),
                args=[job],
                id=job.name,
                next_run_time=datetime.now(UTC),
            )
        return scheduler

    def _tick(self, job: Job) -> None:
        self._guarded(lambda: self._run(job))

    def _run(self, job: Job) -> None:
        """Call a job once, or while it finds work if it works in bursts."""
        while not self._is_stopping.is_set():
            now = self._clock.now()
            run = run_job(
                job,
                now,
                clock=self._clock.now,
                worker=worker_name(),
                keeps_idle=self._owes_a_row(job, now),
            )
            if run.id is not None:
                self._last_row_at[job.name] = now
            if run.error or not (job.works_in_bursts and run.done):
                break

    def _owes_a_row(self, job: Job, now: datetime) -> bool:
        """One row a minute shows that a job that is called each second is alive."""
        last = self._last_row_at.get(job.name)
        return last is None or job.every >= HEARTBEAT or now - last >= HEARTBEAT

    def _guarded(self, work: Callable[[], object]) -> None:
        """Within the application; a database that is away or locked is met again next time."""
        with self._app.app_context():
            try:
                work()
            except (OperationalError, InterfaceError, Busy) as fault:
                log.warning("the database is away or locked", fault=str(fault))
            finally:
                db.session.remove()

    def _free_what_the_dead_held(self) -> None:
        """Queue again at once what an earlier worker on this machine held when it died."""
        dead = [name for name in lease_holders() if is_running(name) is False]
        if dead:
            free_lost_leases(self._clock.now(), dead=dead)


EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""Pace is counted from here, so that what runs each minute runs on the minute."""


def is_running(worker: str) -> bool | None:
    """Whether a worker is alive; None where it is on another machine, so that we cannot know."""
    machine, _, process = worker.rpartition(":")
    if machine != socket.gethostname() or not process.isdigit():
        return None
    if int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def find_running_worker(now: datetime) -> str | None:
    """A worker that is alive on this machine, or that left a row elsewhere within three minutes."""
    recent = db.session.execute(
        select(JobRun.worker, JobRun.ended_at)
        .where(JobRun.is_rehearsal.is_(False), JobRun.worker != "")
        .order_by(JobRun.id.desc())
        .limit(ROWS_TO_LOOK_AT)
    ).all()
    for worker, ended_at in recent:
        running = is_running(worker)
        if running is None and ended_at is not None:
            running = abs(now - ended_at) < timedelta(minutes=3)
        if running:
            return str(worker)
    return None
