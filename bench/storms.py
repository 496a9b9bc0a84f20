"""Ten thousand contended attempts of every verb from many processes, with the law and without."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import NamedTuple

from bench.figures import Figure
from bench.sites import application, database
from lms.cli.checking import AUDITS
from lms.clock import SystemClock
from lms.db import LOCK_WAIT_SECONDS, db
from lms.jobs import audit_jobs
from tests.support.arena import Arena
from tests.support.make import Make
from tests.support.racing import Storm, rage

ATTEMPTS, LAWLESS, PROCESSES, PEOPLE = 10_000, 600, 8, 60


class Aftermath(NamedTuple):
    """What a storm left: how many attempts did something, refused, waited in vain, went wrong, and
    how many invariants are broken."""

    done: int
    refused: int
    busy: int
    errors: int
    broken: int
    seconds: float


def measure_storm(kind: str) -> list[Figure]:
    """Everyone presses at once: nothing may break, and without the lock something must."""
    kept, lawless = _storm(kind, ATTEMPTS), _storm(kind, LAWLESS, lawless=True)
    return [
        Figure(
            what=f"{ATTEMPTS} attempts of {PROCESSES} processes at three events: book, cancel, "
            "accept, change places, transfer, hand over, approve, postpone and the rest",
            database=kind,
            measured=f"{kept.broken} broken invariants, {kept.errors} errors; {kept.done} done, "
            f"{kept.refused} refused by a rule, {kept.busy} asked to try again; "
            f"{ATTEMPTS / kept.seconds:.0f} a second",
            target="0 broken, 0 errors",
            yardstick="",
            is_met=kept.broken == kept.errors == 0,
        ),
        Figure(
            what=f"the same with the lock taken out, {LAWLESS} attempts",
            database=kind,
            measured=f"{lawless.broken} broken invariants, {lawless.errors} errors",
            target="broken",
            yardstick="",
            is_met=lawless.broken > 0,
        ),
    ]


def _storm(kind: str, attempts: int, *, lawless: bool = False) -> Aftermath:
    with database(kind) as url:
        with application(url):
            make = Make(SystemClock())
            arena, now = Arena(make, PEOPLE), make.now
            events = arena.events(now.replace(hour=9, minute=30) + timedelta(days=30))
            db.session.remove()
        storm = Storm(
            url=url,
            now=now,
            events=events,
            people=arena.people,
            lead=arena.lead,
            coordinator=arena.coordinator,
            attempts=attempts,
            processes=PROCESSES,
            patience=LOCK_WAIT_SECONDS,
            lawless=lawless,
        )
        started = time.perf_counter()
        came = rage(storm)
        seconds = time.perf_counter() - started
        with application(url):
            broken = len(_faults(now))
            db.session.remove()
            db.engine.dispose()
    errors = sum(times for what, times in came.items() if what.startswith("error"))
    refused = attempts - came["done"] - came["Busy"] - errors
    return Aftermath(came["done"], refused, came["Busy"], errors, broken, seconds)


def _faults(now: datetime) -> list[str]:
    """What `lms check` says; no worker runs here, so its jobs are silent."""
    return [fault for _, audit in AUDITS if audit is not audit_jobs for fault in audit(now)]
