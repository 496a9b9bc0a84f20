"""The pool of trainers: what each can give, gives next, and when they are away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.access import Permission, Viewer
from lms.accounts.models import TimeAway
from lms.booking.rules.planning import Away
from lms.catalogue.models import Event, EventTrainer
from lms.catalogue.queries import Choice, courses_given, trainers_of
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound


@dataclass(frozen=True)
class Trainer:
    """Somebody who holds the role, with the courses they can give and the events to come."""

    id: int
    name: str
    courses: tuple[Choice, ...]
    events: tuple[Event, ...]
    away: tuple[Away, ...]


def pool_of_trainers(viewer: Viewer, now: datetime) -> list[Trainer]:
    """Who gives events of the partnerships that the viewer runs, by surname."""
    on = london_date(now)
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    people = trainers_of(run, on)
    ids = [person.id for person in people]
    given, events, away = courses_given(ids), _events_given(ids, run, now), _away(ids, now)
    return [
        Trainer(
            *(each.id, each.name, tuple(given.get(each.id, ()))),
            tuple(events.get(each.id, ())),
            tuple(away.get(each.id, ())),
        )
        for each in people
    ]


def get_trainer(person_id: int, viewer: Viewer, now: datetime) -> Trainer:
    """One of the pool. Raises NotFound for anybody else."""
    found = [each for each in pool_of_trainers(viewer, now) if each.id == person_id]
    if not found:
        raise NotFound
    return found[0]


def _events_given(
    person_ids: Iterable[int], partnership_ids: Iterable[int], now: datetime
) -> dict[int, list[Event]]:
    rows = db.session.execute(
        select(EventTrainer.person_id, Event)
        .join(Event, Event.id == EventTrainer.event_id)
        .where(EventTrainer.person_id.in_(list(person_ids)), Event.ends_at > now)
        .where(Event.partnership_id.in_(list(partnership_ids)))
        .where(Event.state.in_([EventState.PUBLISHED, EventState.DRAFT]))
        .order_by(Event.starts_at, Event.id)
    )
    found: dict[int, list[Event]] = defaultdict(list)
    for person_id, event in rows:
        found[person_id].append(event)
    return found


def _away(person_ids: Iterable[int], now: datetime) -> dict[int, list[Away]]:
    rows = db.session.execute(
        select(TimeAway.person_id, TimeAway.from_on, TimeAway.until_on)
        .where(TimeAway.person_id.in_(list(person_ids)), TimeAway.until_on >= london_date(now))
        .order_by(TimeAway.from_on, TimeAway.id)
    )
    found: dict[int, list[Away]] = defaultdict(list)
    for person_id, from_on, until_on in rows:
        found[person_id].append(Away(from_on, until_on))
    return found
