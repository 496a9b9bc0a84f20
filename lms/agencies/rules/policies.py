"""The dated policies of a partnership: figures, bounds, what goes together, and how each is said.

A figure holds from its date until the next of its key. Which date is asked about is said by each
policy: the first session's, or for the cut-off of late cancelling the booking's (B11).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from lms.words import Word, clock_hour, count, day_and_year, days_or_weeks, working_time


class PolicyKey(Word):
    """A figure that a coordinator sets for a partnership, with the date from which it holds."""

    CLOSING_WORKING_DAYS = "closing_working_days"
    LATE_CANCEL_DAYS = "late_cancel_days"
    LATE_CANCEL_DAY_KIND = "late_cancel_day_kind"
    OFFER_HOURS = "offer_hours"
    TICK_WORKING_DAYS = "tick_working_days"
    NAMING_WORKING_DAYS = "naming_working_days"
    ATTENDED_SHARE = "attended_share"
    PART_SHARE = "part_share"
    IMPACT_DAYS = "impact_days"
    WITHHOLD_BELOW = "withhold_below"
    CERTIFICATE_NEEDS_POST = "certificate_needs_post"
    EVALUATION_HOUR = "evaluation_hour"
    OFFERS_FROM_HOUR = "offers_from_hour"
    OFFERS_UNTIL_HOUR = "offers_until_hour"
    FIRST_REMINDER_DAYS = "first_reminder_days"
    LAST_REMINDER_WORKING_DAYS = "last_reminder_working_days"


class DayKind(Word):
    """What "the nth day before" counts; as a policy figure 0 is calendar, 1 working."""

    CALENDAR = "calendar"
    WORKING = "working"

    @classmethod
    def from_figure(cls, figure: int) -> "DayKind":
        """The kind of day that a policy's figure stands for."""
        return cls.WORKING if figure else cls.CALENDAR


DEFAULT_POLICIES: dict[PolicyKey, int] = {
    PolicyKey.CLOSING_WORKING_DAYS: 1,
    PolicyKey.LATE_CANCEL_DAYS: 3,
    PolicyKey.LATE_CANCEL_DAY_KIND: 1,
    PolicyKey.OFFER_HOURS: 48,
    PolicyKey.TICK_WORKING_DAYS: 3,
    PolicyKey.NAMING_WORKING_DAYS: 5,
    PolicyKey.ATTENDED_SHARE: 80,
    PolicyKey.PART_SHARE: 25,
    PolicyKey.IMPACT_DAYS: 56,
    PolicyKey.WITHHOLD_BELOW: 5,
    PolicyKey.CERTIFICATE_NEEDS_POST: 1,
    PolicyKey.EVALUATION_HOUR: 9,
    PolicyKey.OFFERS_FROM_HOUR: 8,
    PolicyKey.OFFERS_UNTIL_HOUR: 18,
    PolicyKey.FIRST_REMINDER_DAYS: 7,
    PolicyKey.LAST_REMINDER_WORKING_DAYS: 1,
}


@dataclass(frozen=True)
class PolicyEntry:
    """A figure as it was set: it holds from its date until the next entry of its key."""

    key: PolicyKey
    holds_from: date
    figure: int


def policy_at(entries: Iterable[PolicyEntry], key: PolicyKey, on: date) -> int:
    """The figure in force on a date; the default where none had been set by then."""
    in_force = [e for e in entries if e.key is key and e.holds_from <= on]
    latest = max(in_force, key=lambda entry: entry.holds_from, default=None)
    return latest.figure if latest else DEFAULT_POLICIES[key]


