"""Building the demonstration: a year lived through the slices' commands, and the weeks ahead."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import exists, func, select

from lms.accounts.models import Person
from lms.clock import (
    DAY,
    add_working_days,
    at_london,
    is_working_day,
    london_date,
    next_working_day_on_or_after,
    reporting_year,
)
from lms.db import db, transaction
from lms.demo import foundations
from lms.demo.asking import ask_more, ask_next
from lms.demo.elsewhere import enter_figures
from lms.demo.foundations import Somebody
from lms.demo.living import Life, World, due_times, live_past
from lms.demo.meeting import meet_online
from lms.demo.models import Demonstration
from lms.demo.papers import lay_papers
from lms.demo.partners import charge_from, plan_partners
from lms.demo.programme import (
    Coming,
    Planned,
    Teaching,
    coming_events,
    event_eight_weeks_ago,
    event_for_one_school,
    event_last_week,
    event_met_online,
    read_teachings,
    year_of_events,
)
from lms.demo.reaching import WANTED, name_cohorts, plan_in_vain
from lms.demo.reading import plan_improvements, plan_reading
from lms.demo.terms import (
    LAST_HOUR,
    SHARED_OUT,
    open_for_booking,
    open_for_one_school,
    plan_last_hour,
)
from lms.demo.timeline import Timeline
from lms.demo.writing import write_to_its_people
from lms.demo.year_before import plan_year_before
from lms.errors import Refused

SEED = 591
YEAR_STARTS_MONTH = 4
NOON, HALF_PAST_NINE = time(12), time(9, 30)
PUBLISHED_AGO = timedelta(days=30)
CHARGED_AGO = timedelta(days=120)
A_MINUTE = timedelta(minutes=1)
IMPROVED_BEFORE = timedelta(days=60)  # the end of that year
READ_AGO = -30  # working days: before this month, so that the reports quote it


@dataclass(frozen=True)
class Guest:
    """Somebody whom a visitor may be."""

    role: str
    person_id: int


def build(
    as_of: date, now: datetime, progress: Callable[[float], None] = lambda _share: None
) -> list[Guest]:
    """Build everything as of 09:30 London time on `as_of`, or as of `now` where that is earlier.

    The same day gives the same people, events, bookings and answers. Refused on a database that
    holds anything.
    """
    _refuse_unless_empty()
    until = _end_of_story(as_of, now)
    today = _story_day(until)
    last_year = reporting_year(today, YEAR_STARTS_MONTH).before
    dice = random.Random(SEED)  # noqa: S311 - a story, not a secret
    teachings = read_teachings()
    begins_at = at_london(last_year.first, NOON) - timedelta(days=60)
    here = foundations.lay(teachings, last_year.first.year, dice, begins_at)
    world = World(here, dice, Timeline())
    ask_more(here, begins_at)
    plan_improvements(world, at_london(last_year.last - IMPROVED_BEFORE, NOON))
    for planned in year_of_events(teachings, last_year.first, last_year.last, dice):
        life = live_past(world, planned)
        if planned.teaching.title == WANTED:
            plan_in_vain(world, life)
    plan_year_before(world, last_year.before)
    _plan_this_year(world, teachings, today, until)
    world.timeline.run(until, progress)
    ask_next(here, until)
    name_cohorts(here, last_year.last, until)
    enter_figures(here, last_year.first.year, until)
    _mark(today, until)
    return [Guest(role, person_id) for role, person_id in here.guests.items()]


def _end_of_story(as_of: date, now: datetime) -> datetime:
    morning = at_london(as_of, HALF_PAST_NINE)
    return min(morning, now) if as_of == london_date(now) else morning


def _story_day(until: datetime) -> date:
    """The last working day whose nine o'clock has passed."""
    day = london_date(until)
    while not (is_working_day(day) and at_london(day, time(9)) <= until):
        day -= DAY
    return day


