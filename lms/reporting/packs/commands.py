"""Sending packs, once each; asking for none, and for them again."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import delete

from lms.accounts.models import Person
from lms.clock import Hours, is_working_day
from lms.db import db, transaction
from lms.errors import NotFound
from lms.messaging.commands import enqueue_all
from lms.reporting.models import PackStop
from lms.reporting.packs.messages import draft_of
from lms.reporting.packs.queries import is_stopped, packs_due, records_of, sent_before_joining

SENDING_HOURS = Hours(time(9), time(18), on_day=is_working_day)


def send_packs(now: datetime) -> int:
    """Queue every pack that is due, on working days between 09:00 and 18:00; how many are new."""
    if SENDING_HOURS.next_within(now) != now:
        return 0
    had = sent_before_joining(now)
    due = [pack for pack in packs_due(now) if (pack.person.id, pack.occurrence) not in had]
    drafts = [draft_of(pack) for pack in due]
    db.session.rollback()
    if not drafts:
        return 0
    with transaction() as session:
        return enqueue_all(session, drafts, now)


def stop_packs(person_id: int, *, now: datetime) -> None:
    """Send this person no packs any more. Twice is once."""
    with transaction() as session:
        if session.get(Person, person_id) is None:
            raise NotFound
        if not is_stopped(person_id):
            session.add(PackStop(person_id=person_id, stopped_at=now))


def resume_packs(person_id: int) -> None:
    """Send them again, from the next one on."""
    with transaction() as session:
        records = list(session.scalars(records_of(person_id)))
        session.execute(delete(PackStop).where(PackStop.person_id.in_(records)))
