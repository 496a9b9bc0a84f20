"""Agencies: what they are, whom they belong to, and how many people they have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.agencies.models import Agency, AgencyDomain, Headcount, Partnership
from lms.agencies.queries import find_agency_by_name, lineage
from lms.agencies.rules import Sector, agency_fault, domain_fault
from lms.db import transaction
from lms.errors import NotFound, Refused


@dataclass(frozen=True)
class AgencyDetails:
    """What an agency is. `closed_on` is the first day on which it is no more."""

    name: str
    sector: Sector
    partnership_ids: frozenset[int]
    parent_id: int | None = None
    domains: tuple[str, ...] = ()
    opened_on: date | None = None
    closed_on: date | None = None
    successor_id: int | None = None


def add_agency(details: AgencyDetails, *, by: Viewer | None, now: datetime) -> int:
    """Add an agency. Refused where its name is taken or its facts do not go together."""
    with transaction() as session:
        agency = Agency()
        write_agency_within(session, agency, details)
        _record(session, "add agency", f"added {agency.name}", agency, by, now)
        return agency.id


def change_agency(
    agency_id: int, details: AgencyDetails, *, by: Viewer | None, now: datetime
) -> None:
    """Change an agency; its membership of partnerships that `by` does not run stays as it is."""
    with transaction() as session:
        agency = session.get(Agency, agency_id)
        if agency is None:
            raise NotFound
        write_agency_within(session, agency, details)
        _record(session, "change agency", f"changed {agency.name}", agency, by, now)


def write_agency_within(session: Session, agency: Agency, details: AgencyDetails) -> None:
    """Check and write an agency's facts in the caller's transaction."""
    details = _checked(details, agency.id)
    agency.name = details.name
    agency.sector = details.sector
    agency.parent_id = details.parent_id
    agency.opened_on = details.opened_on
    agency.closed_on = details.closed_on
    agency.successor_id = details.successor_id
    wanted = select(Partnership).where(Partnership.id.in_(details.partnership_ids))
    agency.partnerships = list(session.scalars(wanted.order_by(Partnership.name)))
    known = {row.domain: row for row in agency.domains}
    agency.domains = [known.get(d) or AgencyDomain(domain=d) for d in details.domains]
    session.add(agency)
    session.flush()


def set_headcount(
    agency_id: int,
    partnership_id: int,
    year: int,
    people: int,
    *,
    by: Viewer | None,
    now: datetime,
) -> None:
    """Say how many people an agency has in a partnership's area, for a reporting year."""
    with transaction() as session:
        agency = session.get(Agency, agency_id)
        if agency is None:
            raise NotFound
        if set_headcount_within(session, agency_id, partnership_id, year, people):
            sentence = f"set the headcount of {agency.name} for {year} to {people}"
            _record(session, "set headcount", sentence, agency, by, now)


def set_headcount_within(
    session: Session, agency_id: int, partnership_id: int, year: int, people: int
) -> bool:
    """Set one headcount in the caller's transaction; whether that changed anything."""
    if people < 0:
        raise Refused("Enter how many people, such as 120", field="people")
    found = session.scalars(
        select(Headcount).where(
            Headcount.agency_id == agency_id,
            Headcount.partnership_id == partnership_id,
            Headcount.year == year,
        )
    ).one_or_none()
    if found is not None and found.people == people:
        return False
    headcount = found or Headcount(agency_id=agency_id, partnership_id=partnership_id, year=year)
    headcount.people = people
    session.add(headcount)
    session.flush()
    return True


def _checked(details: AgencyDetails, agency_id: int | None) -> AgencyDetails:
    name = " ".join(details.name.split())
    domains = tuple(
        sorted({domain.strip().lower() for domain in details.domains if domain.strip()})
    )
    if not name:
        raise Refused("Enter the agency’s name", field="name")
    namesake = find_agency_by_name(name)
    if namesake is not None and namesake.id != agency_id:
        raise Refused(f"There is an agency called {namesake.name} already", field="name")
    ancestors = lineage(details.parent_id) if details.parent_id else ()
    faults = (
        agency_fault(
            agency_id=agency_id,
            ancestors=ancestors,
            successor_id=details.successor_id,
            partnership_ids=details.partnership_ids,
            opened_on=details.opened_on,
            closed_on=details.closed_on,
        ),
        *(domain_fault(domain) for domain in domains),
    )
    for fault in filter(None, faults):
        raise Refused(fault.sentence, field=fault.field)
    return replace(details, name=name, domains=domains)


def _record(
    session: Session, act: str, sentence: str, agency: Agency, by: Viewer | None, now: datetime
) -> None:
    audit.record(session, act, sentence, by=by, now=now, about=("agency", agency.id))
