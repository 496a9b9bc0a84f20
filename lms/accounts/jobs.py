"""What falls due in this slice."""

from __future__ import annotations

from datetime import timedelta

from lms.accounts.commands import forget_kept_forms, forget_sign_ins, note_bounced_addresses
from lms.jobs import Job

JOBS: tuple[Job, ...] = (
    Job(
        "bounced addresses",
        note_bounced_addresses,
        describes="Marks addresses from which mail came back, until mail arrives again",
    ),
    Job(
        "forget sign-ins",
        forget_sign_ins,
        every=timedelta(hours=1),
        describes="Deletes codes, links and sessions that ended a day ago or more",
    ),
    Job(
        "forget kept forms",
        forget_kept_forms,
        every=timedelta(minutes=15),
        describes="Deletes what was typed before a sign-out and not sent again within the hour",
    ),
)
