"""Reach in 300 random databases equals a plain recount of their rows.

The recount walks over every row and counts by hand; it takes nothing from the report's own rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import Grant, Role, Viewer
from lms.accounts.models import Person, PersonEmail
from lms.agencies.models import Agency, Headcount, agency_partnership
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.booking.queries.known import is_known_to
from lms.catalogue.models import Course, Event
from lms.db import db
from lms.reporting.cohorts.models import Cohort, CohortMember
from lms.reporting.cohorts.queries import list_not_reached
from lms.reporting.queries import Scope
from lms.reporting.reach.queries import own_agencies, reach_report, sent_nobody
from lms.reporting.reach.rules import ReachBy
from lms.reporting.rules import Period
from tests.support.random_years import NOW, Builder, Row, World

LONDON = ZoneInfo("Europe/London")
PERIODS = (
    Period(),
    Period(date(2025, 4, 1), date(2026, 3, 31)),
    Period(date(2025, 3, 31), date(2026, 4, 1)),
)
Figures = tuple[int, int | None]


def add_cohorts(builder: Builder, world: World) -> None:
    """Lists (with two addresses of one person, and with strangers), and numbers."""
    rng = world.rng
    for n in range(rng.randint(0, 4)):
        is_list = rng.random() < 0.5
        cohort = builder.add(
            world,
            Cohort,
            partnership_id=world.partnership_id,
            name=f"Cohort {n}",
            counted_on=date(2026, 4, 1),
            number=None if is_list else rng.randint(1, 9),
            job_role="" if is_list else rng.choice(["", "Social Worker", "nurse"]),
            sector=None if is_list else rng.choice([None, *Sector][:4]),
            retired_on=rng.choice([None, None, date(2025, 3, 31), date(2025, 12, 1)]),
            changed_at=NOW,
        )
        known = {row["address"]: row["person_id"] for row in world.of(PersonEmail)}
        stranger = f"stranger{cohort['id']}@b.example"
        wanted = [*rng.sample(sorted(known), rng.randint(0, len(known))), stranger]
        for address in wanted if is_list else []:
            then = rng.choice([None, known.get(address)])
            builder.add(
                world, CohortMember, cohort_id=cohort["id"], address=address, person_id=then
            )


class Recount:
    """Counts one world's rows by hand, for one period."""

    def __init__(self, world: World, period: Period) -> None:
        self.world, self.period = world, period
        self.agencies = {row["id"]: row for row in world.of(Agency)}
        self.events = {row["id"]: row for row in world.of(Event)}
        within = {i for i, row in self.events.items() if self.is_within(row["starts_at"])}
        self.came = [b for b in world.of(Booking) if b["event_id"] in within and has_come(b)]
        self.own = {
            row["agency_id"]
            for row in world.of(agency_partnership)
            if row["partnership_id"] == world.partnership_id
        }

    def is_within(self, starts_at: datetime | None) -> bool:
        if self.period.first is None or self.period.last is None:
            return True
        return starts_at is not None and self.period.first <= on(starts_at) <= self.period.last

    def workforce(self, agencies: Iterable[int]) -> int | None:
        """The latest headcounts by the end of the period; unknown where one is missing."""
        until = self.period.last or date(2027, 1, 18)
        year = until.year if until.month >= 4 else until.year - 1
        total, is_any = 0, False
        for agency in agencies:
            of = [h for h in self.world.of(Headcount) if h["agency_id"] == agency]
            of = [h for h in of if h["year"] <= year]
            if not of:
                return None
            total += max(of, key=lambda h: h["year"])["people"]
            is_any = True
        return total if is_any else None

    def by_agency(self) -> dict[str, Figures]:
        rows = {
            self.agencies[i]["name"]: (people(self.of(i)), self.workforce([i])) for i in self.own
        }
        for i, agency in self.agencies.items():
            if i not in self.own and self.of(i):
                rows[agency["name"]] = (people(self.of(i)), None)
        return self.with_no_agency(rows, "No agency")

    def by_sector(self) -> dict[str, Figures]:
        members: dict[Sector, list[int]] = defaultdict(list)
        for i in self.own:
            members[self.agencies[i]["sector"]].append(i)
        came: dict[Sector, list[Row]] = defaultdict(list)
        for booking in self.came:
            if booking["agency_id"]:
                came[self.agencies[booking["agency_id"]]["sector"]].append(booking)
        rows = {
            sector.value.replace("_", " "): (people(came[sector]), self.workforce(members[sector]))
            for sector in {*members, *came}
        }
        return self.with_no_agency(rows, "no agency")

    def with_no_agency(self, rows: dict[str, Figures], label: str) -> dict[str, Figures]:
        nobodys = [b for b in self.came if b["agency_id"] is None]
        return {**rows, **({label: (people(nobodys), None)} if nobodys else {})}

    def by_course(self) -> dict[str, Figures]:
        titles = {row["id"]: row["title"] for row in self.world.of(Course)}
        return self.grouped(
            lambda b: titles.get(self.events[b["event_id"]]["course_id"], "No course"),
            lambda _: self.workforce(self.own),
        )

    def by_role(self) -> dict[str, Figures]:
        def size(role: str) -> int | None:
            found = [
                row["number"]
                for row in self.cohorts()
                if role and row["job_role"].lower() == role and row["sector"] is None
            ]
            return found[0] if len(found) == 1 else None

        return self.grouped(lambda b: b["job_role"].strip().lower(), size)

    def grouped(
        self, key: Callable[[Row], str], size: Callable[[str], int | None]
    ) -> dict[str, Figures]:
        found: dict[str, list[Row]] = defaultdict(list)
        for booking in self.came:
            found[key(booking)].append(booking)
        return {label: (people(bookings), size(label)) for label, bookings in found.items()}

    def of(self, agency: int) -> list[Row]:
        return [b for b in self.came if b["agency_id"] == agency]

    def cohorts(self) -> list[Row]:
        begins = self.period.first or date(1900, 1, 1)
        return [
            row
            for row in self.world.of(Cohort)
            if row["retired_on"] is None or row["retired_on"] > begins or not self.period.first
        ]

    def by_cohort(self) -> dict[str, Figures]:
        return {row["name"]: self.reach_of(row) for row in self.cohorts()}

    def reach_of(self, cohort: Row) -> Figures:
        if cohort["number"] is None:
            members = self.members(cohort)
            here = {b["person_id"] for b in self.came}
            return len([m for m in members if m in here]), len(members)
        counted = []
        for b in self.came:
            agency = self.agencies.get(b["agency_id"])
            is_role = cohort["job_role"].lower() in ("", b["job_role"].strip().lower())
            is_sector = cohort["sector"] is None or (agency or {}).get("sector") == cohort["sector"]
            if is_role and is_sector:
                counted.append(b)
        return people(counted), cohort["number"]

    def members(self, cohort: Row) -> set[Any]:
        owners = {row["address"]: row["person_id"] for row in self.world.of(PersonEmail)}
        listed = [m for m in self.world.of(CohortMember) if m["cohort_id"] == cohort["id"]]
        return {m["person_id"] or owners.get(m["address"]) or m["address"] for m in listed}

    def names_not_reached(self, cohort: Row, known: set[int]) -> list[str]:
        names = {row["id"]: row["name"] for row in self.world.of(Person) if row["id"] in known}
        here = {b["person_id"] for b in self.came}
        return sorted(names.get(m, "") for m in self.members(cohort) if m not in here)


