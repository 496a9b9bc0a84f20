"""Who can book what lies ahead: shares, a mix, an approval, a wish, a date put off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from lms.agencies.rules import Sector
from lms.booking.commands import (
    ask_to_be_told,
    postpone_event,
    request_place,
    set_who_can_book,
)
from lms.booking.rules import Allocation, Share, ShareKind, WhoCanBook
from lms.catalogue.rules import ApprovedBy, CancelReason, ListOrder
from lms.clock import add_working_days, london_date
from lms.demo.foundations import Somebody
from lms.demo.living import Life, World
from lms.errors import Refused

SHARED_OUT = "Safeguarding Children and Young People"
MOST_POLICE, FOR_VOLUNTARY, RELEASED_BEFORE = 10, 3, -5
APPROVED = "Advanced Child Protection"
SHARED, PARTNER, ALLOCATED = "Child Sexual Exploitation", "Sandwell", 6
HELD, UNNAMED = "Drug and Alcohol Awareness and Parental Substance Use", 4
POSTPONED = "All-age exploitation forum"
FULL, WISHES = "Introduction to Domestic Violence", 4
ASKED_AT_MOST = 12
LAST_HOUR = timedelta(minutes=55)


def open_for_booking(life: Life, has_list: bool, now: datetime) -> None:
    """Set what an event says about who can book it, just after it was published."""
    if life.planned.teaching.title == SHARED_OUT:
        _set(life, WhoCanBook(shares=_shares(life)), now)
    elif life.planned.teaching.title == SHARED:
        partner = life.world.here.partnership_ids[PARTNER]
        part = Allocation(partner, ALLOCATED, _released_on(life))
        _set(life, WhoCanBook(allocations=(part,)), now)
    elif life.planned.teaching.title == HELD:
        _set(life, WhoCanBook(unnamed_places=UNNAMED), now)
    elif has_list:
        _set(life, WhoCanBook(order=ListOrder.MIX), now)


def plan_last_hour(world: World, lives: list[Life], until: datetime) -> None:
    """What happened shortly before the visitor comes: approval is asked for, a date is put off."""
    begins = until - LAST_HOUR
    for life in lives:
        if life.planned.teaching.title == APPROVED:
            world.timeline.at(begins, partial(_ask_line_manager, world, life))
            world.timeline.post(begins + timedelta(minutes=1))
        elif life.planned.teaching.title == POSTPONED:
            world.timeline.at(begins, partial(_put_off, life))
            world.timeline.post(begins + timedelta(minutes=1))
    world.timeline.at(begins, partial(_wish, world, world.here.course_ids[FULL]))


def open_for_one_school(life: Life, agency_id: int, now: datetime) -> None:
    """By invitation: nobody but that school's people learns that there is such a day."""
    _set(life, WhoCanBook(is_by_invitation=True, invited_agency_ids=(agency_id,)), now)


def _set(life: Life, terms: WhoCanBook, now: datetime) -> None:
    set_who_can_book(life.event_id, terms, by=life.by, now=now)


def _released_on(life: Life) -> date:
    return add_working_days(london_date(life.planned.starts_at), RELEASED_BEFORE)


def _shares(life: Life) -> tuple[Share, ...]:
    return (
        Share(ShareKind.CAP, MOST_POLICE, sector=Sector.POLICE),
        Share(
            ShareKind.RESERVATION,
            FOR_VOLUNTARY,
            sector=Sector.VOLUNTARY_AND_COMMUNITY,
            ends_on=_released_on(life),
        ),
    )


def _ask_line_manager(world: World, life: Life, now: datetime) -> None:
    """From now on a line manager says yes first; one is asked, and has not answered.

    It is the first whose agency is known by its addresses: no other manager could be asked.
    """
    _set(life, WhoCanBook(approved_by=ApprovedBy.LINE_MANAGER), now)
    for person in world.choose(life.planned, ASKED_AT_MOST):
        try:
            _ask_for_a_place(life, person, world.here.partnership_id, now)
        except Refused:
            continue
        return


def _ask_for_a_place(life: Life, person: Somebody, area_id: int, now: datetime) -> None:
    request_place(
        life.event_id,
        person.id,
        agency_id=person.agency_id,
        area_id=area_id,
        job_role=person.character.job_role,
        line_manager_email=f"manager.of.{person.character.email}",
        by=None,
        now=now,
    )


def _put_off(life: Life, now: datetime) -> None:
    postpone_event(life.event_id, reason=CancelReason.TRAINER_ILL, by=life.by, now=now)


def _wish(world: World, course_id: int, now: datetime) -> None:
    """Some want to hear of another date of a course whose next one is full."""
    for person in world.here.people[:WISHES]:
        ask_to_be_told(course_id, person.id, now=now)
