"""Asking to be told when a course runs, ending it, and telling those who asked (B16)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking.commands.locking import lock_persons
from lms.booking.messages.demand import course_runs
from lms.booking.models import Demand
from lms.booking.queries.demand import untold
from lms.catalogue.models import Course
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.messaging.commands import enqueue_all


def ask_to_be_told(course_id: int, person_id: int, *, now: datetime) -> None:
    """Put somebody on the list of a course; asking twice changes nothing.

    Raises NotFound, or Refused where the course is taught no more.
    """
    with transaction() as session:
        lock_persons(session, person_id)
        course = session.get(Course, course_id)
        if course is None:
            raise NotFound
        if course.retired_on is not None:
            raise Refused(f"{course.title} is no longer offered.")
        if _open_demand(session, course_id, person_id) is None:
            session.add(Demand(course_id=course_id, person_id=person_id, asked_at=now))


def stop_telling(course_id: int, person_id: int, *, now: datetime) -> None:
    """Take somebody off the list of a course; twice changes nothing."""
    with transaction() as session:
        lock_persons(session, person_id)
        demand = _open_demand(session, course_id, person_id)
        if demand is not None:
            demand.ended_at = now


def _open_demand(session: Session, course_id: int, person_id: int) -> Demand | None:
    return session.scalar(
        select(Demand).where(
            Demand.course_id == course_id,
            Demand.person_id == person_id,
            Demand.ended_at.is_(None),
        )
    )


def tell_of_new_dates(now: datetime) -> int:
    """Tell those on the lists of each event that was published since; returns how many."""
    with transaction() as session:
        drafts = [course_runs(demand, event) for demand, event in untold(session, now)]
        return enqueue_all(session, [draft for draft in drafts if draft], now)
