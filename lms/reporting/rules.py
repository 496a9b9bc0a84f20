"""What the figures of a report mean: counts in, rates and sentences out.

R2  Every rate names its denominator; an unknown denominator gives "unknown", never 0 or 100%.
R3  The headline "attended" is attended + part attended + walk-ins.
R7  Events count by the London date of their first session, in the reporting year and quarter
    in which it lies; planned, run, cancelled and postponed are counted apart; "evaluations
    completed" are post + impact, by the date answered.

Source: DOMAIN.md, Reports.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lms.attendance.rules import counts_in_headline
from lms.booking.rules import CAME, BookingState, Origin, Outcome
from lms.catalogue.rules import EventState
from lms.clock import ReportingYear, london_date, quarter, reporting_year
from lms.evaluation.rules import Stage
from lms.words import sentence_case

UNKNOWN = "unknown"


# --- Rates (R2) -----------------------------------------------------------------------------


def rate(part: int, whole: int | None) -> Fraction | None:
    """A part of a whole; None, which reads "unknown", where the whole is unknown or nothing."""
    return Fraction(part, whole) if whole else None


def share_of_total(part: int, total: int) -> Fraction | None:
    """A group's share of all; None where there is nothing to share."""
    return rate(part, total)


def percent(share: Fraction | None) -> str:
    """A share as people read it: '46%', 'under 1%', 'unknown'; never 0% or 100% by rounding."""
    if share is None:
        return UNKNOWN
    if 0 < share < Fraction(1, 100):
        return "under 1%"
    if Fraction(99, 100) < share < 1:
        return "over 99%"
    return f"{rounded_percent(share)}%"


def rounded_percent(share: Fraction) -> int:
    """A share in whole per cent, halves up."""
    return int(_decimal(share * 100).quantize(Decimal(1), ROUND_HALF_UP))


