"""Everything at once, from many processes: nothing is oversold, and nothing goes wrong."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from lms.db import db
from tests.support.arena import Arena
from tests.support.booking import faults
from tests.support.make import Make
from tests.support.racing import Storm, rage

ATTEMPTS, PROCESSES, PEOPLE = 240, 4, 24  # ten thousand of them: python -m bench --only storm


def storm_in(make: Make, database: str, *, lawless: bool = False) -> Storm:
    arena = Arena(make, PEOPLE)
    return Storm(
        url=database,
        now=make.now,
        events=arena.events(make.now.replace(hour=9) + timedelta(days=21)),
        people=arena.people,
        lead=arena.lead,
        coordinator=arena.coordinator,
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
