"""What evaluations are due, open, answered and missing."""

from lms.evaluation.queries.due import PURPOSE, Due, is_still_due, list_due, occurrence_of
from lms.evaluation.queries.facts import BookingFacts, find_facts, list_facts
from lms.evaluation.queries.replies import (
    EventReplies,
    Silent,
    StageCount,
    get_event_replies,
    list_events_with_replies,
    list_silent,
    reply_rows,
)
from lms.evaluation.queries.sheets import (
    Owed,
    Sheet,
    find_draft,
    get_partnership_of,
    get_sheet,
    list_owed,
    read_sheet,
)

__all__ = [
    "PURPOSE",
    "BookingFacts",
    "Due",
    "EventReplies",
    "Owed",
    "Sheet",
    "Silent",
    "StageCount",
    "find_draft",
    "find_facts",
    "get_event_replies",
    "get_partnership_of",
    "get_sheet",
    "is_still_due",
    "list_due",
    "list_events_with_replies",
    "list_facts",
    "list_owed",
    "list_silent",
    "occurrence_of",
    "read_sheet",
    "reply_rows",
]
