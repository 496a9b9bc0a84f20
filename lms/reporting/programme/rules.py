"""The programme: what was planned, what came of it, who got no place, who taught (R2, R7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from lms.booking.rules import trainer_days
from lms.booking.rules.facts import Period as Span
from lms.catalogue.rules import CancelReason, EventState
from lms.clock import london_date
from lms.reporting.rules.figures import fill_rate
from lms.reporting.rules.periods import EventCounts, count_events, has_run
from lms.words import Word


class ProgrammeBy(Word):
    """What the rows of the programme's and of the waiting report may be."""

    COURSE = "course"
    LEVEL = "level"
    PRIORITY = "priority"
    THEME = "theme"
    KIND = "kind"
    MODE = "mode"
    REMIT = "remit"
    QUARTER = "quarter"
    AGENCY = "agency"
    SECTOR = "sector"


# --- Those who waited -----------------------------------------------------------------------


@dataclass(frozen=True)
class Waited:
    """Somebody who waited when an event's first session started. `who` is one person throughout.

    `is_met`: they came all the same, or had a place at another run of the course that was not
    before they asked.
    """

    who: object
    is_met: bool = False


@dataclass(frozen=True)
class WaitingCounts:
    """One row of the waiting report. `wished` None: a wish is for a course, and the row is none."""

    at_start: int = 0
    people: int = 0
    unmet: int = 0
    now: int = 0
    wished: int | None = None

    @property
    def is_zero(self) -> bool:
        """Whether nobody waits, waited or wishes."""
        return not (self.at_start or self.now or self.wished)


def count_waiting(
    waited: Iterable[Waited], now: int = 0, wished: int | None = None
) -> WaitingCounts:
    """Adds up who waited; a person who waited at several events is one of the people."""
    known = list(waited)
    unmet = {one.who for one in known if not one.is_met} - {one.who for one in known if one.is_met}
    return WaitingCounts(len(known), len({one.who for one in known}), len(unmet), now, wished)


# --- Events ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedEvent:
    """One event of the programme, as its report counts it.

    `counts_at` is its first session's start, or the one that it was postponed from. `confirmed` is
    at the start, walk-ins left out; None where it is unknown: imported past events. `charged` is
    what is confirmed to be paid for places not used, `absent` how many of those had a place.
    """

    state: EventState
    counts_at: datetime | None = None
    ends_at: datetime | None = None
    seats: int = 0
    reason: CancelReason | None = None
    confirmed: int | None = 0
    waited: tuple[Waited, ...] = ()
    price: Decimal | None = None
    cost: Decimal | None = None
    charged_pence: int = 0
    absent_charged: int = 0

    def has_run(self, now: datetime) -> bool:
        """Whether it took place, all of it."""
        return has_run(self.state, self.ends_at, now)

    @property
    def fees_pence(self) -> int | None:
        """What those with a place owe; one who is charged for staying away owes that instead."""
        if not self.price:
            return 0
        if self.confirmed is None:
            return None
        return round(self.price * 100) * max(0, self.confirmed - self.absent_charged)


@dataclass(frozen=True)
class ProgrammeCounts:
    """The figures of one row. Capacity, confirmed, cost and fees are of the events that ran.

    `cost` None: of none of them is it known; else of all but `without_cost`.
    """

    events: EventCounts = field(default_factory=EventCounts)
    reasons: Mapping[CancelReason, int] = field(default_factory=dict)
    capacity: int = 0
    confirmed: int | None = 0
    waiting: WaitingCounts = field(default_factory=WaitingCounts)
    cost: Decimal | None = None
    without_cost: int = 0
    fees_pence: int | None = 0
    charges_pence: int = 0

    @property
    def fill_rate(self) -> Fraction | None:
        """Confirmed at the start, of the capacity, at the events that ran (R2)."""
        return None if self.confirmed is None else fill_rate(self.confirmed, self.capacity)

    @property
    def income_pence(self) -> int | None:
        """Fees and charges together."""
        return None if self.fees_pence is None else self.fees_pence + self.charges_pence


def count_programme(events: Sequence[PlannedEvent], now: datetime) -> ProgrammeCounts:
    """The figures of some events; drafts are no part of a programme."""
    planned = [event for event in events if event.state is not EventState.DRAFT]
    ran = [event for event in planned if event.has_run(now)]
    costs = [event.cost for event in ran if event.cost is not None]
    return ProgrammeCounts(
        events=count_events([(event.state, event.ends_at) for event in planned], now),
        reasons=_reasons(planned),
        capacity=sum(event.seats for event in ran),
        confirmed=_sum_if_known(event.confirmed for event in ran),
        waiting=count_waiting(one for event in planned for one in event.waited),
        cost=sum(costs, Decimal()) if costs else None,
        without_cost=len(ran) - len(costs),
        fees_pence=_sum_if_known(event.fees_pence for event in ran),
        charges_pence=sum(event.charged_pence for event in planned),
    )


def _reasons(events: Iterable[PlannedEvent]) -> dict[CancelReason, int]:
    cancelled = [event for event in events if event.state is EventState.CANCELLED]
    counted = Counter(event.reason or CancelReason.OTHER for event in cancelled)
    return {reason: counted[reason] for reason in CancelReason}


def _sum_if_known(values: Iterable[int | None]) -> int | None:
    known = list(values)
    if any(value is None for value in known):
        return None
    return sum(value for value in known if value is not None)


# --- Trainers -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taught:
    """One event that ran, for one of its trainers."""

    person_id: int
    sessions: tuple[Span, ...]


@dataclass(frozen=True)
class Belonged:
    """A trainer's time at an agency; `ended_on` is the first day no longer there."""

    person_id: int
    agency_id: int | None
    started_on: date
    ended_on: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether they belonged to it on that day."""
        return self.started_on <= on and (self.ended_on is None or on < self.ended_on)


@dataclass(frozen=True)
class TrainerDays:
    """How many of an agency's people taught, and for how many days."""

    trainers: int = 0
    days: float = 0


def days_by_agency(
    taught: Iterable[Taught], belonged: Iterable[Belonged]
) -> dict[int | None, TrainerDays]:
    """Days taught, for the agency that each trainer belonged to on the day; None: to none.

    A London date is half a day or a full one. One who belonged to several counts for the agency
    at which they had been longest.
    """
    times: dict[int, list[Belonged]] = defaultdict(list)
    for time in sorted(belonged, key=lambda time: time.started_on):
        times[time.person_id].append(time)
    days: dict[int | None, float] = defaultdict(float)
    trainers: dict[int | None, set[int]] = defaultdict(set)
    for event in taught:
        for on, sessions in _by_date(event.sessions).items():
            at = _agency_on(times[event.person_id], on)
            days[at] += trainer_days(sessions)
            trainers[at].add(event.person_id)
    return {agency: TrainerDays(len(trainers[agency]), days[agency]) for agency in days}


def _by_date(sessions: Iterable[Span]) -> dict[date, list[Span]]:
    found: dict[date, list[Span]] = defaultdict(list)
    for starts_at, ends_at in sessions:
        found[london_date(starts_at)].append((starts_at, ends_at))
    return found


def _agency_on(times: Iterable[Belonged], on: date) -> int | None:
    return next((time.agency_id for time in times if time.holds_on(on)), None)