POLICY_BOUNDS: dict[PolicyKey, tuple[int, int]] = {
    PolicyKey.CLOSING_WORKING_DAYS: (0, 30),
    PolicyKey.LATE_CANCEL_DAYS: (0, 60),
    PolicyKey.LATE_CANCEL_DAY_KIND: (0, 1),
    PolicyKey.OFFER_HOURS: (4, 240),
    PolicyKey.TICK_WORKING_DAYS: (0, 30),
    PolicyKey.NAMING_WORKING_DAYS: (0, 30),
    PolicyKey.ATTENDED_SHARE: (1, 100),
    PolicyKey.PART_SHARE: (1, 100),
    PolicyKey.IMPACT_DAYS: (14, 365),
    PolicyKey.WITHHOLD_BELOW: (5, 50),  # never lower: what had been withheld would be read (R4)
    PolicyKey.CERTIFICATE_NEEDS_POST: (0, 1),
    PolicyKey.EVALUATION_HOUR: (7, 18),
    PolicyKey.OFFERS_FROM_HOUR: (7, 12),
    PolicyKey.OFFERS_UNTIL_HOUR: (13, 21),
    PolicyKey.FIRST_REMINDER_DAYS: (2, 21),
    PolicyKey.LAST_REMINDER_WORKING_DAYS: (1, 5),
}


def policy_fault(key: PolicyKey, figure: int) -> str | None:
    """Why a policy cannot have a figure."""
    least, most = POLICY_BOUNDS[key]
    return None if least <= figure <= most else f"Enter a number from {least} to {most}"


# --- What goes together -----------------------------------------------------------------------

DAYS_BETWEEN_REMINDERS = 3  # a weekend, and a day


def policies_fault(entries: Iterable[PolicyEntry]) -> str | None:
    """The first day from which two figures contradict each other, and how; None where none do."""
    entries = list(entries)
    for on in sorted({entry.holds_from for entry in entries}):
        figures = {key: policy_at(entries, key, on) for key in PolicyKey}
        if fault := _contradiction(figures):
            return f"From {day_and_year(on)} this would not fit: {fault}"
    return None


def _contradiction(figures: dict[PolicyKey, int]) -> str | None:
    attended, part = figures[PolicyKey.ATTENDED_SHARE], figures[PolicyKey.PART_SHARE]
    if part > attended:
        return f"part attended must begin at no more than what counts as attended, {attended}%"
    last = figures[PolicyKey.LAST_REMINDER_WORKING_DAYS]
    least = last + DAYS_BETWEEN_REMINDERS
    if figures[PolicyKey.FIRST_REMINDER_DAYS] < least:
        return f"the first reminder must go at least {least} days before, to come before the last"
    return None


# --- In words ---------------------------------------------------------------------------------


class Asked(Word):
    """How a figure is asked for."""

    NUMBER = "number"
    HOUR = "hour"
    CHOICE = "choice"


@dataclass(frozen=True)
class PolicyWords:
    """How a policy is called, said with its figure, and asked for.

    `choices` are the figures of a choice with their words, the usual one first.
    """

    title: str
    says: Callable[[int], str]
    asks: str
    asked: Asked = Asked.NUMBER
    choices: tuple[tuple[int, str], ...] = ()
    is_of_booking: bool = False  # as it stood when the booking was made

    @property
    def applies(self) -> str:
        """For what a new figure holds."""
        if self.is_of_booking:
            return "It holds for places booked on or after that day."
        return "It holds for events whose first session is on or after that day."


def _before(n: int, noun: str) -> str:
    return f"{count(n, noun)} before" if n else "on the day itself"


