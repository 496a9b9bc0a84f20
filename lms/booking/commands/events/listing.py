"""A file with the names of an event's people: whoever takes one is recorded (P3)."""

from __future__ import annotations

from datetime import datetime

from lms.access import Viewer
from lms.booking.commands.events.publishing import get_event
from lms.booking.commands.recording import record_act
from lms.db import transaction


def record_file_of_people(event_id: int, *, by: Viewer, now: datetime) -> None:
    """Note that somebody takes the list of an event's people away as a file. Raises NotFound."""
    with transaction() as session:
        event = get_event(session, event_id)
        record_act(
            session, event, "download", f"took a file of the people of {event.title}", by, now
        )
