"""The year before the last: brought in as a file, published, and corrected once since (R6).

It is what the last year is compared with. Nobody's name was kept, so nobody's own record grows.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from lms.attendance.commands import import_attendance
from lms.clock import DAY, ReportingYear, at_london, is_working_day
from lms.db import db
from lms.demo.elsewhere import NAMED, figures_printed
from lms.demo.foundations import HOST, Foundations
from lms.demo.living import NINE, World
from lms.demo.programme import read_year
from lms.reporting.annual.asked import annual_report
from lms.reporting.elsewhere.commands import enter_figure
from lms.reporting.elsewhere.rules import Entry, Subject
from lms.reporting.freezing.commands import freeze_year, note_corrections

HEADER = (
    *("event_reference", "event_title", "course_title", "kind", "level", "held_on"),
    *("email", "name", "agency", "outcome", "partnership"),
)
CAME, LATE = 0.86, 2  # of those who came a year later; who were on a sheet that turned up
BROUGHT_IN, PUBLISHED, TURNED_UP = 30, 45, 61  # days after that year
OUTSIDE = 0.8  # of the figures that other systems had a year later
Row = tuple[object, ...]


def plan_year_before(world: World, year: ReportingYear) -> None:
    """Put it on the timeline: the file, figures from elsewhere, the freezing, what came late."""
    rows = list(_rows(world.here, year))
    *rest, last = rows
    for days, act in (
        (BROUGHT_IN, partial(_bring_in, world.here, [*rest, last])),
        (BROUGHT_IN + 1, partial(_enter_figures, world.here, year)),
        (PUBLISHED, partial(_publish, world.here, year)),
        (TURNED_UP, partial(_bring_in_late, world.here, last)),
    ):
        world.timeline.at(at_london(year.last + days * DAY, NINE), act)


def _rows(here: Foundations, year: ReportingYear) -> Iterator[Row]:
    """Every event that ran a year later, somewhat smaller; from which agency, by chance."""
    own = random.Random("the year before")  # noqa: S311 - a story
    agencies = [person.character.agency for person in here.people]
    days = [year.first + DAY * n for n in range((year.last - year.first).days + 1)]
    days = [day for day in days if is_working_day(day) and day.month != 8]
    courses = read_year()
    held = [
        (course, n)
        for course in courses
        for n in range(int(course["events_run"] or course["events_planned"]))
    ]
    step = len(days) / len(held)
    for place, (course, n) in enumerate(held):
        runs = int(course["events_run"] or course["events_planned"])
        title, on = course["course_title"], days[int(step * (place + 0.5))]
        for _ in range(round(int(course["attendees"]) * CAME / runs)):
            yield _row(f"P{place}-{n}", title, course["level"], on, own.choice(agencies))


def _row(reference: str, title: str, level: str, on: date, agency: str) -> Row:
    """No address and no name: nobody kept them."""
    return (reference, title, title, "course", level, on, "", "", agency, "attended", HOST)


def _bring_in(here: Foundations, rows: list[Row], now: datetime) -> None:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows(rows)
    sheet = io.BytesIO(file.getvalue().encode())
    import_attendance(sheet, "training-attended.csv", by=here.coordinator, now=now)


def _bring_in_late(here: Foundations, last: Row, now: datetime) -> None:
    """Two more of the year's last event; the published report says so from then on."""
    late = [(*last[:7], f"On the late sheet {n + 1}", *last[8:]) for n in range(LATE)]
    _bring_in(here, late, now)
    note_corrections(now)


def _enter_figures(here: Foundations, year: ReportingYear, now: datetime) -> None:
    for name, value in figures_printed().items():
        measure, source = NAMED[name]
        subject = Subject(here.partnership_id, year.first.year, measure)
        entry = Entry(round(value * OUTSIDE), source=source)
        enter_figure(subject, entry, by=here.coordinator, now=now)


def _publish(here: Foundations, year: ReportingYear, now: datetime) -> None:
    document = annual_report(year.label, HOST, here.coordinator, now).document
    db.session.rollback()
    freeze_year(here.partnership_id, year, document, by=here.coordinator, now=now)
