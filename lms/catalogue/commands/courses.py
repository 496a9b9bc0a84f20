"""Courses are added, changed, retired and brought back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.audit import record
from lms.catalogue.commands.writing import chosen, refuse_faults, write_outcomes
from lms.catalogue.models import Course, Priority, Theme
from lms.catalogue.prerequisites import write_prerequisites
from lms.catalogue.rules import CourseDetails, course_faults, slug_of
from lms.clock import london_date
from lms.db import transaction
from lms.errors import Refused


def add_course(details: CourseDetails, *, by: Viewer | None, now: datetime) -> int:
    """Add a course; its address is made from its title once and kept."""
    with transaction() as session:
        return add_course_within(session, details, by=by, now=now).id


def add_course_within(
    session: Session,
    details: CourseDetails,
    *,
    by: Viewer | None,
    now: datetime,
    needs_outcomes: bool = True,
) -> Course:
    """Add a course within a command of another; one that is imported may have no outcomes yet."""
    refuse_faults(course_faults(details, needs_outcomes=needs_outcomes))
    _refuse_second_title(session, details, None)
    course = Course(partnership_id=details.partnership_id, slug=_free_slug(session, details.title))
    session.add(course)
    _write_course(session, course, details, by=by, now=now)
    session.flush()
    return course


def change_course(
    course_id: int, details: CourseDetails, *, by: Viewer | None, now: datetime
) -> None:
    """Change what a course says; events made of it earlier keep level, priorities and themes."""
    with transaction() as session:
        refuse_faults(course_faults(details))
        _refuse_second_title(session, details, course_id)
        course = session.get_one(Course, course_id)
        _write_course(session, course, details, by=by, now=now)


def retire_course(course_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Offer a course no longer; its events, and what was said of them, stay."""
    _set_retired(course_id, london_date(now), "retired", by=by, now=now)


def bring_back_course(course_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Offer a retired course again."""
    _set_retired(course_id, None, "brought back", by=by, now=now)


def _set_retired(
    course_id: int, on: date | None, act: str, *, by: Viewer | None, now: datetime
) -> None:
    with transaction() as session:
        course = session.get_one(Course, course_id)
        course.retired_on = on
        record(
            session,
            f"course {act}",
            f"{act} {course.title}",
            by=by,
            now=now,
            about=("course", course.id),
            partnership_id=course.partnership_id,
        )


def _write_course(
    session: Session, course: Course, details: CourseDetails, *, by: Viewer | None, now: datetime
) -> None:
    for name in ("code", "level", "remit", "aims", "audience", "minutes"):
        setattr(course, name, getattr(details, name))
    course.title = details.title.strip()
    course.priorities = chosen(session, Priority, details.priority_ids)
    course.themes = chosen(session, Theme, details.theme_ids)
    session.flush()
    write_prerequisites(session, course, details.prerequisites)
    for before, after in write_outcomes(course.outcomes, details.outcomes, london_date(now)):
        record(
            session,
            "learning outcome reworded",
            f"reworded “{before}” of {course.title}: “{after}”",
            by=by,
            now=now,
            about=("course", course.id),
            partnership_id=course.partnership_id,
        )


def _refuse_second_title(session: Session, details: CourseDetails, course_id: int | None) -> None:
    found = session.scalar(
        select(Course.id)
        .where(Course.partnership_id == details.partnership_id)
        .where(func.lower(Course.title) == details.title.strip().lower())
    )
    if found not in (None, course_id):
        raise Refused("Enter another title: a course has this one already", field="title")


def _free_slug(session: Session, title: str) -> str:
    wanted = slug_of(title)
    taken = set(session.scalars(select(Course.slug).where(Course.slug.startswith(wanted))))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
