"""What comes before a course: never itself, nor a course that comes after it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.models import Course, Prerequisite
from lms.catalogue.rules import PrerequisiteDetails
from lms.errors import Refused


def write_prerequisites(
    session: Session, course: Course, wanted: Sequence[PrerequisiteDetails]
) -> None:
    """Bring what comes before a course to what is wanted, within the command that changes it.

    Raises Refused where courses would wait for each other.
    """
    if any(each.course_id in _itself_and_after(session, course.id) for each in wanted):
        raise Refused("Choose another course to come first: this one comes before that")
    rows = {row.required_course_id: row for row in course.prerequisites}
    course.prerequisites = [
        rows.get(each.course_id) or Prerequisite(required_course_id=each.course_id)
        for each in wanted
    ]
    for row, each in zip(course.prerequisites, wanted, strict=True):
        row.within_months = each.within_months


def _itself_and_after(session: Session, course_id: int) -> set[int]:
    """A course, and those for which it has to have been attended, directly or not."""
    found = select(Course.id).where(Course.id == course_id).cte(recursive=True)
    after = select(Prerequisite.course_id).join(
        found, Prerequisite.required_course_id == found.c.id
    )
    return set(session.scalars(select(found.union(after).c.id)))
