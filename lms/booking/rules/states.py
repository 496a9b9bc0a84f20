"""The states of a booking, the moves between them, and the history that replays to a state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.words import Word


class BookingState(Word):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


LIVE = frozenset(
    {
        BookingState.REQUESTED,
        BookingState.CONFIRMED,
        BookingState.WAITING,
        BookingState.OFFERED,
    }
)


class Origin(Word):
    """By whom, or how, a booking was made (A4)."""

    OWN = "own"
    COORDINATOR = "coordinator"
    AGENCY_LEAD = "agency_lead"
    WALK_IN = "walk_in"
    IMPORT = "import"


class Outcome(Word):
    """What a booking came to; set by the register (A3)."""

    ATTENDED = "attended"
    PART_ATTENDED = "part_attended"
    DID_NOT_ATTEND = "did_not_attend"
    EXCUSED = "excused"


CAME = frozenset({Outcome.ATTENDED, Outcome.PART_ATTENDED})


class CancelledBy(Word):
    DELEGATE = "delegate"
    AGENCY_LEAD = "agency_lead"
    COORDINATOR = "coordinator"
    EVENT = "event"


_ENDS = frozenset({BookingState.DECLINED, BookingState.LAPSED, BookingState.CANCELLED})

MOVES: dict[BookingState | None, frozenset[BookingState]] = {
    None: frozenset({BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.WAITING}),
    BookingState.REQUESTED: _ENDS | {BookingState.CONFIRMED, BookingState.WAITING},
    BookingState.WAITING: _ENDS | {BookingState.OFFERED, BookingState.CONFIRMED},
    BookingState.OFFERED: _ENDS | {BookingState.CONFIRMED, BookingState.WAITING},
    BookingState.CONFIRMED: frozenset({BookingState.CANCELLED}),
    BookingState.DECLINED: frozenset(),
    BookingState.LAPSED: frozenset(),
    BookingState.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Move:
    """One row of a booking's history; the first comes from None."""

    before: BookingState | None
    after: BookingState
    at: datetime


class BrokenHistory(ValueError):
    """A booking's moves do not follow one another, or are not allowed."""


def may_move(before: BookingState | None, after: BookingState) -> bool:
    """Whether a booking may go from one state to another; None is before it was made."""
    return after in MOVES[before]


def replay(moves: Iterable[Move]) -> BookingState | None:
    """The state that a history leads to; raises BrokenHistory where one move does not follow."""
    state: BookingState | None = None
    for move in moves:
        if move.before is not state or not may_move(state, move.after):
            raise BrokenHistory(f"{state} cannot be followed by {move.before} to {move.after}")
        state = move.after
    return state


def state_at(moves: Iterable[Move], instant: datetime) -> BookingState | None:
    """The state in which a history stood at an instant, moves of that instant included."""
    return replay(move for move in moves if move.at <= instant)
