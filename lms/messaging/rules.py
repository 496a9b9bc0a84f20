"""What becomes of a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True)
class MessageFacts:
    """What the question "is it still true?" may look at."""

    purpose: str
    subject_id: int
    occurrence: str
    queued_at: datetime


StillTrue = Callable[[MessageFacts, datetime], bool]
