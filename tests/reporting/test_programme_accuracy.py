"""The programme's figures of 300 random databases equal a plain recount of their rows.

The recount walks over every row and counts by hand; it takes nothing from the report's own rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from lms.accounts.models import Membership
from lms.agencies.models import Agency
from lms.booking.models import Booking, BookingMove, Charge, Demand
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
from lms.reporting.programme.file import GROUPS_OF_EVENTS
from lms.reporting.programme.queries.events import Programme, load_programme
from lms.reporting.programme.queries.rows import programme_report, waiting_report
from lms.reporting.programme.queries.trainers import trainers_report
from lms.reporting.programme.rules import ProgrammeBy, ProgrammeCounts, WaitingCounts
from lms.reporting.queries import Scope
from lms.reporting.rules import Period
from tests.support.random_years import NOW, Builder, Row, World

LONDON = ZoneInfo("Europe/London")
PERIODS = (
    Period(),
    Period(date(2025, 4, 1), date(2026, 3, 31)),
    Period(date(2025, 3, 31), date(2026, 4, 1)),
)
TOLD = {
    "The trainer is ill": "trainer_ill",
    "Too few people had booked": "too_few",
    "The venue cannot be used": "venue",
}


class Recount:
    """Counts one world's rows by hand, for one period."""

    def __init__(self, world: World, period: Period) -> None:
        self.world = world
        first, last = period.first or date(1900, 1, 1), period.last or date(2200, 1, 1)
        self.events = [
            event
            for event in world.of(Event)
            if event["state"].value != "draft" and first <= day_of(event) <= last
        ]
        self.first = first
        self.bookings: dict[int, list[Row]] = defaultdict(list)
        for booking in world.of(Booking):
            self.bookings[booking["event_id"]].append(booking)
        self.moves: dict[int, list[Row]] = defaultdict(list)
        for move in world.of(BookingMove):
            self.moves[move["booking_id"]].append(move)
        self.charges = {charge["booking_id"]: charge for charge in world.of(Charge)}
        self.events_by_id = {event["id"]: event for event in world.of(Event)}

    def has_run(self, event: Row) -> bool:
        return event["state"].value == "published" and event["ends_at"] <= NOW

    def confirmed(self, event: Row) -> int | None:
        if event["is_imported"]:
            return None
        found = 0
        for booking in self.bookings[event["id"]]:
            if booking["origin"].value == "walk_in":
                continue
            held = booking["counts_as_confirmed_at_start"]
            if held is None and booking["outcome"] is not None:
                return None
            found += booking["state"].value == "confirmed" if held is None else held
        return found

    def waited(self, event: Row) -> list[Row]:
        if event["state"].value != "published" or event["starts_at"] > NOW:
            return []
        found = []
        for booking in self.bookings[event["id"]]:
            before = [m for m in self.moves[booking["id"]] if m["at"] <= event["starts_at"]]
            if before and before[-1]["to_state"].value == "waiting":
                found.append(booking)
        return found

    def is_met(self, waiting: Row) -> bool:
        if waiting["person_id"] is None:
            return False
        event = self.events_by_id[waiting["event_id"]]
        for other in self.world.of(Booking):
            if other["person_id"] != waiting["person_id"] or other["state"].value != "confirmed":
                continue
            came = other["outcome"] is None or "attended" in other["outcome"].value
            if other["origin"].value == "walk_in" and not came:
                continue
            run = self.events_by_id[other["event_id"]]
            if run is event:
                return True
            again = run["course_id"] is not None and run["course_id"] == event["course_id"]
            later = run["starts_at"] is None or run["starts_at"] >= waiting["requested_at"]
            if again and later and run["state"].value in ("published", "postponed"):
                return True
        return False

    def unmet(self, waiting: Iterable[Row]) -> int:
        unmet, met = set(), set()
        for booking in waiting:
            who = booking["person_id"] or f"booking {booking['id']}"
            (met if self.is_met(booking) else unmet).add(who)
        return len(unmet - met)

    def figures(self, events: list[Row]) -> dict[str, Any]:
        ran = [event for event in events if self.has_run(event)]
        state = Counter(event["state"].value for event in events)
        confirmed = [self.confirmed(event) for event in ran]
        costs = [event["cost"] for event in ran if event["cost"] is not None]
        waiting = [booking for event in events for booking in self.waited(event)]
        cancelled = [event for event in events if event["state"].value == "cancelled"]
        capacity = sum(event["capacity"] + (event["online_capacity"] or 0) for event in ran)
        known = None if None in confirmed else sum(n for n in confirmed if n is not None)
        return {
            "planned": len(events),
            "run": len(ran),
            "cancelled": state["cancelled"],
            "postponed": state["postponed"],
            "reasons": Counter(
                TOLD.get(event["cancelled_because"].split(".")[0], "other") for event in cancelled
            ),
            "capacity": capacity,
            "confirmed": known,
            "fill": Fraction(known, capacity) if capacity and known is not None else None,
            "waiting": len(waiting),
            "unmet": self.unmet(waiting),
            "cost": sum(costs, Decimal()) if costs else None,
            "without_cost": len(ran) - len(costs),
            **self.money(events, ran),
        }

    def money(self, events: list[Row], ran: list[Row]) -> dict[str, Any]:
        charges = 0
        fees: Decimal | None = Decimal()
        for event in events:
            absent = 0
            for booking in self.bookings[event["id"]]:
                charge = self.charges.get(booking["id"])
                if not charge:
                    continue
                if charge["state"].value == "confirmed":
                    charges += charge["pence"] or 0
                    absent += charge["reason"].value == "non_attendance"
            if event in ran and event["price"]:
                held = self.confirmed(event)
                if held is None or fees is None:
                    fees = None
                else:
                    fees += event["price"] * max(0, held - absent)
        return {"charges": charges, "fees": None if fees is None else int(fees * 100)}

    def groups(self, by: ProgrammeBy) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for label in self.empty_rows(by):
            found[label] = []
        for event in self.events:
            for label in self.labels(event, by):
                found[label].append(event)
        return found

    def empty_rows(self, by: ProgrammeBy) -> list[str]:
        if by is ProgrammeBy.THEME:
            return [theme["name"] for theme in self.world.of(Theme)]
        if by is ProgrammeBy.PRIORITY:
            return [
                row["name"]
                for row in self.world.of(Priority)
                if row["ended_on"] is None or row["ended_on"] > self.first
            ]
        return []

    def labels(self, event: Row, by: ProgrammeBy) -> list[str]:
        return LABELS[by](self.world, event)


