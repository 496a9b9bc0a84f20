"""What becomes of a message (docs/decisions/0005-how-the-outbox-works.md).

What is due is sent or visibly failed. A message that could not leave is tried again after 1, 5, 15
and 60 minutes, then hourly until 96 hours have gone by; a refused recipient is final at once. What
was dropped as untrue frees its key, so that it can be told again once it is true again. Messages
that may wait for each other, and that are due to one address, join in one envelope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.words import Word

MINUTE = timedelta(minutes=1)
FIRST_DELAYS = (MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE)
LATER_DELAY = 60 * MINUTE
GIVE_UP_AFTER = timedelta(hours=96)

LEASE = timedelta(minutes=5)
"""How long a worker may hold a message before another takes it for dead."""


class MessageState(Word):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class CalendarAnswer(Word):
    """What somebody's calendar answers to an invitation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


@dataclass(frozen=True)
class MessageFacts:
    """What the question "is it still true?" may look at."""

    purpose: str
    subject_id: int
    occurrence: str
    queued_at: datetime


StillTrue = Callable[[MessageFacts, datetime], bool]


def delay_after(attempts: int) -> timedelta | None:
    """How long to wait after that many failed attempts (1 or more); None: give up.

    The delays add up to 96 hours at most.
    """
    if attempts <= len(FIRST_DELAYS):
        return FIRST_DELAYS[attempts - 1]
    waited = sum(FIRST_DELAYS, timedelta()) + (attempts - len(FIRST_DELAYS)) * LATER_DELAY
    return LATER_DELAY if waited <= GIVE_UP_AFTER else None


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` failures, the last of them at `now`; None: give up."""
    delay = delay_after(attempts)
    return None if delay is None else now + delay


def attempt_after_lost_lease(attempts: int, place: int, now: datetime) -> datetime:
    """When to try again what a worker held when it died; never gives up.

    `place` counts from 0 what it held. Each gets a second of its own, so that one message that
    kills every worker is soon claimed alone; only that one waits longer and longer.
    """
    if attempts <= 1:
        return now + timedelta(seconds=place)
    return now + (delay_after(attempts) or LATER_DELAY) + timedelta(seconds=place)


def is_final_refusal(codes: Iterable[int]) -> bool:
    """Whether the mail server's answers to the recipient (RCPT) mean that trying again is idle."""
    answers = list(codes)
    return bool(answers) and all(500 <= code <= 599 for code in answers)


def key_of(purpose: str, subject_id: int, occurrence: str) -> str:
    """What makes a message unique: it is queued once, however often that is asked for."""
    return f"{purpose}:{subject_id}:{occurrence}"
