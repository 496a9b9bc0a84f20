"""Whom the training did not reach: two who waited in vain, and two groups that were named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from lms.booking.commands import change_capacity, request_place
from lms.clock import london_date
from lms.demo.foundations import Foundations, Somebody
from lms.demo.living import LAST_BOOKINGS, Life, World
from lms.reporting.cohorts.commands import add_cohort
from lms.reporting.cohorts.rules import CohortDetails

WANTED = "Drug and Alcohol Awareness and Parental Substance Use"  # runs once
TOO_LATE = 2
SOCIAL_WORKER, ON_THE_LIST = "Social worker", 24
HEALTH_VISITORS = 36
COUNTED_AGO = timedelta(days=30)  # before the last year ends


def plan_in_vain(world: World, life: Life) -> None:
    """A smaller room just holds those who have booked; two more ask, and wait until it begins."""
    planned = life.planned
    keys = (planned.teaching.title, london_date(planned.starts_at).isoformat())
    free = [
        one
        for one in world.here.people
        if not any((one.id, key) in world.taken for key in keys)
        and one.id != world.here.practitioner.id
    ][:TOO_LATE]
    world.taken |= {(one.id, planned.teaching.title) for one in free}
    when = planned.starts_at - LAST_BOOKINGS + timedelta(hours=1)
    world.timeline.at(when, partial(_fill, life, free))


def _fill(life: Life, late: Sequence[Somebody], now: datetime) -> None:
    change_capacity(life.event_id, len(life.seats), by=life.by, now=now)
    for person in late:
        request_place(
            life.event_id,
            person.id,
            agency_id=person.agency_id,
            area_id=life.world.here.partnership_id,
            job_role=person.character.job_role,
            by=None,
            now=now,
        )


def name_cohorts(here: Foundations, year_ends: date, now: datetime) -> None:
    """One as a list of people, one as a number: both as of the last year's end."""
    counted_on = year_ends - COUNTED_AGO
    listed = [one for one in here.people if one.character.job_role == SOCIAL_WORKER]
    for details in (
        CohortDetails(
            "Newly qualified social workers",
            counted_on,
            addresses=tuple(one.character.email for one in listed[:ON_THE_LIST]),
        ),
        CohortDetails("Health visitors", counted_on, HEALTH_VISITORS, job_role="Health visitor"),
    ):
        add_cohort(here.partnership_id, details, by=here.coordinator, now=now)
