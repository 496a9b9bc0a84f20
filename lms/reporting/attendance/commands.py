"""What reading the reports writes down: who took a file with names in it (P3)."""

from __future__ import annotations

from datetime import datetime

from lms import audit
from lms.access import Viewer
from lms.db import transaction
from lms.words import count


def note_bookings_file(rows: int, about: str, *, by: Viewer, now: datetime) -> None:
    """Keep in the audit trail that the bookings behind a figure were taken as a file (P3)."""
    with transaction() as session:
        audit.record(
            session,
            "take report file",
            f"took a file of {count(rows, 'booking')} behind a figure of attendance: {about}",
            by=by,
            now=now,
            about=("report file", None),
        )
