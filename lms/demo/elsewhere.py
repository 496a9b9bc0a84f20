"""Last year's figures that other systems hold, as the coordinator and an agency lead enter them."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta

from lms.agencies.queries import find_agency_by_name
from lms.db import db
from lms.demo.foundations import Foundations
from lms.demo.programme import DATA
from lms.reporting.elsewhere.commands import correct_figure, enter_figure
from lms.reporting.elsewhere.rules import Entry, Measure, Subject

NAMED = {
    "videos or webinars added": (Measure.VIDEOS, "The partnership’s own channel"),
    "video recording views": (Measure.VIEWS, "The partnership’s own channel"),
    "e-learning modules completed": (Measure.E_LEARNING, "The council’s learning system"),
}
OWN_TRAINING = (
    ("Walsall Healthcare NHS Trust", "Safeguarding children, level 3", Entry(412, 81)),
    ("Walsall Healthcare NHS Trust", "Mental Capacity Act", Entry(268, 53)),
)
ENTERED_AGO, MISREAD = timedelta(days=3), 1149


def enter_figures(here: Foundations, year: int, now: datetime) -> None:
    """All of them, one misread at first and corrected."""
    entered_at = now - ENTERED_AGO
    values = figures_printed()
    for name, (measure, source) in NAMED.items():
        subject = Subject(here.partnership_id, year, measure)
        first = Entry(MISREAD if measure is Measure.VIEWS else values[name], source=source)
        figure = enter_figure(subject, first, by=here.coordinator, now=entered_at)
        if first.value != values[name]:
            second = Entry(values[name], source=source)
            correct_figure(figure, second, "Misread", by=here.coordinator, now=now)
    for agency, course, entry in OWN_TRAINING:
        subject = Subject(
            here.partnership_id, year, Measure.OWN_TRAINING, _agency_id(agency), course
        )
        enter_figure(subject, entry, by=here.lead, now=entered_at)


def figures_printed() -> dict[str, int]:
    """What a published report says that other systems hold, by its own words for it."""
    with (DATA / "highlights-2022-23.csv").open(newline="", encoding="utf-8") as file:
        values = {row["measure"]: int(row["value"]) for row in csv.DictReader(file)}
    return {name: values[name] for name in NAMED}


def _agency_id(name: str) -> int:
    agency = find_agency_by_name(name)
    if agency is None:
        raise LookupError(name)
    agency_id = agency.id
    db.session.rollback()
    return agency_id
