"""A merge taken back: every row that it moved names the record again that it named before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.commands import end_sessions_within
from lms.accounts.models import Person
from lms.booking.commands.locking import lock_events, lock_person
from lms.booking.commands.passing_on.joining import stand_again
from lms.booking.models import Booking
from lms.booking.rules import LIVE
from lms.db import transaction
from lms.errors import Busy, NotFound, Refused
from lms.records.commands.journal import Journal, put_back
from lms.records.models import Merge
from lms.records.queries.pairs import event_ids_of, fact_of
from lms.records.rules import refuse_to_take_apart

TRIES = 3


def unmerge_people(keep_id: int, *, by: Viewer | None, now: datetime) -> str:
    """Take back the latest merge of a record; returns whose record is its own again.

    What came since stays with the record that was kept. All of it or nothing. Raises NotFound,
    Busy, or Refused where something stands in the way.
    """
    for _ in range(TRIES):
        with transaction() as session:
            name = _unmerge(session, keep_id, by, now)
        if name is not None:
            return name
    raise Busy


def _unmerge(session: Session, keep_id: int, by: Viewer | None, now: datetime) -> str | None:
    merge = _latest(session, keep_id)
    journal = Journal.read(merge.moved)
    wanted = _events(session, merge, journal)
    locked = lock_events(session, *wanted)
    for person_id in sorted((keep_id, merge.dropped_id)):
        lock_person(session, person_id)
    session.expire_all()
    merge = _latest(session, keep_id)
    journal = Journal.read(merge.moved)
    if not set(_events(session, merge, journal)) <= set(locked):
        session.rollback()
        return None
    refuse_to_take_apart(
        fact_of(session, keep_id, merge.dropped_id, by, now),
    )
    was_live = _live(session, journal)
    put_back(session, journal, merge.dropped_id, keep_id)
    _see_to_primary(session, merge.dropped_id, keep_id)
    merge.undone_at = now
    merge.undone_by_person_id = by.person_id if by else None
    session.flush()
    session.expire_all()
    for booking_id in sorted(_live(session, journal) - was_live):
        stand_again(session, session.get_one(Booking, booking_id), now)
    for person_id in (keep_id, merge.dropped_id):
        end_sessions_within(session, person_id, now)
    return _record(session, merge, by, now)


def _latest(session: Session, keep_id: int) -> Merge:
    """The merge to take back. Raises NotFound, or Refused where there is none."""
    person = session.get(Person, keep_id)
    if person is None:
        raise NotFound
    merge = session.scalars(
        select(Merge)
        .where(Merge.kept_id == keep_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
        .limit(1)
    ).one_or_none()
    if merge is None:
        raise Refused(f"No record was joined with that of {person.name}.")
    return merge


def _events(session: Session, merge: Merge, journal: Journal) -> list[int]:
    """The events at which somebody has or is to have a live booking: what is to be locked."""
    concerned = select(Booking.event_id).where(Booking.id.in_(journal.rows_of("booking")))
    live = event_ids_of(session, merge.kept_id, merge.dropped_id)
    return sorted({*session.scalars(concerned), *live})


def _live(session: Session, journal: Journal) -> set[int]:
    query = select(Booking.id).where(
        Booking.id.in_(journal.rows_of("booking")), Booking.state.in_(LIVE)
    )
    return set(session.scalars(query))


def _see_to_primary(session: Session, *person_ids: int) -> None:
    """Each is written to at one address, whichever was chosen while the records were one."""
    session.flush()
    session.expire_all()
    for person_id in person_ids:
        emails = session.get_one(Person, person_id).emails
        for email in emails:
            email.is_primary = email is emails[0]


def _record(session: Session, merge: Merge, by: Viewer | None, now: datetime) -> str:
    kept = session.get_one(Person, merge.kept_id)
    dropped = session.get_one(Person, merge.dropped_id)
    audit.record(
        session,
        "unmerge people",
        f"took the record of {dropped.name} apart again from that of {kept.name}",
        by=by,
        now=now,
        about=("person", kept.id),
    )
    return dropped.name
