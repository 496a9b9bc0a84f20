from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.rules import (
    Mark,
    MarkKind,
    SessionFact,
    Thresholds,
    chased_at,
    counts_in_headline,
    counts_in_rates,
    is_register_open,
    is_to_be_chased,
    is_wholly_marked,
    outcome_for,
    outcome_for_share,
    register_opens_at,
    share_present,
)
from lms.booking.rules import Origin, Outcome
from tests.support.snapshots import at

MORNING = SessionFact(1, at("2027-02-08 09:30"), at("2027-02-08 12:30"))
AFTERNOON = SessionFact(2, at("2027-02-08 13:30"), at("2027-02-08 15:30"))
DAY = (MORNING, AFTERNOON)

PRESENT = Mark(MarkKind.PRESENT)
ABSENT = Mark(MarkKind.ABSENT)


def test_A1_a_register_opens_half_an_hour_before_the_first_session() -> None:
    assert register_opens_at((AFTERNOON, MORNING)) == at("2027-02-08 09:00")
    assert not is_register_open(DAY, at("2027-02-08 08:59"), None)
    assert is_register_open(DAY, at("2027-02-08 09:00"), None)
    assert is_register_open(DAY, at("2027-02-12 09:00"), None)
    assert not is_register_open(DAY, at("2027-02-12 09:00"), at("2027-02-08 16:00"))


def test_A1_every_mark_has_its_share_of_the_session() -> None:
    whole = timedelta(hours=3)
    assert PRESENT.present_of(whole) == whole
    assert ABSENT.present_of(whole) == timedelta()
    late = Mark(MarkKind.LATE, minutes_late=20)
    assert late.present_of(whole) == timedelta(hours=2, minutes=40)
    both = Mark(MarkKind.LEFT_EARLY, minutes_late=20, minutes_left_early=40)
    assert both.present_of(whole) == timedelta(hours=2)
    assert Mark(MarkKind.LATE, minutes_late=500).present_of(whole) == timedelta()


@pytest.mark.parametrize(
    ("marks", "share"),
    [
        ({1: PRESENT, 2: PRESENT}, Fraction(1)),
        ({1: PRESENT, 2: ABSENT}, Fraction(3, 5)),
        ({1: ABSENT, 2: PRESENT}, Fraction(2, 5)),
        ({1: PRESENT}, Fraction(3, 5)),
        ({1: Mark(MarkKind.LATE, minutes_late=60), 2: PRESENT}, Fraction(4, 5)),
        ({}, Fraction(0)),
    ],
)
def test_A3_the_share_is_of_the_events_minutes(marks, share) -> None:
    assert share_present(DAY, marks) == share


@pytest.mark.parametrize(
    ("share", "outcome"),
    [
        (Fraction(1), Outcome.ATTENDED),
        (Fraction(80, 100), Outcome.ATTENDED),
        (Fraction(7999, 10000), Outcome.PART_ATTENDED),
        (Fraction(25, 100), Outcome.PART_ATTENDED),
        (Fraction(2499, 10000), Outcome.DID_NOT_ATTEND),
        (Fraction(0), Outcome.DID_NOT_ATTEND),
    ],
)
def test_A3_outcomes_by_share_each_threshold_or_more(share, outcome) -> None:
    assert outcome_for_share(share) is outcome


def test_A3_thresholds_are_policy() -> None:
    strict = Thresholds(attended=90, part=50)
    assert outcome_for_share(Fraction(85, 100), strict) is Outcome.PART_ATTENDED
    assert outcome_for_share(Fraction(49, 100), strict) is Outcome.DID_NOT_ATTEND


def test_A3_a_whole_day_with_an_hour_missed_is_attended() -> None:
    late = {1: Mark(MarkKind.LATE, minutes_late=60), 2: PRESENT}
    assert outcome_for(DAY, late) is Outcome.ATTENDED
    later = {1: Mark(MarkKind.LATE, minutes_late=61), 2: PRESENT}
    assert outcome_for(DAY, later) is Outcome.PART_ATTENDED


def test_A3_excused_is_set_by_hand_and_stands() -> None:
    absent = {1: ABSENT, 2: ABSENT}
    assert outcome_for(DAY, absent) is Outcome.DID_NOT_ATTEND
    assert outcome_for(DAY, absent, is_excused=True) is Outcome.EXCUSED


def test_A3_closing_need_not_ask_for_a_name_that_is_wholly_marked() -> None:
    assert is_wholly_marked(DAY, {1: PRESENT, 2: ABSENT})
    assert not is_wholly_marked(DAY, {1: PRESENT})
    assert not is_wholly_marked(DAY, {})


def test_A3_an_open_register_is_chased_two_working_days_after() -> None:
    friday_end = at("2027-02-05 16:30")
    assert chased_at(friday_end) == at("2027-02-09 09:00")
    assert not is_to_be_chased(friday_end, None, at("2027-02-09 08:59"))
    assert is_to_be_chased(friday_end, None, at("2027-02-09 09:00"))
    assert not is_to_be_chased(friday_end, at("2027-02-05 17:00"), at("2027-02-09 09:00"))


def test_A4_walk_ins_count_in_the_headline_and_not_in_rates() -> None:
    assert counts_in_headline(Origin.WALK_IN, Outcome.ATTENDED)
    assert counts_in_headline(Origin.WALK_IN, None)
    assert not counts_in_headline(Origin.WALK_IN, Outcome.DID_NOT_ATTEND)
    assert counts_in_headline(Origin.OWN, Outcome.PART_ATTENDED)
    assert not counts_in_headline(Origin.OWN, None)
    assert not counts_in_headline(Origin.COORDINATOR, Outcome.EXCUSED)
    assert {origin for origin in Origin if not counts_in_rates(origin)} == {Origin.WALK_IN}


MARKS = st.builds(Mark, st.sampled_from(MarkKind), st.integers(0, 200), st.integers(0, 200))


@given(st.dictionaries(st.sampled_from((1, 2)), MARKS), st.integers(1, 100), st.integers(0, 100))
def test_A3_every_share_has_one_outcome(marks, attended: int, part: int) -> None:
    share = share_present(DAY, marks)
    assert 0 <= share <= 1
    outcome = outcome_for_share(share, Thresholds(max(attended, part), part))
    assert (outcome is Outcome.ATTENDED) == (share * 100 >= max(attended, part))
    assert (outcome is Outcome.DID_NOT_ATTEND) == (
        share * 100 < part and outcome is not Outcome.ATTENDED
    )


@given(MARKS)
def test_A3_coming_is_never_worth_less_than_staying_away(mark: Mark) -> None:
    assert share_present(DAY, {1: mark, 2: ABSENT}) <= share_present(DAY, {1: mark, 2: PRESENT})
