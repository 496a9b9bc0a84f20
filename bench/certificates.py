"""A thousand certificates: issued with their messages, then each made into a PDF of its own."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.sites import application, database
from lms.accounts.models import Person, PersonEmail
from lms.agencies.models import Partnership
from lms.attendance.models import Register
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, Outcome
from lms.certificates.commands import issue_all_due
from lms.certificates.models import Certificate
from lms.certificates.printing import certificate_pdf, certificates_pdf
from lms.clock import SystemClock
from lms.db import db, transaction
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import Stage
from lms.messaging.models import Message
from tests.support.make import Make

PEOPLE, EVENTS, TARGET_SECONDS = 1_000, 40, 30
HELD = datetime(2027, 2, 8, 9, 30, tzinfo=UTC)
CLOSED = datetime(2027, 2, 9, 10, tzinfo=UTC)
BASE_URL = "https://training.wsp.example"


def measure_certificates(kind: str) -> list[Figure]:
    """Seconds from a thousand answered forms to a thousand PDFs."""
    with database(kind) as url, application(url):
        _seed()
        begun = time.perf_counter()
        issued = issue_all_due(CLOSED)
        to_issue = time.perf_counter() - begun
        told = db.session.scalar(select(func.count()).select_from(Message)) or 0
        to_print, at_work = _print_each()
        together = _print_together()
        db.session.remove()
        db.engine.dispose()
    whole = to_issue + to_print
    load = os.getloadavg()[0]
    return [
        Figure(
            what=f"{PEOPLE:,} certificates: issued, each with its message, and each made a PDF",
            database=kind,
            measured=f"{whole:.1f} s: {to_issue:.1f} s to issue and {to_print:.1f} s to print"
            f" ({at_work:.1f} s of processor), load {load:.0f}; {issued:,} issued, {told:,} told",
            target=f"< {TARGET_SECONDS} s",
            yardstick=f"{together:.1f} s for the same pages in {EVENTS} files",
            is_met=whole < TARGET_SECONDS and issued == told == PEOPLE,
        )
    ]


def _print_each() -> tuple[float, float]:
    partnership = db.session.scalars(select(Partnership)).one()
    begun, worked = time.perf_counter(), time.process_time()
    for certificate in db.session.scalars(select(Certificate)):
        made = certificate_pdf(certificate, partnership, base_url=BASE_URL, now=CLOSED)
        assert made.startswith(b"%PDF")
    return time.perf_counter() - begun, time.process_time() - worked


def _print_together() -> float:
    partnership = db.session.scalars(select(Partnership)).one()
    every = list(db.session.scalars(select(Certificate).order_by(Certificate.id)))
    begun, size = time.perf_counter(), PEOPLE // EVENTS
    for start in range(0, PEOPLE, size):
        batch = every[start : start + size]
        certificates_pdf(batch, partnership, base_url=BASE_URL, now=CLOSED)
    return time.perf_counter() - begun


def _seed() -> None:
    make = Make(SystemClock())
    course = make.course()
    events = [make.event(starts_at=HELD, course=course) for _ in range(EVENTS)]
    with transaction() as session:
        session.execute(insert(Register), [{"event_id": e, "closed_at": CLOSED} for e in events])
        _seed_bookings(session, events)


def _seed_bookings(session: Session, events: list[int]) -> None:
    numbers = range(1, PEOPLE + 1)
    people = [
        {"id": n, "name": f"Marigold Number{n:04}", "sort_name": f"number{n}", "created_at": HELD}
        for n in numbers
    ]
    session.execute(insert(Person), people)
    session.execute(
        insert(PersonEmail), [{"person_id": n, "address": f"p{n}@x.example"} for n in numbers]
    )
    bookings = [
        {
            "id": n,
            "reference": f"BENCH-{n}",
            "event_id": events[n % EVENTS],
            "person_id": n,
            "state": BookingState.CONFIRMED,
            "origin": Origin.OWN,
            "ticket": n,
            "requested_at": HELD,
            "confirmed_at": HELD,
            "outcome": Outcome.ATTENDED,
        }
        for n in numbers
    ]
    session.execute(insert(Booking), bookings)
    answers = [
        {"booking_id": n, "stage": Stage.POST, "answered_at": CLOSED, "is_baseline": True}
        for n in numbers
    ]
    session.execute(insert(Evaluation), answers)
