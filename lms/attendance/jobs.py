"""What falls due in this slice: registers that nobody has closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from lms.attendance.meetings.commands import forget_meeting_files
from lms.attendance.messages import PURPOSE, drafts_about, events_to_chase
from lms.catalogue.models import Event
from lms.db import db, transaction
from lms.jobs import Job
from lms.messaging.commands import enqueue_all
from lms.messaging.models import Message
from lms.messaging.queries import is_told


def chase_open_registers(now: datetime) -> int:
    """Remind, once, of each register that should have been closed by now; how many reminders."""
    told = select(Message.subject_id).where(is_told(PURPOSE))
    known = set(db.session.scalars(told))
    return sum(
        _remind_of(event_id, now)
        for event_id in events_to_chase(db.session(), now)
        if event_id not in known
    )


def _remind_of(event_id: int, now: datetime) -> int:
    with transaction() as session:
        event = session.get_one(Event, event_id)
        return enqueue_all(session, drafts_about(session, event, now), now)


JOBS: tuple[Job, ...] = (
    Job(
        "registers",
        chase_open_registers,
        describes="Reminds trainers and coordinators of a register left open for two working days.",
    ),
    Job(
        "meeting files",
        forget_meeting_files,
        every=timedelta(hours=1),
        describes="Wipes names and times of Teams and Zoom files 30 days after the register is "
        "closed, and after seven days where they were not imported.",
    ),
)