def four_decimals(share: Fraction | None) -> str:
    """A rate as it stands in a file: four decimals, empty where unknown."""
    if share is None:
        return ""
    return str(_decimal(share).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def _decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)


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

    Whether it was confirmed at the start is unknown (None) at imported past events.
    """

    state: BookingState
    origin: Origin
    outcome: Outcome | None = None
    is_confirmed_at_start: bool | None = False
    is_late_cancelled: bool = False


def counted(fact: AttendanceFact) -> AttendanceCounts:
    """What one booking adds to its row, all but the people, who are counted once each (R3)."""
    is_cancelled = fact.state is BookingState.CANCELLED
    if fact.origin is Origin.WALK_IN:  # one taken off the register again never came
        came_in = counts_in_headline(fact.origin, fact.outcome) and not is_cancelled
        return AttendanceCounts(walk_ins=int(came_in))
    return AttendanceCounts(
        confirmed=None if fact.is_confirmed_at_start is None else int(fact.is_confirmed_at_start),
        attended_fully=int(fact.outcome is Outcome.ATTENDED),
        attended_partly=int(fact.outcome is Outcome.PART_ATTENDED),
        did_not_attend=int(fact.outcome is Outcome.DID_NOT_ATTEND),
        excused=int(fact.outcome is Outcome.EXCUSED),
        cancelled=int(is_cancelled),
        late_cancelled=int(is_cancelled and fact.is_late_cancelled),
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


# --- Events (R7) ----------------------------------------------------------------------------


@dataclass(frozen=True)
class EventCounts:
    """How many events a programme planned, and what became of them."""

    planned: int = 0
    run: int = 0
    cancelled: int = 0
    postponed: int = 0


def count_events(events: Iterable[tuple[EventState, datetime]], now: datetime) -> EventCounts:
    """Counts events by their state and the end of their last session; drafts are not counted.

    Every published, cancelled or postponed event was planned; it has run when it has ended.
    """
    known = [(state, ends_at) for state, ends_at in events if state is not EventState.DRAFT]
    return EventCounts(
        planned=len(known),
        run=sum(state is EventState.PUBLISHED and ends_at <= now for state, ends_at in known),
        cancelled=sum(state is EventState.CANCELLED for state, _ in known),
        postponed=sum(state is EventState.POSTPONED for state, _ in known),
    )


def year_of(first_session_at: datetime, start_month: int) -> ReportingYear:
    """The reporting year in which an event counts."""
    return reporting_year(london_date(first_session_at), start_month)


def quarter_of(first_session_at: datetime, start_month: int) -> str:
    """The quarter in which an event counts, as '2026-27 Q1'."""
    return quarter(london_date(first_session_at), start_month)


def last_complete_year(today: date, start_month: int) -> ReportingYear:
    """The reporting year that a page shows where none is asked for."""
    return reporting_year(today, start_month).before


# --- The finding ----------------------------------------------------------------------------

NOTICEABLE = Fraction(1, 100)


def attendance_finding(
    attended: int,
    year_before: int | None,
    groups: Mapping[str, int],
    groups_before: Mapping[str, int],
    named: Sequence[str] = (),
) -> str:
    """The lead of the attendance report, true of the unrounded figures.

    `groups` hold the headline by name as a sentence says it ("the police"); those in `named`
    are spoken of, else the largest and the one whose share has changed most.
    """
    if attended == 0:
        return "Nobody attended in this period."
    opening = f"{attended:,} attended{_against(attended, year_before)}."
    spoken_of = named or _worth_naming(groups, groups_before)
    shares = [
        _share_phrase(name, groups, groups_before, is_first=place == 0)
        for place, name in enumerate(name for name in spoken_of if groups.get(name))
    ]
    return f"{opening} {', and '.join(shares)}." if shares else opening


def _against(now: int, before: int | None) -> str:
    if before is None:
        return ""
    if now == before:
        return ": as many as the year before"
    return f": {abs(now - before):,} {'more' if now > before else 'fewer'} than the year before"


def _share_phrase(
    name: str, groups: Mapping[str, int], before: Mapping[str, int], *, is_first: bool
) -> str:
    share, share_before = _share(name, groups), _share(name, before)
    who = " of them were from " if is_first else " from "
    phrase = f"{percent(share)}{who}{name}"
    change = _change(share, share_before)
    text = f"{phrase}, {change} from {percent(share_before)}" if change else phrase
    return sentence_case(text) if is_first else text


def _change(share: Fraction | None, before: Fraction | None) -> str:
    """'up' or 'down' where the change is noticeable: so it shows in the rounded figures too."""
    if share is None or before is None or abs(share - before) < NOTICEABLE:
        return ""
    return "up" if share > before else "down"


def _share(name: str, groups: Mapping[str, int]) -> Fraction | None:
    return share_of_total(groups.get(name, 0), sum(groups.values()))


def _worth_naming(groups: Mapping[str, int], before: Mapping[str, int]) -> list[str]:
    """The largest group, and the one whose share has changed most, where that is noticeable."""
    here = sorted(name for name in groups if groups[name])
    if not here:
        return []
    largest = max(here, key=lambda name: groups[name])
    changed = max(here, key=lambda name: abs(_moved(name, groups, before)))
    is_worth_it = any(before.values()) and abs(_moved(changed, groups, before)) >= NOTICEABLE
    return [largest, changed] if is_worth_it and changed != largest else [largest]


def _moved(name: str, groups: Mapping[str, int], before: Mapping[str, int]) -> Fraction:
    return (_share(name, groups) or Fraction(0)) - (_share(name, before) or Fraction(0))


def share_caption(groups: Mapping[str, int], before: Mapping[str, int], subject: str) -> str:
    """The chart's caption: whose share fell most and whose grew most, else its subject."""
    if not any(before.values()) or not any(groups.values()):
        return subject
    moved = {name: _moved(name, groups, before) for name in sorted({*groups, *before})}
    fell = min(moved, key=lambda name: moved[name])
    grew = max(moved, key=lambda name: moved[name])
    phrases = []
    if moved[fell] <= -NOTICEABLE:
        phrases.append(f"{_possessive(fell)} share fell")
    if moved[grew] >= NOTICEABLE:
        phrases.append(f"{_possessive(grew)}{'' if phrases else ' share'} grew")
    return sentence_case(", while ".join(phrases)) if phrases else subject


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"
