from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.rules import Sector
from lms.booking.rules import (
    BookingState,
    Claim,
    Override,
    Place,
    Rule,
    Share,
    ShareKind,
    Side,
    Wait,
    WaitKind,
    free_places,
    next_step,
    next_waiting,
    over_capacity,
    over_caps,
    place_for,
    places_left,
    to_mark_as_overrides,
    unfilled_reserved,
    why_waiting,
)
from lms.booking.rules.offers import ConfirmNow, MakeOffer
from lms.catalogue.rules import ListOrder
from lms.errors import Refused
from tests.support.snapshots import (
    COUNCIL,
    HEALTH,
    POLICE,
    SCHOOL,
    VOLUNTARY,
    at,
    booking,
    confirmed,
    event,
    moved,
    offered,
    with_bookings,
)

NOW = at("2027-01-11 10:00")
POLICE_CAP = Share(ShareKind.CAP, 2, agency_id=POLICE, name="West Midlands Police")
HELD_FOR_VOLUNTARY = Share(
    ShareKind.RESERVATION,
    4,
    sector=Sector.VOLUNTARY_AND_COMMUNITY,
    name="the voluntary sector",
    ends_on=date(2027, 5, 5),
)


def ask(snapshot, claim, now=NOW):
    """The snapshot after a request was decided by B3."""
    has_place = isinstance(place_for(snapshot, claim, now), Place)
    state = BookingState.CONFIRMED if has_place else BookingState.WAITING
    return moved(snapshot, claim, state)


def states(snapshot):
    return {b.id: b.state.value for b in snapshot.bookings}


def example_a(**changes):
    snapshot = event(shares=(POLICE_CAP,), **changes)
    for number, agency in enumerate((POLICE, POLICE, POLICE, HEALTH, SCHOOL), start=1):
        snapshot = ask(snapshot, booking(number, agency))
    return snapshot


def test_B3_worked_example_a() -> None:
    snapshot = example_a()
    assert states(snapshot) == {
        1: "confirmed",
        2: "confirmed",
        3: "waiting",
        4: "confirmed",
        5: "waiting",
    }
    third_police, school = snapshot.bookings[2], snapshot.bookings[4]
    assert why_waiting(snapshot, third_police, NOW).sentence == "your agency has its 2 places"
    assert why_waiting(snapshot, third_police, NOW).note == "West Midlands Police has its 2 places"
    assert why_waiting(snapshot, school, NOW).sentence == "all 3 places are taken"


def test_B5_worked_example_b_first_come() -> None:
    snapshot = moved(example_a(), example_a().bookings[0], BookingState.CANCELLED)
    found = next_waiting(snapshot, NOW)
    assert found is not None and found.id == 3


def test_B7_worked_example_b_mix() -> None:
    full = example_a(order=ListOrder.MIX)
    found = next_waiting(moved(full, full.bookings[0], BookingState.CANCELLED), NOW)
    assert found is not None and found.id == 5


def example_c():
    """Ten places, four held for the voluntary sector; six council delegates have the others."""
    snapshot = event(
        capacity=10,
        shares=(HELD_FOR_VOLUNTARY,),
        sessions=((at("2027-06-07 09:30"), at("2027-06-07 16:30")),),
    )
    for number in range(1, 7):
        snapshot = ask(snapshot, booking(number, COUNCIL))
    return snapshot


def test_B3_worked_example_c_before_the_release() -> None:
    eve = at("2027-05-04 23:59")
    snapshot = ask(example_c(), booking(7, COUNCIL), eve)
    seventh = snapshot.bookings[-1]
    assert seventh.state is BookingState.WAITING
    reason = why_waiting(snapshot, seventh, eve)
    assert reason.sentence == "the 4 places left are held for the voluntary sector until 5 May"
    snapshot = ask(snapshot, booking(8, VOLUNTARY), eve)
    assert snapshot.bookings[-1].state is BookingState.CONFIRMED
    assert unfilled_reserved(snapshot, eve) == {HELD_FOR_VOLUNTARY: 3}
    assert next_step(snapshot, eve) is None


