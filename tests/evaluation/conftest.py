"""An event of a course, somebody who has a place at it, and the links to their forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import Outcome
from lms.catalogue.models import LearningOutcome
from lms.clock import FixedClock
from lms.db import db, transaction
from tests.support.make import Make
from tests.support.snapshots import at

STARTS = at("2027-02-08 09:30")
ENDS = at("2027-02-08 16:30")
OUTCOMES = (
    "Recognise when a family seems to cooperate and nothing changes",
    "Ask the questions that test what you have been told",
)


@dataclass
class Delegate:
    """Marigold, her booking, the event and its outcomes."""

    app: Flask
    person: int
    booking: int
    event: int
    outcomes: tuple[int, ...]

    def token(self, stage: str) -> str:
        return self.app.extensions["lms.keys"].token("evaluation", f"{self.booking}-{stage}")

    def link(self, stage: str) -> str:
        return f"/evaluations/{self.token(stage)}"

    def address(self, stage: str) -> str:
        return f"/evaluations/{self.booking}/{stage}"

    def confidence(self, *values: int) -> dict[str, str]:
        return {
            f"confidence_{outcome}": str(value)
            for outcome, value in zip(self.outcomes, values, strict=True)
        }


@pytest.fixture
def delegate(app: Flask, make: Make, clock: FixedClock) -> Delegate:
    clock.set(at("2027-01-18 10:00"))
    course = make.course(outcomes=OUTCOMES)
    event = make.event(starts_at=STARTS, course=course)
    person = make.person("Marigold Pettifer", "m.pettifer@pool-hayes.example")
    booking = make.booking(event, person)
    outcomes = tuple(
        db.session.scalars(
            select(LearningOutcome.id)
            .where(LearningOutcome.course_id == course)
            .order_by(LearningOutcome.position)
        )
    )
    return Delegate(app, person, booking, event, outcomes)


def came(booking_id: int, outcome: Outcome | None = Outcome.ATTENDED, **facts: Any) -> None:
    with transaction() as session:
        booking = session.get_one(Booking, booking_id)
        booking.outcome = outcome
        for name, value in facts.items():
            setattr(booking, name, value)


def close_register(event_id: int, when: datetime) -> None:
    with transaction() as session:
        session.merge(Register(event_id=event_id, closed_at=when))
