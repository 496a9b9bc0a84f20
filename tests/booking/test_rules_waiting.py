from datetime import date, datetime, timedelta

import pytest
from hypothesis import given

from lms.agencies.rules import Sector
from lms.booking.rules import (
    AfterLapse,
    BookingState,
    Claim,
    ConfirmNow,
    InviteAll,
    MakeOffer,
    Place,
    Share,
    ShareKind,
    Side,
    Wait,
    accept_invitation,
    after_lapse,
    final_phase_begins_at,
    has_ended,
    in_order,
    is_final_phase,
    joining,
    last_answer_at,
    next_step,
    next_waiting,
    offer_ends_at,
    position_of,
    positions,
    standing,
    what_next,
    why_waiting,
)
from lms.catalogue.rules import EventState, ListOrder
from lms.clock import is_working_day, london
from tests.support.snapshots import (
    COUNCIL,
    HEALTH,
    POLICE,
    SCHOOL,
    at,
    booking,
    confirmed,
    event,
    instants,
    offered,
    with_bookings,
)

NOW = at("2027-01-11 10:00")


# --- B4: the order --------------------------------------------------------------------------


def test_B4_priority_goes_first_then_the_order_of_joining() -> None:
    snapshot = event(bookings=(booking(2), booking(1), booking(3, priority=1)))
    assert [b.id for b in in_order(snapshot)] == [3, 1, 2]
    assert position_of(snapshot, snapshot.bookings[0]) == 3


def test_B4_a_delegate_sees_position_and_reason() -> None:
    taken = [confirmed(n, HEALTH) for n in (1, 2, 3)]
    snapshot = event(bookings=(*taken, booking(4), booking(5), booking(6)))
    assert standing(snapshot, snapshot.bookings[-1], NOW) == (
        "Third in line: all 3 places are taken"
    )


def test_B4_the_cap_of_a_group_is_named_with_its_end() -> None:
    cap = Share(ShareKind.CAP, 4, agency_id=POLICE, ends_on=date(2027, 5, 5))
    police = [confirmed(n) for n in range(1, 5)]
    snapshot = event(capacity=9, shares=(cap,), bookings=(*police, booking(5)))
    reason = why_waiting(snapshot, snapshot.bookings[-1], NOW)
    assert reason.sentence == "your agency has its 4 places until 5 May"


def test_B4_positions_are_counted_on_each_side_of_a_hybrid_event() -> None:
    online = booking(2, side=Side.ONLINE)
    snapshot = event(capacity=0, online_capacity=0, bookings=(booking(1), online))
    assert position_of(snapshot, online) == 1
    assert positions(snapshot) == {1: 1, 2: 1}


def test_B7_the_mix_gives_each_turn_to_the_agency_with_fewest_places() -> None:
    snapshot = event(
        order=ListOrder.MIX,
        bookings=(
            confirmed(1, POLICE),
            booking(2, POLICE),
            booking(3, SCHOOL),
            booking(4, SCHOOL),
            booking(5, HEALTH),
            booking(6, POLICE, priority=1),
        ),
    )
    assert [b.id for b in in_order(snapshot)] == [6, 3, 5, 4, 2]


# --- B5: who is next ------------------------------------------------------------------------


def test_B7_in_the_mix_one_is_told_that_agencies_with_fewer_go_first() -> None:
    places = (confirmed(1), confirmed(2), confirmed(3, HEALTH))
    waits = (booking(4), booking(5, HEALTH), booking(6, SCHOOL), booking(7, SCHOOL))
    seen = event(order=ListOrder.MIX, bookings=(*places, *waits))
    assert {b.id: standing(seen, b, NOW) for b in waits} == {
        6: "First in line: all 3 places are taken",
        5: "Second in line: your agency has one place here, and agencies with fewer go first",
        7: "Third in line: agencies with the fewest places here go first, "
        "then those who joined first",
        4: "Fourth in line: your agency has two places here, and agencies with fewer go first",
    }
    joined, fact = joining(seen, Claim(agency_ids=(COUNCIL,)))
    assert position_of(joined, fact) == 2


