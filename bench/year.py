"""A year of 52 events and 1,504 attendances lived through the real verbs, and what it comes to."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from scipy.stats import binom
from sqlalchemy import func, select

from bench.figures import Figure
from bench.sites import application, database
from lms.clock import FixedClock
from lms.db import db
from lms.messaging.models import Message
from lms.reporting.evaluation.queries import evaluation_report
from lms.reporting.queries import Asked, scope_of
from lms.reporting.rules import By
from tests.support.make import Make
from tests.support.year.cast import (
    ATTENDED,
    COMPLETED,
    EVENTS,
)
from tests.support.year.compared import (
    YEAR,
    impact_compared,
    outbox_differences,
    reply_differences,
)
from tests.support.year.lived import live
from tests.support.year.planned import plan_year

SEED = 1504
BY_CHANCE = 1e-6


def measure_year(kind: str) -> list[Figure]:
    """Live through it, reckon beside it in plain Python, and compare."""
    with database(kind) as url, application(url) as app:
        clock = FixedClock(datetime(2022, 1, 1, tzinfo=UTC))
        app.extensions["lms.clock"] = clock
        year = plan_year(SEED)
        started = time.process_time()
        lived = live(Make(clock), clock, year)
        seconds = time.process_time() - started
        sent = db.session.scalar(
            select(func.count()).select_from(Message).where(Message.purpose == "evaluation")
        )
        wrong = [*outbox_differences(lived), *reply_differences(lived)]
        compared = impact_compared(lived)
        wrong += compared.differences
        _, post, impact = evaluation_report(By.COURSE, scope_of(Asked(year=YEAR), None)).total
        completed = post.answered + impact.answered
        db.session.remove()
        db.engine.dispose()
    allowed = int(binom.isf(BY_CHANCE, compared.intervals, 0.05))
    held = f"{compared.intervals - compared.missed} of {compared.intervals} intervals"
    return [
        Figure(
            what=f"a year through the verbs: {EVENTS} events, {ATTENDED:,} attendances",
            database=kind,
            measured=f"{sent:,} messages about evaluations, {len(wrong)} differences from the "
            f"plain reckoning; {completed} answered at the end or later; {held} hold the truth; "
            f"{seconds:.0f} s of CPU",
            target=f"no difference, {COMPLETED} answered, at most {allowed} intervals miss",
            yardstick="",
            is_met=not wrong and completed == COMPLETED and compared.missed <= allowed,
        )
    ]
