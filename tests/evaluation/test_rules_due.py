from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.rules import BookingState, Outcome
from lms.catalogue.rules import ALL_STAGES, EventState, Stage
from lms.clock import at_london, is_working_day, london, london_date
from lms.evaluation.rules import (
    DueMessage,
    EvaluationFacts,
    LinkState,
    counts_as_baseline,
    counts_in_reply_rate,
    due_messages,
    impact_due_at,
    invitation_at,
    is_asked,
    is_invited,
    is_provisional,
    is_void,
    link_state,
    played_back_on,
    stages_with_questions,
    window,
)
from tests.support.snapshots import at, instants

STARTS, ENDS = at("2027-02-08 09:30"), at("2027-02-08 16:30")

BOOKED = EvaluationFacts(
    stages=ALL_STAGES, starts_at=STARTS, ends_at=ENDS, confirmed_at=at("2027-01-11 10:00")
)
CAME = replace(BOOKED, outcome=Outcome.ATTENDED, register_closed_at=at("2027-02-08 17:00"))


def ending(end: str, **changes) -> EvaluationFacts:
    ends_at = at(f"{end} 16:30")
    starts_at = ends_at - timedelta(hours=7)
    return replace(
        CAME, starts_at=starts_at, ends_at=ends_at, register_closed_at=ends_at, **changes
    )


def due(facts: EvaluationFacts, when: str) -> list[DueMessage]:
    return due_messages(facts, at(when))


PRE, POST, IMPACT = (DueMessage(stage, 0) for stage in Stage)

# --- E1 -------------------------------------------------------------------------------------


def test_E1_move_the_event_and_every_due_date_moves() -> None:
    week = timedelta(days=7)
    moved = replace(CAME, starts_at=STARTS + week, ends_at=ENDS + week)
    for stage in (Stage.PRE, Stage.POST, Stage.IMPACT):
        before, after = invitation_at(CAME, stage), invitation_at(moved, stage)
        assert before is not None
        assert after is not None
        assert london_date(after) - london_date(before) == week


def test_E1_only_the_events_own_stages_are_asked() -> None:
    webinar = replace(CAME, stages=frozenset({Stage.POST}))
    assert due(webinar, "2027-02-05 09:00") == []
    assert due(webinar, "2027-02-08 16:30") == [POST]
    assert due(webinar, "2027-04-05 09:00") == []


@pytest.mark.parametrize("state", [s for s in EventState if s is not EventState.PUBLISHED])
def test_E1_an_event_that_does_not_take_place_asks_nothing(state: EventState) -> None:
    facts = replace(CAME, event_state=state)
    assert not any(is_asked(facts, stage) for stage in Stage)


@pytest.mark.parametrize("state", [s for s in BookingState if s is not BookingState.CONFIRMED])
def test_E1_only_confirmed_bookings_are_asked(state: BookingState) -> None:
    facts = replace(CAME, state=state)
    assert not any(is_asked(facts, stage) for stage in Stage)


@given(instants("2027-01-01", "2027-06-30"))
def test_E1_nothing_is_due_twice_and_all_that_is_due_can_be_answered(now: datetime) -> None:
    messages = due_messages(CAME, now)
    assert len({message.stage for message in messages}) == len(messages)
    for message in messages:
        assert link_state(CAME, message.stage, now) is LinkState.OPEN


# --- E2 -------------------------------------------------------------------------------------


def test_E2_pre_is_open_from_confirmation_and_sent_the_working_day_before() -> None:
    assert window(BOOKED, Stage.PRE) == (at("2027-01-11 10:00"), ENDS)
    assert invitation_at(BOOKED, Stage.PRE) == at("2027-02-05 09:00")
    assert due(BOOKED, "2027-02-05 08:59") == []
    assert due(BOOKED, "2027-02-05 09:00") == [PRE]
    assert due(BOOKED, "2027-02-08 09:29") == [PRE]
    assert due(BOOKED, "2027-02-08 09:30") == []