def test_B5_one_who_is_passed_over_keeps_the_position() -> None:
    cap = Share(ShareKind.CAP, 1, agency_id=POLICE)
    snapshot = event(shares=(cap,), bookings=(confirmed(1), booking(2), booking(3, HEALTH)))
    found = next_waiting(snapshot, NOW)
    assert found is not None and found.id == 3
    assert position_of(snapshot, snapshot.bookings[1]) == 1


def test_B5_a_clash_passes_over_and_is_the_reason() -> None:
    clash = "you have a place at First Aid at the same time"
    snapshot = event(bookings=(booking(1, obstacle=clash), booking(2)))
    found = next_waiting(snapshot, NOW)
    assert found is not None and found.id == 2
    assert standing(snapshot, snapshot.bookings[0], NOW) == f"First in line: {clash}"
    unapproved = booking(3, is_approved=False)
    reason = why_waiting(with_bookings(snapshot, unapproved), unapproved, NOW)
    assert reason.sentence == "the booking is not approved yet"


def test_B5_one_who_could_have_a_free_place_is_asked_in_turn() -> None:
    snapshot = event(bookings=(booking(1),))
    assert standing(snapshot, snapshot.bookings[0], NOW) == (
        "First in line: a place is free, and those who wait are asked in turn"
    )


def test_B5_a_free_place_online_goes_to_one_who_waits_online() -> None:
    snapshot = event(
        capacity=0, online_capacity=1, bookings=(booking(1), booking(2, side=Side.ONLINE))
    )
    found = next_waiting(snapshot, NOW)
    assert found is not None and found.id == 2


@pytest.mark.parametrize("state", [s for s in EventState if s is not EventState.PUBLISHED])
def test_B5_no_place_is_passed_on_at_an_event_that_does_not_take_place(state: EventState) -> None:
    snapshot = event(state=state, bookings=(booking(1),))
    assert next_waiting(snapshot, NOW) is None
    assert what_next(snapshot, snapshot.bookings[0], NOW) is None


def test_B5_no_place_is_passed_on_in_the_last_two_hours() -> None:
    snapshot = event(bookings=(booking(1),))
    assert next_waiting(snapshot, at("2027-02-08 07:29")) is not None
    assert next_waiting(snapshot, at("2027-02-08 07:30")) is None


# --- B6: how the place goes to them ---------------------------------------------------------


def test_B6_a_tick_confirms_at_once_up_to_three_working_days_before() -> None:
    ticked = booking(1, confirm_at_once=True)
    snapshot = event(bookings=(ticked,))
    assert next_step(snapshot, at("2027-02-03 23:59")) == ConfirmNow(ticked)
    assert not isinstance(next_step(snapshot, at("2027-02-04 00:00")), ConfirmNow)


def test_B6_an_offer_leaves_in_office_hours_and_ends_48_hours_later() -> None:
    snapshot = event(bookings=(booking(1),))
    friday = next_step(snapshot, at("2027-01-22 12:00"))
    assert friday == MakeOffer(snapshot.bookings[0], at("2027-01-22 12:00"), at("2027-01-26 12:00"))
    evening = next_step(snapshot, at("2027-01-22 19:00"))
    assert evening == MakeOffer(
        snapshot.bookings[0], at("2027-01-25 08:00"), at("2027-01-27 08:00")
    )


def test_B6_an_offer_never_ends_later_than_two_hours_before_the_start() -> None:
    snapshot = event()
    assert last_answer_at(snapshot) == at("2027-02-08 07:30")
    assert offer_ends_at(snapshot, at("2027-02-04 08:00")) == at("2027-02-08 07:30")
    assert offer_ends_at(snapshot, at("2027-02-03 08:00")) == at("2027-02-05 08:00")


def test_B6_in_the_final_phase_all_the_eligible_are_asked_at_once() -> None:
    """Thursday 7:30am is 48 hours of working days before Monday 7:30am."""
    full_agency = Share(ShareKind.CAP, 1, agency_id=HEALTH)
    snapshot = event(
        shares=(full_agency,),
        bookings=(confirmed(1, HEALTH), booking(2), booking(3, HEALTH), booking(4, SCHOOL)),
    )
    assert final_phase_begins_at(snapshot) == at("2027-02-04 07:30")
    assert not is_final_phase(snapshot, at("2027-02-04 07:30"))
    assert is_final_phase(snapshot, at("2027-02-04 07:31"))
    step = next_step(snapshot, at("2027-02-04 09:00"))
    assert isinstance(step, InviteAll)
    assert [b.id for b in step.bookings] == [2, 4]
    assert step.leaves_at == at("2027-02-04 09:00")


