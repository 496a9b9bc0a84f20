"""What this slice tells people, and until when it is true."""

from __future__ import annotations

from datetime import datetime

from lms.accounts.letters import ADDRESS_CODE, ADDRESSES_CHANGED, SIGN_IN_CODE
from lms.accounts.queries import is_code_wanted
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.wording import Kind


def _code_is_wanted(facts: MessageFacts, now: datetime) -> bool:
    return is_code_wanted(facts.subject_id, now)


def _has_happened(facts: MessageFacts, now: datetime) -> bool:
    """What was done stays done, whatever came after."""
    del facts, now
    return True


PURPOSES: dict[str, StillTrue] = {
    SIGN_IN_CODE: _code_is_wanted,
    ADDRESS_CODE: _code_is_wanted,
    ADDRESSES_CHANGED: _has_happened,
}

OURS_ALONE = (
    "Signing in is the same for everyone here, so that nobody can be led astray: our words stay."
)
KINDS = (
    Kind(
        "accounts/mail/sign_in_code",
        "A code to sign in",
        "At once, to whoever gives an address on the sign-in page.",
        {"to_name": "", "attempt_id": 1},
        fixed=OURS_ALONE,
    ),
    Kind(
        "accounts/mail/address_code",
        "A code to add an address",
        "At once, to an address that somebody adds to their account.",
        {"to_name": "", "attempt_id": 1},
        fixed=OURS_ALONE,
    ),
    Kind(
        "accounts/mail/addresses_changed",
        "Their addresses have changed",
        "At once, to the address that was written to until then.",
        {"to_name": "Ada Quill", "what": "an address was added", "which": "ada@school.example"},
        fixed=OURS_ALONE,
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
