from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.booking.rules import (
    LIVE,
    MOVES,
    BookingState,
    BrokenHistory,
    Move,
    may_move,
    replay,
    state_at,
)
from tests.support.snapshots import at

NOW = at("2027-01-11 10:00")


def history(*states: BookingState) -> list[Move]:
    pairs = pairwise((None, *states))
    return [
        Move(before, after, NOW + timedelta(hours=n))
        for n, (before, after) in enumerate(pairs)
        if after is not None
    ]


def test_an_ended_booking_never_moves_again() -> None:
    for ended in set(BookingState) - LIVE:
        assert not any(may_move(ended, after) for after in BookingState)


def test_a_booking_begins_requested_confirmed_or_waiting() -> None:
    begins = {state for state in BookingState if may_move(None, state)}
    assert begins == {BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.WAITING}


def test_a_confirmed_place_is_only_ever_cancelled() -> None:
    assert MOVES[BookingState.CONFIRMED] == {BookingState.CANCELLED}


def test_a_history_replays_to_its_state() -> None:
    moves = history(BookingState.WAITING, BookingState.OFFERED, BookingState.CONFIRMED)
    assert replay(moves) is BookingState.CONFIRMED
    assert replay([]) is None


def test_a_history_with_a_gap_or_a_forbidden_move_is_broken() -> None:
    moves = history(BookingState.WAITING, BookingState.OFFERED, BookingState.CONFIRMED)
    with pytest.raises(BrokenHistory):
        replay([moves[0], moves[2]])
    with pytest.raises(BrokenHistory):
        replay(history(BookingState.CONFIRMED, BookingState.WAITING))


def test_R2_the_state_at_the_start_is_replayed_from_the_moves() -> None:
    moves = history(BookingState.CONFIRMED, BookingState.CANCELLED)
    assert state_at(moves, NOW - timedelta(minutes=1)) is None
    assert state_at(moves, NOW) is BookingState.CONFIRMED
    assert state_at(moves, NOW + timedelta(hours=1)) is BookingState.CANCELLED


@given(st.data())
def test_every_chain_of_allowed_moves_replays(data: st.DataObject) -> None:
    states: list[BookingState] = []
    state: BookingState | None = None
    while MOVES[state] and len(states) < 12:
        state = data.draw(st.sampled_from(sorted(MOVES[state])))
        states.append(state)
    assert replay(history(*states)) is states[-1]
