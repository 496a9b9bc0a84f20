"""The attendance figures of random databases equal a plain recount of their rows.

The recount knows nothing of SQL: it walks over every booking and counts by hand, and it takes
nothing from the report's own rules.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete

from lms.accounts.models import Person
from lms.agencies.models import Agency, Headcount, Partnership, agency_partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.models import (
    Course,
    Event,
    Priority,
    Theme,
    event_priority,
    event_theme,
)
from lms.catalogue.rules import EventKind, EventMode, EventState, Remit
from lms.db import db, transaction
from lms.reporting.attendance.queries import AttendanceReport, attendance_report, crossed_report
from lms.reporting.queries import DIMENSIONS, Asked, scope_of
from lms.reporting.rules import AttendanceCounts, By
from tests.support.make import Make

LONDON = ZoneInfo("Europe/London")
NAMES_OF_FIGURES = (
    *("confirmed", "attended_fully", "attended_partly", "did_not_attend", "excused"),
    *("cancelled", "late_cancelled", "walk_ins", "people"),
)


@dataclass
class World:
    """A random database, and the same rows in memory."""

    bookings: list[Booking]
    events: dict[int, Event]
    agencies: dict[int, Agency]
    partnerships: list[int]
    priorities: dict[int, list[str]]
    themes: dict[int, list[str]]
    courses: dict[int, str]


def build(seed: int, make: Make) -> World:
    """Two partnerships, a handful of agencies, events around the changes of years, any bookings."""
    rng = random.Random(seed)  # noqa: S311 - a test's seed, no secret
    with transaction() as session:
        hosts = [
            Partnership(name=name, title=name, contact_email="a@b.example", reference_prefix="T")
            for name in ("Walsall", "Sandwell")
        ]
        agencies = [
            Agency(name=f"Agency {n}", sector=rng.choice(list(Sector)[:4])) for n in range(6)
        ]
        for agency in agencies:
            agency.partnerships = rng.sample(hosts, rng.randint(1, 2))
        session.add_all([*hosts, *agencies])
        session.flush()
        for agency in agencies:
            for host in agency.partnerships:
                if rng.random() < 0.7:
                    session.add(
                        Headcount(
                            agency_id=agency.id,
                            partnership_id=host.id,
                            year=rng.choice([2024, 2025, 2026]),
                            people=rng.randint(0, 40),
                        )
                    )
        people = [Person(name=f"P {n}", sort_name=f"p {n}", created_at=make.now) for n in range(12)]
        courses = [
            Course(partnership_id=hosts[0].id, title=f"Course {n}", slug=f"course-{n}")
            for n in range(3)
        ]
        priorities = [Priority(partnership_id=hosts[0].id, name=f"Priority {n}") for n in range(3)]
        themes = [Theme(partnership_id=hosts[0].id, name=f"Theme {n}") for n in range(3)]
        session.add_all([*people, *courses, *priorities, *themes])
        session.flush()
        events = [_event(rng, n, hosts, courses, priorities, themes) for n in range(8)]
        session.add_all(events)
        session.flush()
        bookings = _bookings(rng, events, people, agencies, hosts)
        session.add_all(bookings)
        session.flush()
        world = World(
            bookings=bookings,
            events={event.id: event for event in events},
            agencies={agency.id: agency for agency in agencies},
            partnerships=[host.id for host in hosts],
            priorities={event.id: [p.name for p in event.priorities] for event in events},
            themes={event.id: [t.name for t in event.themes] for event in events},
            courses={course.id: course.title for course in courses},
        )
        for agency in agencies:
            list(agency.partnerships)
            list(agency.headcounts)
        session.flush()
        session.expunge_all()
    return world


def _event(
    rng: random.Random, n: int, hosts: Any, courses: Any, priorities: Any, themes: Any
) -> Event:
    edges = (datetime(2025, 3, 31, 22, 30, tzinfo=UTC), datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
    starts_at = rng.choice(
        [*edges, datetime(2025, 1, 1, 9, tzinfo=UTC) + timedelta(hours=rng.randint(0, 15000))]
    )
    return Event(
        reference=f"R{n}",
        partnership_id=rng.choice(hosts).id,
        course_id=rng.choice([None, *(course.id for course in courses)]),
        title=f"Event {n}",
        kind=rng.choice(list(EventKind)),
        level=rng.choice([None, 1, 2, 3]),
        remit=rng.choice(list(Remit)),
        mode=rng.choice(list(EventMode)),
        state=rng.choice([EventState.PUBLISHED, EventState.PUBLISHED, EventState.CANCELLED]),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=7),
        capacity=20,
        created_at=starts_at,
        priorities=rng.sample(priorities, rng.randint(0, 3)),
        themes=rng.sample(themes, rng.randint(0, 2)),
    )


def _bookings(
    rng: random.Random, events: Any, people: Any, agencies: Any, hosts: Any
) -> list[Booking]:
    found = []
    for n in range(rng.choice([0, 40, 90])):
        event = rng.choice(events)
        agency = rng.choice([None, *agencies])
        person = rng.choice([None, *people])
        state = rng.choice([BookingState.CONFIRMED] * 5 + list(BookingState))
        if state not in (
            BookingState.CANCELLED,
            BookingState.DECLINED,
            BookingState.LAPSED,
        ) and any(b.event_id == event.id and person and b.person_id == person.id for b in found):
            person = None
        origin = rng.choice([Origin.OWN] * 4 + list(Origin))
        is_confirmed = state is BookingState.CONFIRMED
        outcome = rng.choice([None, *Outcome]) if is_confirmed else None
        found.append(
            Booking(
                reference=f"B{n}",
                event_id=event.id,
                person_id=person.id if person else None,
                name_as_given=f"Name {n}",
                agency_id=agency.id if agency else None,
                agency_typed="" if agency else rng.choice(["", "Typed"]),
                sector=agency.sector if agency else None,
                area_id=rng.choice([None, *(host.id for host in hosts)]),
                state=state,
                origin=origin,
                ticket=n,
                requested_at=event.starts_at,
                is_late_cancellation=rng.choice([None, True, False])
                if state is BookingState.CANCELLED
                else None,
                outcome=outcome,
                counts_as_confirmed_at_start=rng.choice([None, True, True, True, False]),
            )
        )
    return found


# --- The recount --------------------------------------------------------------------------------


class Recount:
    """Adds bookings up, one at a time."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = defaultdict(int)
        self.people: set[int] = set()
        self.is_unknown = False

    def add(self, booking: Booking) -> None:
        came = booking.outcome in (Outcome.ATTENDED, Outcome.PART_ATTENDED)
        cancelled = booking.state is BookingState.CANCELLED
        if booking.origin is Origin.WALK_IN:
            counts = not cancelled and (came or booking.outcome is None)
            self.counts["walk_ins"] += counts
        else:
            counts = came
            self.counts["confirmed"] += booking.counts_as_confirmed_at_start is True
            if booking.outcome is not None:
                names = {"attended": "attended_fully", "part_attended": "attended_partly"}
                self.counts[names.get(booking.outcome.value, booking.outcome.value)] += 1
                self.is_unknown |= booking.counts_as_confirmed_at_start is None
            self.counts["cancelled"] += cancelled
            self.counts["late_cancelled"] += cancelled and booking.is_late_cancellation is True
        if counts and booking.person_id is not None:
            self.people.add(booking.person_id)
        self.counts["nameless"] += bool(counts and booking.person_id is None)

    def figures(self) -> dict[str, int | None]:
        figures: dict[str, int | None] = {name: self.counts[name] for name in NAMES_OF_FIGURES}
        figures["people"] = len(self.people) + self.counts["nameless"]
        figures["confirmed"] = None if self.is_unknown else self.counts["confirmed"]
        return figures


