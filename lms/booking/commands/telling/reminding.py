"""Reminding delegates, a week before and on the working day before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from lms.booking.messages.reminding import DueReminder, list_due_reminders, reminders_of
from lms.booking.messages.telling import tell_all
from lms.db import db, transaction

AT_A_TIME = 200


def send_due_reminders(now: datetime) -> int:
    """Queue each reminder that is due and not queued yet; returns how many.

    All that one person is owed is queued at once, so that it leaves in one envelope.
    """
    return sum(_remind(some, now) for some in _batches(list_due_reminders(db.session(), now)))


def _batches(owed: list[DueReminder]) -> Iterator[list[DueReminder]]:
    """As many as are queued at a time, no person's parted."""
    batch: list[DueReminder] = []
    for _, of_person in groupby(owed, key=attrgetter("person_id")):
        batch += of_person
        if len(batch) >= AT_A_TIME:
            yield batch
            batch = []
    if batch:
        yield batch


def _remind(owed: list[DueReminder], now: datetime) -> int:
    with transaction() as session:
        return tell_all(session, list(reminders_of(session, owed, now)), now)