def test_E2_pre_goes_at_once_to_one_confirmed_later() -> None:
    late = replace(BOOKED, confirmed_at=at("2027-02-07 12:00"))
    assert invitation_at(late, Stage.PRE) == at("2027-02-07 12:00")
    assert due(late, "2027-02-07 12:00") == [PRE]


def test_E2_pre_needs_a_confirmation() -> None:
    waiting = replace(BOOKED, confirmed_at=None)
    assert window(waiting, Stage.PRE) is None
    assert invitation_at(waiting, Stage.PRE) is None
    assert due(waiting, "2027-02-05 09:00") == []
    assert link_state(waiting, Stage.PRE, STARTS) is LinkState.NOT_ASKED


def test_E2_pre_is_sent_once_without_reminders() -> None:
    invited = replace(BOOKED, invited_at={Stage.PRE: at("2027-01-20 09:00")})
    assert due(invited, "2027-02-08 09:00") == [PRE]


def test_E2_begun_over_half_an_hour_in_it_is_no_baseline() -> None:
    assert counts_as_baseline(BOOKED, at("2027-02-08 10:00"))
    assert not counts_as_baseline(BOOKED, at("2027-02-08 10:01"))


# --- E3 -------------------------------------------------------------------------------------


def test_E3_post_opens_before_the_end_is_sent_at_the_end_and_closes_after_28_days() -> None:
    assert window(BOOKED, Stage.POST) == (at("2027-02-08 16:15"), at("2027-03-08 16:30"))
    assert due(BOOKED, "2027-02-08 16:29") == []
    assert due(BOOKED, "2027-02-08 16:30") == [POST]
    assert due(BOOKED, "2027-03-08 16:29") == [POST]
    assert due(BOOKED, "2027-03-08 16:30") == []


def test_E3_post_closes_at_the_same_wall_clock_time_across_the_clock_change() -> None:
    open_for = window(ending("2027-03-08"), Stage.POST)
    assert open_for is not None
    assert open_for.closes_at == at("2027-04-05 16:30")


def test_E3_post_reminds_after_two_and_seven_days() -> None:
    invited = replace(BOOKED, invited_at={Stage.POST: ENDS})
    occurrences = [
        due(invited, when)[0].occurrence
        for when in (
            "2027-02-10 16:29",
            "2027-02-10 16:30",
            "2027-02-15 16:29",
            "2027-02-15 16:30",
            "2027-03-08 16:29",
        )
    ]
    assert occurrences == [0, 1, 1, 2, 2]


def test_E3_after_days_without_a_worker_the_invitation_goes_before_any_reminder() -> None:
    assert due(BOOKED, "2027-02-16 03:10") == [POST]
    invited = replace(BOOKED, invited_at={Stage.POST: at("2027-02-16 03:10")})
    assert due(invited, "2027-02-18 16:29") == [POST]
    assert due(invited, "2027-02-18 16:30") == [DueMessage(Stage.POST, 1)]


def test_E3_one_marked_absent_from_every_session_is_not_asked() -> None:
    assert due(replace(BOOKED, sessions=2, marked_absent=2), "2027-02-08 16:30") == []
    assert due(replace(BOOKED, sessions=2, marked_absent=1), "2027-02-08 16:30") == [POST]


@pytest.mark.parametrize("outcome", [Outcome.DID_NOT_ATTEND, Outcome.EXCUSED])
def test_E3_who_did_not_come_is_voided_and_out_of_the_rate(outcome: Outcome) -> None:
    invited_at = {Stage.POST: ENDS, Stage.PRE: at("2027-02-05 09:00")}
    facts = replace(BOOKED, outcome=outcome, invited_at=invited_at)
    assert is_void(facts, Stage.POST)
    assert due(facts, "2027-02-09 09:00") == []
    assert not counts_in_reply_rate(facts, Stage.POST)
    assert counts_in_reply_rate(facts, Stage.PRE)
    assert link_state(facts, Stage.POST, ENDS) is LinkState.NOT_ASKED


