"""What this slice tells people, and until when it is true."""

from __future__ import annotations

from datetime import datetime

from lms.accounts.letters import ADDRESS_CODE, ADDRESSES_CHANGED, SIGN_IN_CODE
from lms.accounts.queries import is_code_wanted
from lms.messaging.rules import MessageFacts, StillTrue


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
