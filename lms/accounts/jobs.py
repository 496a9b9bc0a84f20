"""What falls due in this slice."""

from __future__ import annotations

from lms.jobs import Job

JOBS: tuple[Job, ...] = ()
