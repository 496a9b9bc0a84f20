"""What an agency lead does for their people, and what becomes of places that were not used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from lms.agencies.commands import set_charging_terms
from lms.agencies.rules import ChargingEntry, DayKind
from lms.booking.commands import (
    cancel_booking,
    confirm_charges,
    hand_over_booking,
    hold_places,
    name_place,
    request_place,
    waive_charge,
)
from lms.booking.models import Charge
from lms.booking.rules import CancelledBy, ChargeState
from lms.booking.rules.prerequisites import Declared
from lms.catalogue.commands import change_course
from lms.catalogue.rules import PrerequisiteDetails
from lms.db import db
from lms.demo.foundations import Somebody, course_details
from lms.demo.living import Life, World
from lms.demo.programme import Teaching
from lms.demo.terms import HELD, SHARED_OUT

HALF_DAY, FULL_DAY, FREE_UNTIL_DAYS = 50_00, 90_00, 14  # pence, calendar days
HELD_WITHOUT_NAME = 3
COURSE, COMES_FIRST, WITHIN_MONTHS = (
    "Advanced Child Protection Refresher",
    "Advanced Child Protection",
    36,
)


def charge_from(world: World, holds_from: date, at: datetime) -> None:
    """From that day on, places that were not used cost something."""
    terms = ChargingEntry(
        sector=None,
        holds_from=holds_from,
        days=FREE_UNTIL_DAYS,
        day_kind=DayKind.CALENDAR,
        half_day_pence=HALF_DAY,
        full_day_pence=FULL_DAY,
    )
    here = world.here
    world.timeline.at(
        at, lambda now: set_charging_terms(here.partnership_id, terms, by=here.coordinator, now=now)
    )


def plan_partners(
    world: World, lives: list[Life], teachings: dict[str, Teaching], begins: datetime
) -> None:
    """An hour of a lead's and a coordinator's morning."""
    by_title = {life.planned.teaching.title: life for life in lives}
    own = [one for one in world.here.people if one.agency_id == _led_by(world)]
    acts = (
        partial(_hold_and_name, world, by_title[HELD], own[0]),
        partial(_hand_over, world, by_title[SHARED_OUT], own),
        partial(_require, world, teachings),
        partial(_declare, world, by_title[COURSE], own[1]),
        partial(_settle_charges, world),
        partial(_give_up_late, lives[0]),
    )
    for place, act in enumerate(acts):
        world.timeline.at(begins + timedelta(minutes=place), act)
        world.timeline.post(begins + timedelta(minutes=place + 1))


def _led_by(world: World) -> int:
    [grant] = world.here.lead.grants
    assert grant.agency_id is not None  # noqa: S101 - a lead leads an agency
    return grant.agency_id


def _hold_and_name(world: World, life: Life, person: Somebody, now: datetime) -> None:
    lead = world.here.lead
    places = hold_places(life.event_id, person.agency_id, HELD_WITHOUT_NAME, by=lead, now=now)
    name_place(places[0], to=person.id, by=lead, now=now)


def _hand_over(world: World, life: Life, own: list[Somebody], now: datetime) -> None:
    """One of the lead's own people who has a place there cannot come; a colleague can."""
    holders = [one for one in own if one.id in life.seats]
    colleagues = [one for one in own if one.id not in life.seats]
    hand_over_booking(
        life.seats[holders[0].id],
        to=colleagues[-1].id,
        by=world.here.lead,
        by_what=CancelledBy.AGENCY_LEAD,
        now=now,
    )


def _require(world: World, teachings: dict[str, Teaching], now: datetime) -> None:
    """From now on one course comes before another."""
    here = world.here
    first = PrerequisiteDetails(here.course_ids[COMES_FIRST], WITHIN_MONTHS)
    details = course_details(
        teachings[COURSE], here.partnership_id, here.priority_ids, here.theme_ids
    )
    change_course(
        here.course_ids[COURSE],
        replace(details, prerequisites=(first,)),
        by=here.coordinator,
        now=now,
    )


def _declare(world: World, life: Life, person: Somebody, now: datetime) -> None:
    """Somebody says that they have learnt it elsewhere; their lead has not looked at it yet."""
    declared = Declared(
        world.here.course_ids[COMES_FIRST],
        "Dudley Safeguarding People Partnership",
        now.date() - timedelta(days=200),
    )
    request_place(
        life.event_id,
        person.id,
        agency_id=person.agency_id,
        area_id=world.here.partnership_id,
        job_role=person.character.job_role,
        by=None,
        now=now,
        declared=[declared],
    )


def _give_up_late(life: Life, now: datetime) -> None:
    """The nearest event: whoever gives up a place there now may be charged."""
    cancel_booking(min(life.seats.values()), by=None, now=now)


def _settle_charges(world: World, now: datetime) -> None:
    """One is confirmed, one waived; what comes later waits for the coordinator."""
    proposed = select(Charge.id).where(Charge.state == ChargeState.PROPOSED).order_by(Charge.id)
    to_confirm, to_waive, *_ = db.session.scalars(proposed)
    db.session.rollback()
    confirm_charges([to_confirm], by=world.here.coordinator, now=now)
    waive_charge(to_waive, reason="A child was taken ill", by=world.here.coordinator, now=now)
