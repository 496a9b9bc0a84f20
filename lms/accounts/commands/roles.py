"""Roles: given and ended, each with the sign-in sessions that would outlive it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.access import Role, Viewer
from lms.accounts.commands.recording import record
from lms.accounts.models import Person, RoleGrant, SignInSession
from lms.agencies.models import Agency, Partnership
from lms.clock import london_date
from lms.db import lock_rows, transaction
from lms.errors import NotFound, Refused
from lms.tokens import fingerprint

LAST_OF_ITS_KIND = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})


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
    if grant.ends_on is not None and grant.ends_on <= grant.starts_on:
        raise Refused("Enter a day after the one on which it begins", field="ends_on")
    _refuse_twice(session, grant)
    session.add(grant)
    session.flush()
    end_sessions_within(session, grant.person_id, now)
    person = session.get_one(Person, grant.person_id)
    sentence = f"made {person.name} {grant.role.words} for {for_whom}"
    record(session, "grant role", sentence, person, by, now, grant.partnership_id)


def end_role(grant_id: int, *, by: Viewer | None, now: datetime) -> None:
    """End a role today; the person's sessions end with it."""
    with transaction() as session:
        grant = session.get(RoleGrant, grant_id)
        if grant is None:
            raise NotFound
        lock_rows(session, Person, [grant.person_id])
        _refuse_to_leave_nobody(session, grant, by, now)
        end_role_within(session, grant, by, now)


def end_role_within(session: Session, grant: RoleGrant, by: Viewer | None, now: datetime) -> None:
    """End a role in the caller's transaction, which has the lock on its person."""
    grant.ends_on = max(london_date(now), grant.starts_on)
    end_sessions_within(session, grant.person_id, now)
    person = session.get_one(Person, grant.person_id)
    sentence = f"ended {person.name}’s role as {grant.role.words}"
    record(session, "end role", sentence, person, by, now, grant.partnership_id)


def _refuse_to_leave_nobody(
    session: Session, grant: RoleGrant, by: Viewer | None, now: datetime
) -> None:
    """Nobody ends their own role as the last who could undo it: another must hold it first."""
    if by is None or by.person_id != grant.person_id or grant.role not in LAST_OF_ITS_KIND:
        return
    today = london_date(now)
    others = select(RoleGrant.id).where(
        RoleGrant.role == grant.role,
        RoleGrant.partnership_id == grant.partnership_id,
        RoleGrant.person_id != grant.person_id,
        RoleGrant.starts_on <= today,
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today),
    )
    if session.scalars(others.limit(1)).first() is None:
        raise Refused(
            f"You are the only {grant.role.words} there. Give the role to somebody else first."
        )


def end_sessions_within(session: Session, person_id: int, now: datetime, *, but: str = "") -> None:
    """Sign a person out everywhere, in the caller's transaction; `but` is a key that stays good."""
    session.execute(
        update(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.fingerprint != fingerprint(but),
        )
        .values(ended_at=now)
    )


def _refuse_twice(session: Session, grant: RoleGrant) -> None:
    """One role for one body once at a time: two that overlap would be ended one by one."""
    same = select(RoleGrant).where(
        RoleGrant.person_id == grant.person_id,
        RoleGrant.role == grant.role,
        RoleGrant.partnership_id.is_not_distinct_from(grant.partnership_id),
        RoleGrant.agency_id.is_not_distinct_from(grant.agency_id),
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > grant.starts_on),
    )
    for other in session.scalars(same):
        if grant.ends_on is None or other.starts_on < grant.ends_on:
            raise Refused("They hold this role in that time already", field="role")


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