def day_of(event: Row) -> date:
    at: datetime = event["starts_at"] or event["postponed_from"]
    return at.astimezone(LONDON).date()


def quarter(world: World, event: Row) -> list[str]:
    del world
    on = day_of(event)
    year = on.year if on.month >= 4 else on.year - 1
    return [f"{year}-{(year + 1) % 100:02} Q{(on.month - 4) % 12 // 3 + 1}"]


def course(world: World, event: Row) -> list[str]:
    titles = {row["id"]: row["title"] for row in world.of(Course)}
    return [titles.get(event["course_id"], "No course")]


def tags(links: Any, kind: Any, tag: str) -> Callable[[World, Row], list[str]]:
    def found(world: World, event: Row) -> list[str]:
        names = {row["id"]: row["name"] for row in world.of(kind)}
        own = [row[f"{tag}_id"] for row in world.of(links) if row["event_id"] == event["id"]]
        return [names[i] for i in own] or [f"No {tag}"]

    return found


def word(column: str) -> Callable[[World, Row], list[str]]:
    return lambda world, event: [event[column].value.replace("_", " ")]  # noqa: ARG005


LABELS: dict[ProgrammeBy, Callable[[World, Row], list[str]]] = {
    ProgrammeBy.COURSE: course,
    ProgrammeBy.LEVEL: lambda world, event: [str(event["level"] or "none")],  # noqa: ARG005
    ProgrammeBy.PRIORITY: tags(event_priority, Priority, "priority"),
    ProgrammeBy.THEME: tags(event_theme, Theme, "theme"),
    ProgrammeBy.KIND: word("kind"),
    ProgrammeBy.MODE: word("mode"),
    ProgrammeBy.REMIT: word("remit"),
    ProgrammeBy.QUARTER: quarter,
}


def told(counts: ProgrammeCounts) -> dict[str, Any]:
    return {
        "planned": counts.events.planned,
        "run": counts.events.run,
        "cancelled": counts.events.cancelled,
        "postponed": counts.events.postponed,
        "reasons": Counter({r.value: n for r, n in counts.reasons.items() if n}),
        "capacity": counts.capacity,
        "confirmed": counts.confirmed,
        "fill": counts.fill_rate,
        "waiting": counts.waiting.at_start,
        "unmet": counts.waiting.unmet,
        "cost": counts.cost,
        "without_cost": counts.without_cost,
        "charges": counts.charges_pence,
        "fees": counts.fees_pence,
    }


