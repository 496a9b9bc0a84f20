"""Two tablets at one register: every act is done once, whichever comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from lms.attendance.commands import WalkIn, add_walk_in, close_register, mark
from lms.attendance.models import Mark
from lms.attendance.rules import MarkKind
from lms.booking.models import Booking
from lms.booking.rules import Origin
from lms.clock import FixedClock
from lms.db import db
from tests.support.door import DAY, Door
from tests.support.make import Make

HANDS = 6


def at_once(app: Flask, act: Callable[[int], object]) -> list[object]:
    """Let several hands do the same at the same instant."""
    barrier = Barrier(HANDS)

    def one(hand: int) -> object:
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                return act(hand)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(HANDS) as pool:
        done = list(pool.map(one, range(HANDS)))
    db.session.rollback()  # what this thread had read is of before
    return done


def test_many_taps_of_one_button_make_one_mark(app: Flask, make: Make, clock: FixedClock) -> None:
    door = Door(make, clock)
    ada, session_id = door.book("Ada Pettifer"), door.session()
    at_once(app, lambda _: mark(door.event, ada, session_id, MarkKind.PRESENT, by=door.by, now=DAY))
    assert len(db.session.scalars(select(Mark)).all()) == 1


def test_different_taps_leave_one_mark_that_counts(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    door = Door(make, clock)
    ada, session_id = door.book("Ada Pettifer"), door.session()
    kinds = list(MarkKind)
    at_once(
        app,
        lambda hand: mark(door.event, ada, session_id, kinds[hand % 4], by=door.by, now=DAY),
    )
    kept = db.session.scalars(select(Mark).where(Mark.is_current)).all()
    assert len(kept) == 1


def test_A4_one_form_sent_many_times_adds_one_person(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    door = Door(make, clock)
    session_id = door.session()
    walk_in = WalkIn("Walter Inn", "walter@teams.example", "Street Teams", "one form")
    ids = at_once(app, lambda _: add_walk_in(door.event, session_id, walk_in, by=door.by, now=DAY))
    assert len(set(ids)) == 1
    walked_in = select(Booking).where(Booking.origin == Origin.WALK_IN)
    assert len(db.session.scalars(walked_in).all()) == 1


def test_A3_closing_from_two_tablets_closes_once(app: Flask, make: Make, clock: FixedClock) -> None:
    door = Door(make, clock)
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.PRESENT)
    counts = at_once(app, lambda _: close_register(door.event, by=door.by, now=DAY))
    assert set(counts) == {1}
    assert door.picture.closed_at == DAY
