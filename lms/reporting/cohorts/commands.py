"""Cohorts are made, changed and retired by those who run a partnership's programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.accounts.models import PersonEmail
from lms.audit import record
from lms.clock import london_date
from lms.db import take_turn, transaction
from lms.errors import NotFound, Refused
from lms.reporting.cohorts.models import Cohort, CohortMember
from lms.reporting.cohorts.rules import CohortDetails, refuse_unsound
from lms.words import count

AT_A_TIME = 500  # values in one statement


def add_cohort(partnership_id: int, details: CohortDetails, *, by: Viewer, now: datetime) -> int:
    """Name a cohort. Raises Refused where it cannot be so, or there is one of that name."""
    refuse_unsound(details, london_date(now))
    if not by.can(Permission.RUN_PROGRAMME, partnership_id):
        raise NotFound
    with transaction() as session:
        take_turn(session, f"names of cohorts {partnership_id}")
        _refuse_same_name(session, partnership_id, details.name, None)
        row = Cohort(partnership_id=partnership_id, **_written(details, by, now))
        session.add(row)
        session.flush()
        _write_members(session, row.id, details.addresses)
        _record(session, "add cohort", f"named the cohort {_told(details)}", row, by, now)
        return row.id


def change_cohort(
    cohort_id: int,
    details: CohortDetails,
    *,
    by: Viewer,
    now: datetime,
    seen_at: datetime | None = None,
) -> None:
    """Bring a cohort to what is given; twice is once.

    Raises as `add_cohort` does, and Refused where it was changed after `seen_at`: whoever was added
    in one window is not to be lost by saving another.
    """
    refuse_unsound(details, london_date(now))
    with transaction() as session:
        take_turn(session, f"cohort {cohort_id}")
        row = _one(session, cohort_id, by)
        if _stands(row, details):
            return
        if seen_at is not None and row.changed_at != seen_at:
            raise Refused(
                "Somebody changed this cohort after you opened it. Save again to put what stands "
                "here in its place, or open it anew to see how it is now"
            )
        take_turn(session, f"names of cohorts {row.partnership_id}")
        _refuse_same_name(session, row.partnership_id, details.name, row.id)
        for name, value in _written(details, by, now).items():
            setattr(row, name, value)
        session.flush()
        _write_members(session, row.id, details.addresses)
        _record(session, "change cohort", f"changed the cohort {_told(details)}", row, by, now)


def retire_cohort(cohort_id: int, *, by: Viewer, now: datetime) -> None:
    """Leave a cohort out of the reports of what begins from today on; nothing is deleted."""
    with transaction() as session:
        row = _one(session, cohort_id, by)
        if row.retired_on is None:
            row.retired_on = london_date(now)
            _record(session, "retire cohort", f"retired the cohort {row.name}", row, by, now)


def take_up_cohort(cohort_id: int, *, by: Viewer, now: datetime) -> None:
    """Take a retired cohort up again."""
    with transaction() as session:
        row = _one(session, cohort_id, by)
        if row.retired_on is not None:
            row.retired_on = None
            _record(session, "take up cohort", f"took up the cohort {row.name} again", row, by, now)


def _stands(row: Cohort, details: CohortDetails) -> bool:
    """Whether the cohort is as given already."""
    if details.is_list:
        addresses = {member.address for member in row.members}
        same = row.number is None and addresses == set(details.addresses)
    else:
        of = (row.number, row.job_role, row.sector)
        same = of == (details.number, details.job_role, details.sector)
    return same and (row.name, row.counted_on) == (details.name, details.counted_on)


def _written(details: CohortDetails, by: Viewer, now: datetime) -> dict[str, object]:
    return {
        "name": details.name,
        "counted_on": details.counted_on,
        "number": details.number,
        "job_role": "" if details.is_list else details.job_role,
        "sector": None if details.is_list else details.sector,
        "changed_at": now,
        "changed_by_person_id": by.person_id,
    }


def _write_members(session: Session, cohort_id: int, addresses: Iterable[str]) -> None:
    """Bring the list to these addresses; those that stay keep whom they were found to be."""
    wanted = set(addresses)
    known = set(
        session.scalars(select(CohortMember.address).where(CohortMember.cohort_id == cohort_id))
    )
    gone, new = sorted(known - wanted), sorted(wanted - known)
    for part in _parts(gone):
        session.execute(
            delete(CohortMember).where(
                CohortMember.cohort_id == cohort_id, CohortMember.address.in_(part)
            )
        )
    for part in _parts(new):
        people = dict(
            iter(
                session.execute(
                    select(PersonEmail.address, PersonEmail.person_id).where(
                        PersonEmail.address.in_(part)
                    )
                )
            )
        )
        session.execute(
            insert(CohortMember),
            [
                {"cohort_id": cohort_id, "address": address, "person_id": people.get(address)}
                for address in part
            ],
        )


def _parts(addresses: list[str]) -> list[list[str]]:
    return [addresses[at : at + AT_A_TIME] for at in range(0, len(addresses), AT_A_TIME)]


def _refuse_same_name(session: Session, partnership_id: int, name: str, but: int | None) -> None:
    rows = session.execute(
        select(Cohort.id, Cohort.name).where(Cohort.partnership_id == partnership_id)
    )
    if any(n.casefold() == name.casefold() and i != but for i, n in rows):
        raise Refused(
            f"There is a cohort {name} already: change that, or choose another name", field="name"
        )


def _one(session: Session, cohort_id: int, by: Viewer) -> Cohort:
    row = session.get(Cohort, cohort_id)
    if row is None or not by.can(Permission.RUN_PROGRAMME, row.partnership_id):
        raise NotFound
    return row


def _told(details: CohortDetails) -> str:
    people = details.number if details.number is not None else len(details.addresses)
    return f"{details.name}: {count(people, 'person', 'people')}"


def _record(
    session: Session, act: str, sentence: str, row: Cohort, by: Viewer, now: datetime
) -> None:
    record(
        session,
        act,
        sentence,
        by=by,
        now=now,
        about=("cohort", row.id),
        partnership_id=row.partnership_id,
    )
