"""What becomes of a message (docs/decisions/0005-how-the-outbox-works.md).

What is due is sent or visibly failed. A message that could not leave is tried again after 1, 5, 15
and 60 minutes, then hourly until 96 hours have gone by; a refused recipient is final at once. What
was dropped as untrue frees its key, so that it can be told again once it is true again. Messages
that may wait for each other, and that are due to one address, join in one envelope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.errors import Refused
from lms.words import Word, listed

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


# --- Text that people write, with placeholders (docs/decisions/0031) ------------------------

IN_BRACES = re.compile(r"\{([^{}\n]*)\}")
WHOLE = "message"
"""Stands for all that a message says in our words, between greeting and sign-off."""


def name_in(braces: re.Match[str]) -> str:
    """The name of a placeholder, however it was typed."""
    return "_".join(braces[1].lower().split())


def placeholders_in(text: str) -> list[str]:
    """The names that stand in braces, in order."""
    return [name_in(found) for found in IN_BRACES.finditer(text)]


def refuse_unknown_placeholders(text: str, known: Collection[str], *, field: str) -> None:
    """Raises Refused with the list of those there are."""
    unknown = next((name for name in placeholders_in(text) if name not in known), None)
    if unknown is not None:
        raise Refused(f"There is no {{{unknown}}} here. There are {in_braces(known)}.", field=field)


def refuse_missing_parts(text: str, needed: Sequence[str], *, field: str) -> None:
    """A text keeps our whole message once, or else each part of it that a reader needs, once."""
    names = placeholders_in(text)
    if WHOLE in names:
        _refuse_twice(names, (WHOLE,), field)
        both = [name for name in needed if name in names]
        if both:
            raise Refused(
                f"{{{WHOLE}}} holds {in_braces(both)} already: keep the one or the other.",
                field=field,
            )
        return
    missing = [name for name in needed if name not in names]
    if missing or not needed:
        rest = f", or else {in_braces(missing)}" if missing else ""
        raise Refused(f"The text has to keep {{{WHOLE}}}{rest}.", field=field)
    _refuse_twice(names, needed, field)


def _refuse_twice(names: list[str], once: Iterable[str], field: str) -> None:
    for name in once:
        if names.count(name) > 1:
            raise Refused(f"{{{name}}} can stand only once.", field=field)


def in_braces(names: Iterable[str]) -> str:
    """'{name}, {event} and {when}'."""
    return listed([f"{{{name}}}" for name in names])


def pieces_of(text: str) -> Iterator[tuple[str, str | None]]:
    """The text cut at its placeholders: what stands before each, and its name; None at the end."""
    at = 0
    for found in IN_BRACES.finditer(text):
        yield text[at : found.start()], name_in(found)
        at = found.end()
    yield text[at:], None
