"""Work that falls due: a named function, run again and again, that finds for itself what is due.

Each run leaves a row, so that silence is visible. The worker's scheduler is only the clock that
calls `run_job`; any number of workers may call it at once, since every job claims what it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db import Base, db, transaction

log = structlog.get_logger()


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

    `every` is how often the worker calls it; one silent for three times as long is unhealthy.
    """

    name: str
    run: Callable[[datetime], int]
    every: timedelta = timedelta(minutes=1)
    describes: str = ""


def run_job(
    job: Job,
    now: datetime,
    *,
    clock: Callable[[], datetime],
    worker: str = "",
    is_rehearsal: bool = False,
) -> JobRun:
    """Run one job and keep a row of it. A job that fails is recorded, and never stops the next."""
    done, error = 0, None
    try:
        done = job.run(now)
    except Exception as failure:
        db.session.rollback()
        log.exception("job failed", job=job.name)
        error = f"{type(failure).__name__}: {failure}"
    finally:
        db.session.rollback()
    with transaction() as session:
        run = JobRun(
            job=job.name,
            started_at=now,
            ended_at=clock(),
            done=done,
            error=error,
            is_rehearsal=is_rehearsal,
            worker=worker,
        )
        session.add(run)
        session.flush()
        session.expunge(run)
    return run
