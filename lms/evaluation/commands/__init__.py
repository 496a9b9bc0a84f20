"""The verbs: ask, keep, answer, key in."""

from lms.evaluation.commands.answering import (
    AlreadyAnswered,
    Incomplete,
    NothingToSpare,
    NotOpen,
    NotStopped,
    Opened,
    answer,
    keep_draft,
    key_in,
    remind_again,
    stop_reminders,
)
from lms.evaluation.commands.inviting import ask_all_due
from lms.evaluation.commands.managers import (
    NotAsked,
    ask_managers_due,
    corroborate,
    withdraw_consent,
)
from lms.evaluation.commands.versions import (
    Misworded,
    add_question,
    ask_again,
    ask_as_everywhere,
    change_question,
    copy_questions,
    discard_draft,
    move_question,
    put_in_force,
    retire_question,
)

__all__ = [
    "AlreadyAnswered",
    "Incomplete",
    "Misworded",
    "NotAsked",
    "NotOpen",
    "NotStopped",
    "NothingToSpare",
    "Opened",
    "add_question",
    "answer",
    "ask_again",
    "ask_all_due",
    "ask_as_everywhere",
    "ask_managers_due",
    "change_question",
    "copy_questions",
    "corroborate",
    "discard_draft",
    "keep_draft",
    "key_in",
    "move_question",
    "put_in_force",
    "remind_again",
    "retire_question",
    "stop_reminders",
    "withdraw_consent",
]
