"""Which courses a trainer can give."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select

from lms.access import Viewer
from lms.accounts.models import Person
from lms.audit import record
from lms.catalogue.models import Course, course_trainer
from lms.db import transaction
from lms.errors import NotFound
from lms.words import count


def set_courses_given(
    person_id: int,
    partnership_id: int,
    course_ids: Iterable[int],
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Set which of a partnership's courses somebody can give; those of others stay as they are.

    Raises NotFound for nobody, and for a course of another partnership.
    """
    wanted = set(course_ids)
    with transaction() as session:
        person = session.get(Person, person_id)
        own = set(session.scalars(select(Course.id).where(Course.partnership_id == partnership_id)))
        if person is None or not wanted <= own:
            raise NotFound
        link = course_trainer.c
        session.execute(
            delete(course_trainer).where(link.person_id == person_id, link.course_id.in_(own))
        )
        if wanted:
            rows = [{"course_id": at, "person_id": person_id} for at in sorted(wanted)]
            session.execute(insert(course_trainer), rows)
        record(
            session,
            "courses given",
            f"{person.name} can give {count(len(wanted), 'course')} now",
            by=by,
            now=now,
            about=("person", person_id),
            partnership_id=partnership_id,
        )