def test_B5_worked_example_c_at_the_release() -> None:
    snapshot = with_bookings(
        example_c(),
        booking(7, COUNCIL),
        confirmed(8, VOLUNTARY),
        booking(9, HEALTH, confirm_at_once=True),
        booking(10, COUNCIL),
        booking(11, SCHOOL),
    )
    midnight, steps = at("2027-05-05 00:00"), []
    while step := next_step(snapshot, midnight):
        steps.append(step)
        is_sure = isinstance(step, ConfirmNow)
        state = BookingState.CONFIRMED if is_sure else BookingState.OFFERED
        snapshot = moved(snapshot, step.booking, state)
    assert [(type(s), s.booking.id) for s in steps] == [
        (MakeOffer, 7),
        (ConfirmNow, 9),
        (MakeOffer, 10),
    ]
    assert steps[0].leaves_at == at("2027-05-05 08:00")
    assert steps[0].ends_at == at("2027-05-07 08:00")


def test_B3_a_free_place_for_which_someone_waits_is_spoken_for() -> None:
    snapshot = event(bookings=(confirmed(1), booking(2, HEALTH)))
    decision = place_for(snapshot, booking(3, SCHOOL), NOW)
    assert isinstance(decision, Wait)
    assert decision.reason.sentence == "the free places are for those who already wait"


def test_B3_places_that_are_spoken_for_are_not_left() -> None:
    snapshot = event(bookings=(confirmed(1), booking(2, HEALTH)))
    assert free_places(snapshot, NOW) == 2
    assert places_left(snapshot, NOW) == 0
    assert places_left(event(bookings=(confirmed(1),)), NOW) == 2
    both = event(online_capacity=5, bookings=(booking(2),))
    assert places_left(both, NOW) == 5


def test_B3_nobody_waits_behind_someone_who_cannot_have_the_place() -> None:
    passed_over = [
        booking(2, POLICE, obstacle="you are at another event"),
        booking(4, POLICE, is_approved=False),
    ]
    snapshot = event(bookings=(confirmed(1), *passed_over))
    assert place_for(snapshot, booking(3, SCHOOL), NOW) == Place()


@pytest.mark.parametrize(
    ("facts", "taken"),
    [
        (confirmed(1), 1),
        (offered(1), 1),
        (booking(1, state=BookingState.REQUESTED, holds_place=True), 1),
        (booking(1, state=BookingState.REQUESTED), 0),
        (booking(1), 0),
        (booking(1, state=BookingState.CANCELLED), 0),
        (booking(1, state=BookingState.LAPSED), 0),
        (booking(1, state=BookingState.DECLINED), 0),
        (confirmed(1, is_walk_in=True), 0),
    ],
)
def test_B3_what_takes_a_place(facts, taken) -> None:
    snapshot = event(capacity=1, bookings=(facts,))
    assert free_places(snapshot, NOW) == 1 - taken


def test_B3_a_cap_covers_the_agencies_below() -> None:
    council_cap = Share(ShareKind.CAP, 1, agency_id=COUNCIL, name="Walsall Council")
    team = confirmed(1, agency_ids=(40, COUNCIL))
    snapshot = event(shares=(council_cap,), bookings=(team,))
    decision = place_for(snapshot, booking(2, agency_ids=(41, COUNCIL)), NOW)
    assert isinstance(decision, Wait)
    assert decision.reason.sentence == "your agency has its one place"
    assert place_for(snapshot, booking(2, HEALTH), NOW) == Place()


