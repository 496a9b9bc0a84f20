"""Who would come to a course whenever it runs, and of which events they are still to be told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lms.access import Viewer
from lms.accounts.models import Membership, Person
from lms.accounts.queries import is_member
from lms.booking.models import Booking, Demand
from lms.booking.queries.audience import is_for_person
from lms.booking.rules import LIVE
from lms.catalogue.models import Course, Event
from lms.catalogue.queries import get_course
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.queries import is_told

COURSE_RUNS = "course-runs"
NO_AGENCY = "No agency"


def wants(course_id: int, person_id: int) -> bool:
    """Whether somebody is on the list of a course."""
    wanted = select(Demand.id).where(_is_open(), Demand.course_id == course_id)
    return db.session.scalar(wanted.where(Demand.person_id == person_id)) is not None


def demands_of(person_id: int) -> list[Demand]:
    """The courses of which somebody wants to be told, by title."""
    wanted = (
        select(Demand)
        .join(Course, Course.id == Demand.course_id)
        .where(_is_open(), Demand.person_id == person_id)
        .options(joinedload(Demand.course))
        .order_by(Course.title)
    )
    return list(db.session.scalars(wanted))


def count_wanted(course_ids: Collection[int]) -> Counter[int]:
    """How many are on the list of each course."""
    rows = db.session.execute(
        select(Demand.course_id, func.count())
        .where(_is_open(), Demand.course_id.in_(course_ids))
        .group_by(Demand.course_id)
    )
    counted: Counter[int] = Counter()
    for course_id, count in rows:
        counted[course_id] = count
    return counted


@dataclass(frozen=True)
class Wanted:
    """Those of one agency who would come, in the order of asking."""

    agency: str
    demands: tuple[Demand, ...]


def wanted_by_agency(course_id: int, viewer: Viewer, now: datetime) -> tuple[Course, list[Wanted]]:
    """A course with those on its list, the agency with the most first.

    Raises NotFound where the viewer does not run the course's partnership.
    """
    course = get_course(course_id, viewer)
    rows = db.session.scalars(
        select(Demand)
        .where(_is_open(), Demand.course_id == course_id)
        .options(joinedload(Demand.person).selectinload(Person.emails))
        .order_by(Demand.asked_at, Demand.id)
    ).all()
    agencies = _agencies(rows, now)
    groups: dict[str, list[Demand]] = defaultdict(list)
    for row in rows:
        groups[agencies.get(row.person_id, NO_AGENCY)].append(row)
    found = [Wanted(agency, tuple(demands)) for agency, demands in groups.items()]
    return course, sorted(found, key=lambda group: (-len(group.demands), group.agency))


def _agencies(rows: Sequence[Demand], now: datetime) -> Mapping[int, str]:
    """Where each works now: the first of their agencies."""
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.person_id.in_([row.person_id for row in rows]))
        .where(is_member(london_date(now)))
        .options(selectinload(Membership.agency))
        .order_by(Membership.id.desc())
    )
    return {
        each.person_id: each.agency.name if each.agency else each.agency_typed
        for each in memberships
    }


# --- Whom to tell ---------------------------------------------------------------------------


def untold(session: Session, now: datetime) -> Iterator[tuple[Demand, Event]]:
    """Each who is to be told of an event, and has not been: once for each event (B16)."""
    told = exists().where(
        is_told(COURSE_RUNS),
        Message.subject_id == Demand.id,
        Message.occurrence == cast(Event.id, String),
    )
    rows = session.execute(
        select(Demand, Event)
        .join(Event, Event.course_id == Demand.course_id)
        .where(*_is_news(now), ~told)
        .options(joinedload(Demand.person).selectinload(Person.emails))
        .options(selectinload(Event.sessions), joinedload(Event.partnership))
        .order_by(Event.starts_at, Event.id, Demand.id)
    )
    for demand, event in rows:
        if is_for_person(session, event, demand.person_id, now):
            yield demand, event


def is_news(demand_id: int, event_id: int, now: datetime) -> bool:
    """Whether somebody is still to be told of an event."""
    row = db.session.execute(
        select(Demand, Event)
        .join(Event, Event.course_id == Demand.course_id)
        .where(Demand.id == demand_id, Event.id == event_id, *_is_news(now))
    ).one_or_none()
    return row is not None and is_for_person(db.session(), row.Event, row.Demand.person_id, now)


def _is_news(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The event was published after they asked, is still to come, and they have not booked it."""
    booked = exists().where(
        Booking.event_id == Event.id,
        Booking.person_id == Demand.person_id,
        Booking.state.in_(LIVE),
    )
    return (
        _is_open(),
        Event.state == EventState.PUBLISHED,
        Event.published_at >= Demand.asked_at,
        Event.starts_at > now,
        ~booked,
    )


def _is_open() -> ColumnElement[bool]:
    return Demand.ended_at.is_(None)