def check_programme(programme: Programme, recount: Recount, by: ProgrammeBy) -> None:
    report = programme_report(by, programme)
    expected = {label: recount.figures(events) for label, events in recount.groups(by).items()}
    assert {row.label: told(row.counts) for row in report.rows} == expected, by
    assert told(report.total) == recount.figures(recount.events)


def check_waiting(programme: Programme, recount: Recount, by: ProgrammeBy) -> None:
    """The rows by agency or by course: who waited, who never had a place, who waits now."""
    agencies = {row["id"]: row["name"] for row in recount.world.of(Agency)}

    def label(booking: Row) -> list[str]:
        if by is ProgrammeBy.AGENCY:
            return [agencies.get(booking["agency_id"], "No agency")]
        return recount.labels(recount.events_by_id[booking["event_id"]], by)

    waited: dict[str, list[Row]] = defaultdict(list)
    now: Counter[str] = Counter()
    wished: Counter[str] = Counter()
    for event in recount.events:
        for booking in recount.waited(event):
            for name in label(booking):
                waited[name].append(booking)
        is_to_come = event["state"].value == "postponed" or (
            event["state"].value == "published" and event["starts_at"] > NOW
        )
        for booking in recount.bookings[event["id"]]:
            if is_to_come and booking["state"].value == "waiting":
                now.update(label(booking))
    if by is ProgrammeBy.COURSE:
        titles = {row["id"]: row["title"] for row in recount.world.of(Course)}
        wishes = [row for row in recount.world.of(Demand) if row["ended_at"] is None]
        wished.update(titles[row["course_id"]] for row in wishes)
    rows = {row.label: row.counts for row in waiting_report(by, programme).rows}
    expected = {
        name: WaitingCounts(
            at_start=len(waited[name]),
            people=len({b["person_id"] or -b["id"] for b in waited[name]}),
            unmet=recount.unmet(waited[name]),
            now=now[name],
            wished=wished[name] if by is ProgrammeBy.COURSE else None,
        )
        for name in {*waited, *now, *wished}
    }
    shown_always = by in (ProgrammeBy.PRIORITY, ProgrammeBy.THEME)
    rows = {k: v for k, v in rows.items() if not v.is_zero or not shown_always}
    assert rows == expected, by


def check_trainers(programme: Programme, recount: Recount) -> None:
    names = {row["id"]: row["name"] for row in recount.world.of(Agency)}
    halves: Counter[str] = Counter()
    for event in recount.events:
        if not recount.has_run(event):
            continue
        spans = [s for s in recount.world.of(EventSession) if s["event_id"] == event["id"]]
        for trainer in recount.world.of(EventTrainer):
            if trainer["event_id"] != event["id"]:
                continue
            by_day: dict[date, timedelta] = defaultdict(timedelta)
            for s in spans:
                by_day[s["starts_at"].astimezone(LONDON).date()] += s["ends_at"] - s["starts_at"]
            for on, length in by_day.items():
                halves[
                    names.get(agency_on(recount, trainer["person_id"], on) or 0, "No agency")
                ] += 1 if length <= timedelta(hours=4) else 2
    assert {r.label: r.counts.days * 2 for r in trainers_report(programme).rows} == halves


def agency_on(recount: Recount, person_id: int, on: date) -> int | None:
    times = [
        m
        for m in recount.world.of(Membership)
        if m["person_id"] == person_id
        and m["started_on"] <= on
        and (m["ended_on"] is None or on < m["ended_on"])
    ]
    earliest = min(times, key=lambda m: (m["started_on"], m["id"]), default=None)
    found: int | None = earliest["agency_id"] if earliest else None
    return found


@pytest.mark.parametrize(
    ("database", "seeds"), [("sqlite", 300), ("postgresql", 30)], indirect=["database"]
)
def test_R2_R7_the_programme_of_300_databases_equals_a_recount_of_the_rows(
    app: Flask, seeds: int
) -> None:
    del app
    builder = Builder()
    worlds = builder.build(range(seeds))
    builder.write()
    waits = (ProgrammeBy.COURSE, ProgrammeBy.AGENCY, ProgrammeBy.PRIORITY, ProgrammeBy.QUARTER)
    for seed, world in enumerate(worlds):
        period = PERIODS[seed % len(PERIODS)]
        programme = load_programme(Scope((world.partnership_id,), period, 4, (world.name,)), NOW)
        recount = Recount(world, period)
        check_programme(programme, recount, GROUPS_OF_EVENTS[seed % len(GROUPS_OF_EVENTS)])
        check_waiting(programme, recount, waits[seed % len(waits)])
        check_trainers(programme, recount)
