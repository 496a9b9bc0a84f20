"""What bookings stand on: partnerships, agencies, courses and the events of ten years."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, MetaData, Table, insert
from sqlalchemy.schema import Column

from lms.agencies.models import Agency, Headcount, Partnership, agency_partnership
from lms.agencies.rules import Sector
from lms.attendance.models import Register
from lms.catalogue.models import (
    Course,
    Event,
    EventSession,
    LearningOutcome,
    Priority,
    Theme,
    event_priority,
    event_theme,
)
from lms.catalogue.rules import EventKind, EventMode, EventState
from lms.clock import at_london, london_date
from lms.db import UtcDateTime

PARTNERSHIPS, AGENCIES, COURSES, OUTCOMES = 4, 400, 120, 2
BOOKINGS_OF_AN_EVENT = 25
YEARS = 10
DAYS_TO_COME = 120
Row = dict[str, Any]

SECTORS = (
    *(Sector.EDUCATION,) * 9,
    *(Sector.HEALTH,) * 3,
    *(Sector.VOLUNTARY_AND_COMMUNITY,) * 3,
    *(Sector.LOCAL_AUTHORITY,) * 2,
    *(Sector.POLICE, Sector.PROBATION, Sector.FIRE, Sector.HOUSING, Sector.FAITH),
    Sector.INDEPENDENT,
)

TIMES = Table(
    "bench_times",
    MetaData(),
    Column("event_id", Integer, primary_key=True),
    *(Column(name, UtcDateTime) for name in ("asked", "later", "last", "ended", "eight_weeks")),
    Column("is_past", Integer),
    Column("is_cancelled", Integer),
    Column("is_eight_weeks_past", Integer),
    prefixes=["TEMPORARY"],
)
"""By event, the instants at which its bookings move and their forms are answered."""


def put(connection: Connection, table: Any, rows: list[Row]) -> None:
    """Write rows, many in one statement."""
    connection.execute(insert(getattr(table, "__table__", table)), rows)


def lay_ground(connection: Connection, events: int, now: datetime) -> None:
    """Everything but people and their bookings."""
    put(connection, Partnership, [_partnership(n) for n in range(PARTNERSHIPS)])
    put(connection, Agency, [_agency(n) for n in range(AGENCIES)])
    put(
        connection,
        agency_partnership,
        [{"agency_id": n + 1, "partnership_id": n % PARTNERSHIPS + 1} for n in range(AGENCIES)],
    )
    put(connection, Headcount, [*_headcounts(now.year)])
    put(connection, Priority, [_named("Priority", n) for n in range(5 * PARTNERSHIPS)])
    put(connection, Theme, [_named("Theme", n) for n in range(20 * PARTNERSHIPS)])
    put(connection, Course, [_course(n) for n in range(COURSES)])
    put(connection, LearningOutcome, [*_outcomes()])
    _put_events(connection, events, now)


def _partnership(n: int) -> Row:
    name = f"Borough {n + 1}"
    return {"id": n + 1, "name": name, "title": f"{name} SP", "contact_email": "a@b.example"}


def _agency(n: int) -> Row:
    sector = SECTORS[n // PARTNERSHIPS % len(SECTORS)]
    return {"id": n + 1, "name": f"Agency {n + 1} of {sector.words}", "sector": sector}


def _headcounts(until: int) -> Iterator[Row]:
    for n in range(AGENCIES):
        for year in range(until - YEARS, until + 1):
            if n % 10:  # of one in ten it is unknown
                own = {"agency_id": n + 1, "partnership_id": n % PARTNERSHIPS + 1}
                yield {**own, "year": year, "people": 20 + n * 37 % 900 + year % 7}


def _named(what: str, n: int) -> Row:
    return {"id": n + 1, "partnership_id": n % PARTNERSHIPS + 1, "name": f"{what} {n + 1}"}


def _course(n: int) -> Row:
    return {
        "id": n + 1,
        "partnership_id": n % PARTNERSHIPS + 1,
        "title": f"Course number {n + 1}",
        "slug": f"course-number-{n + 1}",
        "level": n // PARTNERSHIPS % 3 + 1,
    }


def _outcomes() -> Iterator[Row]:
    for n in range(COURSES * OUTCOMES):
        text = f"Learning outcome {n + 1}"
        yield {"id": n + 1, "course_id": n // OUTCOMES + 1, "position": n % OUTCOMES, "text": text}


# --- Events -------------------------------------------------------------------------------------


def _put_events(connection: Connection, events: int, now: datetime) -> None:
    dice = random.Random(events)  # noqa: S311 - repeatable, not secret
    made = [_event(n, events, now, dice) for n in range(events)]
    put(connection, Event, made)
    put(connection, EventSession, [_session(event) for event in made])
    past = [event for event in made if event["state"] is EventState.PUBLISHED]
    put(connection, Register, [_register(event) for event in past if event["ends_at"] <= now])
    put(connection, event_priority, [_tag(event, "priority", 5) for event in made])
    put(connection, event_theme, [_tag(event, "theme", 20) for event in made if event["id"] % 2])
    TIMES.create(connection)
    put(connection, TIMES, [_times(event, now) for event in made])


def _event(n: int, events: int, now: datetime, dice: random.Random) -> Row:
    """The nth of ten years that end some months from today, on a working day."""
    first = london_date(now) - timedelta(days=YEARS * 365 - DAYS_TO_COME)
    on = first + timedelta(days=n * YEARS * 365 // events)
    on -= timedelta(days=max(0, on.weekday() - 4))
    starts_at = at_london(on, time(dice.choice((9, 10, 13)), 30)).astimezone(UTC)
    host = n % PARTNERSHIPS
    course = host + PARTNERSHIPS * dice.randrange(COURSES // PARTNERSHIPS)
    is_cancelled = dice.random() < 0.05
    return {
        "id": n + 1,
        "reference": f"R-{n + 1}",
        "partnership_id": host + 1,
        "course_id": course + 1,
        "title": f"Course number {course + 1}",
        "kind": dice.choice((EventKind.COURSE, EventKind.COURSE, EventKind.BRIEFING)),
        "level": course // PARTNERSHIPS % 3 + 1,
        "mode": dice.choice((EventMode.IN_PERSON, EventMode.ONLINE)),
        "state": EventState.CANCELLED if is_cancelled else EventState.PUBLISHED,
        "cancelled_because": "The trainer is ill" if is_cancelled else None,
        "capacity": 30,
        "price": 20 if n % 5 == 0 else None,
        "cost": 300 if n % 2 else None,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3),
        "created_at": starts_at - timedelta(days=90),
        "published_at": starts_at - timedelta(days=80),
        "cancelled_at": starts_at - timedelta(days=1) if is_cancelled else None,
    }


def _session(event: Row) -> Row:
    return {name: event[name] for name in ("starts_at", "ends_at")} | {"event_id": event["id"]}


def _register(event: Row) -> Row:
    return {"event_id": event["id"], "closed_at": event["ends_at"] + timedelta(hours=2)}


def _tag(event: Row, tag: str, many: int) -> Row:
    host = event["partnership_id"] - 1
    return {"event_id": event["id"], f"{tag}_id": host + 1 + PARTNERSHIPS * (event["id"] % many)}


def _times(event: Row, now: datetime) -> Row:
    starts_at, ended = event["starts_at"], event["ends_at"]
    eight_weeks = ended + timedelta(days=56)
    return {
        "event_id": event["id"],
        "asked": min(starts_at - timedelta(days=40), now - timedelta(days=9)),
        "later": min(starts_at - timedelta(days=12), now - timedelta(days=8)),
        "last": min(starts_at - timedelta(days=2), now - timedelta(days=7)),
        "ended": ended,
        "eight_weeks": eight_weeks,
        "is_past": int(ended <= now),
        "is_cancelled": int(event["state"] is EventState.CANCELLED),
        "is_eight_weeks_past": int(eight_weeks <= now),
    }
