"""What falls due on the desk: nothing ends on somebody's day off without their having been told."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from lms.accounts.models import Person
from lms.accounts.queries import coordinators_of, primary_address
from lms.agencies.models import Partnership
from lms.agencies.queries import list_partnerships
from lms.clock import Hours, is_working_day, london_date
from lms.db import transaction
from lms.desk.messages import draft_about, needs_before_back
from lms.jobs import Job
from lms.messaging.commands import enqueue_all

TELLING_HOURS = Hours(time(9), time(18), on_day=is_working_day)


def tell_what_falls_due(now: datetime) -> int:
    """Tell each coordinator, once each, of what ends before they are in again; how many messages.

    Between 09:00 and 18:00 on working days, theirs or not: a message reaches them at home, or a
    colleague who looks after their mail.
    """
    if TELLING_HOURS.next_within(now) != now:
        return 0
    return sum(
        _tell(person, partnership, now)
        for partnership in list_partnerships()
        for person in coordinators_of(partnership.id, london_date(now))
        if primary_address(person)
    )


def _tell(person: Person, partnership: Partnership, now: datetime) -> int:
    drafts = [
        draft_about(need, person, partnership, now) for need in needs_before_back(person, now)
    ]
    if not drafts:
        return 0
    with transaction() as session:
        return enqueue_all(session, drafts, now)


JOBS: tuple[Job, ...] = (
    Job(
        "falls due",
        tell_what_falls_due,
        every=timedelta(minutes=15),
        describes="Tells coordinators what ends before the next day on which they are in",
    ),
)
