from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.rules import EventState, Stage
from lms.reporting.attendance.finding import attendance_finding, share_caption
from lms.reporting.rules import (
    AttendanceCounts,
    AttendanceFact,
    EventCounts,
    Period,
    ReplyCounts,
    added,
    came,
    count_events,
    counted,
    counts_as_completed,
    fill_rate,
    four_decimals,
    last_complete_year,
    quarter_of,
    rate,
    share_of_total,
    year_of,
)
from lms.words import percent
from tests.support.snapshots import at

# --- R2 -------------------------------------------------------------------------------------


def test_R2_an_unknown_denominator_is_unknown_never_0_or_100() -> None:
    assert rate(0, 0) is None
    assert rate(5, 0) is None
    assert rate(5, None) is None
    assert share_of_total(0, 0) is None
    assert percent(None) == "unknown"
    assert four_decimals(None) is None


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (694, 1504, "46%"),
        (5, 1504, "under 1%"),
        (0, 1504, "0%"),
        (15, 1000, "2%"),
        (14, 1000, "1%"),
        (1503, 1504, "over 99%"),
        (1504, 1504, "100%"),
        (1, 100, "1%"),
        (99, 100, "99%"),
    ],
)
def test_R2_rates_as_people_read_them(part: int, whole: int, text: str) -> None:
    assert percent(rate(part, whole)) == text


def test_R2_rates_in_files_have_four_decimals() -> None:
    assert str(four_decimals(Fraction(1, 3))) == "0.3333"
    assert str(four_decimals(Fraction(2, 3))) == "0.6667"
    assert str(four_decimals(Fraction(1))) == "1.0000"
    assert str(four_decimals(Fraction(1, 20000))) == "0.0001"


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_R2_nothing_reads_0_or_100_that_is_not(part: int, whole: int) -> None:
    text = percent(rate(min(part, whole), whole))
    assert (text == "0%") == (part == 0)
    assert (text == "100%") == (part >= whole)


def test_R2_attendance_rate_leaves_walk_ins_out() -> None:
    row = AttendanceCounts(confirmed=10, attended_fully=7, attended_partly=1, walk_ins=4)
    assert row.attendance_rate == Fraction(8, 10)
    assert replace(row, confirmed=0).attendance_rate is None


def test_R2_imported_past_years_have_no_attendance_rate() -> None:
    row = AttendanceCounts(confirmed=None, attended_fully=591)
    assert row.attendance_rate is None
    assert row.attended == 591


def test_R2_reach_and_fill_name_their_denominators() -> None:
    row = AttendanceCounts(attended_fully=9, people=6, workforce=24)
    assert row.reach == Fraction(1, 4)
    assert replace(row, workforce=None).reach is None
    assert fill_rate(18, 24) == Fraction(3, 4)
    assert fill_rate(18, None) is None


def test_R2_reply_rate_is_answered_of_invited() -> None:
    assert ReplyCounts(Stage.POST, invited=40, answered=25).reply_rate == Fraction(5, 8)
    assert ReplyCounts(Stage.POST).reply_rate is None


# --- R3 -------------------------------------------------------------------------------------


def test_R3_the_headline_is_attended_part_attended_and_walk_ins() -> None:
    row = AttendanceCounts(attended_fully=5, attended_partly=2, walk_ins=3, did_not_attend=4)
    assert row.attended == 10


def fact(outcome: Outcome | None, **changes) -> AttendanceFact:
    plain = AttendanceFact(BookingState.CONFIRMED, Origin.OWN, outcome, is_confirmed_at_start=True)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("booking", "counts"),
    [
        (fact(Outcome.ATTENDED), AttendanceCounts(1, attended_fully=1)),
        (fact(Outcome.PART_ATTENDED), AttendanceCounts(1, attended_partly=1)),
        (fact(Outcome.DID_NOT_ATTEND), AttendanceCounts(1, did_not_attend=1)),
        (fact(Outcome.EXCUSED), AttendanceCounts(1, excused=1)),
        (fact(Outcome.ATTENDED, origin=Origin.WALK_IN), AttendanceCounts(0, walk_ins=1)),
        (fact(Outcome.DID_NOT_ATTEND, origin=Origin.WALK_IN), AttendanceCounts(0)),
        (
            fact(Outcome.ATTENDED, origin=Origin.IMPORT, is_confirmed_at_start=None),
            AttendanceCounts(None, attended_fully=1),
        ),
        (
            fact(None, state=BookingState.CANCELLED, is_confirmed_at_start=False),
            AttendanceCounts(0, cancelled=1),
        ),
        (
            fact(
                None,
                state=BookingState.CANCELLED,
                is_confirmed_at_start=False,
                is_late_cancelled=True,
            ),
            AttendanceCounts(0, cancelled=1, late_cancelled=1),
        ),
        (
            fact(
                None,
                state=BookingState.CANCELLED,
                is_confirmed_at_start=False,
                is_passed_on=True,
            ),
            AttendanceCounts(0),
        ),
    ],
)
def test_R3_every_booking_is_in_one_column(booking, counts) -> None:
    assert counted(booking) == counts


