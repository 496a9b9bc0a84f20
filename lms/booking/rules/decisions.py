"""B18: an event that needs a minimum of people, and whether it goes ahead."""

from dataclasses import dataclass
from datetime import date, datetime

from lms.clock import add_working_days
from lms.words import Word

WORKING_DAYS_BEFORE = 10
"""Before the first day: by when it is decided where no day is set."""
WARNED_WORKING_DAYS_BEFORE = 3


class Prospects(Word):
    """Whether an event with a minimum runs, as far as that is known."""

    ENOUGH = "enough"
    OPEN = "open"
    DUE = "due"
    GOES_AHEAD = "goes_ahead"


@dataclass(frozen=True)
class Minimum:
    """How many an event needs, how many have booked, by when it is decided, and how that stands."""

    places: int
    booked: int
    decide_on: date
    prospects: Prospects

    @property
    def is_in_doubt(self) -> bool:
        """Whether somebody has still to decide."""
        return self.prospects in (Prospects.OPEN, Prospects.DUE)


def decision_day(decide_on: date | None, first_day: date) -> date:
    """The day by which it is decided whether an event runs: the one set, else ten working days
    before its first."""
    return decide_on or add_working_days(first_day, -WORKING_DAYS_BEFORE)


def minimum_of(
    places: int,
    decide_on: date | None,
    decided_at: datetime | None,
    first_day: date | None,
    booked: int,
    today: date,
) -> Minimum | None:
    """How an event stands to its minimum; None where it has none, or no date.

    `booked` are those with a confirmed place. Once it is decided to go ahead that holds, however
    few come.
    """
    if not places or first_day is None:
        return None
    by = decision_day(decide_on, first_day)
    if decided_at is not None:
        prospects = Prospects.GOES_AHEAD
    elif booked >= places:
        prospects = Prospects.ENOUGH
    else:
        prospects = Prospects.DUE if today >= by else Prospects.OPEN
    return Minimum(places, booked, by, prospects)


def is_to_be_warned_of(minimum: Minimum | None, today: date) -> bool:
    """Whether those who run it are told that it is in doubt: three working days before."""
    if minimum is None or not minimum.is_in_doubt:
        return False
    return today >= add_working_days(minimum.decide_on, -WARNED_WORKING_DAYS_BEFORE)


ASKED_WORKING_DAYS_BEFORE = 5


def is_to_be_asked(minimum: Minimum, today: date) -> bool:
    """Whether the decision is near enough to be asked for: five working days before it is due."""
    asked_on = add_working_days(minimum.decide_on, -ASKED_WORKING_DAYS_BEFORE)
    return minimum.is_in_doubt and today >= asked_on
