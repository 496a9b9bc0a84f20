"""B13: several people booked at once, and places that an agency lead holds without a name."""

from collections.abc import Iterable
from datetime import datetime, time

from lms.booking.rules.facts import EventSnapshot, at_closing_time, days_before
from lms.clock import add_working_days, at_london, london_date
from lms.words import Word

WARNED_WORKING_DAYS = 3
WARNED_AT = time(9)


class GroupChoice(Word):
    """What is to happen where there are not places for everyone of a group."""

    ALL_OR_NOBODY = "all_or_nobody"
    AS_MANY_AS_FIT = "as_many_as_fit"  # the others are not booked
    OTHERS_WAIT = "others_wait"


def naming_until(snapshot: EventSnapshot) -> datetime:
    """Until when, that moment excluded, an unnamed place can be held: 17:00 on the naming date."""
    return at_closing_time(days_before(snapshot.starts_at, snapshot.policy.naming_working_days))


def naming_warning_at(snapshot: EventSnapshot) -> datetime:
    """When whoever holds unnamed places is warned: three working days before the naming date."""
    warned_on = add_working_days(london_date(naming_until(snapshot)), -WARNED_WORKING_DAYS)
    return at_london(warned_on, WARNED_AT)


def naming_warning_is_due(snapshot: EventSnapshot, now: datetime) -> bool:
    """Whether the warning is true now; places that are held later are warned of at once."""
    if not snapshot.is_dated:
        return False
    return naming_warning_at(snapshot) <= now < naming_until(snapshot)


def unnamed_lapse(snapshot: EventSnapshot, now: datetime) -> bool:
    """Whether places without a name go to those who wait; never while there is no date."""
    return snapshot.is_dated and now >= naming_until(snapshot)


def unnamed_left(allowed: int, held: Iterable[tuple[int, ...]], agency_ids: tuple[int, ...]) -> int:
    """How many more unnamed places an agency may hold at an event that allows so many to each.

    `held` has, for each unnamed place there is, its agency and those above it: what a part of an
    agency holds counts for the whole.
    """
    places = list(held)
    counted = (sum(agency in line for line in places) for agency in agency_ids)
    return max(0, allowed - max(counted, default=0))