POLICIES: dict[PolicyKey, PolicyWords] = {
    PolicyKey.CLOSING_WORKING_DAYS: PolicyWords(
        "When bookings close",
        lambda n: f"Bookings close at 5pm, {_before(n, 'working day')}.",
        "How many working days before?",
    ),
    PolicyKey.NAMING_WORKING_DAYS: PolicyWords(
        "Places without a name",
        lambda n: f"Places held without a name lapse at 5pm, {_before(n, 'working day')}.",
        "How many working days before?",
    ),
    PolicyKey.LATE_CANCEL_DAYS: PolicyWords(
        "Cancelling late",
        lambda n: f"Giving up a place is late after 5pm, {_before(n, 'day')}.",
        "How many days before?",
        is_of_booking=True,
    ),
    PolicyKey.LATE_CANCEL_DAY_KIND: PolicyWords(
        "Which days count for cancelling late",
        lambda n: f"Those are {DayKind.from_figure(n).words} days.",
        "Which days are they?",
        Asked.CHOICE,
        choices=((1, "Working days"), (0, "Calendar days")),
        is_of_booking=True,
    ),
    PolicyKey.OFFER_HOURS: PolicyWords(
        "How long an offer holds",
        lambda n: f"An offered place is held for {working_time(n)}.",
        "For how many hours, counted on working days?",
    ),
    PolicyKey.TICK_WORKING_DAYS: PolicyWords(
        "Confirmed without being asked",
        lambda n: (
            "Whoever ticked “confirm me at once” gets a free place unasked until "
            f"{_before(n, 'working day')}."
        ),
        "Until how many working days before?",
    ),
    PolicyKey.OFFERS_FROM_HOUR: PolicyWords(
        "From when offers leave",
        lambda n: f"Offers leave from {clock_hour(n)} on working days.",
        "From when in the day?",
        Asked.HOUR,
    ),
    PolicyKey.OFFERS_UNTIL_HOUR: PolicyWords(
        "Until when offers leave",
        lambda n: f"No offer leaves after {clock_hour(n)}.",
        "Until when in the day?",
        Asked.HOUR,
    ),
    PolicyKey.FIRST_REMINDER_DAYS: PolicyWords(
        "First reminder",
        lambda n: f"“Can you still come?” goes {count(n, 'day')} before the first session, at 9am.",
        "How many days before?",
    ),
    PolicyKey.LAST_REMINDER_WORKING_DAYS: PolicyWords(
        "Last reminder",
        lambda n: f"What is needed on the day goes {_before(n, 'working day')}, at 9am.",
        "How many working days before?",
    ),
    PolicyKey.ATTENDED_SHARE: PolicyWords(
        "What counts as attended",
        lambda n: f"Somebody has attended who was there for {n}% of the time or more.",
        "For how much of the time, at least?",
    ),
    PolicyKey.PART_SHARE: PolicyWords(
        "What counts as part attended",
        lambda n: f"Somebody has attended in part who was there for {n}% of the time or more.",
        "For how much of the time, at least?",
    ),
    PolicyKey.CERTIFICATE_NEEDS_POST: PolicyWords(
        "When a certificate is issued",
        lambda n: (
            "A certificate is issued once the evaluation at the end is answered or waived."
            if n
            else "A certificate is issued when the register is closed, answered or not."
        ),
        "Does a certificate wait for the evaluation at the end?",
        Asked.CHOICE,
        choices=((1, "Yes"), (0, "No")),
    ),
    PolicyKey.IMPACT_DAYS: PolicyWords(
        "When impact is asked about",
        lambda n: f"What came of it is asked {days_or_weeks(n)} after the last session.",
        "How many days after?",
    ),
    PolicyKey.EVALUATION_HOUR: PolicyWords(
        "When in the day people are asked",
        lambda n: f"Invitations to evaluate before and after leave at {clock_hour(n)}.",
        "When in the day?",
        Asked.HOUR,
    ),
    PolicyKey.WITHHOLD_BELOW: PolicyWords(
        "When results are withheld",
        lambda n: f"Results of fewer than {count(n, 'reply', 'replies')} are withheld.",
        "Of fewer than how many replies?",
    ),
}

POLICY_GROUPS: tuple[tuple[str, tuple[PolicyKey, ...]], ...] = (
    ("Booking", (PolicyKey.CLOSING_WORKING_DAYS, PolicyKey.NAMING_WORKING_DAYS)),
    ("Giving up a place", (PolicyKey.LATE_CANCEL_DAYS, PolicyKey.LATE_CANCEL_DAY_KIND)),
    (
        "The waiting list",
        (
            PolicyKey.OFFER_HOURS,
            PolicyKey.TICK_WORKING_DAYS,
            PolicyKey.OFFERS_FROM_HOUR,
            PolicyKey.OFFERS_UNTIL_HOUR,
        ),
    ),
    ("Reminders", (PolicyKey.FIRST_REMINDER_DAYS, PolicyKey.LAST_REMINDER_WORKING_DAYS)),
    (
        "Attendance and certificates",
        (PolicyKey.ATTENDED_SHARE, PolicyKey.PART_SHARE, PolicyKey.CERTIFICATE_NEEDS_POST),
    ),
    (
        "Evaluation",
        (PolicyKey.IMPACT_DAYS, PolicyKey.EVALUATION_HOUR, PolicyKey.WITHHOLD_BELOW),
    ),
)
