"""What the desk itself writes down."""

from __future__ import annotations

from datetime import datetime

from lms import audit
from lms.access import Viewer
from lms.db import transaction
from lms.words import count, listed


def note_people_file(rows: int, search: str, *, by: Viewer, now: datetime) -> None:
    """Keep in the audit trail that a file with people's names was taken (P3)."""
    about = f" matching “{search}”" if search else ""
    with transaction() as session:
        audit.record(
            session,
            "take people file",
            f"took a file of {count(rows, 'person', 'people')}{about}",
            by=by,
            now=now,
            about=("people file", None),
        )


def note_agency_file(rows: int, agencies: list[str], *, by: Viewer, now: datetime) -> None:
    """Keep in the audit trail that a lead took a file of their people's bookings (P3)."""
    with transaction() as session:
        audit.record(
            session,
            "take bookings file",
            f"took a file of {count(rows, 'booking')} of {listed(agencies)}",
            by=by,
            now=now,
            about=("bookings file", None),
        )


def note_messages_file(rows: int, *, by: Viewer, now: datetime) -> None:
    """Keep in the audit trail that a file of messages, with those they went to, was taken (P3)."""
    with transaction() as session:
        audit.record(
            session,
            "take messages file",
            f"took a file of {count(rows, 'message')}, with names and addresses",
            by=by,
            now=now,
            about=("messages file", None),
        )
