"""People: who somebody is, added and changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Role, Viewer
from lms.accounts.commands.memberships import change_agency_within, join_agency_within
from lms.accounts.commands.recording import record
from lms.accounts.commands.roles import grant_role_within
from lms.accounts.models import Person, PersonEmail, RoleGrant
from lms.accounts.rules import normal_address, sort_name, written_name
from lms.clock import london_date
from lms.db import lock_rows, take_turn, transaction
from lms.errors import Refused


@dataclass(frozen=True)
class PersonDetails:
    """Who somebody is. An agency is named by its id, or as it was typed where it is not known.

    `phone` None: not asked, so that it stays as it is.
    """

    name: str
    email: str = ""
    agency_id: int | None = None
    agency_typed: str = ""
    job_role: str = ""
    line_manager_email: str | None = None
    phone: str | None = None
    is_proven: bool = False  # they read what was sent to the address


def add_person(
    details: PersonDetails,
    *,
    role: Role | None = None,
    partnership_id: int | None = None,
    by: Viewer | None,
    now: datetime,
) -> int:
    """Add a person with a first address and membership, and a role if one is given.

    Refused where the address is taken. An agency lead leads the agency that they are added to.
    """
    with transaction() as session:
        person = add_person_within(session, details, now)
        record(session, "add person", f"added {person.name}", person, by, now)
        if role not in {None, Role.PRACTITIONER}:
            grant = RoleGrant(
                person_id=person.id,
                role=role,
                partnership_id=partnership_id,
                agency_id=details.agency_id,
                starts_on=london_date(now),
            )
            grant_role_within(session, grant, by, now)
        return person.id


def add_person_within(session: Session, details: PersonDetails, now: datetime) -> Person:
    """Add a person in the caller's transaction. Refused where the address is taken."""
    details = _checked(details)
    person = Person(
        name=details.name,
        sort_name=sort_name(details.name),
        job_role=details.job_role,
        line_manager_email=details.line_manager_email,
        phone=details.phone or "",
        created_at=now,
    )
    if details.email:
        _refuse_taken(session, details.email)
        proven_at = now if details.is_proven else None
        person.emails.append(PersonEmail(address=details.email, verified_at=proven_at))
    session.add(person)
    session.flush()
    join_agency_within(
        session, person.id, details.agency_id, details.agency_typed, london_date(now)
    )
    return person


def change_person(
    person_id: int, details: PersonDetails, *, by: Viewer | None, now: datetime
) -> None:
    """Change name, job role, manager's address and telephone, and where they work if it differs."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        person = session.get_one(Person, person_id)
        details = _checked(details)
        if details.line_manager_email in {email.address for email in person.emails}:
            raise Refused(
                "Enter your manager’s own address: this one is yours", field="line_manager_email"
            )
        person.name = details.name
        person.sort_name = sort_name(details.name)
        person.job_role = details.job_role
        person.line_manager_email = details.line_manager_email
        person.phone = person.phone if details.phone is None else details.phone
        change_agency_within(session, person_id, details.agency_id, details.agency_typed, now)
        record(session, "change person", f"changed {person.name}", person, by, now)


def set_needs(person_id: int, access_needs: str, dietary_needs: str, *, now: datetime) -> None:
    """Keep what a person says they need at events, for as long as they wish (P1)."""
    del now
    with transaction() as session:
        person = session.get_one(Person, person_id)
        person.access_needs = access_needs.strip()
        person.dietary_needs = dietary_needs.strip()


def _checked(details: PersonDetails) -> PersonDetails:
    name = written_name(details.name)
    if not name:
        raise Refused("Enter a name", field="name")
    manager = details.line_manager_email
    checked = replace(
        details,
        name=name,
        email=normal_address(details.email) if details.email else "",
        job_role=details.job_role.strip(),
        line_manager_email=_manager_address(manager) if manager and manager.strip() else None,
        phone=details.phone.strip() if details.phone is not None else None,
    )
    if checked.email and checked.email == checked.line_manager_email:
        raise Refused(
            "Enter your manager’s own address: this one is yours", field="line_manager_email"
        )
    return checked


def _manager_address(written: str) -> str:
    try:
        return normal_address(written)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="line_manager_email") from None


def _refuse_taken(session: Session, address: str) -> None:
    """One at a time for each address, so that two who sign up at once are told, not broken."""
    take_turn(session, f"address {address}")
    taken = select(PersonEmail.person_id).where(PersonEmail.address == address)
    if session.execute(taken).first():
        raise Refused(f"{address} belongs to somebody who is here already", field="email")
