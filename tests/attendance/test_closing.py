"""Closing a register, and correcting it afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.agencies.models import Policy
from lms.agencies.rules import PolicyKey
from lms.attendance.commands import close_register, correct_outcome, excuse, mark, set_minutes
from lms.attendance.models import Register
from lms.attendance.rules import MarkKind
from lms.audit import AuditEntry
from lms.booking.models import Booking, BookingMove
from lms.booking.rules import BookingState, Outcome
from lms.clock import FixedClock
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from tests.support.door import DAY, Door
from tests.support.make import Make

EVENING = DAY + timedelta(hours=7)


@pytest.fixture
def door(make: Make, clock: FixedClock) -> Door:
    return Door(make, clock)


def outcome_of(booking: int) -> Outcome | None:
    return db.session.get_one(Booking, booking).outcome


def test_A3_closing_asks_for_every_name_without_a_mark(door: Door) -> None:
    ada, ben = door.book("Ada Pettifer"), door.book("Ben Ashby")
    door.mark(ada, MarkKind.PRESENT)
    with pytest.raises(Refused, match="Ben Ashby"):
        close_register(door.event, by=door.by, now=EVENING)
    assert door.picture.closed_at is None
    close_register(door.event, {(ben, door.session()): MarkKind.ABSENT}, by=door.by, now=EVENING)
    assert door.picture.closed_at == EVENING
    assert outcome_of(ada) is Outcome.ATTENDED
    assert outcome_of(ben) is Outcome.DID_NOT_ATTEND


def test_A3_the_share_of_the_minutes_decides_by_the_policy_of_the_day(
    door: Door, make: Make
) -> None:
    names = {name: door.book(name) for name in ("All", "Most", "Some", "Hardly")}
    for name, kind, minutes in (
        ("All", MarkKind.PRESENT, 0),
        ("Most", MarkKind.LATE, 84),
        ("Some", MarkKind.LATE, 85),
        ("Hardly", MarkKind.LATE, 316),
    ):
        door.mark(names[name], kind)
        if minutes:
            set_minutes(
                door.event, names[name], door.session(), late=minutes, early=0, by=door.by, now=DAY
            )
    close_register(door.event, by=door.by, now=EVENING)
    assert [outcome_of(names[n]) for n in ("All", "Most", "Some", "Hardly")] == [
        Outcome.ATTENDED,
        Outcome.ATTENDED,
        Outcome.PART_ATTENDED,
        Outcome.DID_NOT_ATTEND,
    ]


def test_A3_a_partnership_s_own_threshold_holds_from_its_date(door: Door, make: Make) -> None:
    ada = door.book("Ada Pettifer")
    with transaction() as session:
        session.add_all(
            Policy(
                partnership_id=make.partnership(),
                key=PolicyKey.ATTENDED_SHARE,
                value=value,
                holds_from=DAY.date() + timedelta(days=days),
            )
            for value, days in ((100, 0), (10, 1))
        )
    door.mark(ada, MarkKind.LATE)
    set_minutes(door.event, ada, door.session(), late=1, early=0, by=door.by, now=DAY)
    close_register(door.event, by=door.by, now=EVENING)
    assert outcome_of(ada) is Outcome.PART_ATTENDED


def test_A3_the_minutes_of_all_sessions_count_together(make: Make, clock: FixedClock) -> None:
    door = Door(make, clock, days=2)
    ada = door.book("Ada Pettifer")
    clock.set(DAY + timedelta(days=1))
    door.mark(ada, MarkKind.PRESENT, 0)
    door.mark(ada, MarkKind.ABSENT, 1)
    close_register(door.event, by=door.by, now=EVENING + timedelta(days=1))
    assert outcome_of(ada) is Outcome.PART_ATTENDED


def test_A3_excused_is_set_by_hand_with_a_reason_and_stands(door: Door) -> None:
    ada = door.book("Ada Pettifer")
    excuse(door.event, ada, "Called to court", by=door.by, now=DAY)
    close_register(door.event, by=door.by, now=EVENING)
    booking = db.session.get_one(Booking, ada)
    assert (booking.outcome, booking.outcome_reason) == (Outcome.EXCUSED, "Called to court")


def test_A3_a_register_is_not_closed_before_its_last_session_begins(
    make: Make, clock: FixedClock
) -> None:
    door = Door(make, clock, days=2)
    with pytest.raises(Refused, match="The last session starts on Tuesday 9 February at"):
        close_register(door.event, by=door.by, now=DAY)


def test_closing_twice_changes_nothing(door: Door) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.PRESENT)
    assert close_register(door.event, by=door.by, now=EVENING) == 1
    later = EVENING + timedelta(hours=1)
    assert close_register(door.event, by=door.by, now=later) == 1
    assert door.picture.closed_at == EVENING


def test_no_mark_is_made_on_a_closed_register(door: Door) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.PRESENT)
    close_register(door.event, by=door.by, now=EVENING)
    with pytest.raises(Refused, match="The register is closed"):
        mark(door.event, ada, door.session(), MarkKind.ABSENT, by=door.by, now=EVENING)


def test_R2_confirmed_at_start_is_replayed_from_the_moves(door: Door, make: Make) -> None:
    before = DAY - timedelta(days=3)
    came = door.book("Ada Pettifer", requested_at=before)
    too_late = door.book("Ben Ashby", requested_at=DAY + timedelta(minutes=1))
    gave_up = door.book("Cy Cole", requested_at=before)
    with transaction() as session:
        booking = session.get_one(Booking, gave_up)
        booking.state = BookingState.CANCELLED
        session.add(
            BookingMove(
                booking_id=gave_up,
                from_state=BookingState.CONFIRMED,
                to_state=BookingState.CANCELLED,
                at=DAY - timedelta(days=1),
                by_what="delegate",
            )
        )
    walked_in = door.walk_in()
    for booking_id in (came, too_late):
        door.mark(booking_id, MarkKind.PRESENT)
    close_register(door.event, by=door.by, now=EVENING)
    kept = dict(iter(db.session.execute(select(Booking.id, Booking.counts_as_confirmed_at_start))))
    assert kept == {came: True, too_late: False, gave_up: False, walked_in: False}


def test_A3_a_coordinator_corrects_a_closed_register_and_it_is_recorded(
    door: Door, make: Make
) -> None:
    ada = door.book("Ada Pettifer")
    door.mark(ada, MarkKind.ABSENT)
    coordinator = make.viewer(make.coordinator())
    with pytest.raises(Refused, match="still open"):
        correct_outcome(door.event, ada, Outcome.ATTENDED, "Came", by=coordinator, now=EVENING)
    close_register(door.event, by=door.by, now=EVENING)
    with pytest.raises(NotFound):
        correct_outcome(door.event, ada, Outcome.ATTENDED, "Came", by=door.by, now=EVENING)
    with pytest.raises(Refused, match="Enter why"):
        correct_outcome(door.event, ada, Outcome.ATTENDED, " ", by=coordinator, now=EVENING)
    why = "Signed the sheet on the table"
    correct_outcome(door.event, ada, Outcome.ATTENDED, why, by=coordinator, now=EVENING)
    assert outcome_of(ada) is Outcome.ATTENDED
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "correct register")).one()
    assert (entry.sentence, entry.reason, entry.by_name) == (
        "recorded Ada Pettifer as attended (before: did not attend)",
        why,
        "Idris Larkspur",
    )
    assert db.session.get_one(Register, door.event).corrected_at == EVENING
