"""Cohorts as they are kept, and how many of each have been reached (R2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, func, or_, select

from lms.access import Permission, Viewer
from lms.accounts.models import Person, PersonEmail
from lms.agencies.models import Agency
from lms.booking.models import Booking
from lms.booking.queries.known import is_known_to
from lms.catalogue.models import Event
from lms.db import db
from lms.errors import NotFound
from lms.reporting.attendance.queries.counted import IN_HEADLINE
from lms.reporting.cohorts.models import Cohort, CohortMember
from lms.reporting.queries.scope import Scope

# --- As they are kept ---------------------------------------------------------------------------


def list_cohorts(partnership_id: int) -> list[tuple[Cohort, int]]:
    """A partnership's cohorts with how many people each is, those in use first, by name."""
    listed = _count_members(Cohort.partnership_id == partnership_id)
    found = db.session.scalars(
        select(Cohort).where(Cohort.partnership_id == partnership_id).order_by(Cohort.id)
    )
    rows = sorted(found, key=lambda row: (row.retired_on is not None, row.name.casefold()))
    return [(row, listed.get(row.id, 0) if row.number is None else row.number) for row in rows]


def get_cohort(cohort_id: int, viewer: Viewer) -> Cohort:
    """A cohort of a partnership whose programme the viewer runs. Raises NotFound."""
    row = db.session.get(Cohort, cohort_id)
    if row is None or not viewer.can(Permission.RUN_PROGRAMME, row.partnership_id):
        raise NotFound
    return row


# --- Reach --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CohortReach:
    """A cohort, how many people it is, and how many of them came."""

    cohort_id: int
    name: str
    is_list: bool
    job_role: str
    sector: Any
    counted_on: Any
    size: int
    people: int


def cohorts_reached(scope: Scope) -> list[CohortReach]:
    """The cohorts in use in the period, by name, in as many statements however many there are."""
    rows = db.session.scalars(select(Cohort).where(_is_in_use(scope)).order_by(Cohort.id)).all()
    sizes = _count_members(_is_in_use(scope))
    reached = {**_reached_of_lists(scope), **_reached_of_numbers(scope)}
    return [
        CohortReach(
            cohort_id=row.id,
            name=row.name,
            is_list=row.number is None,
            job_role=row.job_role,
            sector=row.sector,
            counted_on=row.counted_on,
            size=sizes.get(row.id, 0) if row.number is None else row.number,
            people=reached.get(row.id, 0),
        )
        for row in sorted(rows, key=lambda row: row.name.casefold())
    ]


def _is_in_use(scope: Scope) -> ColumnElement[bool]:
    """Not retired by the day on which the period begins: until then its figures were asked for."""
    found: list[ColumnElement[bool]] = [Cohort.partnership_id.in_(scope.partnership_ids)]
    if scope.period.first is not None:
        found.append(or_(Cohort.retired_on.is_(None), Cohort.retired_on > scope.period.first))
    return and_(*found)


WHO = func.coalesce(CohortMember.person_id, PersonEmail.person_id)
"""Whom a line of a list means: who it was when it was written, else whose address it is now."""


def _with_persons(selected: Any) -> Any:
    return (
        selected.select_from(CohortMember)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .outerjoin(PersonEmail, PersonEmail.address == CohortMember.address)
    )


def _count_members(which: ColumnElement[bool]) -> dict[int, int]:
    """How many people each list is: two addresses of one person are one."""
    counted = func.count(distinct(WHO)) + func.count().filter(WHO.is_(None))
    rows = db.session.execute(
        _with_persons(select(Cohort.id, counted)).where(which).group_by(Cohort.id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _came(scope: Scope) -> Select[Any]:
    """The people who came to an event of the scope."""
    return (
        select(Booking.person_id)
        .join(Event, Event.id == Booking.event_id)
        .where(IN_HEADLINE, *scope.of_bookings, Booking.person_id.is_not(None))
    )


def _reached_of_lists(scope: Scope) -> dict[int, int]:
    rows = db.session.execute(
        _with_persons(select(Cohort.id, func.count(distinct(WHO))))
        .where(_is_in_use(scope), Cohort.number.is_(None), WHO.in_(_came(scope)))
        .group_by(Cohort.id)
    )
    return {row[0]: row[1] for row in rows}


def folded_role(column: Any) -> ColumnElement[str]:
    """A job role as it is compared: capitals and the spaces around it say nothing."""
    folded: ColumnElement[str] = func.lower(func.trim(column))
    return folded


def _reached_of_numbers(scope: Scope) -> dict[int, int]:
    """Those who came and whose booking says what the cohort counts; without a person, one each."""
    says_role = or_(
        Cohort.job_role == "", folded_role(Booking.job_role) == folded_role(Cohort.job_role)
    )
    says_sector = or_(Cohort.sector.is_(None), Agency.sector == Cohort.sector)
    counted = func.count(distinct(Booking.person_id)) + func.count().filter(
        Booking.person_id.is_(None)
    )
    rows = db.session.execute(
        select(Cohort.id, counted)
        .select_from(Booking)
        .join(Event, Event.id == Booking.event_id)
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .join(Cohort, and_(_is_in_use(scope), Cohort.number.is_not(None), says_role, says_sector))
        .where(IN_HEADLINE, *scope.of_bookings)
        .group_by(Cohort.id)
    )
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True)
class NotReached:
    """One on a list who did not come; `name` is empty where nobody here has the address."""

    address: str
    name: str


def list_not_reached(cohort_id: int, scope: Scope, viewer: Viewer) -> Sequence[NotReached]:
    """Those on a cohort's list who came to no event of the scope, by name, then by address.

    Whoever calls has made sure that the viewer may see names (`get_cohort`); that of somebody whom
    the viewer does not know is left out, since any address can be put on a list.
    """
    rows = db.session.execute(
        _with_persons(select(func.min(CohortMember.address), func.min(Person.name)))
        .outerjoin(Person, and_(Person.id == WHO, is_known_to(viewer)))
        .where(
            CohortMember.cohort_id == cohort_id,
            or_(WHO.is_(None), WHO.not_in(_came(scope))),
        )
        .group_by(func.coalesce(WHO, -CohortMember.id))
        .order_by(
            func.min(Person.sort_name).is_(None),
            func.min(Person.sort_name),
            func.min(CohortMember.address),
        )
    )
    return [NotReached(row[0], row[1] or "") for row in rows]
