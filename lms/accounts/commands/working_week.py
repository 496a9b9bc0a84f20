"""When somebody is in: the weekdays that they work, and the days that they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from lms.accounts.models import Person, TimeAway
from lms.accounts.rules import away_fault, weekdays_kept
from lms.clock import london_date
from lms.db import lock_rows, transaction
from lms.errors import NotFound, Refused


def set_weekdays(person_id: int, weekdays: Iterable[int]) -> None:
    """Keep on which weekdays somebody works (0 is Monday); none or all five: every weekday."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        session.get_one(Person, person_id).works_on = weekdays_kept(weekdays)


def mark_away(person_id: int, first: date, last: date, *, now: datetime) -> None:
    """Mark somebody away, both days included; the same days again change nothing.

    Raises Refused where the days cannot be.
    """
    fault = away_fault(first, last, london_date(now))
    if fault is not None:
        field, sentence = fault
        raise Refused(sentence, field=field)
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        same = session.query(TimeAway).filter_by(person_id=person_id, from_on=first, until_on=last)
        if same.first() is None:
            session.add(TimeAway(person_id=person_id, from_on=first, until_on=last))


def unmark_away(person_id: int, away_id: int) -> None:
    """Take back that somebody is away. Raises NotFound where it is not theirs."""
    with transaction() as session:
        row = session.get(TimeAway, away_id)
        if row is None or row.person_id != person_id:
            raise NotFound
        session.delete(row)
