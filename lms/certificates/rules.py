"""Who has earned a certificate, since when, and what its code looks like.

A6  A certificate is issued when the outcome is "attended" and, by policy as of the first session,
    the post evaluation is answered or waived: so at the later of the two. It is immutable, has an
    unguessable code, can be revoked, never edited.

Nothing is issued for an event of past years that was imported: whoever held it issued its
certificates, and its hours are not known. After a revocation nothing is issued by itself.

Source: docs/domain.md, Attendance.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from lms.booking.rules import Outcome
from lms.words import Word

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U, since each is read as another."""
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
CODE_LENGTH = 12
GROUP = 4


class Standing(Word):
    """Where a booking stands on its way to a certificate."""

    ISSUED = "issued"
    TO_REVOKE = "to_revoke"  # issued, and no longer earned: the register was corrected
    DUE = "due"
    REVOKED = "revoked"
    REGISTER_OPEN = "register_open"
    FORM_OPEN = "form_open"  # attended; the post evaluation can still be answered
    FORM_CLOSED = "form_closed"  # attended; it was not answered while it could be
    NOT_EARNED = "not_earned"
    HELD_ELSEWHERE = "held_elsewhere"


MAY_BE_WAIVED = frozenset({Standing.FORM_OPEN, Standing.FORM_CLOSED})


@dataclass(frozen=True)
class CertificateFacts:
    """All that decides whether a booking has, or should have, a certificate.

    `needs_post`: the policy asks for the post evaluation and the event has one.
    `form_closes_at`: until when that can be answered. `is_in_force` and `was_revoked` speak of
    certificates that were issued for this booking before.
    """

    outcome: Outcome | None
    register_closed_at: datetime | None
    needs_post: bool = True
    post_answered_at: datetime | None = None
    form_closes_at: datetime | None = None
    waived_at: datetime | None = None
    is_imported: bool = False
    is_in_force: bool = False
    was_revoked: bool = False


def earned_at(facts: CertificateFacts) -> datetime | None:
    """Since when a certificate is earned, the later of register and form; None: it is not (A6)."""
    if facts.is_imported or facts.outcome is not Outcome.ATTENDED:
        return None
    if facts.register_closed_at is None:
        return None
    if not facts.needs_post:
        return facts.register_closed_at
    said = [at for at in (facts.post_answered_at, facts.waived_at) if at is not None]
    return max(facts.register_closed_at, min(said)) if said else None


def standing_of(facts: CertificateFacts, now: datetime) -> Standing:
    """Where a booking stands; DUE is what is issued by itself, and nothing else is (A6)."""
    if facts.is_in_force:
        return Standing.ISSUED if facts.outcome is Outcome.ATTENDED else Standing.TO_REVOKE
    if facts.was_revoked:
        return Standing.REVOKED
    if facts.is_imported:
        return Standing.HELD_ELSEWHERE
    return _on_the_way(facts, now)


def _on_the_way(facts: CertificateFacts, now: datetime) -> Standing:
    if facts.register_closed_at is None:
        return Standing.REGISTER_OPEN
    if facts.outcome is not Outcome.ATTENDED:
        return Standing.NOT_EARNED
    if earned_at(facts) is not None:
        return Standing.DUE
    is_closed = facts.form_closes_at is not None and facts.form_closes_at <= now
    return Standing.FORM_CLOSED if is_closed else Standing.FORM_OPEN


def may_issue_anew(facts: CertificateFacts) -> bool:
    """Whether a coordinator may issue another: after a correction of what one says, or a mistake.

    What is earned is the rule's; that one was issued before is all that is set aside.
    """
    return (facts.is_in_force or facts.was_revoked) and earned_at(facts) is not None


# --- Codes ----------------------------------------------------------------------------------


def new_code() -> str:
    """A code that nobody can guess and anybody can type: 'K7PM-4QXD-92HT', one of 10^18."""
    return _in_groups("".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)))


def code_as_typed(typed: str) -> str | None:
    """The code that somebody means by what they typed; None where it can be none.

    Small letters, spaces and hyphens do not matter, nor O for 0, I or L for 1, U for V.
    """
    letters = "".join(c for c in typed.upper() if c.isalnum()).translate(MISREAD)
    if len(letters) != CODE_LENGTH or not set(letters) <= set(LETTERS):
        return None
    return _in_groups(letters)


def _in_groups(letters: str) -> str:
    return "-".join(letters[at : at + GROUP] for at in range(0, CODE_LENGTH, GROUP))
