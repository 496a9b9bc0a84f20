"""What is measured on: events, people signed in, bookings; made up, the same each time."""

from __future__ import annotations

import random
from datetime import timedelta

from flask import Flask

from lms.accounts.models import SignInSession
from lms.catalogue.rules import EventMode
from lms.clock import SystemClock
from lms.db import transaction
from lms.tokens import fingerprint
from tests.support.make import Make

BOOKED = 12
make = Make(SystemClock())  # one for all, so that what it numbers stays apart


def events(count: int) -> list[int]:
    """`count` events of ten courses in the coming months, some of their places taken."""
    dice = random.Random(200)  # noqa: S311 - repeatable, not secret
    courses = [make.course(f"Course number {n}") for n in range(10)]
    people = [make.person(agency=make.agency()) for _ in range(BOOKED)]
    trainer = make.person()
    made = []
    for n in range(count):
        event = make.event(
            f"Course number {n % 10}",
            course=courses[n % 10],
            starts_at=make.now.replace(hour=9, minute=30) + timedelta(days=10 + n // 3),
            trainers=[trainer],
            mode=dice.choice([EventMode.IN_PERSON, EventMode.ONLINE]),
        )
        for person in dice.sample(people, dice.randrange(BOOKED)):
            make.booking(event, person)
        made.append(event)
    return made


def signed_in_people(app: Flask, count: int) -> list[tuple[int, str]]:
    """`count` people of twenty agencies with an open session each: (person, cookie)."""
    agencies = [make.agency() for _ in range(20)]
    people = [make.person(agency=agencies[n % 20]) for n in range(count)]
    sealed = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with transaction() as session:
        for person in people:
            session.add(
                SignInSession(
                    person_id=person,
                    fingerprint=fingerprint(f"bench-{person}"),
                    created_at=make.now,
                    last_seen_at=make.now,
                )
            )
    return [
        (person, sealed.dumps({"_user_id": f"bench-{person}", "_fresh": True})) for person in people
    ]
