"""The verbs: ask, keep, answer, key in."""

from lms.evaluation.commands.answering import (
    AlreadyAnswered,
    Incomplete,
    NotOpen,
    Opened,
    answer,
    keep_draft,
    key_in,
)
from lms.evaluation.commands.inviting import ask_all_due

__all__ = [
    "AlreadyAnswered",
    "Incomplete",
    "NotOpen",
    "Opened",
    "answer",
    "ask_all_due",
    "keep_draft",
    "key_in",
]
