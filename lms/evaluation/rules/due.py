"""E1 to E4, E9: which stage is due for whom, and when, from facts alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from lms.agencies.rules import DEFAULT_POLICIES, PolicyKey
from lms.booking.rules import CAME, BookingState, Outcome
from lms.catalogue.rules import EventState, Stage
from lms.clock import (
    add_working_days,
    at_london,
    london,
    london_date,
    next_working_day_on_or_after,
)
from lms.words import Word

BASELINE_UNTIL = timedelta(minutes=30)
POST_OPENS_BEFORE_END = timedelta(minutes=15)
OPEN_DAYS = 28
MISSED = frozenset({Outcome.DID_NOT_ATTEND, Outcome.EXCUSED})


REMINDER_DAYS: dict[Stage, tuple[int, ...]] = {
    Stage.PRE: (),
    Stage.POST: (2, 7),
    Stage.IMPACT: (7, 14),
}


@dataclass(frozen=True)
class EvaluationFacts:
    """All that decides what one booking is asked, and when.

    `confirmed_at` is when its place was confirmed, and `is_confirmed_at_start` how it stood when
    the first session started. `invited_at` holds when each stage's invitation was queued,
    `answered_at` when it was answered, `opted_out` those of which the delegate asked not to be
    reminded. `imported_on` is set for events that were imported. `marked_absent` is at how many of
    the event's `sessions` the mark that counts says so.
    """

    stages: frozenset[Stage]
    starts_at: datetime
    ends_at: datetime
    state: BookingState = BookingState.CONFIRMED
    event_state: EventState = EventState.PUBLISHED
    confirmed_at: datetime | None = None
    is_confirmed_at_start: bool = True
    is_walk_in: bool = False
    has_address: bool = True
    sessions: int = 1
    marked_absent: int = 0
    outcome: Outcome | None = None
    register_closed_at: datetime | None = None
    impact_days: int = DEFAULT_POLICIES[PolicyKey.IMPACT_DAYS]
    hour: int = DEFAULT_POLICIES[PolicyKey.EVALUATION_HOUR]
    imported_on: date | None = None
    invited_at: Mapping[Stage, datetime] = field(default_factory=dict)
    answered_at: Mapping[Stage, datetime] = field(default_factory=dict)
    opted_out: frozenset[Stage] = frozenset()


class Window(NamedTuple):
    """From when, and until when (that moment excluded), a stage can be answered."""

    opens_at: datetime
    closes_at: datetime


class DueMessage(NamedTuple):
    """A stage's invitation (occurrence 0) or reminder (1, 2)."""

    stage: Stage
    occurrence: int


class LinkState(Word):
    """What a stage's link leads to."""

    NOT_ASKED = "not_asked"
    NOT_OPEN = "not_open"
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


# --- What is asked --------------------------------------------------------------------------


def is_asked(facts: EvaluationFacts, stage: Stage) -> bool:
    """Whether this booking is asked that stage at all, as things stand."""
    if stage not in facts.stages or facts.event_state is not EventState.PUBLISHED:
        return False
    if facts.state is not BookingState.CONFIRMED or is_void(facts, stage):
        return False
    return _has_part(facts, stage)


def is_void(facts: EvaluationFacts, stage: Stage) -> bool:
    """Whether the outcome takes the stage back: nobody is asked about what they missed (E3)."""
    return stage is not Stage.PRE and facts.outcome in MISSED


def _has_part(facts: EvaluationFacts, stage: Stage) -> bool:
    if facts.imported_on is not None:
        return stage is Stage.IMPACT and facts.imported_on < _impact_day(facts)
    if stage is Stage.PRE:
        return not facts.is_walk_in
    if stage is Stage.IMPACT:
        return facts.outcome in CAME
    return facts.outcome is not None or not _is_absent_throughout(facts)


def _is_absent_throughout(facts: EvaluationFacts) -> bool:
    return 0 < facts.sessions <= facts.marked_absent


# --- When -----------------------------------------------------------------------------------


def window(facts: EvaluationFacts, stage: Stage) -> Window | None:
    """When a stage can be answered; None for a pre evaluation before confirmation (E2 to E4)."""
    if stage is Stage.PRE:
        return Window(facts.confirmed_at, facts.ends_at) if facts.confirmed_at else None
    if stage is Stage.POST:
        closes_at = _days_later(facts.ends_at, OPEN_DAYS)
        return Window(facts.ends_at - POST_OPENS_BEFORE_END, closes_at)
    due_at = impact_due_at(facts)
    return Window(due_at, _days_later(due_at, OPEN_DAYS))


def invitation_at(facts: EvaluationFacts, stage: Stage) -> datetime | None:
    """When a stage's invitation goes; None for a pre evaluation before confirmation."""
    if stage is Stage.PRE:
        day_before = add_working_days(london_date(facts.starts_at), -1)
        in_time = at_london(day_before, time(facts.hour))
        return max(in_time, facts.confirmed_at) if facts.confirmed_at else None
    return facts.ends_at if stage is Stage.POST else impact_due_at(facts)


