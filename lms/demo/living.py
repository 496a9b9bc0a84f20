"""The life of one event: drafted, published, booked, held, and its forms answered."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial

from lms.access import Viewer
from lms.agencies.rules import DEFAULT_POLICIES, PolicyKey
from lms.attendance.check_in.commands import Claim, check_in_by_name
from lms.attendance.commands import WalkIn, add_walk_in, close_register, mark, set_minutes
from lms.attendance.queries import sessions_of
from lms.attendance.rules import MarkKind
from lms.booking.commands import cancel_booking, cancel_event, publish_event, request_place
from lms.catalogue.commands import draft_event
from lms.catalogue.rules import CancelReason, EventDetails, EventMode, SessionDetails, Stage
from lms.clock import add_working_days, at_london, london_date, next_working_day_on_or_after
from lms.db import db
from lms.demo.foundations import Foundations, Somebody
from lms.demo.programme import NEEDED, ROOMS, Planned
from lms.demo.replies import OWN_PROMISES, answer_form, let_manager_answer
from lms.demo.timeline import Timeline
from lms.errors import Refused

NINE = time(9)
JOINING_LINK = "https://meet.example/walsall-training"
PUBLISHED_BEFORE = timedelta(days=45)
LAST_BOOKINGS = timedelta(days=4)
IMPACT_AFTER = timedelta(days=DEFAULT_POLICIES[PolicyKey.IMPACT_DAYS])
WALK_INS, ABSENT, GAVE_UP, LEFT_AT_HALF_TIME = 0.03, 0.09, 0.05, 0.03
REPLIES = {Stage.PRE: 0.55, Stage.POST: 0.66, Stage.IMPACT: 0.42}


@dataclass
class World:
    """What every life needs: the ids that stand, the dice, the timeline, and who is taken when."""

    here: Foundations
    dice: random.Random
    timeline: Timeline
    taken: set[tuple[int, str]] = field(default_factory=set)  # (person, course or day)

    def choose(self, planned: Planned, count: int) -> list[Somebody]:
        """People for an event: by weight, nobody twice on one course or one day."""
        keys = (planned.teaching.title, london_date(planned.starts_at).isoformat())
        free = [
            person
            for person in self.here.people
            if not any((person.id, key) in self.taken for key in keys)
        ]
        free.sort(key=lambda person: self.dice.random() ** (1 / person.character.weight))
        chosen = free[len(free) - count :]
        self.taken |= {(person.id, key) for person in chosen for key in keys}
        self.dice.shuffle(chosen)
        return chosen

    def between(self, first: datetime, last: datetime) -> datetime:
        """A moment of some working day's daytime, from `first` until `last`."""
        moment = first + (last - first) * self.dice.random()
        day = next_working_day_on_or_after(london_date(moment))
        chosen = at_london(day, time(self.dice.randrange(8, 18), self.dice.randrange(60)))
        return min(max(chosen, first), last)


