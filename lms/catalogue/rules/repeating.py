"""The same event on other days: by the wall clock, in a rhythm, never on a bank holiday."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count as numbers

from lms.catalogue.rules.details import YEARS, EventDetails, Fault, SessionDetails
from lms.clock import at_london, bank_holidays, london
from lms.words import Word

FEWEST, MOST = 1, 30
IN_VAIN = 53  # days of a series in a row, of which each touches a bank holiday
A_WEEK = timedelta(days=7)


class Rhythm(Word):
    """How far apart the events of a series are."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    EVERY_THREE_WEEKS = "every_three_weeks"
    EVERY_FOUR_WEEKS = "every_four_weeks"
    MONTHLY = "monthly"


WEEKS = {
    Rhythm.WEEKLY: 1,
    Rhythm.FORTNIGHTLY: 2,
    Rhythm.EVERY_THREE_WEEKS: 3,
    Rhythm.EVERY_FOUR_WEEKS: 4,
}


@dataclass(frozen=True)
class Occurrence:
    """A day of a series; `holiday` is the bank holiday that it, or a later day of it, falls on."""

    on: date
    holiday: date | None = None


def series(first: date, rhythm: Rhythm, times: int, days: Sequence[int] = (0,)) -> list[Occurrence]:
    """So many days from `first` on, and between them those that are stepped over.

    `days` are the days that the event lasts, counted from its first, such as (0, 7). An event that
    would touch a bank holiday is stepped over, and another is added at the end; there are fewer
    where so many in a row touch one that the event would have to wait for decades.
    """
    found: list[Occurrence] = []
    made = in_vain = 0
    for on in _days(first, rhythm):
        if made == times or in_vain == IN_VAIN:
            break
        touched = [on + timedelta(days=n) for n in days]
        holiday = next((day for day in touched if day in bank_holidays(day.year)), None)
        found.append(Occurrence(on, holiday))
        made += holiday is None
        in_vain = 0 if holiday is None else in_vain + 1
    return found


def _days(first: date, rhythm: Rhythm) -> Iterator[date]:
    if rhythm is Rhythm.MONTHLY:
        yield from _same_weekday_of_each_month(first)
        return
    for n in numbers():
        yield first + n * WEEKS[rhythm] * A_WEEK


def _same_weekday_of_each_month(first: date) -> Iterator[date]:
    """'The second Tuesday'; a fifth one where the month has it, else the month is left out."""
    which = (first.day - 1) // 7
    for n in numbers(first.year * 12 + first.month - 1):
        begins = date(n // 12, n % 12 + 1, 1)
        to_weekday = timedelta(days=(first.weekday() - begins.weekday()) % 7)
        on = begins + to_weekday + which * A_WEEK
        if on.month == begins.month:
            yield on


def series_faults(first: date, today: date, times: int) -> list[Fault]:
    """What cannot be: too many at once, or a beginning that is over."""
    faults = []
    if first <= today:
        faults.append(Fault("first_on", "Enter a day that is still to come"))
    elif first.year >= YEARS.stop - 1:
        faults.append(Fault("first_on", f"Enter a day before {YEARS.stop - 1}"))
    if not FEWEST <= times <= MOST:
        faults.append(Fault("times", f"Enter a number of events from {FEWEST} to {MOST}"))
    return faults


# --- An event moved to another day ----------------------------------------------------------


def first_day(sessions: Sequence[SessionDetails]) -> date | None:
    """The London date of the first session; None where there is none."""
    return min((london(block.starts_at).date() for block in sessions), default=None)


def days_of(sessions: Sequence[SessionDetails]) -> tuple[int, ...]:
    """On which days an event is, counted from its first: (0, 7)."""
    first = first_day(sessions)
    if first is None:
        return (0,)
    return tuple(sorted({(london(block.starts_at).date() - first).days for block in sessions}))


def sessions_from(sessions: Sequence[SessionDetails], on: date) -> tuple[SessionDetails, ...]:
    """The same sessions, new ones, from another first day: their hours by the wall clock stay."""
    first = first_day(sessions)
    if first is None:
        return ()
    shift = on - first
    return tuple(
        replace(
            block,
            id=None,
            starts_at=shifted(block.starts_at, shift),
            ends_at=shifted(block.ends_at, shift),
        )
        for block in sessions
    )


def shifted(instant: datetime, by: timedelta) -> datetime:
    """So many days later, at the same time by London's wall clock."""
    wall = london(instant)
    return at_london(wall.date() + by, wall.time())


def copied(details: EventDetails, sessions: Sequence[SessionDetails]) -> EventDetails:
    """An event as a new one of other days: what hangs on its first day moves with it.

    Its own outcomes are new ones. Where either has no day, closing and decision are as usual.
    """
    before, after = first_day(details.sessions), first_day(sessions)
    shift = after - before if before and after else None
    closes_at, decide_on = details.closes_at, details.decide_on
    return replace(
        details,
        sessions=tuple(sessions),
        outcomes=tuple(replace(o, id=None) for o in details.outcomes if not o.is_retired),
        closes_at=shifted(closes_at, shift) if closes_at and shift is not None else None,
        decide_on=decide_on + shift if decide_on and shift is not None else None,
    )
