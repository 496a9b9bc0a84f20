"""People as those who run the programme see them: who is known to them, and from where.

Access and dietary needs are never among it (P1).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from lms.access import Permission, Viewer
from lms.accounts.models import Membership, Person, RoleGrant
from lms.accounts.queries import (
    is_called,
    list_memberships,
    list_role_grants,
    people,
)
from lms.agencies.models import Agency, Partnership
from lms.agencies.queries import list_agencies_seen_by, list_partnerships
from lms.agencies.rules import folded_name
from lms.booking.models import Booking
from lms.booking.queries.known import (
    is_known_to,
    is_with,
    unmatched_in_bookings,
    unmatched_memberships,
)
from lms.catalogue.models import Event
from lms.db import db
from lms.errors import NotFound

MOST_SHOWN = 100


@dataclass(frozen=True)
class PeoplePage:
    """What a search found: how many in all, and the first of them by surname."""

    found: list[Person]
    total: int


def search(text: str, viewer: Viewer, *, limit: int | None = MOST_SHOWN) -> PeoplePage:
    """People whom the viewer may see and whose name or address holds every word of `text`."""
    condition = is_known_to(viewer)
    if text.strip():
        condition = condition & is_called(text)
    total = db.session.scalar(select(func.count(Person.id)).where(condition)) or 0
    return PeoplePage(list(db.session.scalars(people(condition).limit(limit))), total)


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


def get_page(person_id: int, viewer: Viewer) -> PersonPage:
    """A person whom the viewer may see. Raises NotFound."""
    person = db.session.scalars(
        people(is_known_to(viewer) & (Person.id == person_id))
    ).one_or_none()
    if person is None:
        raise NotFound
    return PersonPage(
        person, list_memberships(person_id), _roles(person_id, viewer), _bookings(person_id, viewer)
    )


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


# --- Names that match nothing ---------------------------------------------------------------


@dataclass(frozen=True)
class UnmatchedName:
    """An agency's name as typed, with how many people and bookings bear it, and what is like it."""

    name: str
    people: int
    bookings: int
    like_it: int | None


def list_unmatched_names(viewer: Viewer) -> list[UnmatchedName]:
    """Agency names that match nothing, by name; spellings that mean the same are one.

    Those typed by people whom the viewer knows, or in bookings with them (R1).
    """
    memberships, bookings = Counter[str](), Counter[str]()
    shown: dict[str, str] = {}
    for counter, typed in (
        (memberships, unmatched_memberships(viewer)),
        (bookings, unmatched_in_bookings(viewer)),
    ):
        for name, count in typed:
            counter[folded_name(name)] += count
            shown.setdefault(folded_name(name), name)
    known = {folded_name(agency.name): agency.id for agency in list_agencies_seen_by(viewer)}
    return [
        UnmatchedName(shown[key], memberships[key], bookings[key], _like(key, known))
        for key in sorted(shown)
    ]


def _like(key: str, known: dict[str, int]) -> int | None:
    close = get_close_matches(key, known, n=1, cutoff=0.6)
    return known[close[0]] if close else None


def count_unmatched_names(viewer: Viewer) -> int:
    """How many agency names wait to be matched."""
    return len(list_unmatched_names(viewer))


def may_match(name: str, viewer: Viewer) -> bool:
    """Whether a typed name is among those that the viewer has to match."""
    wanted = folded_name(name)
    return any(folded_name(each.name) == wanted for each in list_unmatched_names(viewer))
