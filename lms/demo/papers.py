"""Materials beside two courses: something to read before the day, and what was shown on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from io import BytesIO

from sqlalchemy import select

from lms import pdf
from lms.agencies.look import printed_look
from lms.catalogue.commands import Shelf, add_material
from lms.catalogue.models import Course
from lms.db import db
from lms.demo.foundations import Foundations
from lms.files import Sent

BEFORE, AFTER = "Seven-minute briefing", "What we worked on"
LEADS = {
    BEFORE: "Read this before the day. Bring one piece of your own work to mind; leave out names.",
    AFTER: "For those who came: what the day was about, to go through with your team.",
}
HEADINGS = {BEFORE: "By the end of the day you will be able to", AFTER: "Can your team do this?"}


def lay_papers(here: Foundations, titles: Collection[str], now: datetime) -> None:
    """Put both beside each of the courses, as their coordinator did."""
    courses = select(Course).where(
        Course.title.in_(titles), Course.partnership_id == here.partnership_id
    )
    drawn = [
        (course.id, title, _handout(course, title, now))
        for course in db.session.scalars(courses.order_by(Course.id))
        for title in (BEFORE, AFTER)
    ]
    db.session.rollback()
    for course_id, title, content in drawn:
        add_material(
            Shelf(course_id=course_id),
            Sent(BytesIO(content), f"{title}.pdf"),
            title,
            is_after=title == AFTER,
            by=here.coordinator,
            now=now,
        )


def _handout(course: Course, title: str, now: datetime) -> bytes:
    facts = {
        "look": printed_look(course.partnership),
        "title": title,
        "course": course.title,
        "lead": LEADS[title],
        "heading": HEADINGS[title],
        "points": [outcome.text for outcome in course.outcomes],
    }
    return pdf.render("demo/handout", facts, made_at=now)
