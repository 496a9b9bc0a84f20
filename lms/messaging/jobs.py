"""What falls due in this slice: mail that is owed, and what a worker that died held."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.jobs import Job, forget_runs
from lms.messaging.commands import forget_old_answers, free_lost_leases
from lms.messaging.receiving import receive_mail
from lms.messaging.sender import send_due


def free_leases(now: datetime) -> int:
    return free_lost_leases(now)


INBOX = Job("inbox", receive_mail, describes="Reads what came back, and what calendars answered")
JOBS: tuple[Job, ...] = (
    Job(
        "old runs",
        forget_runs,
        every=timedelta(hours=1),
        describes="Forgets runs of jobs that nobody will ask about any more",
    ),
    Job(
        "old answers",
        forget_old_answers,
        every=timedelta(hours=1),
        describes="Forgets what calendars answered more than a year ago",
    ),
    Job("lost leases", free_leases, describes="Queues again what a stopped worker held"),
    Job(
        "outbox",
        send_due,
        every=timedelta(seconds=1),
        describes="Sends the messages that are due",
        works_in_bursts=True,
    ),
)
