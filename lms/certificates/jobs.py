"""What falls due in this slice: certificates that have been earned."""

from __future__ import annotations

from lms.certificates.commands import issue_all_due
from lms.jobs import Job

JOBS: tuple[Job, ...] = (
    Job(
        "certificates",
        issue_all_due,
        describes="Issues the certificates of those who attended and answered, and tells them.",
    ),
)
