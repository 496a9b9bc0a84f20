"""Whether the service can do its work: the database is there and up to date, and somebody works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.db import UNREACHABLE, is_at_head
from lms.jobs import last_run_at

FRESH = timedelta(minutes=3)


@dataclass(frozen=True)
class Readiness:
    """A sentence for each part; nothing that tells a stranger about names or addresses."""

    is_ready: bool
    database: str
    schema: str
    worker: str


AWAY = Readiness(is_ready=False, database="cannot be reached", schema="unknown", worker="unknown")


def readiness(now: datetime) -> Readiness:
    """How things stand; never raises where the database is away."""
    try:
        if not is_at_head():
            return Readiness(
                is_ready=False, database="reachable", schema="not at this version", worker="unknown"
            )
        last = max(last_run_at().values(), default=None)
    except UNREACHABLE:
        return AWAY
    is_fresh = last is not None and now - last < FRESH
    return Readiness(is_fresh, "reachable", "at this version", _of_worker(last, now))


def _of_worker(last: datetime | None, now: datetime) -> str:
    if last is None:
        return "has never run"
    seconds = max(0, int((now - last).total_seconds()))
    return f"ran {seconds} seconds ago"
