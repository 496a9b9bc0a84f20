"""Which of two marks stands: by when it was said, not by when it arrived (A1, A2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.rules import MarkSource, Said, said_at, stands_over

OPENS = datetime.fromisoformat("2027-02-08T09:00+00:00")
MINUTE = timedelta(minutes=1)


def said(minute: int, source: MarkSource = MarkSource.TRAINER) -> Said:
    return Said(source, OPENS + minute * MINUTE)


def left_standing(arriving: Iterable[Said]) -> Said | None:
    standing: Said | None = None
    for each in arriving:
        standing = each if stands_over(each, standing) else standing
    return standing


def test_A1_of_two_that_disagree_the_one_said_last_counts() -> None:
    assert stands_over(said(5), said(4))
    assert not stands_over(said(4), said(5))
    assert stands_over(said(5), said(5))


def test_A1_taking_back_counts_as_saying_something() -> None:
    assert not stands_over(said(4), None, OPENS + 5 * MINUTE)
    assert stands_over(said(6), None, OPENS + 5 * MINUTE)


def test_A2_a_claim_gives_way_to_what_the_trainer_says_whenever_it_came() -> None:
    claim = said(20, MarkSource.SELF_CHECK_IN)
    assert stands_over(said(5), claim)
    assert not stands_over(claim, said(5))
    assert stands_over(claim, None)


@given(
    st.permutations(range(6)),
    st.lists(st.sampled_from(MarkSource), min_size=6, max_size=6),
)
def test_A1_the_order_of_arrival_never_matters(order: list[int], sources: list[MarkSource]) -> None:
    spoken = [said(minute, source) for minute, source in enumerate(sources)]
    assert left_standing(spoken) == left_standing(spoken[place] for place in order)


@given(st.integers(-600, 600), st.integers(0, 480))
def test_A1_a_tap_was_made_between_the_opening_and_now(ago: int, open_for: int) -> None:
    now = OPENS + open_for * MINUTE
    at = said_at(ago * MINUTE, OPENS, now)
    assert OPENS <= at <= now
    if 0 <= ago <= open_for:
        assert now - at == ago * MINUTE


def test_A1_a_device_whose_clock_is_years_off_tells_no_overflowing_time() -> None:
    now = OPENS + timedelta(hours=1)
    assert said_at(timedelta.max, OPENS, now) == OPENS
    assert said_at(timedelta.min, OPENS, now) == now
