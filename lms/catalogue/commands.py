"""Courses, priorities, themes and drafts are made and changed; a published event is booking's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.accounts.models import Person
from lms.audit import record
from lms.catalogue.models import (
    Course,
    Event,
    EventSession,
    EventTrainer,
    LearningOutcome,
    Priority,
    Theme,
)
from lms.catalogue.prerequisites import write_prerequisites
from lms.catalogue.rules import (
    CourseDetails,
    EventDetails,
    EventState,
    Fault,
    OutcomeDetails,
    SessionDetails,
    course_faults,
    event_faults,
    slug_of,
)
from lms.clock import london_date
from lms.db import Base, take_ticket, transaction
from lms.errors import Refused
from lms.tokens import new_reference

Row = TypeVar("Row", bound=Base)

# --- Courses --------------------------------------------------------------------------------


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
    _refuse(course_faults(details, needs_outcomes=needs_outcomes))
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
        _refuse(course_faults(details))
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
            f"{course.title} was {act}",
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
    course.priorities = _chosen(session, Priority, details.priority_ids)
    course.themes = _chosen(session, Theme, details.theme_ids)
    session.flush()
    write_prerequisites(session, course, details.prerequisites)
    for before, after in _write_outcomes(course.outcomes, details.outcomes, london_date(now)):
        record(
            session,
            "learning outcome reworded",
            f"“{before}” now reads “{after}”",
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


def _write_outcomes(
    rows: list[LearningOutcome], wanted: Sequence[OutcomeDetails], on: date
) -> list[tuple[str, str]]:
    """Bring the outcomes to what is wanted, in its order; returns what was reworded.

    A row keeps its identity under other words, since answers hang on it; one that is no longer
    wanted is retired, never deleted (E5).
    """
    by_id = {row.id: row for row in rows}
    kept = {outcome.id for outcome in wanted}
    reworded = []
    for place, outcome in enumerate(wanted):
        row = by_id.get(outcome.id) if outcome.id else None
        if row is None:
            row = LearningOutcome(text=outcome.text.strip())
            rows.append(row)
        elif row.text != outcome.text.strip():
            reworded.append((row.text, outcome.text.strip()))
            row.text = outcome.text.strip()
        row.position = place
        row.retired_on = (row.retired_on or on) if outcome.is_retired else None
    for row in by_id.values():
        if row.id not in kept:
            row.position, row.retired_on = len(wanted), row.retired_on or on
    return reworded


# --- Priorities and themes ------------------------------------------------------------------

Named = TypeVar("Named", Priority, Theme)


@dataclass(frozen=True)
class PriorityDetails:
    """A priority; `id` None for a new one. One that has ended is offered no more."""

    name: str
    id: int | None = None
    is_ended: bool = False


@dataclass(frozen=True)
class ThemeDetails:
    """A theme; `id` None for a new one."""

    name: str
    id: int | None = None


def keep_priorities(
    partnership_id: int,
    priorities: Sequence[PriorityDetails],
    themes: Sequence[ThemeDetails],
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Bring a partnership's priorities (in order) and themes to what is given; none is deleted."""
    _refuse_same_names("priorities", [priority.name for priority in priorities])
    _refuse_same_names("themes", [theme.name for theme in themes])
    with transaction() as session:
        _write_priorities(session, partnership_id, priorities, london_date(now))
        _write_themes(session, partnership_id, themes)
        record(
            session,
            "priorities changed",
            "The priorities and themes were changed",
            by=by,
            now=now,
            about=("partnership", partnership_id),
            partnership_id=partnership_id,
        )