def test_R3_distinct_people_in_a_total_are_counted_once_not_summed() -> None:
    one = AttendanceCounts(confirmed=3, attended_fully=2, people=2, workforce=10)
    other = AttendanceCounts(confirmed=4, attended_fully=1, people=1, workforce=20)
    total = added([one, other], people=2)
    assert total == AttendanceCounts(confirmed=7, attended_fully=3, people=2, workforce=30)


def test_R2_one_unknown_part_makes_the_whole_unknown() -> None:
    rows = [AttendanceCounts(confirmed=3, workforce=9), AttendanceCounts(confirmed=None)]
    total = added(rows, people=0)
    assert total.confirmed is None
    assert total.workforce is None


def test_a_row_is_zero_when_it_has_nothing_but_a_workforce() -> None:
    assert AttendanceCounts(workforce=400).is_zero
    assert not AttendanceCounts(cancelled=1).is_zero
    assert came(Outcome.PART_ATTENDED)
    assert not came(None)


COUNTS = st.integers(0, 20)
ROWS = st.builds(
    AttendanceCounts,
    confirmed=st.none() | COUNTS,
    attended_fully=COUNTS,
    attended_partly=COUNTS,
    walk_ins=COUNTS,
    workforce=st.none() | COUNTS,
)


@given(st.lists(ROWS, max_size=6))
def test_R3_the_headline_of_a_total_is_the_sum_of_its_rows(rows) -> None:
    assert added(rows, people=0).attended == sum(row.attended for row in rows)


# --- R7 -------------------------------------------------------------------------------------


def test_R7_the_real_year_counts_28_planned_27_run_and_one_cancelled() -> None:
    ended, now = at("2017-03-30 16:00"), at("2017-04-01")
    events = [(EventState.PUBLISHED, ended)] * 27 + [(EventState.CANCELLED, ended)]
    assert count_events([*events, (EventState.DRAFT, ended)], now) == EventCounts(28, 27, 1, 0)


def test_R7_what_has_not_ended_has_not_run_and_postponed_is_apart() -> None:
    now = at("2027-02-08 12:00")
    events = [
        (EventState.PUBLISHED, at("2027-02-08 16:30")),
        (EventState.POSTPONED, None),
        (EventState.PUBLISHED, now),
    ]
    assert count_events(events, now) == EventCounts(planned=3, run=1, cancelled=0, postponed=1)


def test_R7_events_count_by_the_london_date_of_their_first_session() -> None:
    last_night, morning = at("2027-03-31 23:30"), at("2027-04-01 00:00")
    assert (year_of(last_night, 4).label, year_of(morning, 4).label) == ("2026-27", "2027-28")
    assert quarter_of(last_night, 4) == "2026-27 Q4"
    assert quarter_of(morning, 4) == "2027-28 Q1"
    assert quarter_of(at("2026-10-01"), 10) == "2026-27 Q1"


def test_R7_the_last_complete_year_is_the_one_before() -> None:
    assert last_complete_year(date(2027, 3, 31), 4).label == "2025-26"
    assert last_complete_year(date(2027, 4, 1), 4).label == "2026-27"


def test_R7_evaluations_completed_are_post_and_impact() -> None:
    assert [stage for stage in Stage if counts_as_completed(stage)] == [Stage.POST, Stage.IMPACT]


# --- The finding ----------------------------------------------------------------------------

