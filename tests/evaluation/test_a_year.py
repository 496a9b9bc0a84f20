"""A year's evaluations lived through the real verbs, and reckoned beside in plain Python.

Here it is a quarter: 13 events with every turn that a year takes, fewer people at each. The year of
52 events and 1,504 attendances is lived by `python -m bench --only year`.
"""

from __future__ import annotations

from collections import Counter

from flask import Flask
from scipy.stats import binom

from lms.catalogue.rules import Stage
from lms.clock import FixedClock
from lms.reporting.attendance.queries import attendance_report
from lms.reporting.queries import Asked, scope_of
from lms.reporting.rules import By
from tests.support.make import Make
from tests.support.year.cast import (
    ATTENDED,
    COMPLETED,
    EVENTS,
    Presence,
)
from tests.support.year.compared import (
    NOW,
    YEAR,
    impact_compared,
    outbox_differences,
    reply_differences,
)
from tests.support.year.lived import Lived, live
from tests.support.year.planned import plan_year
from tests.support.year.reckoned import reckon

QUARTER, CAME, REPLIES = 13, 78, 0.8
SEED = 1510  # with which every turn is taken


def test_E1_E2_E3_E4_R2_R5_a_quarter_asks_those_due_and_reports_what_they_said(
    app: Flask, make: Make, clock: FixedClock
) -> None:
    year = plan_year(SEED, QUARTER, CAME, REPLIES)
    lived = live(make, clock, year)
    assert outbox_differences(lived) == []
    assert reply_differences(lived) == []
    compared = impact_compared(lived)
    assert compared.differences == []
    assert compared.rows > 0
    assert compared.missed <= binom.isf(1e-6, compared.intervals, 0.05)
    report = attendance_report(By.COURSE, scope_of(Asked(year=YEAR), None), NOW)
    assert report.total.attended == CAME
    assert lived.refused == sum(len(one.late) for event in year for one in event.delegates)
    _took_every_turn(lived)


def _took_every_turn(lived: Lived) -> None:
    """A comparison says nothing of what did not happen."""
    asked = Counter(what for _, what, _ in reckon(lived.year, lived.ticks))
    turns = ("pre-0", "post-0", "post-1", "post-2", "impact-0", "impact-1", "impact-2")
    assert all(asked[turn] for turn in turns)
    delegates = [one for event in lived.year for one in event.delegates]
    assert {one.presence for one in delegates} == set(Presence)
    assert any(one.opted_out for one in delegates)
    assert any(one.confirmed_at != one.booked_at and one.confirmed_at for one in delegates)
    assert any(one.books_late for one in delegates)
    assert any(one.late for one in delegates)
    assert any(event.moved_at for event in lived.year)
    assert any(event.off_at for event in lived.year)
    assert any(event.days > 1 for event in lived.year)
    assert {event.stages for event in lived.year} == {
        frozenset(),
        frozenset({Stage.POST}),
        frozenset(Stage),
    }


def test_the_year_planned_has_the_published_figures() -> None:
    year = plan_year(1504)
    run = [event for event in year if event.off_at is None]
    delegates = [one for event in run for one in event.delegates]
    later = [
        stage for one in delegates if one.attends for stage in one.answers if stage != Stage.PRE
    ]
    attended = sum(one.attends for one in delegates)
    assert (len(run), attended, len(later)) == (EVENTS, ATTENDED, COMPLETED) == (52, 1504, 920)
