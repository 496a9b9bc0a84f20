"""Work that falls due: a named function, run again and again, that finds for itself what is due.

Each run leaves a row, so that silence is visible. The worker's scheduler is only the clock that
calls `run_job`; any number of workers may call it at once, since every job claims what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from flask import current_app
from sqlalchemy import Index, Text, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, db, transaction

log = structlog.get_logger()
Thing = TypeVar("Thing")

HEARTBEAT = timedelta(minutes=1)
"""A job that is called more often, and finds nothing to do, leaves a row this often."""

KEEP_IDLE_RUNS = timedelta(days=2)
KEEP_RUNS = timedelta(days=90)


class JobRun(Base):
    """One run of one job: when, how much it did, and what went wrong if anything did."""

    __tablename__ = "job_run"
    __table_args__ = (Index(None, "job", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    is_rehearsal: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True)
class Job:
    """`run(now)` does what is due at `now` and returns how many things it did.

    `every` is how often the worker calls it; one silent for three times as long (never less than
    three minutes) is unhealthy. A job that works in bursts is called again while it finds work.
    """

    name: str
    run: Callable[[datetime], int]
    every: timedelta = timedelta(minutes=1)
    describes: str = ""
    works_in_bursts: bool = False

    @property
    def is_silent_after(self) -> timedelta:
        return 3 * max(self.every, HEARTBEAT)


@dataclass(frozen=True)
class Outcome:
    """What one round of all jobs did: how much by job's name, and what went wrong in which."""

    done: dict[str, int]
    faults: dict[str, str]


def fault_of(work: Callable[[], object]) -> Exception | None:
    """What goes wrong in `work`, or None. The one place where anything at all may go wrong."""
    try:
        work()
    except Exception as fault:  # noqa: BLE001 - the one place
        db.session.rollback()
        return fault
    return None


def done_for_each(work: Callable[[Thing], int], things: Iterable[Thing]) -> int:
    """Do something for each thing, also after one at which it fails; how much was done in all.

    The first fault is raised at the end, so that the run shows as failed: nothing is held up by it.
    """
    done: list[int] = []
    faults = [
        fault
        for thing in things
        if (fault := fault_of(partial(_note, done, work, thing))) is not None
    ]
    if faults:
        raise faults[0]
    return sum(done)


def _note(done: list[int], work: Callable[[Thing], int], thing: Thing) -> None:
    done.append(work(thing))


def run_job(
    job: Job,
    now: datetime,
    *,
    clock: Callable[[], datetime],
    worker: str = "",
    is_rehearsal: bool = False,
    keeps_idle: bool = True,
) -> JobRun:
    """Run one job and keep a row of it. A job that fails is recorded, and never stops the next.

    `keeps_idle` False: no row is kept where there was nothing to do.
    """
    done: list[int] = []
    fault = fault_of(lambda: done.append(job.run(now)))
    db.session.rollback()
    if fault is not None:
        log.error("job failed", job=job.name, exc_info=fault)
    run = JobRun(
        job=job.name,
        started_at=now,
        ended_at=clock(),
        done=sum(done),
        error=f"{type(fault).__name__}: {fault}" if fault else None,
        is_rehearsal=is_rehearsal,
        worker=worker,
    )
    if keeps_idle or run.done or run.error:
        with transaction() as session:
            session.add(run)
            session.flush()
            session.expunge(run)
    return run


def run_all(now: datetime, *, is_rehearsal: bool = False, keeps_idle: bool = True) -> Outcome:
    """Do once, in order, all that is due at `now`: for `lms tick`, the demonstration and tests.

    A job that works in bursts is called until it finds nothing. What each writes bears `now`.
    `keeps_idle` False: no row is kept of a job that had nothing to do.
    """
    outcome = Outcome({}, {})
    for job in registered_jobs():
        outcome.done[job.name] = 0
        while True:
            run = run_job(
                *(job, now),
                clock=lambda: now,
                is_rehearsal=is_rehearsal,
                keeps_idle=keeps_idle,
            )
            outcome.done[job.name] += run.done
            if run.error:
                outcome.faults[job.name] = run.error
            if not (job.works_in_bursts and run.done) or run.error:
                break
    return outcome


