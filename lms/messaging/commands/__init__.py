"""The verbs of the outbox: queue, mark, see to what went wrong, and a partnership's own words."""

from lms.messaging.commands.marking import (
    drop,
    forget_old_answers,
    free_lost_leases,
    keep_reply,
    mark_bounced,
    mark_failed,
    mark_sent,
    release,
)
from lms.messaging.commands.queueing import (
    Calendar,
    Draft,
    Sender,
    enqueue,
    enqueue_all,
    one_line,
)
from lms.messaging.commands.settling import (
    is_still_true,
    send_again,
    send_all_again,
    settle,
    settle_address,
    settle_address_within,
    unsettle,
)
from lms.messaging.commands.wording import bring_back_ours, set_words

__all__ = [
    "Calendar",
    "Draft",
    "Sender",
    "bring_back_ours",
    "drop",
    "enqueue",
    "enqueue_all",
    "forget_old_answers",
    "free_lost_leases",
    "is_still_true",
    "keep_reply",
    "mark_bounced",
    "mark_failed",
    "mark_sent",
    "one_line",
    "release",
    "send_again",
    "send_all_again",
    "set_words",
    "settle",
    "settle_address",
    "settle_address_within",
    "unsettle",
]
