"""What the desk itself writes down."""

from __future__ import annotations

from datetime import datetime

from lms import audit
from lms.access import Viewer
from lms.db import transaction


def note_people_file(rows: int, search: str, *, by: Viewer, now: datetime) -> None:
    """Keep in the audit trail that a file with people's names was taken (P3)."""
    about = f" matching “{search}”" if search else ""
    with transaction() as session:
        audit.record(
            session,
            "take people file",
            f"took a file of {rows} people{about}",
            by=by,
            now=now,
            about=("people file", None),
        )