def registered_jobs() -> tuple[Job, ...]:
    """Every slice's jobs, lower slices' first, the outbox last."""
    jobs: tuple[Job, ...] = current_app.extensions["lms.jobs"]
    return jobs


def last_run_at() -> dict[str, datetime]:
    """When each job last ended, by its name; rehearsals do not count."""
    statement = (
        select(JobRun.job, func.max(JobRun.ended_at))
        .where(JobRun.is_rehearsal.is_(False))
        .group_by(JobRun.job)
    )
    return {job: ended_at for job, ended_at in db.session.execute(statement) if ended_at}


def silent_jobs(now: datetime) -> list[Job]:
    """The jobs that have not run for so long that nobody can be working."""
    last = last_run_at()
    return [
        job
        for job in registered_jobs()
        if job.name not in last or now - last[job.name] > job.is_silent_after
    ]


def audit_jobs(now: datetime) -> list[str]:
    """A sentence for each job that should have run and has not."""
    last = last_run_at()
    return [
        f"Job {job.name}: has not run since {last[job.name]:%Y-%m-%d %H:%M} UTC."
        if job.name in last
        else f"Job {job.name}: has never run."
        for job in silent_jobs(now)
    ]


def forget_runs(now: datetime) -> int:
    """Delete rows of runs that nobody will ask about any more; returns how many."""
    is_idle = (JobRun.done == 0) & JobRun.error.is_(None)
    is_old = (JobRun.started_at < now - KEEP_RUNS) | (
        is_idle & (JobRun.started_at < now - KEEP_IDLE_RUNS)
    )
    with transaction() as session:
        return session.execute(delete(JobRun).where(is_old)).rowcount or 0  # type: ignore[attr-defined]


@dataclass(frozen=True)
class JobReport:
    """How a job has fared: for the page that shows silence and failure."""

    job: Job
    last_at: datetime | None
    next_at: datetime | None
    done_in_a_day: int
    failed_in_a_week: int
    last_error: str | None
    last_failed_at: datetime | None
    is_silent: bool


def job_reports(now: datetime) -> list[JobReport]:
    """Every job with its last run, what it did in a day, and how often it failed in a week."""
    last, failures = last_run_at(), _last_failures(now)
    done = _done_since(now - timedelta(days=1))
    silent = {job.name for job in silent_jobs(now)}
    return [
        JobReport(
            job=job,
            last_at=last.get(job.name),
            next_at=last[job.name] + job.every if job.name in last else None,
            done_in_a_day=done.get(job.name, 0),
            failed_in_a_week=len(failures.get(job.name, [])),
            last_error=failures[job.name][0].error if job.name in failures else None,
            last_failed_at=failures[job.name][0].started_at if job.name in failures else None,
            is_silent=job.name in silent,
        )
        for job in registered_jobs()
    ]


def _done_since(start: datetime) -> dict[str, int]:
    statement = (
        select(JobRun.job, func.sum(JobRun.done))
        .where(JobRun.is_rehearsal.is_(False), JobRun.started_at >= start)
        .group_by(JobRun.job)
    )
    return {job: int(done) for job, done in db.session.execute(statement)}


def _last_failures(now: datetime) -> dict[str, list[JobRun]]:
    """By job, newest first."""
    found: dict[str, list[JobRun]] = {}
    statement = (
        select(JobRun)
        .where(
            JobRun.is_rehearsal.is_(False),
            JobRun.error.is_not(None),
            JobRun.started_at >= now - timedelta(days=7),
        )
        .order_by(JobRun.started_at.desc(), JobRun.id.desc())
        .limit(1000)
    )
    for run in db.session.scalars(statement):
        found.setdefault(run.job, []).append(run)
    return found
