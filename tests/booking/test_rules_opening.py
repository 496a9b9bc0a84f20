from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.rules import DayKind
from lms.booking.rules import (
    BookingPolicy,
    BookingRequest,
    BookingState,
    CancelledBy,
    OtherPlace,
    Outcome,
    Override,
    Rule,
    cancelling_until,
    clash_refusal,
    closing_at,
    course_refusal,
    first_clash,
    is_late,
    is_to_be_retold,
    late_after,
    may_book,
    may_call_off,
    may_cancel,
    obstacle,
    overlap,
)
from lms.catalogue.rules import EventMode, EventState
from tests.support.snapshots import (
    HEALTH,
    at,
    booking,
    confirmed,
    event,
    offered,
)

NOW = at("2027-01-11 10:00")
ASKS = BookingRequest(person_id=100, agency_ids=(HEALTH,))
RANG_UP = Override(frozenset({Rule.B1, Rule.B3, Rule.B8}), "Rang up")

FIRST_AID = OtherPlace(
    event_id=2,
    title="First Aid",
    sessions=((at("2027-02-08 14:00"), at("2027-02-08 17:00")),),
)
SAME_COURSE = OtherPlace(
    event_id=3,
    title="Disguised Compliance",
    sessions=((at("2027-03-11 09:30"), at("2027-03-11 16:30")),),
    course_id=7,
)


def sentences(*args, **kwargs):
    return [refusal.sentence for refusal in may_book(*args, **kwargs)]


# --- B1 -------------------------------------------------------------------------------------


def test_B1_an_open_event_takes_bookings() -> None:
    assert may_book(event(), ASKS, NOW) == ()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (EventState.DRAFT, "This event is not published yet"),
        (EventState.CANCELLED, "This event is cancelled"),
        (EventState.POSTPONED, "This event is postponed and has no date yet"),
    ],
)
def test_B1_an_event_that_does_not_take_place_takes_none(state, sentence) -> None:
    assert sentences(event(state=state), ASKS, NOW) == [sentence]
    assert sentences(event(state=state), ASKS, NOW, RANG_UP) == [sentence]


def test_B1_closing_is_five_in_the_evening_one_working_day_before() -> None:
    assert closing_at(event()) == at("2027-02-05 17:00")
    assert may_book(event(), ASKS, at("2027-02-05 16:59")) == ()
    closed = at("2027-02-05 17:00")
    assert sentences(event(), ASKS, closed) == ["Booking closed on Friday 5 February at 5pm"]


def test_B1_closing_by_policy_online_or_of_the_events_own() -> None:
    assert closing_at(event(policy=BookingPolicy(closing_working_days=3))) == at("2027-02-03 17:00")
    assert closing_at(event(mode=EventMode.ONLINE)) == at("2027-02-08 09:30")
    own = at("2027-01-30 12:00")
    assert closing_at(event(mode=EventMode.ONLINE, closes_at=own)) == own


def test_B1_booking_opens_when_it_is_said_to() -> None:
    snapshot = event(opens_at=at("2027-01-12 09:00"))
    assert sentences(snapshot, ASKS, NOW) == ["Booking opens on Tuesday 12 January at 9am"]
    assert may_book(snapshot, ASKS, at("2027-01-12 09:00")) == ()


def test_B1_an_event_by_invitation_is_for_those_invited() -> None:
    outsider = replace(ASKS, is_for_them=False)
    assert [r.rule for r in may_book(event(), outsider, NOW)] == [Rule.B1]


def test_B14_a_coordinator_may_book_after_closing_and_for_those_not_invited() -> None:
    late_outsider = replace(ASKS, is_for_them=False)
    late = at("2027-02-07 12:00")
    assert len(may_book(event(), late_outsider, late)) == 2
    assert may_book(event(), late_outsider, late, RANG_UP) == ()
    only_b8 = Override(frozenset({Rule.B8}), "Rang up")
    assert len(may_book(event(), late_outsider, late, only_b8)) == 2


