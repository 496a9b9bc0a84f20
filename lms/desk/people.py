"""People as those who run the programme see them: who is known to them, and from where.

Access and dietary needs are never among it (P1).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.access import Permission, Viewer
from lms.accounts.models import Membership, Person, RoleGrant
from lms.accounts.queries import (
    list_memberships,
    list_role_grants,
    people,
)
from lms.agencies.models import Agency, Partnership
from lms.agencies.queries import list_partnerships
from lms.booking.models import Booking
from lms.booking.queries.known import is_known_to, is_with
from lms.catalogue.models import Event
from lms.db import db
from lms.errors import NotFound, Refused
from lms.records.models import Merge
from lms.records.queries.pairs import list_joined


@dataclass(frozen=True)
class RoleHeld:
    """A role with the name of whom it is for; `may_end` where this viewer may end it."""

    grant: RoleGrant
    name: str
    may_end: bool


@dataclass(frozen=True)
class PersonPage:
    """A person, as far as those who run a programme may know."""

    person: Person
    memberships: list[Membership]
    roles: list[RoleHeld]
    bookings: list[Booking]
    joined: list[tuple[Merge, str]]
    leaves: frozenset[int]
    """The memberships of which the viewer may say that they have ended."""


def get_page(person_id: int, viewer: Viewer) -> PersonPage:
    """A person whom the viewer may see. Raises NotFound."""
    person = db.session.scalars(
        people(is_known_to(viewer) & (Person.id == person_id))
    ).one_or_none()
    if person is None:
        raise NotFound
    memberships = list_memberships(person_id)
    return PersonPage(
        person,
        memberships,
        _roles(person_id, viewer),
        _bookings(person_id, viewer),
        list_joined(person_id),
        frozenset(each.id for each in memberships if _may_end(each, viewer)),
    )


def refuse_to_move_from_elsewhere(person_id: int, agency_id: int | None, viewer: Viewer) -> None:
    """Refused where another agency would end a membership that is not the viewer's to end."""
    page = get_page(person_id, viewer)
    current = [each for each in page.memberships if each.ended_on is None]
    stays = agency_id is None or any(each.agency_id == agency_id for each in current)
    if current and not stays and current[0].id not in page.leaves:
        agency = current[0].agency.name if current[0].agency else current[0].agency_typed
        raise Refused(
            f"{page.person.name} works for {agency}, which is not of your partnership:"
            " only they can say in their account that they have moved",
            field="agency",
        )


def _may_end(membership: Membership, viewer: Viewer) -> bool:
    """One at an agency of the viewer's own partnerships, or at none that anybody has matched: who
    booked here and works elsewhere is known here, and has left there only if they say so there."""
    if membership.ended_on is not None:
        return False
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    agency = membership.agency
    return agency is None or any(partnership.id in own for partnership in agency.partnerships)


def _roles(person_id: int, viewer: Viewer) -> list[RoleHeld]:
    grants = list_role_grants(person_id)
    partnerships = {partnership.id: partnership.name for partnership in list_partnerships()}
    wanted = [grant.agency_id for grant in grants if grant.agency_id is not None]
    agencies = db.session.scalars(
        select(Agency).where(Agency.id.in_(wanted)).options(selectinload(Agency.partnerships))
    )
    by_id = {agency.id: agency for agency in agencies}
    return [
        RoleHeld(
            grant,
            partnerships.get(grant.partnership_id or 0) or by_id[grant.agency_id or 0].name,
            may_administer(grant, by_id, viewer),
        )
        for grant in grants
    ]


def may_administer(grant: RoleGrant, agencies: dict[int, Agency], viewer: Viewer) -> bool:
    """Whether the viewer administers the partnership that a role is for, or its agency is in."""
    own = viewer.partnerships(Permission.ADMINISTER)
    if grant.agency_id is None:
        return grant.partnership_id in own
    return any(partnership.id in own for partnership in agencies[grant.agency_id].partnerships)


def get_grant_to_end(person_id: int, grant_id: int, viewer: Viewer) -> RoleGrant:
    """A role of that person which the viewer may end. Raises NotFound."""
    for role in get_page(person_id, viewer).roles:
        if role.grant.id == grant_id and role.may_end:
            return role.grant
    raise NotFound


def _bookings(person_id: int, viewer: Viewer) -> list[Booking]:
    """Bookings at events of the viewer's partnerships, or for their area; the latest first."""
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    query = (
        select(Booking)
        .join(Booking.event)
        .where(
            Booking.person_id == person_id,
            is_with(own),
        )
        .options(selectinload(Booking.event))
        .order_by(Event.starts_at.desc(), Booking.id.desc())
    )
    return list(db.session.scalars(query))


def partnerships_administered_by(viewer: Viewer) -> list[Partnership]:
    """Those at which the viewer may give and end roles, by name."""
    own = viewer.partnerships(Permission.ADMINISTER)
    return [partnership for partnership in list_partnerships() if partnership.id in own]
