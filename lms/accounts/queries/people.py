"""Reads of people: who they are, where they work, which roles they hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import selectinload

from lms.access import Grant, Permission, Role, Viewer
from lms.accounts.models import Membership, Person, PersonEmail, RoleGrant
from lms.accounts.rules import folded
from lms.agencies.models import Agency, Partnership
from lms.agencies.queries import lineage
from lms.db import db
from lms.errors import NotFound

# --- One person -----------------------------------------------------------------------------


def get_person(person_id: int) -> Person:
    """One person, by id. Raises NotFound. Who may see them is for the caller to have decided."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def find_person_by_address(address: str) -> Person | None:
    """The person whose own address this is; `address` as `rules.normal_address` gives it."""
    query = select(Person).join(Person.emails).where(PersonEmail.address == address)
    return db.session.scalars(query).one_or_none()


def primary_address(person: Person) -> str:
    """Where a person is written to; empty where no address is known."""
    return person.emails[0].address if person.emails else ""


def addresses_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Where each of these people is written to, in one statement."""
    rows = db.session.execute(
        select(PersonEmail.person_id, PersonEmail.address)
        .where(PersonEmail.person_id.in_(list(person_ids)))
        .order_by(PersonEmail.is_primary, PersonEmail.id.desc())
    )
    return dict(rows.all())


def bounced_among(person_ids: Iterable[int]) -> dict[int, datetime]:
    """Of these people, those to whom mail comes back from where they are written to, and since
    when; one statement."""
    rows = db.session.execute(
        select(PersonEmail.person_id, PersonEmail.bounced_at).where(
            PersonEmail.person_id.in_(list(person_ids)),
            PersonEmail.is_primary,
            PersonEmail.bounced_at.is_not(None),
        )
    )
    return {person_id: at for person_id, at in rows if at is not None}


# --- Memberships and roles ------------------------------------------------------------------


def is_member(on: date) -> ColumnElement[bool]:
    """A condition: the membership holds on that date."""
    ended = or_(Membership.ended_on.is_(None), Membership.ended_on > on)
    return (Membership.started_on <= on) & ended


def is_held(on: date) -> ColumnElement[bool]:
    """A condition: the role is held on that date."""
    ended = or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > on)
    return (RoleGrant.starts_on <= on) & ended


def memberships_on(person_id: int, on: date) -> list[Membership]:
    """Where a person works on a date: the latest begun first."""
    query = (
        select(Membership)
        .where(Membership.person_id == person_id, is_member(on))
        .options(selectinload(Membership.agency).selectinload(Agency.partnerships))
        .order_by(Membership.started_on.desc(), Membership.id.desc())
    )
    return list(db.session.scalars(query))


def list_memberships(person_id: int) -> list[Membership]:
    """Where a person works and worked, the latest first."""
    query = (
        select(Membership)
        .where(Membership.person_id == person_id)
        .options(selectinload(Membership.agency).selectinload(Agency.partnerships))
        .order_by(Membership.started_on.desc(), Membership.id.desc())
    )
    return list(db.session.scalars(query))


def grants_on(person_id: int, on: date) -> tuple[Grant, ...]:
    """The roles that a person holds on a date."""
    query = (
        select(RoleGrant)
        .where(RoleGrant.person_id == person_id, is_held(on))
        .order_by(RoleGrant.id)
    )
    return tuple(Grant(r.role, r.partnership_id, r.agency_id) for r in db.session.scalars(query))


def list_role_grants(person_id: int) -> list[RoleGrant]:
    """Every role that a person ever held, the latest first."""
    query = (
        select(RoleGrant)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.starts_on.desc(), RoleGrant.id.desc())
    )
    return list(db.session.scalars(query))


def coordinators_of(partnership_id: int, on: date) -> list[Person]:
    """Who coordinates a partnership's programme on a date, by surname."""
    return _holders(
        RoleGrant.role == Role.COORDINATOR, RoleGrant.partnership_id == partnership_id, is_held(on)
    )


def safeguarding_leads_of(partnership_id: int, on: date) -> list[Person]:
    """Who may find out, on a date, who wrote what shows somebody at risk (E10), by surname."""
    return _holders(
        RoleGrant.role == Role.SAFEGUARDING_LEAD,
        RoleGrant.partnership_id == partnership_id,
        is_held(on),
    )


def leads_of(agency_ids: Iterable[int], on: date) -> list[Person]:
    """Who leads any of these agencies on a date, by surname."""
    return _holders(
        RoleGrant.role == Role.AGENCY_LEAD, RoleGrant.agency_id.in_(agency_ids), is_held(on)
    )


def _holders(*conditions: ColumnElement[bool]) -> list[Person]:
    query = (
        select(Person)
        .where(Person.grants.any(and_(*conditions)))
        .options(selectinload(Person.emails))
        .order_by(Person.sort_name, Person.id)
    )
    return list(db.session.scalars(query))


def agency_leads_of(agency_id: int, on: date) -> list[Person]:
    """Who leads for an agency, or for one that it is part of, on a date, by surname."""
    query = (
        select(Person)
        .join(Person.grants)
        .where(
            RoleGrant.role == Role.AGENCY_LEAD,
            RoleGrant.agency_id.in_(lineage(agency_id)),
            is_held(on),
        )
        .options(selectinload(Person.emails))
        .distinct()
        .order_by(Person.sort_name, Person.id)
    )
    return list(db.session.scalars(query))


# --- Many people ----------------------------------------------------------------------------


def works_where(viewer: Viewer) -> ColumnElement[bool]:
    """A condition: the person works or worked for, or holds a role at, what the viewer runs.

    Those who booked there are booking's to add.
    """
    own = viewer.partnerships(Permission.RUN_PROGRAMME)
    at_own_agency = Membership.agency.has(Agency.partnerships.any(Partnership.id.in_(own)))
    holds_role = Person.grants.any(RoleGrant.partnership_id.in_(own))
    return or_(Person.memberships.any(at_own_agency), holds_role)


def is_called(text: str) -> ColumnElement[bool]:
    """A condition: each word of `text` stands in the person's name or in one of their addresses."""
    return and_(true(), *(bears(word) for word in text.split()))


def bears(word: str) -> ColumnElement[bool]:
    """The word stands in the name, folded as `sort_name` is, or in an address as it is written."""
    at_address = select(PersonEmail.person_id).where(
        PersonEmail.address.contains(word.casefold(), autoescape=True)
    )
    return or_(Person.sort_name.contains(folded(word), autoescape=True), Person.id.in_(at_address))


def people(condition: ColumnElement[bool]) -> Select[Person]:
    """Those who meet a condition, by surname, with addresses and agencies loaded."""
    return (
        select(Person)
        .where(condition)
        .options(
            selectinload(Person.emails),
            selectinload(Person.memberships).selectinload(Membership.agency),
        )
        .order_by(Person.sort_name, Person.id)
    )
