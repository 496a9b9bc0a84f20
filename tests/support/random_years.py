"""Small random programmes as plain rows, hundreds of them in one database.

Each world is a partnership of its own with its agencies, people, events and bookings; so a figure
that looked beyond its scope would be found out by the worlds beside it. Rows are mappings: whoever
counts them again needs nothing of ours.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import insert

from lms.accounts.models import Membership, Person, PersonEmail
from lms.agencies.models import Agency, Headcount, Partnership, agency_partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking, BookingMove, Charge, Demand
from lms.booking.rules import BookingState, ChargeReason, ChargeState, Origin, Outcome
from lms.catalogue.models import (
    Course,
    Event,
    EventSession,
    EventTrainer,
    Priority,
    Theme,
    event_priority,
    event_theme,
)
from lms.catalogue.rules import CancelReason, EventKind, EventMode, EventState, Remit
from lms.db import transaction

Row = dict[str, Any]
NOW = datetime(2027, 1, 18, 10, tzinfo=UTC)
EDGES = (datetime(2025, 3, 31, 22, 30, tzinfo=UTC), datetime(2026, 3, 31, 23, 30, tzinfo=UTC))
STATES = [*[EventState.PUBLISHED] * 6, *EventState]
ENDED = (BookingState.CANCELLED, BookingState.DECLINED, BookingState.LAPSED)
BECAUSE = [*(reason.told for reason in CancelReason), "The trainer is ill. Sorry", "snow"]
ORDER: tuple[Any, ...] = (
    *(Partnership, Agency, agency_partnership, Headcount, Person, PersonEmail, Membership),
    *(Course, Priority, Theme, Event, EventSession, EventTrainer, event_priority, event_theme),
    *(Booking, BookingMove, Charge, Demand),
)


@dataclass
class World:
    """One partnership's rows, by the table that they are in."""

    name: str
    partnership_id: int
    rng: random.Random
    rows: dict[Any, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def of(self, table: Any) -> list[Row]:
        return self.rows[table]


class Builder:
    """Makes worlds, and writes them all at once."""

    def __init__(self) -> None:
        self.ids = count(1)
        self.worlds: list[World] = []

    def build(self, seeds: Iterable[int]) -> list[World]:
        for seed in seeds:
            self.worlds.append(self._world(seed))
        return self.worlds

    def write(self, *more: Any) -> None:
        """Write every row, those of the tables in `more` last."""
        with transaction() as session:
            for table in (*ORDER, *more):
                for rows in _alike(row for world in self.worlds for row in world.of(table)):
                    session.execute(insert(table), rows)

    def add(self, world: World, table: Any, **row: Any) -> Row:
        row = {"id": next(self.ids), **row}
        world.rows[table].append(row)
        return row

    def link(self, world: World, table: Any, **row: Any) -> None:
        world.rows[table].append(row)

    def _world(self, seed: int) -> World:
        rng = random.Random(seed)  # noqa: S311 - a test's seed, no secret
        name = f"World {seed}"
        world = World(name, next(self.ids), rng)
        world.of(Partnership).append(
            {
                "id": world.partnership_id,
                "name": name,
                "title": name,
                "contact_email": "a@b.example",
            }
        )
        self._agencies(world)
        self._people(world)
        self._catalogue(world)
        for n in range(rng.randint(0, 7)):
            self._event(world, n)
        for _ in range(rng.choice([0, 15, 40])):
            if world.of(Event):
                self._booking(world)
        return world

    def _agencies(self, world: World) -> None:
        rng = world.rng
        for n in range(rng.randint(1, 5)):
            sector = rng.choice([*list(Sector)[:4], Sector.VOLUNTARY_AND_COMMUNITY, Sector.FAITH])
            agency = self.add(world, Agency, name=f"{world.name} agency {n}", sector=sector)
            if rng.random() < 0.85:
                self.link(
                    world,
                    agency_partnership,
                    agency_id=agency["id"],
                    partnership_id=world.partnership_id,
                )
            for year in rng.sample([2023, 2024, 2025, 2026], rng.choice([0, 1, 1, 2])):
                self.add(
                    world,
                    Headcount,
                    agency_id=agency["id"],
                    partnership_id=world.partnership_id,
                    year=year,
                    people=rng.randint(0, 30),
                )

    def _people(self, world: World) -> None:
        rng = world.rng
        for n in range(rng.randint(2, 9)):
            name = f"Person {n}"
            person = self.add(world, Person, name=name, sort_name=name, created_at=NOW, revision=0)
            for k in range(rng.choice([1, 1, 2])):
                address = f"p{person['id']}-{k}@a.example"
                self.add(
                    world, PersonEmail, person_id=person["id"], address=address, is_primary=k == 0
                )
            for _ in range(rng.choice([0, 1, 1, 2])):
                begins = date(2024, 1, 1) + timedelta(days=rng.randint(0, 900))
                ends = begins + timedelta(days=rng.randint(1, 700))
                self.add(
                    world,
                    Membership,
                    person_id=person["id"],
                    agency_id=rng.choice([None, *(a["id"] for a in world.of(Agency))]),
                    started_on=begins,
                    ended_on=rng.choice([None, ends]),
                )

    def _catalogue(self, world: World) -> None:
        rng, host = world.rng, world.partnership_id
        for n in range(3):
            title = f"Course {n}"
            slug = f"c-{world.partnership_id}-{n}"
            course = self.add(world, Course, partnership_id=host, title=title, slug=slug)
            ended = rng.choice([None, None, date(2024, 6, 1), date(2025, 9, 1)])
            name = f"Priority {n}"
            self.add(world, Priority, partnership_id=host, name=name, position=n, ended_on=ended)
            self.add(world, Theme, partnership_id=host, name=f"Theme {n}")
            for person in rng.sample(world.of(Person), rng.randint(0, 2)):
                self.add(
                    world,
                    Demand,
                    course_id=course["id"],
                    person_id=person["id"],
                    asked_at=NOW,
                    ended_at=rng.choice([None, None, NOW]),
                )

    def _event(self, world: World, n: int) -> None:
        rng = world.rng
        state = rng.choice(STATES)
        begins = datetime(2025, 1, 1, 9, tzinfo=UTC) + timedelta(hours=rng.randint(0, 18800))
        begins = rng.choice([*EDGES, begins, begins, begins])
        length = timedelta(hours=rng.choice([2, 4, 7]))
        spans = [(begins + timedelta(days=d), begins + timedelta(days=d) + length) for d in (0, 1)]
        spans = [] if state is EventState.POSTPONED else spans[: rng.randint(1, 2)]
        event = self.add(
            world,
            Event,
            reference=f"R{world.partnership_id}-{n}",
            partnership_id=world.partnership_id,
            course_id=rng.choice([None, *(course["id"] for course in world.of(Course))]),
            title=f"Event {n}",
            kind=rng.choice(list(EventKind)),
            level=rng.choice([None, 1, 2, 3]),
            remit=rng.choice(list(Remit)),
            mode=rng.choice(list(EventMode)),
            state=state,
            starts_at=spans[0][0] if spans else None,
            ends_at=spans[-1][1] if spans else None,
            postponed_from=None if spans else begins,
            cancelled_because=rng.choice(BECAUSE) if state is EventState.CANCELLED else None,
            capacity=rng.choice([0, 5, 12]),
            online_capacity=rng.choice([None, None, 8]),
            price=rng.choice([None, None, Decimal("45.50")]),
            cost=rng.choice([None, Decimal("600.00"), Decimal("120.25")]),
            created_at=begins,
            is_imported=rng.random() < 0.06,
            revision=0,
        )
        for starts_at, ends_at in spans:
            self.add(
                world, EventSession, event_id=event["id"], starts_at=starts_at, ends_at=ends_at
            )
        for person in rng.sample(world.of(Person), rng.randint(0, 2)):
            self.link(world, EventTrainer, event_id=event["id"], person_id=person["id"], position=0)
        for table, kind, tag in (
            (event_priority, Priority, "priority"),
            (event_theme, Theme, "theme"),
        ):
            for row in rng.sample(world.of(kind), rng.randint(0, 2)):
                self.link(world, table, **{"event_id": event["id"], f"{tag}_id": row["id"]})

    def _booking(self, world: World) -> None:
        rng = world.rng
        event = rng.choice(world.of(Event))
        agency = rng.choice([None, *world.of(Agency)])
        person = rng.choice([None, *world.of(Person)])
        state = rng.choice([*[BookingState.CONFIRMED] * 5, *[BookingState.WAITING] * 4, *ENDED])
        taken = {b["person_id"] for b in world.of(Booking) if b["event_id"] == event["id"]}
        if state not in ENDED and person and person["id"] in taken:
            person = None
        origin = rng.choice([*[Origin.OWN] * 4, *Origin])
        if state is BookingState.WAITING:
            origin = Origin.OWN
        is_confirmed = state is BookingState.CONFIRMED
        begins = event["starts_at"] or event["postponed_from"]
        asked = begins - timedelta(days=rng.randint(1, 300))
        booking = self.add(
            world,
            Booking,
            reference=f"B{next(self.ids)}",
            event_id=event["id"],
            person_id=person["id"] if person else None,
            name_as_given="" if person else "Somebody",
            agency_id=agency["id"] if agency else None,
            sector=agency["sector"] if agency else None,
            area_id=world.partnership_id,
            job_role=rng.choice(["", "Social worker", " social Worker", "Nurse", "Police officer"]),
            state=state,
            origin=origin,
            ticket=0,
            requested_at=asked,
            outcome=rng.choice([None, *Outcome]) if is_confirmed else None,
            counts_as_confirmed_at_start=rng.choice([None, True, True, True, False]),
        )
        self._moves(world, booking, begins)
        if rng.random() < 0.15:
            self.add(
                world,
                Charge,
                booking_id=booking["id"],
                reason=rng.choice(list(ChargeReason)),
                state=rng.choice([ChargeState.CONFIRMED, *ChargeState]),
                pence=rng.choice([None, 0, 5000, 9001]),
                proposed_at=NOW,
            )

    def _moves(self, world: World, booking: Row, begins: datetime) -> None:
        """A history that leads to its state; the last step perhaps only after the start."""
        rng = world.rng
        steps = [BookingState.WAITING] if rng.random() < 0.6 else []
        steps += [] if steps == [booking["state"]] else [booking["state"]]
        before = None
        for n, after in enumerate(steps):
            is_last = n and n == len(steps) - 1
            late = timedelta(hours=rng.choice([-24, 0, 1])) if is_last else -timedelta(days=2)
            self.add(
                world,
                BookingMove,
                booking_id=booking["id"],
                from_state=before,
                to_state=after,
                at=begins + late,
                by_what="the test",
            )
            before = after


def _alike(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Rows with the same columns together, as one statement wants them."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row)].append(row)
    return found.values()