def test_E3_the_rate_is_provisional_until_the_register_is_closed() -> None:
    assert is_provisional(BOOKED, Stage.POST)
    assert not is_provisional(CAME, Stage.POST)
    assert not is_provisional(BOOKED, Stage.PRE)


# --- E4 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "due_at"),
    [
        ("2027-02-08", "2027-04-05T08:00:00+00:00"),
        ("2027-02-01", "2027-03-30T08:00:00+00:00"),
        ("2026-10-30", "2026-12-29T09:00:00+00:00"),
    ],
)
def test_E4_the_examples_of_the_domain(end: str, due_at: str) -> None:
    assert impact_due_at(ending(end)) == datetime.fromisoformat(due_at)


def test_E4_impact_is_due_at_nine_in_london_which_is_eight_in_summer() -> None:
    assert due(CAME, "2027-04-05 08:59") == []
    assert due(CAME, "2027-04-05 09:00") == [IMPACT]
    assert london(impact_due_at(CAME)).time() == time(9)


def test_E4_impact_days_are_policy() -> None:
    assert impact_due_at(replace(CAME, impact_days=84)) == at("2027-05-04 09:00"), "May Day"


@pytest.mark.parametrize(
    ("closed_at", "due_at"),
    [
        ("2027-04-04 12:00", "2027-04-05 09:00"),
        ("2027-04-05 23:59", "2027-04-05 09:00"),
        ("2027-04-06 00:00", "2027-04-07 09:00"),
        ("2027-04-09 15:00", "2027-04-12 09:00"),
    ],
)
def test_E4_a_register_closed_after_that_day_makes_it_the_next_working_day(
    closed_at: str, due_at: str
) -> None:
    facts = replace(CAME, register_closed_at=at(closed_at))
    assert impact_due_at(facts) == at(due_at)
    open_for = window(facts, Stage.IMPACT)
    assert open_for is not None
    assert open_for.closes_at == at(due_at) + timedelta(days=28)


@pytest.mark.parametrize(
    ("outcome", "is_asked_for_it"),
    [
        (Outcome.ATTENDED, True),
        (Outcome.PART_ATTENDED, True),
        (Outcome.DID_NOT_ATTEND, False),
        (Outcome.EXCUSED, False),
        (None, False),
    ],
)
def test_E4_impact_is_for_those_who_came(outcome: Outcome | None, is_asked_for_it: bool) -> None:
    facts = replace(CAME, outcome=outcome)
    assert due(facts, "2027-04-05 09:00") == ([IMPACT] if is_asked_for_it else [])


def test_E4_impact_reminds_after_seven_and_fourteen_days_and_closes_after_28() -> None:
    invited = replace(CAME, invited_at={Stage.IMPACT: at("2027-04-05 09:00")})
    occurrences = [
        [message.occurrence for message in due(invited, when)]
        for when in (
            "2027-04-12 08:59",
            "2027-04-12 09:00",
            "2027-04-19 09:00",
            "2027-05-03 08:59",
            "2027-05-03 09:00",
        )
    ]
    assert occurrences == [[0], [1], [2], [2], []]


def mondays() -> list[date]:
    first = date(2026, 1, 5)
    return [first + timedelta(weeks=n) for n in range(156)]


@pytest.mark.parametrize("hour", [0, 8, 13, 23])
def test_E4_eight_weeks_is_right_in_every_week_of_three_years(hour: int) -> None:
    for on in mondays():
        ends_at = at_london(on, time(hour, 45))
        facts = replace(CAME, starts_at=ends_at - timedelta(hours=1), ends_at=ends_at)
        due_at = impact_due_at(replace(facts, register_closed_at=ends_at))
        eight_weeks = on + timedelta(days=56)
        wall = london(due_at)
        assert wall.time() == time(9), on
        assert is_working_day(wall.date()), on
        skipped = [eight_weeks + timedelta(days=n) for n in range((wall.date() - eight_weeks).days)]
        assert wall.date() >= eight_weeks, on
        assert not any(map(is_working_day, skipped)), on


