"""What falls due in this slice: noticing what was corrected in a frozen year."""

from __future__ import annotations

from datetime import timedelta

from lms.jobs import Job
from lms.reporting.freezing.commands import note_corrections

JOBS: tuple[Job, ...] = (
    Job(
        "frozen years",
        note_corrections,
        every=timedelta(hours=1),
        describes="Notices which figures of a frozen year have been corrected, and when",
    ),
)
