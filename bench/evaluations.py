"""A hundred thousand impact evaluations falling due in one minute, against the same rows in SQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.sites import application, database
from lms.accounts.models import Person, PersonEmail
from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.models import Event
from lms.clock import SystemClock
from lms.db import db, transaction
from lms.evaluation.commands import ask_all_due
from lms.messaging.models import Message
from tests.support.make import Make

DUE, EVENTS = 100_000, 2_000
ENDED = datetime(2027, 2, 8, 9, 30, tzinfo=UTC)
FALLS_DUE = datetime(2027, 4, 5, 8, 0, tzinfo=UTC)
TARGET_SECONDS = 30
BARE_ROWS = (
    "INSERT INTO message (key, purpose, subject_id, occurrence, to_address, to_name, from_name,"
    " reply_to, subject, body, is_digestible, is_urgent, queued_at, state, next_attempt_at,"
    " attempts, was_refused) SELECT 'bare:' || id, 'bare', id, '0', '', '', '', '', '',"
    " :body, true, false, requested_at, 'sent', requested_at, 0, false FROM booking"
)


def measure_evaluations(kind: str) -> list[Figure]:
    """Queue every invitation that is due; then once more, when none is."""
    with database(kind) as url, application(url):
        _seed()
        ours = _seconds(lambda: ask_all_due(FALLS_DUE))
        queued = db.session.scalar(select(func.count()).select_from(Message)) or 0
        again = _seconds(lambda: ask_all_due(FALLS_DUE + timedelta(minutes=1)))
        still = db.session.scalar(select(func.count()).select_from(Message)) or 0
        bare = _seconds(_bare)
        db.session.remove()
        db.engine.dispose()
    next_minute = f"the minute after, {still - queued} in {again:.1f} s"
    return [
        Figure(
            what=f"{DUE:,} impact evaluations due in one minute: queued, each once",
            database=kind,
            measured=f"{queued:,} in {ours:.1f} s; {next_minute}",
            target=f"< {TARGET_SECONDS} s, each once",
            yardstick=f"{bare:.1f} s for the messages' rows in one INSERT … SELECT",
            is_met=ours < TARGET_SECONDS and queued == still == DUE,
        )
    ]


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _bare() -> None:
    with transaction() as session:
        session.execute(text(BARE_ROWS), {"body": "x" * 1000})


def _seed() -> None:
    make = Make(SystemClock())
    agency, course = make.agency(), make.course()
    first = make.event(starts_at=ENDED, course=course)
    pattern = db.session.execute(select(Event.__table__).where(Event.id == first)).mappings().one()
    db.session.rollback()
    with transaction() as session:
        ids = range(first, first + EVENTS)
        more = [{**pattern, "id": n, "reference": f"BENCH-{n}"} for n in ids if n != first]
        session.execute(insert(Event), more)
        session.execute(insert(Register), [{"event_id": n, "closed_at": ENDED} for n in ids])
        _seed_people(session)
        _seed_bookings(session, first, agency)
    if db.engine.dialect.name == "postgresql":
        with transaction() as session:
            session.execute(text("ANALYZE"))


def _seed_people(session: Session) -> None:
    first = (session.scalar(select(func.max(Person.id))) or 0) + 1
    people = [
        {"id": first + n, "name": f"Ada Number{n}", "sort_name": f"number{n} ada"}
        for n in range(DUE)
    ]
    session.execute(insert(Person), [{**one, "created_at": ENDED} for one in people])
    addresses = [{"person_id": one["id"], "address": f"p{one['id']}@x.example"} for one in people]
    session.execute(insert(PersonEmail), addresses)


def _seed_bookings(session: Session, first_event: int, agency: int) -> None:
    people = session.scalars(select(PersonEmail.person_id)).all()
    session.execute(
        insert(Booking),
        [
            {
                "reference": f"BENCH-{n}",
                "event_id": first_event + n % EVENTS,
                "person_id": person,
                "agency_id": agency,
                "state": BookingState.CONFIRMED,
                "origin": Origin.OWN,
                "ticket": n,
                "requested_at": ENDED,
                "confirmed_at": ENDED,
                "outcome": Outcome.ATTENDED,
            }
            for n, person in enumerate(people)
        ],
    )
