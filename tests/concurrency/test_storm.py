"""Everything at once, from many processes: nothing is oversold, and nothing goes wrong."""

from __future__ import annotations

from flask import Flask

from lms.db import db
from tests.support.acts import STORM
from tests.support.booking import faults
from tests.support.make import Make
from tests.support.racing import Storm, rage

ATTEMPTS, PROCESSES = 240, 4  # ten thousand of them: python -m bench --only storm


def storm_in(make: Make, database: str, *, lawless: bool = False) -> Storm:
    """Two dates of one course with few places, and people of three agencies."""
    course = make.course()
    events = [make.event(course=course, capacity=4, days=1 + day) for day in range(2)]
    agencies = [make.agency() for _ in range(3)]
    people = [(person, agency) for agency in agencies for person in make.people(8, agency=agency)]
    return Storm(
        url=database,
        now=make.now,
        events=events,
        people=people,
        weights=STORM,
        attempts=ATTEMPTS,
        processes=PROCESSES,
        lawless=lawless,
    )


def test_B3_B5_B6_a_storm_of_every_verb_breaks_nothing(
    app: Flask, database: str, make: Make
) -> None:
    came = rage(storm_in(make, database))

    assert sum(came.values()) == ATTEMPTS
    assert came["done"] > ATTEMPTS / 3
    assert [what for what in came if what.startswith("error")] == []
    assert came["Busy"] == 0
    assert faults(make.now) == []


def test_B3_without_the_law_the_same_storm_breaks_something(
    app: Flask, database: str, make: Make
) -> None:
    came = rage(storm_in(make, database, lawless=True))
    db.session.rollback()
    assert faults(make.now) or [what for what in came if what.startswith("error")]