# --- B2 -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(BookingState))
def test_B2_one_live_booking_per_person_and_event(state: BookingState) -> None:
    snapshot = event(bookings=(booking(1, person_id=100, state=state),))
    rules = [r.rule for r in may_book(snapshot, ASKS, NOW, RANG_UP)]
    is_live = state in ("requested", "confirmed", "waiting", "offered")
    assert rules == ([Rule.B2] if is_live else [])


def test_B2_says_how_the_live_booking_stands() -> None:
    assert sentences(event(bookings=(offered(1, person_id=100),)), ASKS, NOW) == [
        "You have an offer of a place at this event: accept it from the e-mail"
    ]


def test_B2_rows_without_a_person_are_nobodys_second_booking() -> None:
    nameless = replace(ASKS, person_id=None)
    assert may_book(event(bookings=(confirmed(1, person_id=None),)), nameless, NOW) == ()


# --- B8 -------------------------------------------------------------------------------------


def test_B8_a_clash_is_refused_and_named() -> None:
    asks = replace(ASKS, other_places=(FIRST_AID,))
    (refusal,) = may_book(event(), asks, NOW)
    assert refusal.rule is Rule.B8
    assert refusal.sentence == (
        "You have a place at First Aid at the same time: Monday 8 February, 2pm to 5pm"
    )
    assert refusal.way_out == "Give up that place first, or choose another date."
    assert may_book(event(), asks, NOW, RANG_UP) == ()


def test_B8_a_coordinator_reads_it_of_the_person() -> None:
    (refusal,) = may_book(event(), replace(ASKS, other_places=(FIRST_AID,)), NOW)
    assert refusal.note.startswith("They have a place at First Aid")
    (by_invitation,) = may_book(event(), replace(ASKS, is_for_them=False), NOW)
    assert by_invitation.note == (
        "This event is by invitation, and they are not among those invited"
    )


def test_B8_a_clash_is_refused_for_the_waiting_list_too() -> None:
    full = event(bookings=tuple(confirmed(n) for n in (1, 2, 3)))
    assert len(may_book(full, replace(ASKS, other_places=(FIRST_AID,)), NOW)) == 1


def test_B8_touching_ends_do_not_clash() -> None:
    morning = (at("2027-02-08 09:00"), at("2027-02-08 12:00"))
    noon = (at("2027-02-08 12:00"), at("2027-02-08 13:00"))
    assert not overlap(morning, noon) and not overlap(noon, morning)
    assert overlap(morning, (at("2027-02-08 11:59"), at("2027-02-08 13:00")))


def test_B8_any_session_may_clash_and_the_earliest_is_named() -> None:
    two_days = event(sessions=(*event().sessions, (at("2027-02-15 09:30"), at("2027-02-15 16:30"))))
    later = OtherPlace(9, "Later", ((at("2027-02-15 12:00"), at("2027-02-15 13:00")),))
    refusal = clash_refusal(two_days, [later])
    assert refusal is not None and "Later" in refusal.sentence
    found = first_clash(two_days.sessions, [later, FIRST_AID])
    assert found is not None and found[0] is FIRST_AID


def test_B8_an_event_does_not_clash_with_itself() -> None:
    own = OtherPlace(event().id, "Disguised Compliance", event().sessions, course_id=7)
    assert clash_refusal(event(), [own]) is None
    assert course_refusal(event(), [own], NOW) is None


def test_B8_one_confirmed_place_per_course_among_events_to_come() -> None:
    asks = replace(ASKS, other_places=(SAME_COURSE,))
    (refusal,) = may_book(event(), asks, NOW)
    assert refusal.sentence == (
        "You have a place on this course already: Disguised Compliance, Thursday 11 March"
    )
    assert may_book(event(), asks, NOW, RANG_UP) == ()
    past = replace(SAME_COURSE, sessions=((at("2026-12-01 09:30"), at("2026-12-01 16:30")),))
    assert may_book(event(), replace(ASKS, other_places=(past,)), NOW) == ()
    assert may_book(event(course_id=None), asks, NOW) == ()


def test_B8_one_with_a_place_may_still_wait_for_another_date() -> None:
    full = event(bookings=tuple(confirmed(n) for n in (1, 2, 3)))
    assert may_book(full, replace(ASKS, other_places=(SAME_COURSE,)), NOW) == ()


