"""Reads of courses, priorities, themes, and events as their makers see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.access import Permission, Role, Viewer
from lms.accounts.models import Person, RoleGrant
from lms.accounts.queries import is_held
from lms.catalogue.models import (
    Course,
    Event,
    Improvement,
    LearningOutcome,
    Material,
    Priority,
    Theme,
    Venue,
    course_trainer,
)
from lms.catalogue.rules import (
    EventDetails,
    EventState,
    KnownVenue,
    OutcomeDetails,
    Remit,
    SessionDetails,
    VenueDetails,
    outcomes_asked,
)
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound


@dataclass(frozen=True)
class CourseLine:
    """A course in a list."""

    id: int
    title: str
    code: str
    slug: str
    level: int | None
    remit: Remit
    partnership_id: int
    minutes: int | None
    retired_on: date | None
    outcomes: int


@dataclass(frozen=True)
class Choice:
    """Something to choose in a form, by its id."""

    id: int
    name: str


# --- Courses --------------------------------------------------------------------------------


def list_courses(partnership_ids: Iterable[int], *, retired: bool = False) -> list[CourseLine]:
    """Courses by title, those that are taught or those that are retired."""
    outcomes = (
        select(func.count(LearningOutcome.id))
        .where(LearningOutcome.course_id == Course.id, LearningOutcome.retired_on.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            *(Course.id, Course.title, Course.code, Course.slug, Course.level, Course.remit),
            *(Course.partnership_id, Course.minutes, Course.retired_on, outcomes),
        )
        .where(Course.partnership_id.in_(partnership_ids))
        .where(Course.retired_on.is_not(None) if retired else Course.retired_on.is_(None))
        .order_by(Course.title, Course.id)
    )
    return [CourseLine(*row) for row in rows]


def get_course(course_id: int, viewer: Viewer) -> Course:
    """A course that this viewer may change; raises NotFound for any other."""
    course = db.session.get(Course, course_id)
    if course is None or not viewer.can(Permission.RUN_PROGRAMME, course.partnership_id):
        raise NotFound
    return course


def get_course_by_slug(slug: str) -> Course:
    """The course at an address, with its outcomes and its partnership."""
    course = db.session.execute(
        select(Course)
        .where(Course.slug == slug)
        .options(selectinload(Course.outcomes), selectinload(Course.partnership))
    ).scalar_one_or_none()
    if course is None:
        raise NotFound
    return course


def course_choices(partnership_ids: Iterable[int]) -> list[Choice]:
    """The courses that an event can be made of."""
    return [Choice(line.id, line.title) for line in list_courses(partnership_ids)]


# --- Priorities, themes, trainers -----------------------------------------------------------


def list_priorities(partnership_ids: Iterable[int], on: date | None = None) -> list[Priority]:
    """Priorities in their order; those not yet ended on a day, where one is given."""
    query = (
        select(Priority)
        .where(Priority.partnership_id.in_(partnership_ids))
        .order_by(Priority.partnership_id, Priority.position, Priority.id)
    )
    if on is not None:
        query = query.where(or_(Priority.ended_on.is_(None), Priority.ended_on > on))
    return list(db.session.scalars(query))


def list_themes(partnership_ids: Iterable[int]) -> list[Theme]:
    """Themes by name."""
    return list(
        db.session.scalars(
            select(Theme)
            .where(Theme.partnership_id.in_(partnership_ids))
            .order_by(Theme.name, Theme.id)
        )
    )


def trainers_of(partnership_ids: Iterable[int], on: date, also: Iterable[int] = ()) -> list[Choice]:
    """People who hold the trainer's role on a day, by surname, and those named besides."""
    holds = (
        select(RoleGrant.person_id)
        .where(RoleGrant.role == Role.TRAINER)
        .where(RoleGrant.partnership_id.in_(partnership_ids))
        .where(is_held(on))
    )
    rows = db.session.execute(
        select(Person.id, Person.name)
        .where(or_(Person.id.in_(holds), Person.id.in_(also)))
        .order_by(Person.sort_name, Person.id)
    )
    return [Choice(row.id, row.name) for row in rows]


def who_can_give(course_id: int) -> frozenset[int]:
    """The people who can give a course."""
    link = course_trainer.c
    found = db.session.scalars(select(link.person_id).where(link.course_id == course_id))
    return frozenset(found)


def courses_given(person_ids: Iterable[int]) -> dict[int, list[Choice]]:
    """The courses that people can give, by person, those that are retired left out."""
    link = course_trainer.c
    rows = db.session.execute(
        select(link.person_id, Course.id, Course.title)
        .join(Course, Course.id == link.course_id)
        .where(link.person_id.in_(list(person_ids)), Course.retired_on.is_(None))
        .order_by(Course.title, Course.id)
    )
    given: dict[int, list[Choice]] = defaultdict(list)
    for person_id, course_id, title in rows:
        given[person_id].append(Choice(course_id, title))
    return given


# --- Venues ---------------------------------------------------------------------------------


def list_venues(
    partnership_ids: Iterable[int], also: int | None = None, *, retired: bool = False
) -> list[KnownVenue]:
    """Venues by name, those in use or those that are retired; and one more, such as an event's."""
    is_wanted = Venue.ended_on.is_not(None) if retired else Venue.ended_on.is_(None)
    rows = db.session.scalars(
        select(Venue)
        .where(Venue.partnership_id.in_(list(partnership_ids)), or_(is_wanted, Venue.id == also))
        .order_by(Venue.name, Venue.id)
    )
    return [known_venue(row) for row in rows]


