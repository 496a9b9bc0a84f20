"""B3 to B8, B14 over any history of the real commands: whatever people do, in whatever order."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import cycle
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from lms.booking.jobs import JOBS, sweep_places
from lms.booking.models import Booking, Offer
from lms.booking.queries.events import load_events, snapshots_of
from lms.booking.rules import (
    EventSnapshot,
    InviteAll,
    next_step,
    over_capacity,
    over_caps,
)
from lms.catalogue.models import Event
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import DomainError
from lms.messaging.models import Message
from tests.support.acts import HOW_OFTEN, Scene, ask
from tests.support.arena import Arena
from tests.support.booking import faults
from tests.support.make import Make

PEOPLE = 7
RUNS, STEPS = 50, 40  # 2,000 steps and more in every run of the tests
ACTS = {act.__name__: act for act in HOW_OFTEN}
WAIT = "wait"
MOST = 14  # of twenty; which ones a run comes to differs with what is drawn
DRAWN_FROM = [name for name in ACTS for _ in range(HOW_OFTEN[ACTS[name]])] + [WAIT] * 12
KEPT = {"partnership", "agency", "agency_partnership", "person", "person_email"} | {
    "membership",
    "role_grant",
}
HOURS = (1, 14, 50)
DRAWN = st.lists(st.integers(min_value=0, max_value=10_000), min_size=4, max_size=4)


class Booker(RuleBasedStateMachine):
    """Acts in `world`, on events made anew in each run; six have asked."""

    world: ClassVar[Arena]
    done: ClassVar[Counter[str]]
    clock: ClassVar[FixedClock]
    begins_at: ClassVar[datetime]

    def __init__(self) -> None:
        super().__init__()
        self.clear()
        self.clock.set(self.begins_at)
        self.starts_at = self.begins_at + timedelta(days=9)
        self.events = self.world.events(self.starts_at)
        self.known: dict[int, int] = {}
        for choice in range(PEOPLE - 1):
            ask(self.scene([0, choice, choice % 2, 0]))

    @staticmethod
    def clear() -> None:
        """Nothing of the run before is left: a place held there would clash with these events."""
        db.session.rollback()
        with transaction() as session:
            for table in reversed(db.metadata.sorted_tables):
                if table.name not in KEPT:
                    session.execute(table.delete())

    def scene(self, drawn: list[int]) -> Scene:
        """What is drawn in it comes from `drawn`, over and over."""
        numbers = cycle(drawn)
        return self.world.scene(self.events, lambda n: next(numbers) % n)

    @rule(name=st.sampled_from(DRAWN_FROM), drawn=DRAWN)
    def act(self, name: str, drawn: list[int]) -> None:
        if name == WAIT:
            self.wait(HOURS[drawn[0] % len(HOURS)])
            return
        try:
            ACTS[name](self.scene(drawn))
        except DomainError:
            db.session.rollback()
        else:
            self.done[name] += bool(self.touched())

    def wait(self, hours: int) -> None:
        """Hours pass and all that is due is done, up to the last that can happen."""
        self.clock.advance(timedelta(hours=hours))
        if self.clock.now() >= self.starts_at:
            self.clock.set(self.starts_at - timedelta(hours=3))
        for job in JOBS:
            job.run(self.clock.now())

    @invariant()
    def no_place_is_oversold_and_none_lies_idle(self) -> None:
        """What keeps somebody from a place here may end elsewhere: that the sweep catches."""
        if not self.holds():
            sweep_places(self.clock.now())
            assert self.holds(), "a place lies idle"

    def holds(self) -> bool:
        """Whether all is well at the events that anything has touched since it was last asked."""
        now, session = self.clock.now(), db.session()
        session.rollback()
        touched = self.touched()
        seen = snapshots_of(session, load_events(session, touched), now) if touched else {}
        assert [over_capacity(event) for event in seen.values()] == [0] * len(seen)
        assert [over_caps(event, now) for event in seen.values()] == [[]] * len(seen)
        asked = set(session.scalars(select(Offer.booking_id).where(Offer.ended_at.is_(None))))
        are_served = all(is_served(event, asked, now) for event in seen.values())
        if are_served:
            self.known = self.revisions()
        return are_served

    def revisions(self) -> dict[int, int]:
        rows = db.session.execute(select(Event.id, Event.revision).where(Event.id.in_(self.events)))
        return {row.id: row.revision for row in rows}

    def touched(self) -> list[int]:
        now = self.revisions()
        return [event for event in self.events if now[event] != self.known.get(event)]

    def teardown(self) -> None:
        """Every history replays to its state, and everything that happened was told."""
        assert faults(self.clock.now()) == []
        told = {row.subject_id for row in db.session.query(Message)}
        assert {row.id for row in db.session.query(Booking).filter_by(is_unnamed=False)} <= told


def is_served(seen: EventSnapshot, asked: set[int], now: datetime) -> bool:
    """Whether everyone who could have a place has it, or has been asked."""
    step = next_step(seen, now)
    if isinstance(step, InviteAll):
        return step.leaves_at > now or {fact.id for fact in step.bookings} <= asked
    return step is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_B2_to_B15_hold_over_any_history_of_commands(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    Booker.done = Counter()
    Booker.world, Booker.clock, Booker.begins_at = Arena(make, PEOPLE), clock, clock.now()
    run_state_machine_as_test(
        Booker,
        settings=settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None),
    )
    assert sum(Booker.done[name] > 0 for name in ACTS) >= MOST, "most verbs were never done"
