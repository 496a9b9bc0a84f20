"""You said, we did: what changed in a course because of its evaluations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.audit import record
from lms.catalogue.models import Course, Improvement
from lms.clock import london_date
from lms.db import transaction
from lms.errors import NotFound, Refused

LONGEST = 600


@dataclass(frozen=True)
class ImprovementDetails:
    """What people said, what was done about it, and when it changed."""

    you_said: str
    we_did: str
    changed_on: date


def add_improvement(
    course_id: int, details: ImprovementDetails, *, by: Viewer, now: datetime
) -> int:
    """Say on a course's page what changed in it. Refused where a part is missing or to come."""
    _refuse(details, now)
    with transaction() as session:
        course = _course(session, course_id, by)
        row = Improvement(
            course_id=course_id, made_at=now, made_by_person_id=by.person_id, **_written(details)
        )
        session.add(row)
        session.flush()
        _record(session, "add_improvement", "said what changed in", course, by, now)
        return row.id


def change_improvement(
    course_id: int, improvement_id: int, details: ImprovementDetails, *, by: Viewer, now: datetime
) -> None:
    """Say it in other words, or of another day."""
    _refuse(details, now)
    with transaction() as session:
        course = _course(session, course_id, by)
        row = _one(session, course_id, improvement_id)
        for name, value in _written(details).items():
            setattr(row, name, value)
        _record(session, "change_improvement", "reworded what changed in", course, by, now)


def remove_improvement(course_id: int, improvement_id: int, *, by: Viewer, now: datetime) -> None:
    """Take it off the course's page and out of the reports, until it is put back."""
    with transaction() as session:
        course = _course(session, course_id, by)
        _one(session, course_id, improvement_id).removed_at = now
        _record(
            session,
            "remove_improvement",
            "took away what was said to have changed in",
            course,
            by,
            now,
        )


def put_back_improvement(course_id: int, improvement_id: int, *, by: Viewer, now: datetime) -> None:
    """Put back what was taken away."""
    with transaction() as session:
        course = _course(session, course_id, by)
        _one(session, course_id, improvement_id).removed_at = None
        _record(
            session,
            "put_back_improvement",
            "put back what was said to have changed in",
            course,
            by,
            now,
        )


def _refuse(details: ImprovementDetails, now: datetime) -> None:
    parts = (
        ("you_said", details.you_said, "Enter what people said"),
        ("we_did", details.we_did, "Enter what you did about it"),
    )
    for field, text, missing in parts:
        if not text.strip():
            raise Refused(missing, field=field)
        if len(text.strip()) > LONGEST:
            raise Refused(f"Keep it within {LONGEST} characters", field=field)
    if details.changed_on > london_date(now):
        raise Refused(
            "Enter a day that has come: say what was done, not what will be", field="changed_on"
        )


def _written(details: ImprovementDetails) -> dict[str, object]:
    return {
        "you_said": details.you_said.strip(),
        "we_did": details.we_did.strip(),
        "changed_on": details.changed_on,
    }


def _course(session: Session, course_id: int, by: Viewer) -> Course:
    course = session.get(Course, course_id)
    if course is None or not by.can(Permission.RUN_PROGRAMME, course.partnership_id):
        raise NotFound
    return course


def _one(session: Session, course_id: int, improvement_id: int) -> Improvement:
    found = session.get(Improvement, improvement_id)
    if found is None or found.course_id != course_id:
        raise NotFound
    return found


def _record(
    session: Session, act: str, words: str, course: Course, by: Viewer, now: datetime
) -> None:
    record(
        session,
        act,
        f"{words} {course.title} because of its evaluations",
        by=by,
        now=now,
        about=("course", course.id),
        partnership_id=course.partnership_id,
    )
