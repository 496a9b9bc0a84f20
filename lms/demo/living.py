"""The life of one event: drafted, published, booked, held, its register closed, its forms answered."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from lms.attendance.commands import add_walk_in, close_register, set_minutes
from lms.attendance.commands.walking_in import WalkIn
from lms.attendance.queries import sessions_of
from lms.attendance.rules import MarkKind
from lms.booking.commands import cancel_booking, cancel_event, publish_event, request_place
from lms.booking.rules import BookingState, CancelledBy
from lms.catalogue.commands import draft_event
from lms.catalogue.rules import CancelReason, EventDetails, EventMode, SessionDetails, Stage
from lms.clock import add_working_days, at_london, london_date
from lms.db import db
from lms.demo.foundations import Foundations, Somebody
from lms.demo.programme import ROOMS, Coming, Planned
from lms.demo.replies import answer_form
from lms.demo.timeline import Timeline
from lms.errors import Refused
from lms.evaluation.rules import impact_due_at

PUBLISHED_BEFORE = timedelta(days=45)
WALK_INS = 0.03
ABSENT = 0.09
GAVE_UP = 0.05
PART = 0.02
REPLIES = {Stage.PRE: 0.55, Stage.POST: 0.66, Stage.IMPACT: 0.42}


@dataclass
class World:
    """What every act needs: the ids that stand, the dice, the timeline, and who has done what."""

    here: Foundations
    dice: random.Random
    timeline: Timeline
    today: datetime
    taken: set[tuple[int, str]] = field(default_factory=set)  # (person, course or day)

    def choose(self, planned: Planned, count: int) -> list[Somebody]:
        """People for an event: weighted, nobody twice on a course or on a day."""
        day = london_date(planned.starts_at).isoformat()
        title = planned.teaching.title
        free = [
            person
            for person in self.here.people
            if not {(person.id, title), (person.id, day)} & self.taken
        ]
        free.sort(key=lambda person: self.dice.random() ** (1 / person.character.weight))
        chosen = free[-count:] if count else []
        self.taken |= {(person.id, key) for person in chosen for key in (title, day)}
        self.dice.shuffle(chosen)
        return chosen


def draft(world: World, planned: Planned, now: datetime) -> int:
    """Draft the event as its coordinator would."""
    teaching, here = planned.teaching, world.here
    is_online = teaching.mode is EventMode.ONLINE
    room, access = ROOMS[planned.room]
    details = EventDetails(
        partnership_id=here.partnership_id,
        title=teaching.title,
        kind=teaching.kind,
        mode=teaching.mode,
        capacity=planned.capacity,
        course_id=here.course_ids.get(teaching.title),
        level=teaching.level,
        remit=teaching.remit,
        sessions=(SessionDetails(planned.starts_at, planned.ends_at),),
        venue="" if is_online else room,
        venue_access="" if is_online else access,
        joining_link="https://meet.example/walsall-training" if is_online else "",
        joining_instructions="Have your camera on if you can."
        if is_online
        else "Sign in at reception. Lunch is not provided.",
        trainer_ids=here.trainer_ids[: 1 + planned.room],
        aims=teaching.aims,
        audience=teaching.audience,
        outcomes=(),
        priority_ids=tuple(here.priority_ids[name] for name in teaching.priorities),
        theme_ids=tuple(here.theme_ids[name] for name in teaching.themes),
    )
    return draft_event(details, by=None, now=now)


def publish(world: World, planned: Planned, now: datetime) -> int:
    event_id = draft(world, planned, now)
    publish_event(event_id, by=None, now=now)
    return event_id


def book(world: World, event_id: int, person: Somebody, now: datetime) -> int | None:
    """Ask for a place; None where a rule refuses it."""
    try:
        result = request_place(
            event_id,
            person.id,
            agency_id=person.agency_id,
            area_id=world.here.partnership_id,
            job_role=person.character.job_role,
            confirm_at_once=world.dice.random() < 0.5,
            by=None,
            now=now,
        )
    except Refused:
        return None
    return result.booking_id


def live_past(world: World, planned: Planned) -> None:
    """Put the whole life of a past event on the timeline."""
    published_at = _office_hour(world, planned.starts_at - PUBLISHED_BEFORE)

    def begin(now: datetime) -> None:
        event_id = publish(world, planned, now)
        if planned.is_cancelled:
            called_off_at = _office_hour(world, planned.starts_at - timedelta(days=6))
            world.timeline.at(called_off_at, lambda at: _call_off(event_id, at))
        _fill(world, planned, event_id, now)

    world.timeline.at(published_at, begin)
    _let_jobs_run(world, planned)


def _call_off(event_id: int, now: datetime) -> None:
    cancel_event(event_id, reason=CancelReason.TRAINER_ILL, by=None, now=now)


def _fill(world: World, planned: Planned, event_id: int, now: datetime) -> None:
    """Bookings between publishing and three days before; some given up; then the day itself."""
    dice = world.dice
    target = planned.attended or planned.capacity // 2
    walk_ins = round(target * WALK_INS) if planned.attended else 0
    absent = min(round(target * ABSENT), planned.capacity - target)
    given_up = round(target * GAVE_UP)
    came = target - walk_ins
    people = world.choose(planned, came + absent + given_up)
    seats: dict[int, int] = {}
    latest = planned.starts_at - timedelta(days=4)
    for place, person in enumerate(people):
        leaves = place >= came + absent
        at = _between(world, now, latest - timedelta(days=6) if leaves else latest)
        world.timeline.at(at, _booking_act(world, event_id, person, seats, leaves=leaves))
    if not planned.is_cancelled:
        strangers = world.choose(planned, walk_ins)
        absentees = {person.id for person in dice.sample(people[: came + absent], absent)}
        closing = planned.ends_at + timedelta(hours=dice.choice((1, 3, 20, 26)))

        def held(at: datetime) -> None:
            _hold(world, planned, event_id, seats, strangers, absentees, at)

        world.timeline.at(closing, held)


def _booking_act(
    world: World, event_id: int, person: Somebody, seats: dict[int, int], *, leaves: bool
):  # type: ignore[no-untyped-def]
    def act(now: datetime) -> None:
        booking_id = book(world, event_id, person, now)
        if booking_id is None:
            return
        if leaves:
            cancel_booking(
                booking_id,
                by=None,
                by_what=CancelledBy.DELEGATE,
                now=now + timedelta(days=2),
            )
        else:
            seats[person.id] = booking_id
    return act


def _hold(
    world: World,
    planned: Planned,
    event_id: int,
    seats: dict[int, int],
    strangers: list[Somebody],
    absentees: set[int],
    now: datetime,
) -> None:
    """The register: walk-ins, marks, a few who left at half-time; then who answers what."""
    [session] = sessions_of(db.session(), event_id)
    for person in strangers:
        walk_in = WalkIn(
            person.character.name, person.character.email, person.character.agency, f"{person.id}"
        )
        seats[person.id] = add_walk_in(event_id, session.id, walk_in, by=None, now=now)
    marks = {
        (booking_id, session.id): MarkKind.ABSENT if person_id in absentees else MarkKind.PRESENT
        for person_id, booking_id in seats.items()
    }
    close_register(event_id, marks, by=None, now=now)
