"""One tap for several names, claims and their confirmation, and taking all of it back at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.attendance.commands import (
    Several,
    close_register,
    mark_several,
    mark_within,
    strike_out,
    undo_mark,
)
from lms.attendance.commands.locked import get_booking_on_register, lock_register
from lms.attendance.models import Mark
from lms.attendance.rules import MarkKind, MarkSource
from lms.audit import AuditEntry
from lms.booking.rules import Outcome
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import NotFound
from tests.support.door import DAY, Door
from tests.support.make import Make
from tests.support.statements import count_statements

LATER = DAY + timedelta(minutes=10)


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    return Door(make, clock)


def check_in(door: Door, booking: int) -> None:
    """As the check-in page does it: the same marking, with a source of its own."""
    session_id = door.session()
    with transaction() as session:
        locked = lock_register(session, door.event, None)
        row = get_booking_on_register(session, door.event, booking)
        own = MarkSource.SELF_CHECK_IN
        at = door.make.clock.now()
        present = MarkKind.PRESENT
        mark_within(session, locked, row, session_id, present, by=None, now=at, source=own)


def tap(door: Door, what: Several, seen: Collection[int]) -> int:
    return mark_several(door.event, door.session(), seen, what, by=door.by, now=LATER)


def kinds(door: Door) -> dict[str, str]:
    marks = {line.name: line.marks.get(door.session()) for line in door.picture.lines}
    return {name: mark.kind.value for name, mark in marks.items() if mark}


def everyone(door: Door) -> list[int]:
    return [line.booking_id for line in door.picture.lines]


def test_all_present_marks_every_name_without_a_mark_and_is_taken_back_in_one_act(
    door: Door,
) -> None:
    ada, *_ = [door.book(name) for name in ("Ada Pettifer", "Ben Ashby", "Cy Cole")]
    door.mark(ada, MarkKind.ABSENT)
    seen = everyone(door)
    door.book("Dora Late")  # who got a place after the page was drawn, and was seen by nobody
    marked = tap(door, Several.PRESENT, seen)
    assert marked == 2
    assert kinds(door) == {"Ada Pettifer": "absent", "Ben Ashby": "present", "Cy Cole": "present"}
    again = tap(door, Several.PRESENT, seen)
    assert again == 0
    last = door.picture.last_act
    assert last is not None
    assert last.people == 2
    undo_mark(door.event, last.mark_id, by=door.by, now=LATER)
    assert kinds(door) == {"Ada Pettifer": "absent"}


def test_one_tap_reads_as_much_of_two_names_as_of_ten(door: Door) -> None:
    reads = []
    for number in (2, 10):
        seen = [door.book(f"Ada Pettifer {n} of {number}") for n in range(number)]
        with count_statements() as asked:
            assert tap(door, Several.PRESENT, seen) == number
        reads.append(asked.reads)
    assert reads[0] == reads[1]


def test_A2_a_claim_is_confirmed_by_one_tap_or_all_at_once(door: Door) -> None:
    ada, ben, cy = (door.book(name) for name in ("Ada Pettifer", "Ben Ashby", "Cy Cole"))
    for each in (ada, ben, cy):
        check_in(door, each)
        check_in(door, each)  # a second tap on a slow line
    assert len(db.session.scalars(select(Mark)).all()) == 3
    assert [line.name for line in door.picture.claims_at(door.session())] == [
        "Ben Ashby",
        "Cy Cole",
        "Ada Pettifer",
    ]
    assert door.picture.last_act is None  # nobody's tap: there is nothing to undo
    door.mark(ada, MarkKind.PRESENT)
    assert len(door.picture.claims_at(door.session())) == 2
    assert tap(door, Several.CONFIRMED, [ben, cy]) == 2
    assert door.picture.claims_at(door.session()) == ()
    last = door.picture.last_act
    assert last is not None
    undo_mark(door.event, last.mark_id, by=door.by, now=LATER)
    assert len(door.picture.claims_at(door.session())) == 2


def test_A2_a_claim_does_not_unsay_what_the_trainer_said(door: Door) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.ABSENT)
    check_in(door, ada)
    assert kinds(door) == {"Ada Pettifer": "absent"}
    assert door.picture.line(ada).claimed_at == {door.session(): DAY}


def test_A2_closing_takes_the_word_of_those_who_checked_in(door: Door) -> None:
    ada = door.book("Ada Pettifer")
    check_in(door, ada)
    close_register(door.event, by=door.by, now=LATER)
    assert door.picture.line(ada).outcome is Outcome.ATTENDED


def test_somebody_who_walked_in_can_be_struck_out(door: Door) -> None:
    walter = door.walk_in()
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.PRESENT)
    assert strike_out(door.event, walter, by=door.by, now=LATER) == "Walter Inn"
    assert everyone(door) == [ada]
    said = db.session.scalars(select(AuditEntry.sentence).order_by(AuditEntry.id.desc())).first()
    assert said == "struck out Walter Inn, written down by mistake"
    with pytest.raises(NotFound):
        strike_out(door.event, ada, by=door.by, now=LATER)
