"""B3, B14: places held back twice, and what is left of that as time passes and people leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lms.agencies.rules import Sector
from lms.booking.rules import (
    EventSnapshot,
    Place,
    Share,
    ShareKind,
    Wait,
    over_reservations,
    place_for,
    to_mark_as_overrides,
)
from tests.support.snapshots import (
    COUNCIL,
    HEALTH,
    POLICE,
    VOLUNTARY,
    at,
    booking,
    confirmed,
    event,
    with_bookings,
)

BEFORE, AFTER = at("2027-01-11 10:00"), at("2027-01-25 00:00")
UNTIL_THE_25TH = Share(
    ShareKind.RESERVATION,
    2,
    sector=Sector.VOLUNTARY_AND_COMMUNITY,
    name="the voluntary sector",
    ends_on=date(2027, 1, 25),
)
FOR_HEALTH = Share(ShareKind.RESERVATION, 2, agency_id=HEALTH, name="Walsall Health")


def held_back_twice(**changes: Any) -> EventSnapshot:
    """Two places, both held back for each of two groups."""
    return event(**{"capacity": 2, "shares": (UNTIL_THE_25TH, FOR_HEALTH), **changes})


def test_B3_who_filled_a_reservation_keeps_the_place_when_it_is_released() -> None:
    seen = held_back_twice()
    for number in (1, 2):
        claim = booking(number, VOLUNTARY)
        assert place_for(seen, claim, BEFORE) == Place()
        seen = with_bookings(seen, confirmed(number, VOLUNTARY))
    assert over_reservations(seen, BEFORE) == 0
    assert over_reservations(seen, AFTER) == 0
    assert to_mark_as_overrides(seen, AFTER) == ()


def test_B3_a_released_place_that_nobody_filled_is_held_for_the_other_group() -> None:
    seen = held_back_twice(bookings=(confirmed(1, VOLUNTARY),))
    assert isinstance(place_for(seen, booking(2, COUNCIL), AFTER), Wait)
    assert isinstance(place_for(seen, booking(2, VOLUNTARY), AFTER), Wait)
    assert place_for(seen, booking(2, HEALTH), AFTER) == Place()


@pytest.mark.parametrize(
    ("second", "given_away"),
    [(VOLUNTARY, 0), (COUNCIL, 1)],
    ids=["both by right", "one of them to somebody else"],
)
def test_B14_a_stranger_in_a_place_held_back_is_found_also_after_a_release(
    second: int, given_away: int
) -> None:
    seen = held_back_twice(bookings=(confirmed(1, VOLUNTARY), confirmed(2, second)))
    assert over_reservations(seen, AFTER) == given_away
    marked = to_mark_as_overrides(seen, AFTER)
    assert [fact.id for fact in marked] == [2] * given_away


def test_B3_without_places_held_back_twice_a_release_excuses_nobody() -> None:
    seen = event(
        capacity=4,
        shares=(UNTIL_THE_25TH, FOR_HEALTH),
        bookings=tuple(confirmed(n, VOLUNTARY) for n in (1, 2, 3)),
    )
    assert over_reservations(seen, BEFORE) == 1
    assert over_reservations(seen, AFTER) == 1


def test_B14_nobody_is_left_in_a_place_held_back_when_one_beyond_the_limits_leaves() -> None:
    beyond = confirmed(2, VOLUNTARY, is_override=True)
    seen = event(
        capacity=1, shares=(UNTIL_THE_25TH, FOR_HEALTH), bookings=(confirmed(1, POLICE), beyond)
    )
    [marked] = to_mark_as_overrides(seen, BEFORE)
    assert marked.id == 1
    seen = with_bookings(seen, replace(marked, is_override=True))
    assert over_reservations(replace(seen, bookings=seen.bookings[:1]), BEFORE) == 0