def on(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()


def has_come(booking: Row) -> bool:
    outcome = booking["outcome"].value if booking["outcome"] else None
    if booking["state"].value == "cancelled":
        return False
    if booking["origin"].value == "walk_in" and outcome is None:
        return True
    return outcome in ("attended", "part_attended")


def people(bookings: Iterable[Row]) -> int:
    return len({b["person_id"] or f"booking {b['id']}" for b in bookings})


def check(recount: Recount, scope: Scope, by: ReachBy) -> None:
    report = reach_report(by, scope, NOW)
    expected = {
        ReachBy.AGENCY: recount.by_agency,
        ReachBy.SECTOR: recount.by_sector,
        ReachBy.COURSE: recount.by_course,
        ReachBy.ROLE: recount.by_role,
        ReachBy.COHORT: recount.by_cohort,
    }[by]()
    told = {
        row.label: (row.counts.people, row.counts.workforce)
        for row in report.rows
        if row.counts.people or row.label in expected
    }
    if by is ReachBy.ROLE:
        told = {
            role.replace("No role given", "").lower(): figures for role, figures in told.items()
        }
    assert told == expected, by
    assert report.total.people == people(recount.came)
    assert report.total.workforce == recount.workforce(recount.own)
    for row in report.rows:
        whole = row.counts.workforce
        assert (row.counts.reach is None) == (not whole)
        assert row.counts.reach is None or row.counts.reach * (whole or 0) == row.counts.people


@pytest.mark.parametrize(
    ("database", "seeds"), [("sqlite", 300), ("postgresql", 30)], indirect=["database"]
)
def test_R2_R3_reach_in_300_databases_equals_a_recount_of_the_rows(app: Flask, seeds: int) -> None:
    del app
    builder = Builder()
    worlds = builder.build(range(seeds))
    for world in worlds:
        add_cohorts(builder, world)
    builder.write(Cohort, CohortMember)
    for seed, world in enumerate(worlds):
        period = PERIODS[seed % len(PERIODS)]
        scope = Scope((world.partnership_id,), period, 4, (world.name,))
        recount = Recount(world, period)
        check(recount, scope, list(ReachBy)[seed % len(ReachBy)])
        if seed % len(ReachBy) == 0:
            found = reach_report(ReachBy.AGENCY, scope, NOW)
            idle = [recount.agencies[i]["name"] for i in recount.own if not recount.of(i)]
            assert sorted(sent_nobody(found, own_agencies(scope), NOW)) == sorted(idle)
        for cohort in world.of(Cohort)[:1]:
            by = Viewer(1, "", "", "", (Grant(Role.COORDINATOR, world.partnership_id),))
            known = set(db.session.scalars(select(Person.id).where(is_known_to(by))))
            missing = [each.name for each in list_not_reached(cohort["id"], scope, by)]
            assert sorted(missing) == recount.names_not_reached(cohort, known)
