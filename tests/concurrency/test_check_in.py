"""The last seats of a room go to as many walk-ins as there are, on both databases (A2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from lms.attendance.check_in.commands import Claim
from lms.attendance.models import Mark, Register
from lms.booking.models import Booking
from lms.booking.rules import Origin
from lms.catalogue.models import EventSession
from lms.db import db, transaction
from tests.support.make import Make
from tests.support.racing import Call, race

SEATS, WALK_INS, PROCESSES = 5, 24, 4


def claims_of(make: Make, event: int, names: Sequence[str]) -> list[Call]:
    """As many people at the door, each with a form of their own, just before the start."""
    session_id = db.session.scalar(select(EventSession.id).where(EventSession.event_id == event))
    db.session.rollback()
    return [
        Call(
            "check_in_by_name",
            {"session_id": session_id, "claim": Claim(name, "", None, "Teams", f"form of {name}")},
        )
        for name in names
    ]


def walked_in() -> int:
    db.session.rollback()
    chosen = select(func.count()).where(Booking.origin == Origin.WALK_IN)
    return db.session.scalar(chosen) or 0


def test_A2_many_walk_ins_for_the_last_five_seats(app: Flask, database: str, make: Make) -> None:
    starts_at = make.now + timedelta(minutes=10)
    event = make.event(capacity=SEATS + 2, starts_at=starts_at)
    for _ in range(2):
        make.booking(event)
    calls = claims_of(make, event, [f"Walker Number{at:02}" for at in range(WALK_INS)])
    each = [[*calls[at::PROCESSES], *calls[at::PROCESSES]] for at in range(PROCESSES)]
    outcomes = race(database, make.now, each)  # every form twice

    told = Counter(outcome.state for outcome in outcomes)
    assert told.keys() <= {"checked_in", "places_only"}, "no errors"
    assert told["checked_in"] >= SEATS
    assert walked_in() == SEATS
    assert db.session.scalar(select(func.count()).select_from(Mark)) == SEATS


def test_A2_without_the_lock_the_last_seat_is_given_to_all(
    app: Flask, database: str, make: Make
) -> None:
    event = make.event(capacity=1, starts_at=make.now + timedelta(minutes=10))
    with transaction() as session:  # it is there already: only the seat is fought over
        session.add(Register(event_id=event))
    calls = claims_of(make, event, [f"Walker Number{at}" for at in range(4)])
    race(database, make.now, [[call] for call in calls], lawless=True)
    assert walked_in() == 4
