"""B3 to B6, B14 over any history of the real commands: whatever people do, in whatever order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lms.agencies.rules import Sector
from lms.booking.commands import (
    accept_offer,
    cancel_booking,
    change_capacity,
    decline_offer,
    request_place,
    set_priority,
)
from lms.booking.jobs import JOBS
from lms.booking.models import Booking, Offer
from lms.booking.queries import snapshot
from lms.booking.rules import (
    LIVE,
    BookingState,
    InviteAll,
    Share,
    ShareKind,
    eligible_in_order,
    next_step,
    over_caps,
)
from lms.clock import FixedClock
from lms.db import db
from lms.errors import DomainError
from lms.messaging.models import Message
from tests.support.booking import faults, set_shares
from tests.support.make import Make

PEOPLE = 7
CHOICE = st.integers(min_value=0, max_value=PEOPLE - 1)


class Partnership:
    """What every run starts from: people of three agencies, one of which may have two places."""

    def __init__(self, make: Make, clock: FixedClock) -> None:
        self.make, self.clock, self.begins_at = make, clock, clock.now()
        self.agencies = [
            make.agency(sector=s) for s in (Sector.POLICE, Sector.HEALTH, Sector.FAITH)
        ]
        self.people = [
            (make.person(agency=self.agencies[at % 3]), self.agencies[at % 3])
            for at in range(PEOPLE)
        ]


class Booker(RuleBasedStateMachine):
    """Acts in `world`, on an event of its own in each run, for which six have asked."""

    world: ClassVar[Partnership]

    def __init__(self) -> None:
        super().__init__()
        db.session.rollback()
        self.world.clock.set(self.world.begins_at)
        starts_at = self.world.begins_at + timedelta(days=9)
        self.event = self.world.make.event(capacity=3, starts_at=starts_at)
        cap = Share(ShareKind.CAP, 2, agency_id=self.world.agencies[0])
        set_shares(self.event, cap, now=self.now)
        for choice in range(PEOPLE - 1):
            self.ask(choice, ticks=choice % 2 == 0, overrides=False)

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def one_of(self, choice: int, *states: BookingState) -> int | None:
        db.session.rollback()
        rows = (
            db.session.query(Booking.id)
            .filter(Booking.event_id == self.event, Booking.state.in_(states))
            .order_by(Booking.id)
            .all()
        )
        return rows[choice % len(rows)].id if rows else None

    @rule(choice=CHOICE, ticks=st.booleans(), overrides=st.booleans())
    def ask(self, choice: int, ticks: bool, overrides: bool) -> None:
        person, agency = self.world.people[choice]
        try:
            request_place(
                self.event,
                person,
                agency_id=agency,
                confirm_at_once=ticks,
                by=None,
                now=self.now,
                override_reason="The chair of the board" if overrides and ticks else None,
            )
        except DomainError:
            db.session.rollback()

    @rule(choice=CHOICE)
    def give_up(self, choice: int) -> None:
        booking = self.one_of(choice, *LIVE)
        if booking is not None:
            cancel_booking(booking, by=None, now=self.now)

    @rule(choice=CHOICE, accepts=st.booleans())
    def answer(self, choice: int, accepts: bool) -> None:
        db.session.rollback()
        running = (
            db.session.query(Offer.id)
            .join(Booking)
            .filter(Booking.event_id == self.event, Offer.ended_at.is_(None))
            .order_by(Offer.id)
            .all()
        )
        if running:
            verb = accept_offer if accepts else decline_offer
            verb(running[choice % len(running)].id, now=self.now)

    @rule(choice=CHOICE)
    def put_first(self, choice: int) -> None:
        booking = self.one_of(choice, BookingState.WAITING)
        if booking is not None:
            set_priority(booking, choice, reason="Starts on Monday", by=None, now=self.now)

    @rule(places=st.integers(min_value=0, max_value=5))
    def set_capacity(self, places: int) -> None:
        change_capacity(self.event, places, by=None, now=self.now)

    @rule(hours=st.sampled_from([1, 14, 50]))
    def wait(self, hours: int) -> None:
        self.world.clock.advance(timedelta(hours=hours))
        starts_at = self.world.begins_at + timedelta(days=9)
        if self.now >= starts_at:
            self.world.clock.set(starts_at - timedelta(hours=3))
        for job in JOBS:
            job.run(self.now)

    @invariant()
    def holds(self) -> None:
        assert faults(self.now) == []
        seen = snapshot(db.session(), self.event, self.now)
        assert over_caps(seen, self.now) == []
        step = next_step(seen, self.now)
        if isinstance(step, InviteAll) and step.leaves_at <= self.now:
            self.all_are_asked()
        else:
            assert step is None or isinstance(step, InviteAll), "a place lies idle"

    def all_are_asked(self) -> None:
        seen = snapshot(db.session(), self.event, self.now)
        asked = {row.booking_id for row in db.session.query(Offer).filter_by(ended_at=None)}
        assert {fact.id for fact in eligible_in_order(seen, self.now)} <= asked

    def teardown(self) -> None:
        """Everything that happened was told."""
        db.session.rollback()
        told = {row.subject_id for row in db.session.query(Message)}
        made = {row.id for row in db.session.query(Booking).filter_by(event_id=self.event)}
        assert made <= told


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_B3_B4_B5_B6_B14_hold_over_any_history_of_commands(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    Booker.world = Partnership(make, clock)
    run_state_machine_as_test(
        Booker,
        settings=settings(max_examples=15, stateful_step_count=12, deadline=None),
    )
