"""A2: when a code is good, whose booking a claim means, and whether a seat is left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.check_in.rules import (
    Answer,
    AtDoor,
    Claimant,
    Room,
    answer_to_anyone,
    seats_left,
    whom_they_mean,
    why_no_seat,
    why_shut,
)
from lms.attendance.rules import MarkKind, MarkSource, says_more
from lms.booking.rules import Side
from lms.catalogue.rules import EventState

SELF, TRAINER, IMPORT = MarkSource.SELF_CHECK_IN, MarkSource.TRAINER, MarkSource.IMPORT
PRESENT, ABSENT = MarkKind.PRESENT, MarkKind.ABSENT


@pytest.mark.parametrize(
    ("before", "before_source", "kind", "source", "made"),
    [
        (PRESENT, SELF, PRESENT, SELF, False),  # a double tap
        (ABSENT, TRAINER, PRESENT, SELF, False),  # the trainer knows better
        (PRESENT, SELF, PRESENT, TRAINER, True),  # confirmed
        (PRESENT, SELF, ABSENT, TRAINER, True),  # overruled
        (PRESENT, SELF, PRESENT, IMPORT, True),
        (PRESENT, TRAINER, PRESENT, TRAINER, False),
    ],
)
def test_A2_a_claim_overrules_nothing_and_is_confirmed_by_the_same_word(
    before: MarkKind,
    before_source: MarkSource,
    kind: MarkKind,
    source: MarkSource,
    made: bool,
) -> None:
    assert says_more(before, before_source, kind, source) is made


START = datetime.fromisoformat("2027-02-08T09:30+00:00")
HALF_AN_HOUR, A_MOMENT = timedelta(minutes=30), timedelta(seconds=1)


@pytest.mark.parametrize("away", [-HALF_AN_HOUR, timedelta(), HALF_AN_HOUR])
def test_A2_a_code_is_good_from_half_an_hour_before_to_half_an_hour_after(away: timedelta) -> None:
    assert why_shut(START, START + away) is None


@pytest.mark.parametrize(
    ("at", "facts", "said"),
    [
        (-HALF_AN_HOUR - A_MOMENT, {}, "opens on Monday 8 February at 9am"),
        (HALF_AN_HOUR + A_MOMENT, {}, "ended at 10am"),
        (timedelta(), {"register_closed_at": START}, "The register is closed"),
        (timedelta(), {"state": EventState.CANCELLED}, "called off"),
        (timedelta(), {"state": EventState.POSTPONED}, "new date"),
    ],
)
def test_A2_else_it_says_when_or_whom_to_ask(
    at: timedelta, facts: dict[str, object], said: str
) -> None:
    shut = why_shut(START, START + at, **facts)  # type: ignore[arg-type]
    assert shut
    assert said in shut.sentence
    assert shut.way_out


MARIGOLD = AtDoor(1, person_id=7, name="Marigold Pettifer", agency_id=3, agency="Street Teams")
BY_NAME_ALONE = AtDoor(2, name="Walter Inn", agency="Bread Club", address="walter@bread.example")
REGISTER = (MARIGOLD, BY_NAME_ALONE)


@pytest.mark.parametrize(
    ("claimant", "meant"),
    [
        (Claimant("M. Pettifer", "m@teams.example", person_id=7, agency="Other"), MARIGOLD),
        (Claimant("Marigold  PETTIFER", agency_id=3, agency="Street Teams"), MARIGOLD),
        (Claimant("Marigold Pettifer", "private@mail.example", None, 3, ""), MARIGOLD),
        (Claimant("Marigold Pettifer", agency_id=4, agency="Police"), None),
        (Claimant("Somebody Else", "walter@bread.example"), BY_NAME_ALONE),
        (Claimant("walter inn", agency="bread club"), BY_NAME_ALONE),
        (Claimant("Nobody Known", "new@mail.example", None, 3, "Street Teams"), None),
    ],
)
def test_A2_somebody_is_found_by_their_address_else_by_name_and_agency(
    claimant: Claimant, meant: AtDoor | None
) -> None:
    assert whom_they_mean(claimant, REGISTER) == meant


def test_A2_of_two_namesakes_of_one_agency_neither_is_meant_and_nobody_without_a_place() -> None:
    claimant = Claimant("Marigold Pettifer", agency_id=3)
    namesake = AtDoor(5, person_id=8, name="Marigold Pettifer", agency_id=3)
    assert whom_they_mean(claimant, (*REGISTER, namesake)) is None
    held = AtDoor(1, name="Marigold Pettifer", agency_id=3, is_on_register=False)
    assert whom_they_mean(claimant, (held,)) is None


somebody = st.builds(
    AtDoor,
    booking_id=st.integers(1, 99),
    side=st.sampled_from(Side),
    gives_up_seat=st.booleans(),
)
rooms = st.builds(
    Room,
    capacity=st.integers(0, 6),
    people=st.lists(somebody, max_size=8).map(tuple),
    online_capacity=st.none() | st.integers(0, 6),
    takes_walk_ins=st.booleans(),
)


@given(rooms, st.sampled_from(Side))
def test_A2_a_walk_in_has_a_seat_only_where_all_who_may_yet_come_have_one(
    room: Room, side: Side
) -> None:
    apart = room.online_capacity is not None
    capacity = room.online_capacity if apart and side is Side.ONLINE else room.capacity
    coming = [w for w in room.people if not w.gives_up_seat and (not apart or w.side is side)]
    fits = len(coming) + 1 <= (capacity or 0)
    assert (seats_left(room, side) > 0) is fits
    may_come = fits and room.takes_walk_ins
    assert (why_no_seat(room, side) is None) is may_come
    assert (answer_to_anyone(room, side) is Answer.CHECKED_IN) is may_come
