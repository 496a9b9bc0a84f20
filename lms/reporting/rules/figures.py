"""Counts and rates: what is counted, of what, and when it is unknown (R2, R3, R7)."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lms.attendance.rules import counts_in_headline
from lms.booking.rules import CAME, BookingState, Origin, Outcome
from lms.evaluation.rules import Stage
from lms.words import Word


class By(Word):
    """What the rows of a report are."""

    AGENCY = "agency"
    SECTOR = "sector"
    COURSE = "course"
    LEVEL = "level"
    PRIORITY = "priority"
    THEME = "theme"
    KIND = "kind"
    MODE = "mode"
    REMIT = "remit"
    QUARTER = "quarter"
    PARTNERSHIP = "partnership"


class Figure(Word):
    """One figure of a row, where a table has room for one alone."""

    ATTENDED = "attended"
    PEOPLE = "people"
    CONFIRMED = "confirmed"
    DID_NOT_ATTEND = "did_not_attend"
    ATTENDANCE_RATE = "attendance_rate"


class Traced(Word):
    """The figures that are counts of bookings, so that each can be traced to them."""

    ATTENDED = "attended"
    CONFIRMED = "confirmed"
    ATTENDED_FULLY = "attended_fully"
    ATTENDED_PARTLY = "attended_partly"
    DID_NOT_ATTEND = "did_not_attend"
    EXCUSED = "excused"
    CANCELLED = "cancelled"
    LATE_CANCELLED = "late_cancelled"
    WALK_INS = "walk_ins"

    @property
    def words(self) -> str:
        """As a sentence says it."""
        return "walk-ins" if self is Traced.WALK_INS else super().words


def traced_by(figure: Figure) -> Traced:
    """The bookings behind a figure: of people those that they came by, of a rate its whole."""
    return {
        Figure.PEOPLE: Traced.ATTENDED,
        Figure.ATTENDANCE_RATE: Traced.CONFIRMED,
    }.get(figure) or Traced(figure.value)


# --- Rates (R2) -----------------------------------------------------------------------------


def rate(part: int, whole: int | None) -> Fraction | None:
    """A part of a whole; None, which reads "unknown", where the whole is unknown or nothing."""
    return Fraction(part, whole) if whole else None


def share_of_total(part: int, total: int) -> Fraction | None:
    """A group's share of all; None where there is nothing to share."""
    return rate(part, total)


def four_decimals(value: Fraction | float | None) -> Decimal | None:
    """A rate or a mean as it stands in a file, rounded half up; None where it is unknown."""
    if value is None:
        return None
    exact = Fraction(value)
    quotient = Decimal(exact.numerator) / Decimal(exact.denominator)
    return quotient.quantize(Decimal("0.0001"), ROUND_HALF_UP)


# --- Attendance (R2, R3) --------------------------------------------------------------------


@dataclass(frozen=True)
class AttendanceCounts:
    """The figures of one row of the attendance report.

    `confirmed` is the number confirmed when the first session started, walk-ins left out, and
    None where it is unknown: imported past years. `people` are distinct, so rows do not add up.
    """

    confirmed: int | None = 0
    attended_fully: int = 0
    attended_partly: int = 0
    did_not_attend: int = 0
    excused: int = 0
    cancelled: int = 0
    late_cancelled: int = 0
    walk_ins: int = 0
    people: int = 0
    workforce: int | None = None

    @property
    def attended(self) -> int:
        """The headline: attended + part attended + walk-ins (R3)."""
        return self.attended_fully + self.attended_partly + self.walk_ins

    @property
    def attendance_rate(self) -> Fraction | None:
        """Attended and part attended, walk-ins left out, of those confirmed at the start."""
        return rate(self.attended_fully + self.attended_partly, self.confirmed)

    @property
    def reach(self) -> Fraction | None:
        """Distinct people who came, of the workforce."""
        return rate(self.people, self.workforce)

    @property
    def is_zero(self) -> bool:
        """Whether there is nothing to show but perhaps a workforce."""
        return not any(astuple(self)[:-1])


@dataclass(frozen=True)
class AttendanceFact:
    """One booking of an event, as the attendance report counts it.

    Whether it was confirmed at the start is unknown (None) at imported past events. One that was
    passed on to a colleague or moved to another date, or never had a name, was not given up.
    """

    state: BookingState
    origin: Origin
    outcome: Outcome | None = None
    is_confirmed_at_start: bool | None = False
    is_late_cancelled: bool = False
    is_passed_on: bool = False


def counted(fact: AttendanceFact) -> AttendanceCounts:
    """What one booking adds to its row, all but the people, who are counted once each (R3)."""
    is_cancelled = fact.state is BookingState.CANCELLED
    if fact.origin is Origin.WALK_IN:  # one taken off the register again never came
        came_in = counts_in_headline(fact.origin, fact.outcome) and not is_cancelled
        return AttendanceCounts(walk_ins=int(came_in))
    was_given_up = is_cancelled and not fact.is_passed_on
    return AttendanceCounts(
        confirmed=None if fact.is_confirmed_at_start is None else int(fact.is_confirmed_at_start),
        attended_fully=int(fact.outcome is Outcome.ATTENDED),
        attended_partly=int(fact.outcome is Outcome.PART_ATTENDED),
        did_not_attend=int(fact.outcome is Outcome.DID_NOT_ATTEND),
        excused=int(fact.outcome is Outcome.EXCUSED),
        cancelled=int(was_given_up),
        late_cancelled=int(was_given_up and fact.is_late_cancelled),
    )


def added(rows: Sequence[AttendanceCounts], *, people: int) -> AttendanceCounts:
    """Rows added up; the distinct people are given, and an unknown part makes a whole unknown."""
    return AttendanceCounts(
        confirmed=_sum_if_known(row.confirmed for row in rows),
        attended_fully=sum(row.attended_fully for row in rows),
        attended_partly=sum(row.attended_partly for row in rows),
        did_not_attend=sum(row.did_not_attend for row in rows),
        excused=sum(row.excused for row in rows),
        cancelled=sum(row.cancelled for row in rows),
        late_cancelled=sum(row.late_cancelled for row in rows),
        walk_ins=sum(row.walk_ins for row in rows),
        people=people,
        workforce=_sum_if_known(row.workforce for row in rows),
    )


def _sum_if_known(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def fill_rate(confirmed_at_start: int, capacity: int | None) -> Fraction | None:
    """Confirmed at the start, of the capacity."""
    return rate(confirmed_at_start, capacity)


def came(outcome: Outcome | None) -> bool:
    """Whether someone attended, fully or partly: who counts in reach."""
    return outcome in CAME


# --- Evaluation (R2, R7) --------------------------------------------------------------------


@dataclass(frozen=True)
class ReplyCounts:
    """One stage of one row of the evaluation report."""

    stage: Stage
    invited: int = 0
    answered: int = 0
    is_provisional: bool = False

    @property
    def reply_rate(self) -> Fraction | None:
        """Answered of invited."""
        return rate(self.answered, self.invited)


def counts_as_completed(stage: Stage) -> bool:
    """Whether an answered form is one of the "evaluations completed": post or impact (R7)."""
    return stage in (Stage.POST, Stage.IMPACT)