THIS_YEAR = {
    "the local authority": 694,
    "education": 276,
    "health": 267,
    "the police": 135,
    "the voluntary sector": 60,
    "others": 72,
}
YEAR_BEFORE = {
    "the local authority": 652,
    "education": 222,
    "health": 236,
    "the police": 125,
    "the voluntary sector": 83,
    "others": 70,
}


def test_R3_the_finding_of_the_picture() -> None:
    named = ["the police", "the voluntary sector"]
    assert attendance_finding(1504, 1388, THIS_YEAR, YEAR_BEFORE, named) == (
        "1,504 attended: 116 more than the year before. 9% of them were from the police, "
        "and 4% from the voluntary sector, down from 6%."
    )


def test_R3_the_finding_names_the_largest_and_the_one_that_changed_most() -> None:
    assert attendance_finding(1504, 1388, THIS_YEAR, YEAR_BEFORE) == (
        "1,504 attended: 116 more than the year before. 46% of them were from the local "
        "authority, and 18% from education, up from 16%."
    )


@pytest.mark.parametrize(
    ("before", "opening"),
    [
        (None, "20 attended."),
        (20, "20 attended: as many as the year before."),
        (21, "20 attended: 1 fewer than the year before."),
    ],
)
def test_R3_the_finding_compares_with_what_is_known(before: int | None, opening: str) -> None:
    text = attendance_finding(20, before, {"health": 20}, {})
    assert text == f"{opening} 100% of them were from health."


def test_R3_a_running_year_is_compared_with_as_much_of_the_year_before() -> None:
    text = attendance_finding(20, 30, {}, {}, is_running=True)
    assert text == "20 attended so far: 10 fewer than by this day of the year before."
    year = Period(date(2026, 4, 1), date(2027, 3, 31))
    running = year.until(date(2026, 11, 20))
    assert running.year_before == Period(date(2025, 4, 1), date(2025, 11, 20))
    assert year.until(date(2027, 3, 31)) == year
    assert year.until(date(2026, 3, 31)) == year


def test_R3_a_finding_without_attendance_says_so() -> None:
    assert attendance_finding(0, 12, {"health": 0}, {"health": 12}) == (
        "Nobody attended in this period."
    )
    assert attendance_finding(3, None, {}, {}) == "3 attended."


@pytest.mark.parametrize(
    ("faith", "phrase"),
    [(24, "2% of them were from faith."), (25, "3% of them were from faith, up from 2%.")],
)
def test_R3_a_change_of_less_than_a_point_is_not_told(faith: int, phrase: str) -> None:
    now, before = {"faith": faith, "health": 1000 - faith}, {"faith": 15, "health": 985}
    assert attendance_finding(1000, 1000, now, before, ["faith"]).endswith(phrase)


def test_the_caption_is_the_finding_or_the_subject() -> None:
    assert share_caption(THIS_YEAR, YEAR_BEFORE, "Share by sector") == (
        "The voluntary sector’s share fell, while education’s grew"
    )
    assert share_caption(THIS_YEAR, THIS_YEAR, "Share by sector") == "Share by sector"
    assert share_caption(THIS_YEAR, {}, "Share by sector") == "Share by sector"
    barely = share_caption({"health": 505, "fire": 495}, {"health": 500, "fire": 500}, "Share")
    assert barely == "Share"
    grew = share_caption({"health": 9, "fire": 2, "x": 2}, {"health": 9, "x": 3}, "Share")
    assert grew == "X’s share fell, while fire’s grew"


GROUPS = st.dictionaries(st.sampled_from(["health", "police", "faith", "fire"]), COUNTS)


@given(GROUPS, GROUPS)
def test_R3_whatever_the_figures_the_finding_is_true_of_them(now, before) -> None:
    attended = sum(now.values())
    text = attendance_finding(attended, sum(before.values()), now, before)
    if attended == 0:
        assert text == "Nobody attended in this period."
        return
    for name in now:
        if f"from {name}, up from" in text:
            assert Fraction(now[name], attended) > Fraction(
                before.get(name, 0), sum(before.values())
            )
        if f"from {name}, down from" in text:
            assert Fraction(now[name], attended) < Fraction(
                before.get(name, 0), sum(before.values())
            )
    caption = share_caption(now, before, "Subject")
    assert caption == "Subject" or "grew" in caption or "fell" in caption
