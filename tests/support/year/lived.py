"""The year lived through the real verbs, from one thing that happens to the next."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import partial
from itertools import count

from sqlalchemy import select

from lms.access import Viewer
from lms.accounts.models import PersonEmail
from lms.agencies.rules import Sector
from lms.attendance.commands import (
    WalkIn,
    add_walk_in,
    close_register,
    excuse,
    mark,
    set_minutes,
)
from lms.attendance.queries import sessions_of
from lms.attendance.rules import MarkKind
from lms.booking.commands import (
    cancel_booking,
    cancel_event,
    change_event,
    publish_event,
    request_place,
)
from lms.catalogue.commands import draft_event
from lms.catalogue.models import Event, LearningOutcome
from lms.catalogue.queries import details_of
from lms.catalogue.rules import CancelReason, EventDetails, EventMode, SessionDetails, Stage
from lms.clock import FixedClock, at_london
from lms.db import db
from lms.evaluation.commands import NotOpen, Opened, answer, stop_reminders
from lms.evaluation.models import Commitment, Evaluation
from lms.jobs import registered_jobs
from tests.support.make import Make
from tests.support.year.cast import (
    AT_THE_DOOR,
    COURSES,
    DAY,
    FIRST,
    HOUR,
    MINUTE,
    OUTCOMES,
    PEOPLE,
    Delegate,
    Planned,
    Presence,
    impact_due_at,
)

Act = Callable[[datetime], None]
SECTORS = (Sector.LOCAL_AUTHORITY, Sector.HEALTH, Sector.EDUCATION, Sector.POLICE)
RESULTS = ("done", "partly", "not_yet")
JOBS = ("evaluations", "outbox")


@dataclass
class Lived:
    """A year as it was lived: the ids that stand, and the moments at which the worker looked."""

    year: Sequence[Planned]
    clock: FixedClock
    by: Viewer
    partnership: int
    people: Sequence[int]
    agencies: Sequence[int]
    addresses: Sequence[str]
    courses: Sequence[int]
    outcomes: Mapping[int, Sequence[int]]
    ticks: list[datetime] = field(default_factory=list)
    refused: int = 0
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    def at(self, when: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (when, next(self._order), act))

    def run(self) -> None:
        """Everything in its order; the worker looks after all else that happens at a moment."""
        while self._acts:
            when, _, act = heapq.heappop(self._acts)
            self.clock.set(when)
            act(when)

    # --- The worker -------------------------------------------------------------------------------

    def tick(self, now: datetime) -> None:
        for job in registered_jobs():
            if job.name in JOBS:
                while job.run(now) and job.works_in_bursts:
                    pass

    # --- What people do ---------------------------------------------------------------------------

    def publish(self, event: Planned, now: datetime) -> None:
        seats = sum(
            one.booked_at == one.confirmed_at and one.presence not in AT_THE_DOOR
            for one in event.delegates
        )
        details = EventDetails(
            partnership_id=self.partnership,
            title=f"Event {event.number}",
            kind=event.kind,
            mode=EventMode.IN_PERSON,
            capacity=seats if event.full else 100,
            course_id=self.courses[event.course],
            sessions=tuple(_sessions(event)),
            venue="Beacon Hall, Walsall",
        )
        event.id = draft_event(details, by=self.by, now=now)
        publish_event(event.id, by=self.by, now=now)

    def book(self, one: Delegate, now: datetime) -> None:
        assert one.person is not None
        one.booking = request_place(
            one.event.id,
            self.people[one.person],
            agency_id=self.agencies[one.person],
            confirm_at_once=True,
            by=None,
            now=now,
        ).booking_id

    def give_up(self, one: Delegate, now: datetime) -> None:
        cancel_booking(one.booking, by=None, now=now)

    def call_off(self, event: Planned, now: datetime) -> None:
        cancel_event(event.id, reason=CancelReason.TRAINER_ILL, by=self.by, now=now)

    def move(self, event: Planned, now: datetime) -> None:
        details = details_of(db.session.get_one(Event, event.id))
        blocks = tuple(
            replace(
                block, starts_at=block.starts_at + event.later, ends_at=block.ends_at + event.later
            )
            for block in details.sessions
        )
        db.session.rollback()
        change_event(event.id, replace(details, sessions=blocks), by=self.by, now=now)

    def open_doors(self, event: Planned, now: datetime) -> None:
        """Walk-ins, and those of whom it is seen that they are not there."""
        sessions = sessions_of(db.session(), event.id)
        for one in event.delegates:
            if one.presence in AT_THE_DOOR:
                one.booking = add_walk_in(
                    event.id, sessions[0].id, self._walk_in(one), by=self.by, now=now
                )
            if one.presence is Presence.SEEN_ABSENT:
                for session in sessions:
                    mark(event.id, one.booking, session.id, MarkKind.ABSENT, by=self.by, now=now)

    def _walk_in(self, one: Delegate) -> WalkIn:
        once = f"{one.event.number}-{one.event.delegates.index(one)}"
        if one.person is None:
            return WalkIn(f"Somebody {once}", "", "Street Teams", once)
        return WalkIn("Somebody known", self.addresses[one.person], "", once)

    def close(self, event: Planned, now: datetime) -> None:
        sessions = sessions_of(db.session(), event.id)
        marks: dict[tuple[int, int], MarkKind] = {}
        for one in event.delegates:
            if one.presence is Presence.LEFT_AT_HALF_TIME:
                self._left_early(one, [session.id for session in sessions], now)
            elif one.presence is Presence.EXCUSED:
                excuse(event.id, one.booking, "A court hearing", by=self.by, now=now)
            elif one.presence in (Presence.CAME, *AT_THE_DOOR, Presence.ABSENT):
                kind = MarkKind.ABSENT if one.presence is Presence.ABSENT else MarkKind.PRESENT
                marks |= {(one.booking, session.id): kind for session in sessions}
        close_register(event.id, marks, by=self.by, now=now)

    def _left_early(self, one: Delegate, sessions: Sequence[int], now: datetime) -> None:
        event = one.event
        for session in sessions:
            mark(event.id, one.booking, session, MarkKind.LEFT_EARLY, by=self.by, now=now)
            set_minutes(event.id, one.booking, session, late=0, early=100, by=self.by, now=now)

    # --- What people answer -----------------------------------------------------------------------

    def reply(self, one: Delegate, stage: Stage, now: datetime) -> None:
        outcomes = self.outcomes[self.courses[one.event.course]]
        values = zip(outcomes, one.confidence[stage], strict=True)
        posted = {f"confidence_{outcome}": [str(value)] for outcome, value in values}
        if stage is Stage.POST:
            for n in range(one.promises):
                posted[f"commitment_{n + 1}"] = [f"Ring the school, {one.booking} {n}"]
        if stage is Stage.IMPACT:
            for n, promise in enumerate(_promises(one.booking)):
                posted[f"result_{promise}"] = [RESULTS[(one.booking + n) % len(RESULTS)]]
        answer(Opened(one.booking, stage, now), posted, now=now)

    def reply_late(self, one: Delegate, stage: Stage, now: datetime) -> None:
        try:
            self.reply(one, stage, now)
        except NotOpen:
            self.refused += 1

    def opt_out(self, one: Delegate, stage: Stage, now: datetime) -> None:
        stop_reminders(one.booking, stage, now=now)


def _promises(booking: int) -> Sequence[int]:
    found = db.session.scalars(
        select(Commitment.id)
        .join(Evaluation, Evaluation.id == Commitment.evaluation_id)
        .where(Evaluation.booking_id == booking)
        .order_by(Commitment.position)
    ).all()
    db.session.rollback()
    return found


def _sessions(event: Planned) -> list[SessionDetails]:
    if event.days == 1:
        return [SessionDetails(event.starts_at, event.ends_at)]
    first_ends = event.starts_at.replace(hour=event.starts_at.hour + 3)
    return [
        SessionDetails(event.starts_at, first_ends),
        SessionDetails(event.ends_at - 4 * HOUR, event.ends_at),
    ]


def live(make: Make, clock: FixedClock, year: Sequence[Planned]) -> Lived:
    """Live through all of it, and let the worker look every day at nine and when something ends."""
    clock.set(at_london(FIRST, time(9)) - 60 * DAY)
    lived = _begin(make, clock, year)
    for event in year:
        _plan(lived, event)
    lived.ticks = _ticks(year)
    for tick in lived.ticks:
        lived.at(tick, lived.tick)
    lived.run()
    return lived


def _begin(make: Make, clock: FixedClock, year: Sequence[Planned]) -> Lived:
    names = [f"Agency {sector.value}" for sector in SECTORS]
    agencies = [make.agency(name, sector) for name, sector in zip(names, SECTORS, strict=True)]
    share = PEOPLE // len(agencies)
    people = [person for agency in agencies for person in make.people(share, agency=agency)]
    courses = [make.course(f"Course {n}", outcomes=OUTCOMES) for n in range(COURSES)]
    outcomes: dict[int, list[int]] = {course: [] for course in courses}
    rows = select(LearningOutcome.course_id, LearningOutcome.id).order_by(LearningOutcome.position)
    for course, outcome in db.session.execute(rows):
        outcomes[course].append(outcome)
    db.session.rollback()
    return Lived(
        year=year,
        clock=clock,
        by=make.viewer(make.coordinator()),
        partnership=make.partnership(),
        people=people,
        agencies=[agency for agency in agencies for _ in range(share)],
        addresses=_addresses(people),
        courses=courses,
        outcomes=outcomes,
    )


def _addresses(people: Sequence[int]) -> list[str]:
    rows = db.session.execute(select(PersonEmail.person_id, PersonEmail.address))
    known = dict(rows.all())
    db.session.rollback()
    return [known[person] for person in people]


def _plan(lived: Lived, event: Planned) -> None:
    lived.at(event.starts_at - 40 * DAY, partial(lived.publish, event))
    for one in event.delegates:
        if one.presence not in AT_THE_DOOR:
            lived.at(one.booked_at, partial(lived.book, one))
        if one.gave_up_at:
            lived.at(one.gave_up_at, partial(lived.give_up, one))
        for stage, at in one.answers.items():
            lived.at(at, partial(lived.reply, one, stage))
        for stage, at in one.late.items():
            lived.at(at, partial(lived.reply_late, one, stage))
        for stage, at in one.opted_out.items():
            lived.at(at, partial(lived.opt_out, one, stage))
    if event.moved_at:
        lived.at(event.moved_at, partial(lived.move, event))
    if event.off_at:
        lived.at(event.off_at, partial(lived.call_off, event))
        return
    lived.at(event.starts(event.closed_at) + 20 * MINUTE, partial(lived.open_doors, event))
    lived.at(event.closed_at, partial(lived.close, event))


def _ticks(year: Sequence[Planned]) -> list[datetime]:
    """Every morning at nine, when something ends, and at noon where people booked that morning."""
    last = max(impact_due_at(event) for event in year) + 30 * DAY
    first = min(event.starts_at for event in year) - 8 * DAY
    mornings = {at_london(first.date() + DAY * n, time(9)) for n in range((last - first).days)}
    ends = {event.ends(event.closed_at) for event in year}
    late = {one.booked_at.date() for event in year for one in event.delegates if one.books_late}
    return sorted(mornings | ends | {at_london(day, time(12)) for day in late})
