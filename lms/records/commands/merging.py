"""Two records of one person made one: everything names the one that is kept, or nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, or_, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.models import Person
from lms.booking.commands.locking import lock_events, lock_person
from lms.booking.commands.waiting.filling import fill_after
from lms.db import Base, transaction
from lms.errors import Busy
from lms.records.commands.doubles import end_doubles, events_of
from lms.records.commands.folding import OF_PERSONS, fold_person
from lms.records.commands.journal import Journal, note_differences, repoint, take_picture
from lms.records.models import Merge
from lms.records.queries.pairs import clashes_of, event_ids_of, fact_of
from lms.records.references import REPOINTED
from lms.records.rules import Clash, Resolved, recommended, refuse_to_join, resolved
from lms.words import count

TRIES = 3


@dataclass(frozen=True)
class Merged:
    """What was done: which merge it is, whom it took in, and how many bookings ended by it."""

    merge_id: int
    kept: str
    dropped: str
    ended: int


def merge_people(
    keep_id: int,
    drop_id: int,
    chosen: Mapping[str, str] | None = None,
    *,
    by: Viewer | None,
    now: datetime,
) -> Merged:
    """Make two records one. `chosen` names, for each clash, the booking that stays or 'both';
    None: the one of which more would be lost stays.

    All of it or nothing, under the law of places. Raises NotFound, Busy, or Refused with what
    stands in the way.
    """
    for _ in range(TRIES):
        with transaction() as session:
            done = _merge(session, keep_id, drop_id, chosen, by, now)
        if done is None:
            continue  # one of them booked elsewhere while we waited for the locks
        merged, freed = done
        for event_id in freed:
            fill_after(event_id, now)
        return merged
    raise Busy


def _merge(
    session: Session,
    keep_id: int,
    drop_id: int,
    chosen: Mapping[str, str] | None,
    by: Viewer | None,
    now: datetime,
) -> tuple[Merged, list[int]] | None:
    locked = lock_events(session, *event_ids_of(session, keep_id, drop_id))
    for person_id in sorted({keep_id, drop_id}):
        lock_person(session, person_id)
    if not set(event_ids_of(session, keep_id, drop_id)) <= set(locked):
        session.rollback()
        return None
    keep = fact_of(session, keep_id, drop_id, by, now)
    drop = fact_of(session, drop_id, keep_id, by, now)
    refuse_to_join(keep, drop)
    found = clashes_of(session, keep_id, drop_id, now)
    answers = resolved(found, recommended(found) if chosen is None else chosen)
    merge_id = _join(session, keep_id, drop_id, found, answers, by, now)
    freed = events_of(session, answers.ends)
    ended = f"; {count(len(answers.ends), 'booking')} that one person cannot have ended"
    audit.record(
        session,
        "merge people",
        f"joined the record of {drop.name} with that of {keep.name}"
        + (ended if answers.ends else ""),
        by=by,
        now=now,
        about=("person", keep_id),
    )
    return Merged(merge_id, keep.name, drop.name, len(answers.ends)), freed


def _join(
    session: Session,
    keep_id: int,
    drop_id: int,
    found: list[Clash],
    answers: Resolved,
    by: Viewer | None,
    now: datetime,
) -> int:
    touched = [held.id for clash in found for held in (clash.kept, clash.dropped)]
    scope = list(_scope(keep_id, drop_id, touched))
    before, journal = take_picture(session, scope), Journal()
    end_doubles(session, answers, by, now)
    fold_person(session, keep_id, drop_id, now)
    plain = [each for each in REPOINTED if not each.is_part_of_key]
    repoint(session, journal, plain, drop_id, keep_id)
    session.execute(update(Person).where(Person.id == drop_id).values(merged_into_id=keep_id))
    session.expire_all()
    note_differences(journal, before, take_picture(session, scope))
    merge = Merge(
        kept_id=keep_id,
        dropped_id=drop_id,
        moved=journal.text(),
        merged_at=now,
        merged_by_person_id=by.person_id if by else None,
    )
    session.add(merge)
    session.flush()
    return merge.id


def _scope(
    keep_id: int, drop_id: int, booking_ids: list[int]
) -> Iterable[tuple[Table, ColumnElement[bool]]]:
    """The rows that may change in more than whose they are."""
    both = [keep_id, drop_id]
    tables = Base.metadata.tables
    yield tables["person"], tables["person"].c.id.in_(both)
    for name in OF_PERSONS:
        yield tables[name], tables[name].c.person_id.in_(both)
    if not booking_ids:
        return
    yield tables["booking"], tables["booking"].c.id.in_(booking_ids)
    for table in Base.metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if any(key.target_fullname == "booking.id" for key in column.foreign_keys)
        ]
        if columns and table.name != "booking":
            yield table, or_(*(column.in_(booking_ids) for column in columns))
