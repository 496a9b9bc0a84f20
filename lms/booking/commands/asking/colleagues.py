"""Colleagues who are to have a place: those who are known, and those to be added by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Viewer
from lms.accounts.commands import PersonDetails, add_person_within
from lms.accounts.models import PersonEmail
from lms.accounts.rules import normal_address
from lms.agencies.models import Agency
from lms.agencies.queries import lineages, suggest_agencies
from lms.clock import london_date
from lms.errors import Refused


@dataclass(frozen=True)
class NewColleague:
    """A colleague as somebody writes them down; one who is known already keeps their own name."""

    name: str
    address: str


def colleague_within(
    session: Session,
    whom: int | NewColleague,
    agency_id: int | None,
    agency_typed: str,
    by: Viewer | None,
    now: datetime,
) -> int:
    """The person's id; one who is not known is added as working for that agency.

    Before the event is locked: adding takes the turn of the address. Raises Refused.
    """
    if isinstance(whom, int):
        return whom
    address = normal_address(whom.address)
    known = session.scalar(select(PersonEmail.person_id).where(PersonEmail.address == address))
    if known is not None:
        return known
    _refuse_address_of_others(session, address, agency_id, now)
    details = PersonDetails(whom.name, address, agency_id=agency_id, agency_typed=agency_typed)
    person = add_person_within(session, details, now)
    sentence = f"added {person.name} as a colleague"
    audit.record(session, "add person", sentence, by=by, now=now, about=("person", person.id))
    return person.id


def _refuse_address_of_others(
    session: Session, address: str, agency_id: int | None, now: datetime
) -> None:
    """An address that speaks for agencies alone of which this is no part is no colleague's."""
    spoken_for = suggest_agencies(address, london_date(now))
    above = lineages()
    own = above[agency_id] if agency_id else ()
    if not spoken_for or any(
        agency.id in own or agency_id in above[agency.id] for agency in spoken_for
    ):
        return
    agency = session.get(Agency, agency_id) if agency_id else None
    whose = f"at {agency.name}" if agency else "of the same agency"
    raise Refused(
        f"{address} is an address of {spoken_for[0].name}: enter one of a colleague {whose}",
        field="email",
    )