def test_B3_caps_per_sector_and_partnership_may_end() -> None:
    sector = Share(ShareKind.CAP, 0, sector=Sector.HEALTH, name="health")
    area = Share(ShareKind.CAP, 0, partnership_id=9, name="Sandwell", ends_on=date(2027, 1, 12))
    snapshot = event(shares=(sector, area))
    nurse = place_for(snapshot, booking(1, HEALTH), NOW)
    visitor = place_for(snapshot, booking(1, POLICE, partnership_id=9), NOW)
    assert isinstance(nurse, Wait) and isinstance(visitor, Wait)
    assert nurse.reason.sentence == "your sector has no places"
    assert visitor.reason.sentence == "your partnership has no places until 12 January"
    later = at("2027-01-12 00:00")
    assert place_for(snapshot, booking(1, POLICE, partnership_id=9), later) == Place()


def test_R1_a_booking_without_agency_belongs_to_no_group() -> None:
    unmatched = booking(1, agency_ids=(), sector=None)
    nobody = Share(ShareKind.CAP, 0, partnership_id=9)
    assert place_for(event(shares=(POLICE_CAP, nobody)), unmatched, NOW) == Place()


def test_B3_a_booking_fills_the_narrowest_reservation_only() -> None:
    sector = Share(ShareKind.RESERVATION, 1, sector=Sector.POLICE, name="police")
    force = Share(ShareKind.RESERVATION, 1, agency_id=POLICE, name="West Midlands Police")
    area = Share(ShareKind.RESERVATION, 1, partnership_id=9, name="Sandwell")
    snapshot = event(capacity=9, shares=(sector, force, area), bookings=(confirmed(1, POLICE),))
    assert unfilled_reserved(snapshot, NOW) == {sector: 1, force: 0, area: 1}
    assert free_places(snapshot, NOW) == 6


def test_B3_the_room_and_online_are_counted_apart() -> None:
    snapshot = event(
        capacity=1,
        online_capacity=2,
        bookings=(confirmed(1), booking(2), confirmed(3, side=Side.ONLINE)),
    )
    assert isinstance(place_for(snapshot, booking(4), NOW), Wait)
    assert place_for(snapshot, booking(4, side=Side.ONLINE), NOW) == Place()
    assert free_places(snapshot, NOW) == 1
    assert over_capacity(with_bookings(snapshot, confirmed(5))) == 1


@pytest.mark.parametrize(
    ("capacity", "sentence"),
    [
        (0, "there are no places"),
        (1, "the one place is taken"),
        (2, "both places are taken"),
        (25, "all 25 places are taken"),
    ],
)
def test_B4_a_full_event_is_named_as_full(capacity: int, sentence: str) -> None:
    snapshot = event(capacity=capacity, bookings=tuple(confirmed(n) for n in range(capacity)))
    decision = place_for(snapshot, booking(99, SCHOOL), NOW)
    assert isinstance(decision, Wait)
    assert decision.reason.kind is WaitKind.FULL
    assert decision.reason.sentence == sentence


def test_B4_the_last_reserved_place_is_named() -> None:
    share = Share(ShareKind.RESERVATION, 1, agency_id=VOLUNTARY, name="Street Teams")
    decision = place_for(event(capacity=1, shares=(share,)), booking(1), NOW)
    assert isinstance(decision, Wait)
    assert decision.reason.sentence == "the one place left is held for Street Teams"


# --- B14 ------------------------------------------------------------------------------------


def test_B14_an_override_gives_a_place_and_says_what_it_lifted() -> None:
    full = event(bookings=tuple(confirmed(n, HEALTH) for n in (1, 2, 3)))
    override = Override(frozenset({Rule.B3}), "Chair of the board")
    decision = place_for(full, booking(4), NOW, override)
    assert isinstance(decision, Place)
    assert decision.overrode is not None and decision.overrode.kind is WaitKind.FULL
    assert decision.is_beyond_limits
    assert place_for(event(), booking(4), NOW, override) == Place()
    other = Override(frozenset({Rule.B1}), "Rang up")
    assert isinstance(place_for(full, booking(4), NOW, other), Wait)


