"""What a person must have learnt before an event, and what they have."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking.models import Booking, PriorLearning
from lms.booking.queries.events import EventInForce
from lms.booking.rules.prerequisites import LEARNT, Learnt, Prerequisite, unmet
from lms.catalogue.models import Course, Event
from lms.catalogue.models import Prerequisite as PrerequisiteRow
from lms.clock import london_date
from lms.db import db


def prerequisites_of(session: Session, course_id: int | None) -> tuple[Prerequisite, ...]:
    """What must have been attended before a course, by title; without one nothing is."""
    if course_id is None:
        return ()
    rows = session.execute(
        select(Course.id, Course.title, Course.slug, PrerequisiteRow.within_months)
        .join(PrerequisiteRow, PrerequisiteRow.required_course_id == Course.id)
        .where(PrerequisiteRow.course_id == course_id)
        .order_by(Course.title, Course.id)
    )
    return tuple(Prerequisite(*row) for row in rows)


def what_comes_first(course_id: int) -> tuple[Prerequisite, ...]:
    """The same, for the page of the course."""
    return prerequisites_of(db.session(), course_id)


def unmet_by(session: Session, at: EventInForce, person_id: int) -> tuple[Prerequisite, ...]:
    """The prerequisites of an event that a person does not meet (B9)."""
    prerequisites = prerequisites_of(session, at.event.course_id)
    if not prerequisites:
        return ()
    course_ids = [each.course_id for each in prerequisites]
    learnt = (*_attended(session, person_id, course_ids), *_confirmed(session, person_id))
    return unmet(prerequisites, learnt, at.snapshot.first_day)


def _attended(session: Session, person_id: int, course_ids: Collection[int]) -> Iterable[Learnt]:
    rows = session.execute(
        select(Event.course_id, Event.ends_at)
        .join(Booking, Booking.event_id == Event.id)
        .where(
            Booking.person_id == person_id,
            Booking.outcome.in_(LEARNT),
            Event.course_id.in_(course_ids),
        )
    )
    return [
        Learnt(course_id, london_date(ended)) for course_id, ended in rows if course_id and ended
    ]


def _confirmed(session: Session, person_id: int) -> Iterable[Learnt]:
    rows = session.execute(
        select(PriorLearning.course_id, PriorLearning.completed_on).where(
            PriorLearning.person_id == person_id, PriorLearning.is_confirmed.is_(True)
        )
    )
    return [Learnt(*row) for row in rows]


def declared_for(session: Session, booking: Booking) -> list[PriorLearning]:
    """What the delegate declares for this booking's event and nobody has answered yet."""
    required = select(PrerequisiteRow.required_course_id).where(
        PrerequisiteRow.course_id == booking.event.course_id
    )
    return list(
        session.scalars(
            select(PriorLearning)
            .where(
                PriorLearning.person_id == booking.person_id,
                PriorLearning.course_id.in_(required),
                PriorLearning.answered_at.is_(None),
            )
            .order_by(PriorLearning.id)
        )
    )