def _plan_this_year(
    world: World, teachings: dict[str, Teaching], today: date, until: datetime
) -> None:
    world.taken.clear()  # last year's courses may be refreshed
    visitor = world.here.practitioner
    charged_from = today - CHARGED_AGO
    charge_from(world, charged_from, at_london(charged_from, NOON))
    last_week, eight_weeks_ago = (
        event_last_week(teachings, today),
        event_eight_weeks_ago(teachings, today),
    )
    with_papers = {planned.teaching.title for planned in (last_week, eight_weeks_ago)}
    lay_papers(world.here, {SHARED_OUT, *with_papers}, at_london(charged_from, NOON))
    live_past(world, eight_weeks_ago, [visitor])
    read_at = at_london(add_working_days(today, READ_AGO), NOON)
    plan_reading(world, eight_weeks_ago, read_at, until - LAST_HOUR)
    _live_until_now(world, last_week, visitor)
    ahead = [_look_forward(world, coming, until) for coming in coming_events(teachings, today)]
    _look_forward_for_one_school(world, event_for_one_school(teachings, today), until)
    write_to_its_people(world, ahead[0], until)
    plan_last_hour(world, ahead, until)
    meet_online(world, event_met_online(teachings, today))
    plan_partners(world, ahead, teachings, until - LAST_HOUR + timedelta(minutes=5))
    _send_packs(world, today)
    world.timeline.due(at_london(today, time(9)))
    world.timeline.due(until)


def _send_packs(world: World, today: date) -> None:
    """The mornings of the last three months on which packs of figures went out: of a month to
    agency leads, on one of them of a quarter to PLD members."""
    begins = today.replace(day=1)
    for _month in range(3):
        world.timeline.due(at_london(next_working_day_on_or_after(begins), HALF_PAST_NINE))
        begins = (begins - DAY).replace(day=1)


def _live_until_now(world: World, planned: Planned, visitor: Somebody) -> None:
    """An event that was held: most have checked in, and the register waits to be closed."""
    life = Life(world, planned)
    published_at = at_london(add_working_days(london_date(planned.starts_at), -25), time(10))
    world.timeline.at(published_at, life.publish)
    for person in [visitor, *world.choose(planned, planned.attended - 1)]:
        booked_at = world.between(published_at, planned.starts_at - timedelta(days=4))
        world.timeline.at(booked_at, partial(life.book, person))
        world.timeline.post(booked_at + A_MINUTE)
    world.timeline.at(planned.starts_at - timedelta(minutes=8), life.check_in)
    for due_at in due_times(planned):
        world.timeline.due(due_at)


def _look_forward(world: World, coming: Coming, until: datetime) -> Life:
    """An event ahead, with those who have booked so far and those who wait."""
    life = Life(world, coming.planned)
    published_at = at_london(add_working_days(london_date(until - PUBLISHED_AGO), -1), time(10))
    world.timeline.at(published_at, life.publish)
    world.timeline.at(published_at, partial(open_for_booking, life, coming.waiting > 0))
    for person in world.choose(coming.planned, coming.confirmed + coming.waiting):
        booked_at = world.between(published_at, until - timedelta(hours=1))
        world.timeline.at(booked_at, partial(life.book, person))
        world.timeline.post(booked_at + A_MINUTE)
    return life


def _look_forward_for_one_school(world: World, planned: Planned, until: datetime) -> None:
    """A day by invitation, for the school of the practitioner whom a visitor may be."""
    life = Life(world, planned)
    published_at = at_london(add_working_days(london_date(until - PUBLISHED_AGO), -1), time(10))
    school = world.here.practitioner.agency_id
    world.timeline.at(published_at, life.publish)
    world.timeline.at(published_at, partial(open_for_one_school, life, school))
    colleagues = [one for one in world.here.people if one.agency_id == school]
    for person in colleagues[: len(colleagues) // 2]:
        world.timeline.at(published_at + A_MINUTE, partial(life.book, person))
    world.timeline.post(published_at + 2 * A_MINUTE)


def _refuse_unless_empty() -> None:
    for table in db.metadata.sorted_tables:
        if db.session.scalar(select(func.count()).select_from(table)):
            raise Refused(
                "This database holds something already. The demonstration is built in an empty one."
            )
    db.session.rollback()


def refuse_real_people() -> None:
    """The demonstration's key is public, and its clock may be set: neither is for real people."""
    is_marked = db.session.scalar(select(exists().where(Demonstration.id.is_not(None))))
    has_people = db.session.scalar(select(exists().where(Person.id.is_not(None))))
    db.session.rollback()
    if has_people and not is_marked:
        raise Refused(
            "LMS_DEMONSTRATION is set, and this database holds real people. Take the setting out,"
            " or name another database."
        )


def _mark(as_of: date, now: datetime) -> None:
    with transaction() as session:
        session.add(Demonstration(as_of=as_of, built_at=now))
