"""People, their memberships and their roles: what is changed, and what is kept of before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Role, Viewer
from lms.accounts.models import Membership, Person, PersonEmail, RoleGrant, SignInSession
from lms.accounts.queries import memberships_on
from lms.accounts.rules import normal_address, sort_name, written_name
from lms.agencies.models import Agency, Partnership
from lms.agencies.queries import find_agency_by_name
from lms.clock import london_date
from lms.db import lock_rows, take_turn, transaction
from lms.errors import NotFound, Refused


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
        _record(session, "add person", f"added {person.name}", person, by, now)
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
    _join_agency(session, person.id, details.agency_id, details.agency_typed, now)
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
        _change_agency(session, person_id, details.agency_id, details.agency_typed, now)
        _record(session, "change person", f"changed {person.name}", person, by, now)


def set_needs(person_id: int, access_needs: str, dietary_needs: str, *, now: datetime) -> None:
    """Keep what a person says they need at events, for as long as they wish (P1)."""
    del now
    with transaction() as session:
        person = session.get_one(Person, person_id)
        person.access_needs = access_needs.strip()
        person.dietary_needs = dietary_needs.strip()


def add_membership(
    person_id: int, *, agency_id: int | None, agency_typed: str, by: Viewer | None, now: datetime
) -> None:
    """Say that a person works at one more agency; two at once is normal."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        person = session.get_one(Person, person_id)
        _join_agency(session, person_id, agency_id, agency_typed, now)
        _record(session, "add membership", f"added an agency to {person.name}", person, by, now)


def end_membership(person_id: int, membership_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Say that a person works at an agency no longer, from today on. Raises NotFound."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        membership = session.get(Membership, membership_id)
        if membership is None or membership.person_id != person_id or membership.ended_on:
            raise NotFound
        _end(session, membership, london_date(now))
        person = session.get_one(Person, person_id)
        _record(session, "end membership", f"ended an agency of {person.name}", person, by, now)


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


def _join_agency(
    session: Session, person_id: int, agency_id: int | None, typed: str, now: datetime
) -> None:
    """Start a membership today; a name that an agency bears is that agency."""
    agency_id, typed = _agency_or_name(session, agency_id, typed)
    if agency_id is None and not typed:
        return
    session.add(
        Membership(
            person_id=person_id,
            agency_id=agency_id,
            agency_typed=typed,
            started_on=london_date(now),
        )
    )
    session.flush()


def _agency_or_name(session: Session, agency_id: int | None, typed: str) -> tuple[int | None, str]:
    if agency_id is not None:
        if session.get(Agency, agency_id) is None:
            raise Refused("Choose an agency from the list", field="agency")
        return agency_id, ""
    name = " ".join(typed.split())
    known = find_agency_by_name(name) if name else None
    return (known.id, "") if known else (None, name)


def _change_agency(
    session: Session, person_id: int, agency_id: int | None, typed: str, now: datetime
) -> None:
    """End what was the latest membership and start another, where the agency is another one."""
    agency_id, typed = _agency_or_name(session, agency_id, typed)
    today = london_date(now)
    current = memberships_on(person_id, today)
    if (agency_id is None and not typed) or any(
        membership.agency_id == agency_id and (agency_id or membership.agency_typed == typed)
        for membership in current
    ):
        return
    if current:
        _end(session, current[0], today)
    _join_agency(session, person_id, agency_id, typed, now)


def _end(session: Session, membership: Membership, on: date) -> None:
    """One begun this very day was a slip, and leaves no history."""
    if membership.started_on >= on:
        session.delete(membership)
    else:
        membership.ended_on = on


# --- Roles ----------------------------------------------------------------------------------


def grant_role(
    person_id: int,
    role: Role,
    *,
    partnership_id: int | None = None,
    agency_id: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Viewer | None,
    now: datetime,
) -> int:
    """Give a role for a partnership or an agency; the person's sessions end, so that it holds."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        grant = RoleGrant(
            person_id=person_id,
            role=role,
            partnership_id=partnership_id,
            agency_id=agency_id,
            starts_on=starts_on or london_date(now),
            ends_on=ends_on,
        )
        grant_role_within(session, grant, by, now)
        return grant.id


def grant_role_within(session: Session, grant: RoleGrant, by: Viewer | None, now: datetime) -> None:
    """Give a role in the caller's transaction. Refused where it names no one to serve."""
    for_whom = _whom_it_is_for(session, grant)
    session.add(grant)
    session.flush()
    end_sessions_within(session, grant.person_id, now)
    person = session.get_one(Person, grant.person_id)
    sentence = f"made {person.name} {grant.role.words} for {for_whom}"
    _record(session, "grant role", sentence, person, by, now, grant.partnership_id)


def end_role(grant_id: int, *, by: Viewer | None, now: datetime) -> None:
    """End a role today; the person's sessions end with it."""
    with transaction() as session:
        grant = session.get(RoleGrant, grant_id)
        if grant is None:
            raise NotFound
        grant.ends_on = max(london_date(now), grant.starts_on)
        end_sessions_within(session, grant.person_id, now)
        person = session.get_one(Person, grant.person_id)
        sentence = f"ended {person.name}’s role as {grant.role.words}"
        _record(session, "end role", sentence, person, by, now, grant.partnership_id)


def end_sessions_within(session: Session, person_id: int, now: datetime) -> None:
    """Sign a person out everywhere, in the caller's transaction."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _whom_it_is_for(session: Session, grant: RoleGrant) -> str:
    if grant.role is Role.AGENCY_LEAD:
        grant.partnership_id = None
        agency = session.get(Agency, grant.agency_id or 0)
        if agency is None:
            raise Refused("Choose the agency that they lead", field="role_for")
        return agency.name
    grant.agency_id = None
    partnership = session.get(Partnership, grant.partnership_id or 0)
    if partnership is None:
        raise Refused("Choose a partnership", field="role_for")
    return partnership.name


def _record(
    session: Session,
    act: str,
    sentence: str,
    person: Person,
    by: Viewer | None,
    now: datetime,
    partnership_id: int | None = None,
) -> None:
    """Audit what somebody else, or the command line, did to a person's record (P3)."""
    if by is None or by.person_id != person.id:
        audit.record(
            session,
            act,
            sentence,
            by=by,
            now=now,
            about=("person", person.id),
            partnership_id=partnership_id,
        )
