"""What falls due in this slice."""

from __future__ import annotations

from lms.evaluation.commands import ask_all_due
from lms.jobs import Job

JOBS: tuple[Job, ...] = (
    Job(
        "evaluations",
        ask_all_due,
        describes="Asks delegates before, at the end and eight weeks after, and reminds them.",
    ),
)