@dataclass
class Life:
    """One event from its draft to its last answer. `seats`: person → booking."""

    world: World
    planned: Planned
    event_id: int = 0
    seats: dict[int, int] = field(default_factory=dict)

    @property
    def by(self) -> Viewer:
        return self.world.here.coordinator

    # --- The programme ------------------------------------------------------------------------

    def publish(self, now: datetime) -> None:
        self.event_id = draft_event(self._details(), by=self.by, now=now)
        publish_event(self.event_id, by=self.by, now=now)

    def call_off(self, now: datetime) -> None:
        cancel_event(self.event_id, reason=CancelReason.TRAINER_ILL, by=self.by, now=now)

    def _details(self) -> EventDetails:
        teaching, here = self.planned.teaching, self.world.here
        is_online = teaching.mode is EventMode.ONLINE
        room, access, _ = ("", "", 0) if is_online else ROOMS[self.planned.room]
        return EventDetails(
            partnership_id=here.partnership_id,
            title=teaching.title,
            kind=teaching.kind,
            mode=EventMode.HYBRID if self.planned.online else teaching.mode,
            capacity=self.planned.capacity,
            online_capacity=self.planned.online or None,
            course_id=here.course_ids.get(teaching.title),
            level=teaching.level,
            remit=teaching.remit,
            sessions=(SessionDetails(self.planned.starts_at, self.planned.ends_at),),
            venue_id=None if is_online else here.venue_ids[self.planned.room],
            venue=room,
            venue_access=access,
            joining_link=JOINING_LINK if is_online or self.planned.online else "",
            joining_instructions="" if is_online else "Sign in at reception. Bring your own lunch.",
            trainer_ids=here.trainer_ids[: 1 + self.planned.room],
            minimum_places=NEEDED.get(teaching.title, 0),
            aims=teaching.aims,
            audience=teaching.audience,
            priority_ids=tuple(here.priority_ids[name] for name in teaching.priorities),
            theme_ids=tuple(here.theme_ids[name] for name in teaching.themes),
        )

    # --- Bookings -----------------------------------------------------------------------------

    def book(self, person: Somebody, now: datetime) -> None:
        """Ask for a place; one whom a rule refuses stays away."""
        try:
            result = request_place(
                self.event_id,
                person.id,
                agency_id=person.agency_id,
                area_id=self.world.here.partnership_id,
                job_role=person.character.job_role,
                confirm_at_once=self.world.dice.random() < 0.5,
                mode=self._mode(),
                by=None,
                now=now,
            )
        except Refused:
            return
        self.seats[person.id] = result.booking_id

    def _mode(self) -> EventMode | None:
        if not self.planned.online:
            return None
        return self.world.dice.choice((EventMode.IN_PERSON, EventMode.ONLINE))

    def give_up(self, person: Somebody, now: datetime) -> None:
        if person.id in self.seats:
            cancel_booking(self.seats.pop(person.id), by=None, now=now)

    # --- The day ------------------------------------------------------------------------------

    def hold(self, strangers: list[Somebody], absent: set[int], now: datetime) -> None:
        """Walk-ins, marks, one or two who left at half-time; the register is closed."""
        [session] = sessions_of(db.session(), self.event_id)
        for person in strangers:
            one = person.character
            walk_in = WalkIn(one.name, one.email, one.agency, once=f"{self.event_id}-{person.id}")
            self.seats[person.id] = add_walk_in(
                self.event_id, session.id, walk_in, by=self.by, now=now
            )
        here = [person_id for person_id in self.seats if person_id not in absent]
        early = set(self.world.dice.sample(here, round(len(here) * LEFT_AT_HALF_TIME)))
        for person_id in early:
            self._leave_at_half_time(self.seats[person_id], session.id, now)
        kinds = {
            (booking, session.id): MarkKind.ABSENT if person_id in absent else MarkKind.PRESENT
            for person_id, booking in self.seats.items()
            if person_id not in early
        }
        close_register(self.event_id, kinds, by=self.by, now=now)
        self._plan_replies([self.seats[person_id] for person_id in here], now)

    def check_in(self, now: datetime) -> None:
        """Most of those with a place, by the code in the room; and somebody who has none."""
        [session] = sessions_of(db.session(), self.event_id)
        booked = [person for person in self.world.here.people if person.id in self.seats]
        stranger = next(one for one in self.world.here.people if one.id not in self.seats)
        for person in [*booked[: 2 * len(booked) // 3], stranger]:
            one = person.character
            claim = Claim(one.name, one.email, person.agency_id, one.agency, f"form {person.id}")
            check_in_by_name(session.id, claim, now=now)

    def _leave_at_half_time(self, booking: int, session: int, now: datetime) -> None:
        mark(self.event_id, booking, session, MarkKind.LEFT_EARLY, by=self.by, now=now)
        half = self.planned.teaching.minutes // 2
        set_minutes(self.event_id, booking, session, late=0, early=half, by=self.by, now=now)

    # --- The forms ----------------------------------------------------------------------------

    def answer_before(self, now: datetime) -> None:
        for booking in self.seats.values():
            if self.world.dice.random() < REPLIES[Stage.PRE]:
                answer_form(booking, Stage.PRE, self.world.dice, now)

    def _plan_replies(self, bookings: list[int], now: datetime) -> None:
        after_impact = self.planned.ends_at + IMPACT_AFTER
        spans = {
            Stage.POST: (now, now + timedelta(days=9)),
            Stage.IMPACT: (after_impact + timedelta(days=5), after_impact + timedelta(days=20)),
        }
        for booking in bookings:
            for stage, (first, last) in spans.items():
                self.plan_reply(booking, stage, first, last)

    def promise(self, person: Somebody, now: datetime) -> None:
        """Let a guest answer the form at the end, with what they will be asked about."""
        if booking := self.seats.get(person.id):
            own = random.Random(f"promise {person.id}")  # noqa: S311 - a story
            answer_form(booking, Stage.POST, own, now, OWN_PROMISES)

    def plan_reply(self, booking: int, stage: Stage, first: datetime, last: datetime) -> None:
        """Let a booking's person answer a stage some time in the span, or stay silent."""
        if self.world.dice.random() > REPLIES[stage]:
            return
        when = self.world.between(first, last)
        self.world.timeline.at(when, lambda now: answer_form(booking, stage, self.world.dice, now))
        if stage is Stage.IMPACT:
            later = when + timedelta(days=10)
            self.world.timeline.at(later, partial(let_manager_answer, booking))


def live_past(world: World, planned: Planned, guests: Sequence[Somebody] = ()) -> Life:
    """Put the whole life of a past event on the timeline; `guests` are among those who come."""
    life = Life(world, planned)
    published_at = _office_hour(planned.starts_at - PUBLISHED_BEFORE)
    world.timeline.at(published_at, life.publish)
    _plan_bookings(life, published_at, guests)
    if planned.is_cancelled:
        world.timeline.at(_office_hour(planned.starts_at - timedelta(days=6)), life.call_off)
    for due_at in due_times(planned):
        world.timeline.due(due_at)
    return life


def _plan_bookings(life: Life, published_at: datetime, guests: Sequence[Somebody]) -> None:
    """Bookings from publishing until days before, a few given up again; then the day itself."""
    world, planned = life.world, life.planned
    target = planned.attended or planned.capacity // 2
    walk_ins = round(planned.attended * WALK_INS)
    absent = min(round(target * ABSENT), planned.capacity - target)
    chosen = world.choose(planned, target - walk_ins + absent - len(guests))
    staying = [*guests, *chosen]
    leaving = world.choose(planned, round(target * GAVE_UP))
    last = planned.starts_at - LAST_BOOKINGS
    for person in staying:
        world.timeline.at(world.between(published_at, last), partial(life.book, person))
    for person in leaving:
        booked_at = world.between(published_at, last - timedelta(days=9))
        world.timeline.at(booked_at, partial(life.book, person))
        world.timeline.at(world.between(booked_at, last), partial(life.give_up, person))
    if planned.is_cancelled:
        return
    strangers = world.choose(planned, walk_ins)
    stay_away = {person.id for person in world.dice.sample(chosen, absent)}
    closed_at = planned.ends_at + timedelta(hours=world.dice.choice((1, 2, 20, 24)))
    world.timeline.at(evening_before(planned), life.answer_before)
    for person in guests:
        world.timeline.at(planned.ends_at + timedelta(minutes=5), partial(life.promise, person))
    world.timeline.at(closed_at, partial(life.hold, strangers, stay_away))


def due_times(planned: Planned) -> list[datetime]:
    """When something of an event falls due: reminders, forms, and the reminders of forms."""
    day_before = add_working_days(london_date(planned.starts_at), -1)
    impact_on = next_working_day_on_or_after(london_date(planned.ends_at + IMPACT_AFTER))
    return [
        at_london(day_before, NINE),
        *(planned.ends_at + timedelta(days=days) for days in (0, 2, 7)),
        *(at_london(impact_on + timedelta(days=days), NINE) for days in (0, 7, 14)),
    ]


def evening_before(planned: Planned) -> datetime:
    return at_london(add_working_days(london_date(planned.starts_at), -1), time(19, 30))


def _office_hour(moment: datetime) -> datetime:
    return at_london(next_working_day_on_or_after(london_date(moment)), time(10))