def _refuse_same_names(field: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in (name.strip().lower() for name in names):
        if name in seen:
            raise Refused(f"Enter each name once: “{name}” is there twice", field=field)
        seen.add(name)


def _write_priorities(
    session: Session, partnership_id: int, wanted: Sequence[PriorityDetails], on: date
) -> None:
    rows = {
        row.id: row
        for row in session.scalars(
            select(Priority).where(Priority.partnership_id == partnership_id)
        )
    }
    for place, details in enumerate(wanted):
        row = _meant(rows, details)
        if row is None:
            row = Priority(partnership_id=partnership_id)
            session.add(row)
        row.name, row.position = details.name.strip(), place
        row.ended_on = (row.ended_on or on) if details.is_ended else None


def _write_themes(session: Session, partnership_id: int, wanted: Sequence[ThemeDetails]) -> None:
    rows = {
        row.id: row
        for row in session.scalars(select(Theme).where(Theme.partnership_id == partnership_id))
    }
    for details in wanted:
        row = _meant(rows, details)
        if row is None:
            row = Theme(partnership_id=partnership_id)
            session.add(row)
        row.name = details.name.strip()


def _meant(rows: dict[int, Named], details: PriorityDetails | ThemeDetails) -> Named | None:
    """The row of that id; else of that name, which a second press or somebody else has made."""
    if details.id:
        return rows.get(details.id)
    name = details.name.strip().lower()
    return next((row for row in rows.values() if row.name.lower() == name), None)


# --- Drafts ---------------------------------------------------------------------------------


def draft_event(details: EventDetails, *, by: Viewer | None, now: datetime) -> int:
    """Make a draft: nobody sees it but those who run the programme."""
    with transaction() as session:
        event = add_event_within(session, details, now=now)
        _record_draft(session, event, "made", by=by, now=now)
        return event.id


def add_event_within(
    session: Session, details: EventDetails, *, now: datetime, reference: str | None = None
) -> Event:
    """Make a draft within a command of another; `reference` where it has one elsewhere."""
    event = Event(
        reference=reference or new_reference("EV"),
        partnership_id=details.partnership_id,
        state=EventState.DRAFT,
        created_at=now,
    )
    session.add(event)
    with session.no_autoflush:
        write_event_within(session, event, details, now=now)
    session.flush()
    return event


def change_draft(event_id: int, details: EventDetails, *, by: Viewer | None, now: datetime) -> None:
    """Change a draft; a published event is changed by booking's verb, which tells everyone."""
    with transaction() as session:
        event = _draft(session, event_id)
        write_event_within(session, event, details, now=now)
        _record_draft(session, event, "changed", by=by, now=now)


def discard_draft(event_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Throw a draft away: nobody ever saw it."""
    with transaction() as session:
        event = _draft(session, event_id)
        _record_draft(session, event, "discarded", by=by, now=now)
        session.delete(event)


def _record_draft(
    session: Session, event: Event, act: str, *, by: Viewer | None, now: datetime
) -> None:
    record(
        session,
        f"draft {act}",
        f"The draft of {event.title} was {act}",
        by=by,
        now=now,
        about=("event", event.id),
        partnership_id=event.partnership_id,
    )


def _draft(session: Session, event_id: int) -> Event:
    take_ticket(session, Event, event_id)
    event = session.get_one(Event, event_id)
    if event.state is not EventState.DRAFT:
        raise Refused(f"{event.title} is no draft any more: it is {event.state.words}")
    return event


def write_event_within(
    session: Session, event: Event, details: EventDetails, *, now: datetime
) -> None:
    """Bring an event to what `details` say, sessions matched by id. The caller holds its lock."""
    _refuse(event_faults(details))
    for name in _TAKEN_OVER:
        setattr(event, name, getattr(details, name))
    event.title = details.title.strip()
    event.starts_at, event.ends_at = details.starts_at, details.ends_at
    event.priorities = _chosen(session, Priority, details.priority_ids)
    event.themes = _chosen(session, Theme, details.theme_ids)
    _write_sessions(event, details.sessions)
    _write_trainers(session, event, details.trainer_ids)
    _write_outcomes(event.own_outcomes, details.outcomes, london_date(now))


_TAKEN_OVER = (
    *("course_id", "kind", "level", "remit", "mode", "aims", "audience", "venue", "venue_access"),
    *("joining_link", "joining_instructions", "provider", "capacity", "online_capacity"),
    *("price", "cost", "closes_at", "stages"),
)


def _write_sessions(event: Event, wanted: Sequence[SessionDetails]) -> None:
    by_id = {row.id: row for row in event.sessions}
    rows = []
    for details in sorted(wanted, key=lambda session: session.starts_at):
        row = (by_id.get(details.id) if details.id else None) or EventSession()
        row.starts_at, row.ends_at = details.starts_at, details.ends_at
        row.room, row.joining_link = details.room, details.joining_link
        rows.append(row)
    event.sessions = rows


def _write_trainers(session: Session, event: Event, person_ids: Sequence[int]) -> None:
    by_person = {row.person_id: row for row in event.trainers}
    rows = []
    for place, person_id in enumerate(person_ids):
        row = by_person.get(person_id)
        if row is None:
            row = EventTrainer(person=session.get_one(Person, person_id))
        row.position = place
        rows.append(row)
    event.trainers = rows


def _chosen(session: Session, kind: type[Row], ids: Iterable[int]) -> list[Row]:
    return [session.get_one(kind, row_id) for row_id in dict.fromkeys(ids)]


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Refused(faults[0].sentence, field=faults[0].field)