# --- A4, E9, R2 -----------------------------------------------------------------------------


def test_A4_walk_ins_with_an_address_are_asked_for_post_and_impact() -> None:
    walk_in = replace(CAME, is_walk_in=True, confirmed_at=ENDS)
    assert [stage for stage in Stage if is_asked(walk_in, stage)] == [Stage.POST, Stage.IMPACT]
    assert due(replace(walk_in, has_address=False), "2027-02-08 17:00") == []


def test_an_imported_event_takes_part_in_impact_if_its_interval_still_ran() -> None:
    recent = replace(CAME, imported_on=date(2027, 4, 4))
    assert [stage for stage in Stage if is_asked(recent, stage)] == [Stage.IMPACT]
    assert due(recent, "2027-04-05 09:00") == [IMPACT]
    long_past = replace(CAME, imported_on=date(2027, 4, 5))
    assert not any(is_asked(long_past, stage) for stage in Stage)


def test_E9_a_link_leads_to_what_the_facts_say() -> None:
    states = [
        link_state(CAME, Stage.POST, at(when))
        for when in ("2027-02-08 16:14", "2027-02-08 16:15", "2027-03-08 16:30")
    ]
    assert states == [LinkState.NOT_OPEN, LinkState.OPEN, LinkState.CLOSED]


def test_E9_answered_once_it_stays_answered_and_nobody_is_reminded() -> None:
    answered = replace(CAME, answered_at={Stage.POST: at("2027-02-08 16:20")})
    assert link_state(answered, Stage.POST, at("2027-05-01")) is LinkState.ANSWERED
    assert due(answered, "2027-02-16 16:30") == []


def test_R2_the_reply_rate_counts_those_invited() -> None:
    assert not is_invited(CAME, Stage.POST)
    assert not counts_in_reply_rate(CAME, Stage.POST)
    assert counts_in_reply_rate(replace(CAME, invited_at={Stage.POST: ENDS}), Stage.POST)
    on_paper = replace(CAME, answered_at={Stage.POST: ENDS})
    assert is_invited(on_paper, Stage.POST)
    assert counts_in_reply_rate(on_paper, Stage.POST)


def test_R2_pre_counts_those_invited_and_confirmed_at_the_start() -> None:
    invited = replace(CAME, invited_at={Stage.PRE: at("2027-02-05 09:00")})
    assert counts_in_reply_rate(invited, Stage.PRE)
    cancelled = replace(invited, is_confirmed_at_start=False, state=BookingState.CANCELLED)
    assert not counts_in_reply_rate(cancelled, Stage.PRE)


@given(
    st.sampled_from(Stage),
    instants("2027-01-01", "2027-07-01"),
    st.sampled_from([None, *Outcome]),
    st.booleans(),
)
def test_E3_E4_what_is_due_is_asked_of_the_right_people(stage, now, outcome, is_absent) -> None:
    facts = replace(CAME, outcome=outcome, marked_absent=int(is_absent))
    if stage in {message.stage for message in due_messages(facts, now)}:
        assert outcome not in (Outcome.DID_NOT_ATTEND, Outcome.EXCUSED) or stage is Stage.PRE
        assert stage is not Stage.IMPACT or outcome in (Outcome.ATTENDED, Outcome.PART_ATTENDED)


def test_E5_an_event_without_outcomes_has_nothing_to_ask_before() -> None:
    assert stages_with_questions(ALL_STAGES, has_outcomes=True) == ALL_STAGES
    assert stages_with_questions(ALL_STAGES, has_outcomes=False) == ALL_STAGES - {Stage.PRE}


def test_E6_commitments_are_played_back_on_the_day_of_impact_if_there_is_one() -> None:
    assert played_back_on(BOOKED) == date(2027, 4, 5)
    assert played_back_on(replace(BOOKED, stages=frozenset({Stage.POST}))) is None