def known_venue(row: Venue) -> KnownVenue:
    """A venue as a form offers it and a rule reads it."""
    told = venue_details(row).told
    return KnownVenue(row.id, row.partnership_id, row.name, told, row.seats, row.ended_on)


def venue_details(row: Venue) -> VenueDetails:
    """All that is kept of a venue, as its form begins."""
    return VenueDetails(
        row.partnership_id, row.name, row.address, row.access, row.directions, row.seats
    )


def get_venue(venue_id: int, viewer: Viewer) -> Venue:
    """A venue that this viewer may change; raises NotFound for any other."""
    venue = db.session.get(Venue, venue_id)
    if venue is None or not viewer.can(Permission.RUN_PROGRAMME, venue.partnership_id):
        raise NotFound
    return venue


def count_held_at(venue_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """How many events to come are held at each venue, drafts among them."""
    rows = db.session.execute(
        select(Event.venue_id, func.count(Event.id))
        .where(Event.venue_id.in_(list(venue_ids)), Event.state != EventState.CANCELLED)
        .where(or_(Event.ends_at > now, Event.ends_at.is_(None)))
        .group_by(Event.venue_id)
    )
    return {venue_id: held for venue_id, held in rows if venue_id is not None}


# --- Events ---------------------------------------------------------------------------------


def get_event(event_id: int, viewer: Viewer) -> Event:
    """An event that this viewer runs, whatever its state; raises NotFound for any other."""
    event = db.session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .options(joinedload(Event.partnership), joinedload(Event.course))
    )
    if event is None or not viewer.can(Permission.RUN_PROGRAMME, event.partnership_id):
        raise NotFound
    return event


def outcomes_asked_at(event: Event) -> list[LearningOutcome]:
    """What delegates of an event are asked about: its own outcomes, else its course's (E5)."""
    of_course = event.course.outcomes if event.course else ()
    on = london_date(event.starts_at) if event.starts_at else date.max
    return outcomes_asked(event.own_outcomes, of_course, on)


def details_of(event: Event) -> EventDetails:
    """What an event says at present, as a form shows it and a copy takes it over."""
    return EventDetails(
        partnership_id=event.partnership_id,
        title=event.title,
        kind=event.kind,
        mode=event.mode,
        capacity=event.capacity,
        course_id=event.course_id,
        level=event.level,
        remit=event.remit,
        sessions=tuple(
            SessionDetails(s.starts_at, s.ends_at, s.id, s.room, s.joining_link)
            for s in event.sessions
        ),
        venue_id=event.venue_id,
        venue=event.venue,
        venue_access=event.venue_access,
        joining_link=event.joining_link,
        joining_instructions=event.joining_instructions,
        trainer_ids=tuple(trainer.person_id for trainer in event.trainers),
        provider=event.provider,
        online_capacity=event.online_capacity,
        closes_at=event.closes_at,
        price=event.price,
        cost=event.cost,
        minimum_places=event.minimum_places,
        decide_on=event.decide_on,
        stages=event.stages,
        aims=event.aims,
        audience=event.audience,
        outcomes=outcome_details(event.own_outcomes),
        priority_ids=tuple(priority.id for priority in event.priorities),
        theme_ids=tuple(theme.id for theme in event.themes),
    )


def outcome_details(rows: Sequence[LearningOutcome]) -> tuple[OutcomeDetails, ...]:
    """Learning outcomes as a form shows them."""
    return tuple(OutcomeDetails(row.text, row.id, row.retired_on is not None) for row in rows)


# --- Materials ------------------------------------------------------------------------------


def in_order(query: Select[Material]) -> Select[Material]:
    """Materials as they are shown: the course's before the event's own, each as was chosen."""
    return query.order_by(Material.course_id.is_(None), Material.position, Material.id)


def list_materials(owner: dict[str, int]) -> list[Material]:
    """What lies beside one event or one course, in order."""
    query = select(Material).filter_by(**owner).where(Material.removed_at.is_(None))
    return list(db.session.scalars(in_order(query).options(joinedload(Material.file))))


def get_material(owner: dict[str, int], material_id: int) -> Material:
    """One that lies there. Raises NotFound for what was taken away too."""
    found = next((one for one in list_materials(owner) if one.id == material_id), None)
    if found is None:
        raise NotFound
    return found


# --- You said, we did -----------------------------------------------------------------------


def list_improvements(
    course_ids: Iterable[int], first: date | None = None, last: date | None = None
) -> list[Improvement]:
    """What changed in these courses because of their evaluations, the latest first.

    `first` and `last` are days, both included.
    """
    query = (
        select(Improvement)
        .where(Improvement.course_id.in_(list(course_ids)), Improvement.removed_at.is_(None))
        .order_by(Improvement.changed_on.desc(), Improvement.id.desc())
    )
    if first is not None:
        query = query.where(Improvement.changed_on >= first)
    if last is not None:
        query = query.where(Improvement.changed_on <= last)
    return list(db.session.scalars(query))


def get_improvement(course_id: int, improvement_id: int) -> Improvement:
    """One of a course's, removed or not. Raises NotFound."""
    found = db.session.get(Improvement, improvement_id)
    if found is None or found.course_id != course_id:
        raise NotFound
    return found