def test_B8_what_keeps_one_who_waits_from_a_place() -> None:
    assert obstacle(event(), [], NOW) is None
    assert obstacle(event(), [SAME_COURSE, FIRST_AID], NOW) == (
        "you have a place at First Aid at the same time: Monday 8 February, 2pm to 5pm"
    )
    named = obstacle(event(), [SAME_COURSE], NOW)
    assert named is not None and named.startswith("you have a place on this course already")


PERIODS = st.tuples(st.integers(0, 40), st.integers(1, 10)).map(
    lambda p: (NOW + timedelta(hours=p[0]), NOW + timedelta(hours=p[0] + p[1]))
)


@given(PERIODS, PERIODS)
def test_B8_overlap_means_a_shared_hour(one, other) -> None:
    def hours(period):
        whole = int((period[1] - period[0]).total_seconds() // 3600)
        return {period[0] + timedelta(hours=n) for n in range(whole)}

    assert overlap(one, other) == overlap(other, one) == bool(hours(one) & hours(other))


# --- B11, B15 -------------------------------------------------------------------------------


def test_B11_cancelling_is_possible_until_the_first_session_starts() -> None:
    start = at("2027-02-08 09:30")
    assert cancelling_until(event()) == start
    assert may_cancel(event(), BookingState.CONFIRMED, start - timedelta(seconds=1))
    assert not may_cancel(event(), BookingState.CONFIRMED, start)
    assert not may_cancel(event(), BookingState.LAPSED, NOW)


def test_B15_an_event_is_called_off_only_while_nobodys_attendance_is_recorded() -> None:
    assert may_call_off([])
    assert may_call_off([None, None])
    assert not may_call_off([None, Outcome.DID_NOT_ATTEND])


def late(cancelled_at: str, **changes) -> bool:
    facts = {"state": BookingState.CONFIRMED, "by": CancelledBy.DELEGATE, **changes}
    policy = facts.pop("policy", BookingPolicy())
    return is_late(
        cancelled_at=at(cancelled_at), starts_at=event().starts_at, policy=policy, **facts
    )


def test_B11_late_is_after_five_on_the_third_working_day_before() -> None:
    assert late_after(event().starts_at, BookingPolicy()) == at("2027-02-03 17:00")
    assert not late("2027-02-03 17:00")
    assert late("2027-02-03 17:01")


def test_B11_late_may_count_calendar_days_and_another_number() -> None:
    calendar = BookingPolicy(late_cancel_days=5, late_cancel_day_kind=DayKind.CALENDAR)
    assert late_after(event().starts_at, calendar) == at("2027-02-03 17:00")
    summer = at("2027-06-01 09:30")
    assert late_after(summer, BookingPolicy()) == at("2027-05-26 17:00")


def test_B11_leaving_the_list_or_an_offer_is_never_late() -> None:
    assert not late("2027-02-07 12:00", state=BookingState.WAITING)
    assert not late("2027-02-07 12:00", state=BookingState.OFFERED)


def test_B15_no_cancellation_is_late_when_the_event_is_cancelled_or_changed() -> None:
    assert late("2027-02-07 12:00", by=CancelledBy.COORDINATOR)
    assert not late("2027-02-07 12:00", by=CancelledBy.EVENT)
    changed = {"changed_at": NOW, "confirmed_at": NOW - timedelta(days=1)}
    assert not late("2027-02-07 12:00", **changed)
    assert late("2027-02-07 12:00", **{**changed, "confirmed_at": NOW + timedelta(days=1)})


def test_B15_a_change_of_time_or_place_is_told() -> None:
    before = [(event().sessions[0], "Beacon Hall")]
    assert not is_to_be_retold(before, list(before))
    assert is_to_be_retold(before, [(event().sessions[0], "Town Hall")])
    later = (at("2027-02-09 09:30"), at("2027-02-09 16:30"))
    assert is_to_be_retold(before, [(later, "Beacon Hall")])
    assert is_to_be_retold(before, [*before, (later, "Beacon Hall")])
