"""An event that is over, with people who attended, answered, or did neither."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import select

from lms.access import Viewer
from lms.agencies.models import Policy
from lms.agencies.rules import PolicyKey
from lms.booking.rules import Outcome
from lms.certificates.models import Certificate
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import Stage
from tests.evaluation.conftest import came, close_register
from tests.support.make import Make
from tests.support.snapshots import at

STARTS = at("2027-02-08 09:30")
CLOSED = at("2027-02-09 10:00")
NOON = at("2027-02-09 12:00")
OUTCOMES = (
    "Recognise when a family seems to cooperate and nothing changes for the child",
    "Ask the questions that test what you have been told",
)


@dataclass
class Day:
    """The event, its coordinator, and who came."""

    make: Make
    event: int
    coordinator: int

    @property
    def by(self) -> Viewer:
        return self.make.viewer(self.coordinator)

    def came(
        self,
        name: str = "Marigold Pettifer",
        outcome: Outcome | None = Outcome.ATTENDED,
        *,
        answered_at: datetime | None = None,
    ) -> int:
        """Somebody with a place at the event; their booking."""
        booking = self.make.booking(self.event, self.make.person(name))
        came(booking, outcome)
        if answered_at is not None:
            self.answered(booking, answered_at)
        return booking

    def answered(self, booking: int, when: datetime) -> None:
        """They have sent the form at the end."""
        with transaction() as session:
            session.add(Evaluation(booking_id=booking, stage=Stage.POST, answered_at=when))

    def close(self, when: datetime = CLOSED) -> None:
        close_register(self.event, when)


def set_policy(partnership: int, figure: int) -> None:
    """Whether certificates wait for the evaluation, in force for long."""
    with transaction() as session:
        session.add(
            Policy(
                partnership_id=partnership,
                key=PolicyKey.CERTIFICATE_NEEDS_POST,
                value=figure,
                holds_from=at("2026-01-01 00:00").date(),
            )
        )


def certificates(bookings: Iterable[int] | None = None) -> list[Certificate]:
    """Every certificate, or those of some bookings, in order."""
    statement = select(Certificate).order_by(Certificate.id)
    if bookings is not None:
        statement = statement.where(Certificate.booking_id.in_(list(bookings)))
    db.session.rollback()
    return list(db.session.scalars(statement))


@pytest.fixture
def day(make: Make, clock: FixedClock) -> Day:
    clock.set(at("2027-01-18 10:00"))
    course = make.course(outcomes=OUTCOMES)
    event = make.event(starts_at=STARTS, course=course)
    held = Day(make, event, make.coordinator())
    clock.set(NOON)
    return held
