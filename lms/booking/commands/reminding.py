"""Reminding delegates, on the working day before, of what they need on the day."""

from __future__ import annotations

from datetime import datetime

from lms.booking.messages.reminding import not_yet_reminded, reminder, sessions_to_remind_of
from lms.booking.messages.telling import tell_all
from lms.booking.queries.events import load_events
from lms.catalogue.models import EventSession
from lms.db import db, transaction

AT_A_TIME = 200


def send_due_reminders(now: datetime) -> int:
    """Queue each session's reminder that is due and not queued yet; returns how many."""
    due = [block.id for block in sessions_to_remind_of(db.session(), now)]
    return sum(_remind_of(session_id, now) for session_id in due)


def _remind_of(session_id: int, now: datetime) -> int:
    told = 0
    while some := _remind_some(session_id, now):
        told += some
    return told


def _remind_some(session_id: int, now: datetime) -> int:
    with transaction() as session:
        block = session.get_one(EventSession, session_id)
        bookings = session.scalars(not_yet_reminded(block).limit(AT_A_TIME)).all()
        if not bookings:
            return 0
        [event] = load_events(session, [block.event_id])
        return tell_all(session, [reminder(booking, event, block) for booking in bookings], now)
