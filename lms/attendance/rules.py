"""The register: when it opens, what the marks mean, and who counts.

A1  A register opens 30 minutes before the first session; a mark per session, with its source.
    Of two that disagree the one said last counts, whichever arrives first; a device says when.
A2  Somebody checks in themselves from 30 minutes before a session starts until 30 minutes after:
    a claim until the register is closed, which the trainer's mark overrules. Who has no place is a
    walk-in while a seat is left.
A3  Closing asks for every name without a mark, then sets each outcome by the share of the
    event's minutes present; a register not closed 2 working days after is chased.
A4  Walk-ins count in headline attendance and not in rates.

Source: docs/domain.md, Attendance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction

from lms.agencies.rules import DEFAULT_POLICIES, PolicyKey
from lms.booking.rules import CAME, Origin, Outcome
from lms.clock import add_working_days, at_london, london_date
from lms.words import Word

OPENS_BEFORE = timedelta(minutes=30)
PASS_OUTLASTS = timedelta(hours=2)
CHASED_AFTER_WORKING_DAYS = 2
CHASED_AT = time(9)


class MarkKind(Word):
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"


GIVES_MINUTES = frozenset({MarkKind.LATE, MarkKind.LEFT_EARLY})
HERE = frozenset({MarkKind.PRESENT, *GIVES_MINUTES})


class MarkSource(Word):
    TRAINER = "trainer"
    COORDINATOR = "coordinator"
    SELF_CHECK_IN = "self_check_in"
    IMPORT = "import"


OUR_WORD = frozenset({MarkSource.TRAINER, MarkSource.COORDINATOR})  # not a claim, not a file


class Became(Word):
    """What came of an act that a device kept and sent later."""

    DONE = "done"
    KNOWN = "known"  # it had arrived before: nothing was done twice
    OVERTAKEN = "overtaken"  # kept, but what somebody said later counts


class FileSupplier(Word):
    TEAMS = "teams"
    ZOOM = "zoom"


class RowState(Word):
    """What becomes of one participant of a meeting's file."""

    MATCHED = "matched"
    UNMATCHED = "unmatched"
    SET_ASIDE = "set_aside"  # nobody of ours: a recording bot, a second device