def recount(world: World, bookings: Iterable[Booking], by: By) -> dict[str, dict[str, int | None]]:
    groups: dict[str, Recount] = defaultdict(Recount)
    for booking in bookings:
        for label in labels_of(world, booking, by):
            groups[label].add(booking)
    return {label: group.figures() for label, group in groups.items()}


def labels_of(world: World, booking: Booking, by: By) -> list[str]:
    event = world.events[booking.event_id]
    agency = world.agencies.get(booking.agency_id or 0)
    area = dict(zip(world.partnerships, ("Walsall", "Sandwell"), strict=True))
    on = event.starts_at.astimezone(LONDON).date() if event.starts_at else date.min
    year = on.year if on.month >= 4 else on.year - 1
    return {
        By.AGENCY: [agency.name if agency else "No agency"],
        By.SECTOR: [agency.sector.value.replace("_", " ") if agency else "no agency"],
        By.COURSE: [world.courses.get(event.course_id or 0, "No course")],
        By.LEVEL: [str(event.level) if event.level else "none"],
        By.PRIORITY: world.priorities[event.id] or ["No priority"],
        By.THEME: world.themes[event.id] or ["No theme"],
        By.KIND: [event.kind.value.replace("_", " ")],
        By.MODE: [event.mode.value.replace("_", " ")],
        By.REMIT: [event.remit.value.replace("_", " ")],
        By.QUARTER: [f"{year}-{(year + 1) % 100:02} Q{(on.month - 4) % 12 // 3 + 1}"],
        By.PARTNERSHIP: [area.get(booking.area_id or 0, "No partnership")],
    }[by]


