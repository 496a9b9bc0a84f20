"""B11: what a place that was not used costs, and when that is proposed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from lms.agencies.rules import ChargingEntry
from lms.booking.rules.facts import Period
from lms.booking.rules.states import BookingState, CancelledBy, Outcome
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.words import Word, pounds

HALF_A_DAY = timedelta(minutes=240)  # a date with more than this is a full day


class ChargeReason(Word):
    LATE_CANCELLATION = "late_cancellation"
    NON_ATTENDANCE = "non_attendance"


class ChargeState(Word):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"  # what it was proposed for turned out not to be so


@dataclass(frozen=True)
class Owed:
    """What is to be paid; `pence` None: the event's full cost, and the event does not say it."""

    pence: int | None

    @property
    def words(self) -> str:
        """'£50', or 'the full cost'."""
        return "the full cost" if self.pence is None else pounds(self.pence)


@dataclass(frozen=True)
class Lateness:
    """After which moment giving up a place is late, and what it may then cost the agency."""

    after: datetime
    charge: Owed | None = None

    def is_past(self, now: datetime) -> bool:
        """Whether giving up a place would count as late by now, if anything does."""
        return now > self.after


def owed(
    terms: ChargingEntry | None, sessions: Iterable[Period], price: Decimal | None
) -> Owed | None:
    """What terms make an unused place cost; None: nothing. `terms` are as of the first session.

    Each London date of the event costs its half or its full day's rate, by its minutes.
    """
    if terms is None:
        return None
    if terms.is_full_cost:
        return Owed(None) if price is None else _unless_nothing(round(price * 100))
    halves, fulls = half_and_full_days(sessions)
    return _unless_nothing(halves * terms.half_day_pence + fulls * terms.full_day_pence)


def half_and_full_days(sessions: Iterable[Period]) -> tuple[int, int]:
    """How many London dates the sessions make half a day, and how many a full one."""
    lengths: dict[date, timedelta] = defaultdict(timedelta)
    for start, end in sessions:
        lengths[london_date(start)] += end - start
    halves = sum(length <= HALF_A_DAY for length in lengths.values())
    return halves, len(lengths) - halves


def _unless_nothing(pence: int) -> Owed | None:
    return Owed(pence) if pence else None


LEAVERS = frozenset({CancelledBy.DELEGATE, CancelledBy.AGENCY_LEAD})


@dataclass(frozen=True)
class Unused:
    """What became of a booking, as far as a charge depends on it.

    `was_at_start`: confirmed when the event began, and no walk-in. `cancelled_by` None: it was
    not, or by whom is not looked at. `moved_at` is when the event's time or place last changed.
    """

    state: BookingState
    event_state: EventState
    outcome: Outcome | None = None
    is_late: bool = False
    cancelled_by: CancelledBy | None = None
    was_at_start: bool = False
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None
    moved_at: datetime | None = None


def charge_reason(unused: Unused) -> ChargeReason | None:
    """For what a charge is proposed, or still stands; None where there is nothing to charge for.

    Never where the event was called off or postponed, or moved while the place was held; and not
    where a coordinator cancelled or excused. What hands a place on is no cancellation.
    """
    if unused.event_state is not EventState.PUBLISHED or _has_moved(unused):
        return None
    if unused.state is BookingState.CANCELLED:
        left_late = unused.is_late and unused.cancelled_by in LEAVERS
        return ChargeReason.LATE_CANCELLATION if left_late else None
    missed = unused.was_at_start and unused.outcome is Outcome.DID_NOT_ATTEND
    return ChargeReason.NON_ATTENDANCE if missed else None


def _has_moved(unused: Unused) -> bool:
    """Whether the event's time or place changed while the place was held."""
    if unused.confirmed_at is None or unused.moved_at is None:
        return False
    had_left = unused.cancelled_at is not None and unused.cancelled_at < unused.moved_at
    return unused.moved_at >= unused.confirmed_at and not had_left