def test_B14_passing_those_who_wait_exceeds_no_limit() -> None:
    snapshot = event(bookings=(booking(1),))
    override = Override(frozenset({Rule.B3}), "Chair of the board")
    decision = place_for(snapshot, booking(2), NOW, override)
    assert isinstance(decision, Place)
    assert decision.overrode is not None and decision.overrode.kind is WaitKind.SPOKEN_FOR
    assert not decision.is_beyond_limits
    assert not Place().is_beyond_limits


def test_B14_an_override_needs_a_reason_and_lifts_only_some_rules() -> None:
    with pytest.raises(Refused, match="Say why"):
        Override(frozenset({Rule.B1}), "  ")
    with pytest.raises(Refused, match="B2 cannot be lifted"):
        Override(frozenset({Rule.B1, Rule.B2}), "Rang up")


def test_B14_over_capacity_means_beyond_capacity_plus_overrides() -> None:
    full = event(bookings=tuple(confirmed(n) for n in (1, 2, 3)))
    assert over_capacity(full) == 0
    assert over_capacity(with_bookings(full, confirmed(4))) == 1
    assert over_capacity(with_bookings(full, confirmed(4, is_override=True))) == 0


def test_B14_over_a_cap_likewise() -> None:
    full = event(shares=(POLICE_CAP,), bookings=(confirmed(1), confirmed(2)))
    assert over_caps(full, NOW) == []
    assert over_caps(with_bookings(full, confirmed(3)), NOW) == [POLICE_CAP]
    assert over_caps(with_bookings(full, confirmed(3, is_override=True)), NOW) == []


def test_B14_cutting_capacity_marks_the_last_and_removes_nobody() -> None:
    full = event(bookings=tuple(confirmed(n) for n in (1, 2, 3)))
    marked = to_mark_as_overrides(replace(full, capacity=1), NOW)
    assert [b.id for b in marked] == [3, 2]
    assert to_mark_as_overrides(full, NOW) == ()
    assert to_mark_as_overrides(replace(full, capacity=5), NOW) == ()


# --- Reservations, however they lie across each other ---------------------------------------

CROSSING = (
    Share(ShareKind.RESERVATION, 1, agency_id=POLICE, name="West Midlands Police"),
    Share(ShareKind.RESERVATION, 2, sector=Sector.POLICE, name="the police"),
    Share(ShareKind.RESERVATION, 1, sector=Sector.HEALTH, name="health"),
    Share(ShareKind.RESERVATION, 2, partnership_id=9, name="Dudley"),
)
CLAIMS = st.builds(
    Claim,
    agency_ids=st.sampled_from([(POLICE,), (HEALTH,), ()]),
    sector=st.sampled_from([Sector.POLICE, Sector.HEALTH, None]),
    partnership_id=st.sampled_from([9, None]),
)


@given(claims=st.lists(CLAIMS, max_size=7), data=st.data())
def test_B3_reservations_are_filled_alike_in_whatever_order_people_came(
    claims: list[Claim], data: st.DataObject
) -> None:
    seen = event(shares=CROSSING)
    left = sum(unfilled_reserved(seen, NOW, claims).values())
    shuffled = data.draw(st.permutations(claims))
    assert sum(unfilled_reserved(seen, NOW, shuffled).values()) == left
    for place in range(len(claims)):  # and one who leaves opens one place at most
        rest = claims[:place] + claims[place + 1 :]
        assert left <= sum(unfilled_reserved(seen, NOW, rest).values()) <= left + 1


def test_B3_what_is_held_back_for_a_group_is_theirs_though_too_much_is_held_back() -> None:
    """Seven of ten are taken before four are held back: three are left, for the group alone."""
    taken = tuple(confirmed(n, COUNCIL) for n in range(7))
    seen = event(capacity=10, shares=(HELD_FOR_VOLUNTARY,), bookings=taken)
    assert isinstance(place_for(seen, booking(8, VOLUNTARY), NOW), Place)
    assert isinstance(place_for(seen, booking(8, COUNCIL), NOW), Wait)
    marked = {fact.id for fact in to_mark_as_overrides(seen, NOW)}
    assert marked == {6}
