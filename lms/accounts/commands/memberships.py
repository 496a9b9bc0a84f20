"""Where people work: memberships begun and ended, with what was before kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.access import Role, Viewer
from lms.accounts.commands.recording import record
from lms.accounts.commands.roles import end_role_within
from lms.accounts.models import Membership, Person, RoleGrant
from lms.accounts.queries import memberships_on
from lms.agencies.models import Agency
from lms.agencies.queries import find_agency_by_name
from lms.clock import london_date
from lms.db import lock_rows, transaction
from lms.errors import NotFound, Refused
from lms.words import day_and_year


def add_membership(
    person_id: int, *, agency_id: int | None, agency_typed: str, by: Viewer | None, now: datetime
) -> None:
    """Say that a person works at one more agency; two at once is normal."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        person = session.get_one(Person, person_id)
        join_agency_within(session, person_id, agency_id, agency_typed, london_date(now))
        record(
            session,
            "add membership",
            f"added an agency of {person.name}: {_name_of(session, agency_id, agency_typed)}",
            person,
            by,
            now,
        )


def end_membership(person_id: int, membership_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Say that a person works at an agency no longer, from today on. Raises NotFound."""
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        membership = session.get(Membership, membership_id)
        if membership is None or membership.person_id != person_id or membership.ended_on:
            raise NotFound
        left = membership.agency.name if membership.agency else membership.agency_typed
        agency_id = membership.agency_id
        _end(session, membership, london_date(now))
        if agency_id is not None:
            _end_lead(session, person_id, agency_id, by, now)
        person = session.get_one(Person, person_id)
        record(
            session, "end membership", f"said that {person.name} has left {left}", person, by, now
        )


def _end_lead(
    session: Session, person_id: int, agency_id: int, by: Viewer | None, now: datetime
) -> None:
    """Whoever has left an agency leads it no longer, nor will."""
    today = london_date(now)
    held = select(RoleGrant).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == Role.AGENCY_LEAD,
        RoleGrant.agency_id == agency_id,
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today),
    )
    for grant in list(session.scalars(held)):
        end_role_within(session, grant, by, now)


def move_agency(
    person_id: int,
    *,
    leaves: int | None,
    agency_id: int | None,
    agency_typed: str,
    on: date,
    by: Viewer | None,
    now: datetime,
) -> None:
    """End one membership on a day, today at the latest, and begin another on it.

    Bookings keep the agency that they were made for. `leaves` is None for somebody who works
    nowhere yet. Raises NotFound, or Refused for a day or an agency that cannot be.
    """
    with transaction() as session:
        lock_rows(session, Person, [person_id])
        today = london_date(now)
        if on > today:
            raise Refused("Enter today’s date or an earlier one", field="on")
        agency_id, agency_typed = _agency_or_name(session, agency_id, agency_typed)
        current = memberships_on(person_id, today)
        if any(_is_at(membership, agency_id, agency_typed) for membership in current):
            raise Refused("You work there already, as far as we know", field="agency")
        if leaves is not None:
            _leave(session, current, leaves, on)
        join_agency_within(session, person_id, agency_id, agency_typed, on)
        person = session.get_one(Person, person_id)
        record(
            session,
            "move agency",
            f"changed the agency of {person.name} to {_name_of(session, agency_id, agency_typed)}",
            person,
            by,
            now,
        )


def _leave(session: Session, current: list[Membership], leaves: int, on: date) -> None:
    left = next((m for m in current if m.id == leaves and m.ended_on is None), None)
    if left is None:
        raise NotFound
    if on < left.started_on:
        began = day_and_year(left.started_on)
        raise Refused(f"Enter {began} or later: until then you were not there", field="on")
    _end(session, left, on)


def join_agency_within(
    session: Session, person_id: int, agency_id: int | None, typed: str, on: date
) -> None:
    """Start a membership on a day; a name that an agency bears is that agency."""
    agency_id, typed = _agency_or_name(session, agency_id, typed)
    if agency_id is None and not typed:
        return
    session.add(
        Membership(
            person_id=person_id,
            agency_id=agency_id,
            agency_typed=typed,
            started_on=on,
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


def change_agency_within(
    session: Session, person_id: int, agency_id: int | None, typed: str, now: datetime
) -> None:
    """End what was the latest membership and start another, where the agency is another one."""
    agency_id, typed = _agency_or_name(session, agency_id, typed)
    today = london_date(now)
    current = memberships_on(person_id, today)
    if (agency_id is None and not typed) or any(_is_at(m, agency_id, typed) for m in current):
        return
    if current:
        _end(session, current[0], today)
    join_agency_within(session, person_id, agency_id, typed, today)


def _name_of(session: Session, agency_id: int | None, typed: str) -> str:
    agency = session.get(Agency, agency_id) if agency_id else None
    return agency.name if agency else typed


def _is_at(membership: Membership, agency_id: int | None, typed: str) -> bool:
    same_name = agency_id is not None or membership.agency_typed == typed
    return membership.agency_id == agency_id and same_name


def _end(session: Session, membership: Membership, on: date) -> None:
    """One begun this very day was a slip, and leaves no history."""
    if membership.started_on >= on:
        session.delete(membership)
    else:
        membership.ended_on = on