@dataclass(frozen=True)
class SessionFact:
    """A session of the event, as its register sees it."""

    id: int
    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """How long the session lasts."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True)
class Mark:
    """What the register says of one person at one session.

    Someone may come late, leave early and be away in between too; unknown minutes are 0.
    """

    kind: MarkKind
    minutes_late: int = 0
    minutes_left_early: int = 0
    minutes_away: int = 0
    is_claim: bool = False  # they checked in themselves, and nobody has confirmed it yet (A2)
    made_at: datetime | None = None

    def present_of(self, length: timedelta) -> timedelta:
        """How much of a session of that length the person was there."""
        if self.kind is MarkKind.ABSENT:
            return timedelta()
        missed = timedelta(minutes=self.minutes_late + self.minutes_left_early + self.minutes_away)
        return max(length - missed, timedelta())


@dataclass(frozen=True)
class Thresholds:
    """From which share of the minutes, in per cent, someone attended or attended in part."""

    attended: int = DEFAULT_POLICIES[PolicyKey.ATTENDED_SHARE]
    part: int = DEFAULT_POLICIES[PolicyKey.PART_SHARE]


def says_more(
    before: MarkKind, before_source: MarkSource, kind: MarkKind, source: MarkSource
) -> bool:
    """Whether a mark is made in place of one that stands already.

    A claim overrules nothing. Whoever takes the register confirms a claim by the same word (A2).
    """
    if source is MarkSource.SELF_CHECK_IN:
        return False
    return before is not kind or before_source is MarkSource.SELF_CHECK_IN


def register_opens_at(sessions: Iterable[SessionFact]) -> datetime:
    """When marks can first be made (A1)."""
    return min(session.starts_at for session in sessions) - OPENS_BEFORE


def is_register_open(
    sessions: Iterable[SessionFact], now: datetime, closed_at: datetime | None
) -> bool:
    """Whether marks can be made now; a closed register is corrected, not marked."""
    return closed_at is None and register_opens_at(sessions) <= now


@dataclass(frozen=True)
class Said:
    """By which way a mark was made, and when it was said: at the tap, not at its arrival."""

    source: MarkSource
    at: datetime

    @property
    def is_claim(self) -> bool:
        return self.source is MarkSource.SELF_CHECK_IN


def stands_over(made: Said, before: Said | None, taken_back_at: datetime | None = None) -> bool:
    """Whether a mark takes the place of what stands, in whichever order the two arrive (A1, A2).

    The one said last counts, and taking back counts as saying something. Between a claim and what
    somebody else said, the claim gives way. `taken_back_at` is when a mark was last undone.
    """
    if taken_back_at is not None and made.at < taken_back_at:
        return False
    if before is None:
        return True
    if made.is_claim != before.is_claim:
        return before.is_claim
    return made.at >= before.at


def said_at(ago: timedelta, opens_at: datetime, now: datetime) -> datetime:
    """When a tap that was kept on a device was made: so long ago by that device's own watch.

    Only the time between tap and sending is taken from the device, so a clock that is set wrong
    does no harm; nothing was said before the register opened, or is said in the future.
    """
    latest = max(now, opens_at)
    if ago <= timedelta():
        return latest
    return latest - ago if ago < latest - opens_at else opens_at


def pass_ends_at(sessions: Iterable[SessionFact], made_at: datetime) -> datetime | None:
    """Until when a register stays open on the device where it was opened, without a sign-in.

    Two hours after that day's last session ends; None on a day without a session.
    """
    on = london_date(made_at)
    ends = [s.ends_at for s in sessions if london_date(s.starts_at) <= on <= london_date(s.ends_at)]
    return max(ends) + PASS_OUTLASTS if ends else None


def closable_from(sessions: Iterable[SessionFact]) -> datetime:
    """From when a register may be closed: once the last session has begun (A3)."""
    return max(session.starts_at for session in sessions)


def share_present(sessions: Iterable[SessionFact], marks: Mapping[int, Mark]) -> Fraction:
    """The share of the event's minutes, from 0 to 1, at which the person was there.

    `marks` are by session id; a session without a mark counts as missed.
    """
    whole = present = timedelta()
    for session in sessions:
        whole += session.length
        if session.id in marks:
            present += marks[session.id].present_of(session.length)
    return Fraction(present // _MOMENT, whole // _MOMENT) if whole else Fraction(0)


_MOMENT = timedelta(microseconds=1)


def outcome_for_share(share: Fraction, thresholds: Thresholds = Thresholds()) -> Outcome:
    """The outcome that a share of the minutes earns; each threshold belongs to the better one."""
    if share * 100 >= thresholds.attended:
        return Outcome.ATTENDED
    if share * 100 >= thresholds.part:
        return Outcome.PART_ATTENDED
    return Outcome.DID_NOT_ATTEND


def outcome_for(
    sessions: Iterable[SessionFact],
    marks: Mapping[int, Mark],
    thresholds: Thresholds = Thresholds(),
    *,
    is_excused: bool = False,
) -> Outcome:
    """The outcome that closing the register sets; excused is set by hand and stands (A3)."""
    if is_excused:
        return Outcome.EXCUSED
    return outcome_for_share(share_present(sessions, marks), thresholds)


def is_wholly_marked(sessions: Iterable[SessionFact], marks: Mapping[int, Mark]) -> bool:
    """Whether every session has a mark for this person, so that closing need not ask."""
    return all(session.id in marks for session in sessions)


def chased_at(ends_at: datetime) -> datetime:
    """When a register that is still open is chased: 09:00, 2 working days after the end."""
    on = add_working_days(london_date(ends_at), CHASED_AFTER_WORKING_DAYS)
    return at_london(on, CHASED_AT)


def is_to_be_chased(ends_at: datetime, closed_at: datetime | None, now: datetime) -> bool:
    """Whether the register should have been closed by now."""
    return closed_at is None and now >= chased_at(ends_at)


def counts_in_headline(origin: Origin, outcome: Outcome | None) -> bool:
    """Whether a booking is one of the headline's "attended": came, walk-ins included (A4)."""
    if origin is Origin.WALK_IN and outcome is None:
        return True
    return outcome in CAME


def counts_in_rates(origin: Origin) -> bool:
    """Whether a booking may count in rates: walk-ins never do."""
    return origin is not Origin.WALK_IN