def told(report: AttendanceReport) -> dict[str, dict[str, int | None]]:
    found = {row.label: figures_of(row.counts) for row in report.rows}
    return {label: figures for label, figures in found.items() if any(figures.values())}


def figures_of(counts: AttendanceCounts) -> dict[str, int | None]:
    return {name: getattr(counts, name) for name in NAMES_OF_FIGURES}


def within(
    world: World, partnerships: Iterable[int], first: date | None, last: date | None
) -> list[Booking]:
    def is_in(event: Event) -> bool:
        on = event.starts_at.astimezone(LONDON).date() if event.starts_at else date.min
        return (
            event.partnership_id in set(partnerships)
            and (first is None or on >= first)
            and (last is None or on <= last)
        )

    return [b for b in world.bookings if is_in(world.events[b.event_id])]


def asked_of(world: World) -> list[tuple[Asked, list[int], date | None, date | None]]:
    """All dates, a year, and any dates of one partnership: as asked, and as the recount has it."""
    return [
        (Asked(), world.partnerships, None, None),
        (Asked(year="2025-26"), world.partnerships, date(2025, 4, 1), date(2026, 3, 31)),
        (
            Asked(quarter="2025-26 Q1"),
            world.partnerships,
            date(2025, 4, 1),
            date(2025, 6, 30),
        ),
        (
            Asked(first=date(2025, 3, 31), last=date(2026, 4, 1), partnership="Walsall"),
            world.partnerships[:1],
            date(2025, 3, 31),
            date(2026, 4, 1),
        ),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_R1_R2_R3_R7_every_grouping_equals_a_recount_of_the_rows(make: Make, seed: int) -> None:
    world = build(seed, make)
    for asked, hosts, first, last in asked_of(world):
        bookings = within(world, hosts, first, last)
        for by in By:
            check_grouping(world, bookings, asked, by, make.now)
        check_reach(world, hosts, last)


DATABASES, AT_A_TIME = 300, 20


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("first_seed", range(100, 100 + DATABASES, AT_A_TIME))
def test_R1_R2_R3_R7_the_figures_of_300_databases_equal_a_recount(
    make: Make, first_seed: int
) -> None:
    """Of each, a scope, two groupings, two crossed, two filters and reach, as drawn."""
    for seed in range(first_seed, first_seed + AT_A_TIME):
        rng = random.Random(seed)  # noqa: S311
        world = build(seed, make)
        asked, hosts, first, last = rng.choice(asked_of(world))
        bookings = within(world, hosts, first, last)
        one, other = rng.sample(list(By), 2)
        check_grouping(world, bookings, asked, one, make.now)
        check_filters(world, bookings, asked, make.now, rng)
        if {one, other} != {By.AGENCY, By.SECTOR}:
            check_crossed(world, bookings, asked, one, other, make.now)
        check_reach(world, hosts, last)
        empty()


def empty() -> None:
    """Take away what `build` made."""
    with transaction() as session:
        for table in (Booking, event_priority, event_theme, Event, Course, Priority, Theme):
            session.execute(delete(table))
        for table in (Headcount, agency_partnership, Agency, Person, Partnership):
            session.execute(delete(table))


def check_grouping(
    world: World, bookings: list[Booking], asked: Asked, by: By, now: datetime
) -> None:
    whole = Recount()
    for booking in bookings:
        whole.add(booking)
    report = attendance_report(by, scope_of(asked, None), now)
    expected = recount(world, bookings, by)
    assert told(report) == {k: v for k, v in expected.items() if any(v.values())}, by
    assert figures_of(report.total) == whole.figures(), by


def check_crossed(
    world: World, bookings: list[Booking], asked: Asked, by: By, across: By, now: datetime
) -> None:
    """Each cell, and the totals of rows and columns, in which people are counted once."""
    groups: dict[tuple[str, str], Recount] = defaultdict(Recount)
    for booking in bookings:
        for pair in product(labels_of(world, booking, by), labels_of(world, booking, across)):
            groups[pair].add(booking)
    expected = {pair: group.figures() for pair, group in groups.items()}
    report = crossed_report(by, across, scope_of(asked, None), now)
    cells = {
        (row.label, column.label): figures_of(report.cell(row, column))
        for row in report.rows.rows
        for column in report.columns.rows
    }
    assert not_nothing(cells) == not_nothing(expected), (by, across)
    assert told(report.rows) == not_nothing(recount(world, bookings, by))
    assert told(report.columns) == not_nothing(recount(world, bookings, across))


def not_nothing(found: dict[Any, dict[str, int | None]]) -> dict[Any, dict[str, int | None]]:
    return {key: figures for key, figures in found.items() if any(figures.values())}


def check_filters(
    world: World, bookings: list[Booking], asked: Asked, now: datetime, rng: random.Random
) -> None:
    """What two filters leave are the bookings that stand in both rows, and no others."""
    for chosen in (rng.sample(BY_VALUE, 2) for _ in range(2)):
        wanted = {by: rng.sample(values_of(world, bookings, by), 1) for by in chosen}
        filters = tuple((by, tuple(labels)) for by, labels in wanted.items())
        report = attendance_report(By.KIND, scope_of(replace(asked, filters=filters), None), now)
        left = Recount()
        for booking in bookings:
            if all(set(labels_of(world, booking, by)) & set(wanted[by]) for by in wanted):
                left.add(booking)
        assert figures_of(report.total) == left.figures(), wanted


BY_VALUE = [by for by in By if by is not By.QUARTER]


def values_of(world: World, bookings: list[Booking], by: By) -> list[str]:
    """The values that some booking has, and one that none may have."""
    found = {label for booking in bookings for label in labels_of(world, booking, by)}
    return sorted(found) or ["none" if by is By.LEVEL else DIMENSIONS[by].otherwise]


def check_reach(world: World, hosts: list[int], last: date | None) -> None:
    """R2: reach is of the latest headcounts by then; unknown where one is missing."""
    until = last or date(2027, 1, 18)
    year = until.year if until.month >= 4 else until.year - 1
    asked = Asked(last=last, partnership="Walsall" if len(hosts) == 1 else "")
    report = attendance_report(By.AGENCY, scope_of(asked, None), datetime(2027, 1, 18, tzinfo=UTC))
    by_name = {row.label: row.counts for row in report.rows}
    heads: dict[tuple[int, int], tuple[int, int]] = {}
    for head in db.session.query(Headcount).all():
        key = (head.agency_id, head.partnership_id)
        if head.year <= year and heads.get(key, (0, 0))[0] <= head.year:
            heads[key] = (head.year, head.people)
    for agency in db.session.query(Agency).all():
        places = [p.id for p in agency.partnerships if p.id in hosts]
        if not places:
            continue
        known = [heads.get((agency.id, place)) for place in places]
        expected = None if None in known else sum(people for _, people in known if known)
        counts = by_name[agency.name]
        assert counts.workforce == expected
        assert counts.reach is None or counts.reach * (expected or 0) == counts.people