def test_B6_in_the_final_phase_room_and_online_are_asked_together() -> None:
    online = booking(2, side=Side.ONLINE)
    snapshot = event(capacity=1, online_capacity=1, bookings=(booking(1), online))
    step = next_step(snapshot, at("2027-02-05 09:00"))
    assert isinstance(step, InviteAll)
    assert [b.id for b in step.bookings] == [1, 2]


@pytest.mark.parametrize(
    ("now", "leaves_at"),
    [
        ("2027-02-06 06:59", "2027-02-06 07:00"),
        ("2027-02-06 20:59", "2027-02-06 20:59"),
        ("2027-02-06 21:00", "2027-02-07 07:00"),
        ("2027-02-08 07:00", "2027-02-08 07:00"),
    ],
)
def test_B6_invitations_leave_from_seven_to_nine_any_day(now: str, leaves_at: str) -> None:
    step = next_step(event(bookings=(booking(1),)), at(now))
    assert isinstance(step, InviteAll) and step.leaves_at == at(leaves_at)


def test_B6_nobody_is_asked_when_no_hour_is_left_for_it() -> None:
    early = event(
        sessions=((at("2027-02-08 08:30"), at("2027-02-08 16:30")),), bookings=(booking(1),)
    )
    assert next_step(early, at("2027-02-07 21:30")) is None


def test_B6_an_offer_that_could_leave_only_in_the_final_phase_becomes_an_invitation() -> None:
    """Offers leave at 8; the final phase begins at 7:30, so that is when all are asked."""
    step = next_step(event(bookings=(booking(1),)), at("2027-02-03 19:00"))
    assert isinstance(step, InviteAll) and step.leaves_at == at("2027-02-04 07:30")


def test_B6_the_first_to_accept_has_the_place() -> None:
    now = at("2027-02-05 10:00")
    snapshot = event(capacity=1, bookings=(booking(1), booking(2)))
    assert accept_invitation(snapshot, snapshot.bookings[1], now) == Place()
    taken = with_bookings(snapshot, confirmed(2))
    late = accept_invitation(taken, snapshot.bookings[0], now)
    assert isinstance(late, Wait)
    assert late.reason.sentence == "the one place is taken"
    too_late = accept_invitation(snapshot, snapshot.bookings[0], at("2027-02-08 07:30"))
    assert isinstance(too_late, Wait)


def test_B6_a_first_lapse_leads_to_the_end_of_the_list_a_second_off_it() -> None:
    assert after_lapse(offered(1, priority=5)) == AfterLapse(BookingState.WAITING, 1, 0)
    assert after_lapse(offered(1, lapses=1)) == AfterLapse(BookingState.LAPSED, 2)


def test_B6_an_offer_has_ended_at_its_end() -> None:
    end = at("2027-01-26 12:00")
    assert has_ended(end, end)
    assert not has_ended(end, end - timedelta(seconds=1))


@given(instants("2027-01-01", "2027-02-08 09:00"))
def test_B6_whatever_the_hour_nothing_leaves_at_a_wrong_one(now: datetime) -> None:
    reserved = Share(ShareKind.RESERVATION, 1, sector=Sector.FAITH)
    snapshot = event(shares=(reserved,), bookings=(booking(1), booking(2, HEALTH)))
    step = next_step(snapshot, now)
    if isinstance(step, MakeOffer):
        leaves, hours = london(step.leaves_at), (step.leaves_at, step.ends_at)
        assert is_working_day(leaves.date()) and 8 <= leaves.hour < 18
        assert now <= step.leaves_at and hours[1] - hours[0] >= timedelta(hours=47)
        assert step.ends_at <= last_answer_at(snapshot)
    elif isinstance(step, InviteAll):
        assert 7 <= london(step.leaves_at).hour < 21
        assert now <= step.leaves_at < last_answer_at(snapshot)
    else:
        assert now >= at("2027-02-08 07:30")
