"""Roles: given and ended, each with the sign-in sessions that would outlive it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.access import Role, Viewer
from lms.accounts.commands.recording import record
from lms.accounts.models import Person, RoleGrant, SignInSession
from lms.agencies.models import Agency, Partnership
from lms.clock import london_date
from lms.db import lock_rows, transaction
from lms.errors import NotFound, Refused
from lms.tokens import fingerprint


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
    record(session, "grant role", sentence, person, by, now, grant.partnership_id)


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
        record(session, "end role", sentence, person, by, now, grant.partnership_id)


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
