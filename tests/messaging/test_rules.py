"""When a message is tried again, and when that is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.messaging.rules import (
    GIVE_UP_AFTER,
    attempt_after_lost_lease,
    delay_after,
    is_final_refusal,
    next_attempt,
)

NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)
MINUTES = [1, 5, 15, 60, 60, 60]


@pytest.mark.parametrize(("attempts", "minutes"), list(enumerate(MINUTES, start=1)))
def test_retries_after_1_5_15_60_minutes_then_hourly(attempts: int, minutes: int) -> None:
    assert next_attempt(attempts, NOW) == NOW + timedelta(minutes=minutes)


def test_all_delays_together_come_as_close_to_96_hours_as_hours_can() -> None:
    waited, attempts = timedelta(), 1
    while delay := delay_after(attempts):
        waited, attempts = waited + delay, attempts + 1
    assert GIVE_UP_AFTER - timedelta(hours=1) < waited <= GIVE_UP_AFTER


@given(st.integers(min_value=1, max_value=300))
def test_once_given_up_always_given_up(attempts: int) -> None:
    if delay_after(attempts) is None:
        assert delay_after(attempts + 1) is None


@given(st.integers(min_value=1, max_value=300))
def test_delays_never_shrink_and_never_pass_an_hour(attempts: int) -> None:
    this, following = delay_after(attempts), delay_after(attempts + 1)
    if this and following:
        assert timedelta(minutes=1) <= this <= following <= timedelta(hours=1)


@given(st.integers(min_value=0, max_value=300), st.integers(min_value=0, max_value=400))
def test_what_a_dead_worker_held_is_always_tried_again(attempts: int, place: int) -> None:
    again = attempt_after_lost_lease(attempts, place, NOW)
    assert NOW <= again <= NOW + timedelta(hours=1, seconds=place)
    assert again < attempt_after_lost_lease(attempts, place + 1, NOW)


@pytest.mark.parametrize(
    ("codes", "final"), [([550], True), ([450], False), ([550, 451], False), ([], False)]
)
def test_only_a_5xx_for_the_recipient_is_final(codes: list[int], *, final: bool) -> None:
    assert is_final_refusal(codes) is final