def impact_due_at(facts: EvaluationFacts) -> datetime:
    """09:00 on the day eight weeks (both by policy) after the last session, or the next working
    day.

    Where the register is closed only after that day, the next working day after the closing.
    """
    due_on = next_working_day_on_or_after(_impact_day(facts))
    if facts.register_closed_at is not None:
        closed_on = london_date(facts.register_closed_at)
        due_on = add_working_days(closed_on, 1) if closed_on > due_on else due_on
    return at_london(due_on, time(facts.hour))


def played_back_on(facts: EvaluationFacts) -> date | None:
    """The day on which commitments are asked about, as things stand; None where they never are."""
    return london_date(impact_due_at(facts)) if Stage.IMPACT in facts.stages else None


def counts_as_baseline(facts: EvaluationFacts, opened_at: datetime) -> bool:
    """Whether a pre evaluation was first opened early enough to compare with (E2)."""
    return opened_at <= facts.starts_at + BASELINE_UNTIL


def is_offered_at_the_door(facts: EvaluationFacts, now: datetime) -> bool:
    """Whether one who checks in now is led to the pre evaluation: while it is a baseline (E2)."""
    is_open = link_state(facts, Stage.PRE, now) is LinkState.OPEN
    return is_open and counts_as_baseline(facts, now)


def _impact_day(facts: EvaluationFacts) -> date:
    return london_date(facts.ends_at) + timedelta(days=facts.impact_days)


def _days_later(instant: datetime, days: int, at: datetime | None = None) -> datetime:
    """The same wall-clock time, or that of `at`, some days later."""
    on = london_date(instant) + timedelta(days=days)
    return at_london(on, london(at or instant).time())


# --- What is due now ------------------------------------------------------------------------


def due_messages(facts: EvaluationFacts, now: datetime) -> list[DueMessage]:
    """The messages that this booking should have by now: at most one of each stage.

    The same answer says whether a queued message is still true. Reminders count from the day
    on which the invitation was queued, so that none overtakes or doubles a late invitation.
    """
    return [message for stage in Stage if (message := due_message(facts, stage, now))]


def due_message(facts: EvaluationFacts, stage: Stage, now: datetime) -> DueMessage | None:
    """The message of one stage that this booking should have by now, if any."""
    if not is_due(facts, stage, now):
        return None
    return DueMessage(stage, _latest_occurrence(facts, stage, now))


def is_due(facts: EvaluationFacts, stage: Stage, now: datetime) -> bool:
    """Whether the booking is to be asked now by message: in time, unanswered, reachable, and
    nobody asked us to stop."""
    if not is_asked(facts, stage) or stage in facts.answered_at or not facts.has_address:
        return False
    if stage in facts.opted_out:
        return False
    goes_at, open_for = invitation_at(facts, stage), window(facts, stage)
    if goes_at is None or open_for is None:
        return False
    until = facts.starts_at if stage is Stage.PRE else open_for.closes_at
    return goes_at <= now < until


def _latest_occurrence(facts: EvaluationFacts, stage: Stage, now: datetime) -> int:
    invited_at = facts.invited_at.get(stage)
    if invited_at is None:
        return 0
    goes_at = invitation_at(facts, stage)
    reminders = [_days_later(invited_at, days, goes_at) for days in REMINDER_DAYS[stage]]
    return sum(reminder <= now for reminder in reminders)


def link_state(facts: EvaluationFacts, stage: Stage, now: datetime) -> LinkState:
    """What a stage's link leads to now; answered once, it stays answered (E9)."""
    open_for = window(facts, stage)
    if stage in facts.answered_at:
        return LinkState.ANSWERED
    if open_for is None or not is_asked(facts, stage):
        return LinkState.NOT_ASKED
    if now < open_for.opens_at:
        return LinkState.NOT_OPEN
    return LinkState.OPEN if now < open_for.closes_at else LinkState.CLOSED


def is_last_message(message: DueMessage) -> bool:
    """Whether no reminder of that stage follows."""
    return message.occurrence == len(REMINDER_DAYS[message.stage])


def may_opt_out(facts: EvaluationFacts, stage: Stage, now: datetime) -> bool:
    """Whether there is anything to be spared: the form is open, and could be reminded of."""
    is_open = link_state(facts, stage, now) is LinkState.OPEN
    return is_open and bool(REMINDER_DAYS[stage]) and stage not in facts.opted_out


def may_opt_in(facts: EvaluationFacts, stage: Stage, now: datetime) -> bool:
    """Whether asking to be reminded again has a sense: the form is open, and reminders ended."""
    return link_state(facts, stage, now) is LinkState.OPEN and stage in facts.opted_out


# --- Reply rates ----------------------------------------------------------------------------


def is_invited(facts: EvaluationFacts, stage: Stage) -> bool:
    """Whether someone was asked: by message, or they answered on paper or at check-in."""
    return stage in facts.invited_at or stage in facts.answered_at


def counts_in_reply_rate(facts: EvaluationFacts, stage: Stage) -> bool:
    """Whether the booking is in a stage's denominator (R2; pre: confirmed at start too)."""
    if not is_invited(facts, stage) or is_void(facts, stage):
        return False
    return stage is not Stage.PRE or facts.is_confirmed_at_start


def is_provisional(facts: EvaluationFacts, stage: Stage) -> bool:
    """Whether the outcome may still void the stage: the register is not closed (E3)."""
    return stage is not Stage.PRE and facts.register_closed_at is None
