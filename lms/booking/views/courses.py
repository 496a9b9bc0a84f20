"""The courses that are taught, each with the dates on which it can be booked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from flask import render_template

from lms.access import Permission, requires, viewer
from lms.agencies.queries import list_partnerships, names_to_tell_apart
from lms.agencies.views import show_partnership
from lms.booking.queries.demand import wants
from lms.booking.queries.prerequisites import what_comes_first
from lms.booking.queries.programme import ListedEvent, events_from, events_of_course
from lms.booking.views.blueprint import blueprint
from lms.booking.views.event_words import paragraphs
from lms.booking.views.rows import row_of
from lms.catalogue.models import LearningOutcome
from lms.catalogue.queries import (
    CourseLine,
    get_course_by_slug,
    list_courses,
    list_improvements,
)
from lms.catalogue.rules import is_taught_on
from lms.clock import london_date
from lms.web.pages import now
from lms.web.words import counted, day, hours_in_words


class CourseRow(NamedTuple):
    """A course in the list, with what comes next of it in words."""

    title: str
    slug: str
    meta: str
    next_date: str
    next_href: str
    left: str


@blueprint.get("/courses")
@requires(Permission.PUBLIC)
def show_courses() -> str:
    partnerships = list_partnerships()
    nearest: dict[int | None, ListedEvent] = {}
    for event in events_from(now(), viewer(), now()):
        nearest.setdefault(event.course_id, event)
    courses = list_courses([partnership.id for partnership in partnerships])
    names = names_to_tell_apart(partnerships)
    rows = [_row(c, nearest.get(c.id), names.get(c.partnership_id, "")) for c in courses]
    return render_template("booking/show_courses.html", courses=rows)


@blueprint.get("/courses/<slug>")
@requires(Permission.PUBLIC)
def show_course(slug: str) -> str:
    course = get_course_by_slug(slug)
    show_partnership(course.partnership)
    seen_by = viewer()
    about = paragraphs(course.aims)
    events = events_of_course(course.id, now(), viewer(), now())
    return render_template(
        "booking/show_course.html",
        course=course,
        caption_parts=_parts(course.level, course.minutes, course.remit.label),
        lead_text=about[0] if about else "",
        about=about[1:],
        audience=paragraphs(course.audience),
        outcomes=_taught(course.outcomes, london_date(now())),
        improvements=list_improvements([course.id]),
        prerequisites=what_comes_first(course.id),
        rows=[row_of(event) for event in events],
        runs_it=_runs(course.partnership_id),
        is_signed_in=seen_by is not None,
        wants=seen_by is not None and wants(course.id, seen_by.person_id),
    )


def _row(course: CourseLine, event: ListedEvent | None, partnership: str) -> CourseRow:
    meta = " · ".join([*_parts(course.level, course.minutes, course.remit.label), partnership])
    if event is None:
        return CourseRow(course.title, course.slug, meta.rstrip(" ·"), "", "", "")
    places = event.places
    left = f"{counted(places.free, 'place')} left" if places.free else "full"
    next_date, href = day(event.starts_at), f"/events/{event.id}"
    return CourseRow(course.title, course.slug, meta.rstrip(" ·"), next_date, href, left)


def _parts(level: int | None, minutes: int | None, about_whom: str) -> list[str]:
    length = hours_in_words(minutes) if minutes else ""
    return [part for part in (f"Level {level}" if level else "", length, about_whom) if part]


def _taught(outcomes: Iterable[LearningOutcome], on: date) -> list[str]:
    return [outcome.text for outcome in outcomes if is_taught_on(outcome.retired_on, on)]


def _runs(partnership_id: int) -> bool:
    seen_by = viewer()
    return seen_by is not None and seen_by.can(Permission.RUN_PROGRAMME, partnership_id)
