"""Saying whose address may approve bookings of an agency, where its domain does not tell (B10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import audit
from lms.access import Permission, Viewer
from lms.accounts.rules import normal_address
from lms.agencies.models import Agency
from lms.agencies.queries import ids_under
from lms.booking.models import KnownApprover
from lms.db import transaction
from lms.errors import NotFound, Refused


def vouch_for_approver(agency_id: int, address: str, *, by: Viewer, now: datetime) -> None:
    """Let an address approve for an agency that `by` leads or that is of their partnership.

    Said twice it changes nothing. Raises NotFound, or Refused for what is no address.
    """
    known = _address(address)
    with transaction() as session:
        agency = session.get(Agency, agency_id)
        if agency is None or not _may_vouch(session, by, agency):
            raise NotFound
        there = select(KnownApprover.id).where(
            KnownApprover.agency_id == agency_id, KnownApprover.address == known
        )
        if session.scalar(there) is not None:
            return
        session.add(
            KnownApprover(
                agency_id=agency_id, address=known, known_since=now, known_to_id=by.person_id
            )
        )
        _record(session, f"let {known} approve bookings of {agency.name}", agency, by, now)


def forget_approver(known_id: int, *, by: Viewer, now: datetime) -> None:
    """Let an address approve no more; what it has approved stays. Raises NotFound."""
    with transaction() as session:
        known = session.get(KnownApprover, known_id)
        if known is None or not _may_vouch(session, by, known.agency):
            raise NotFound
        agency = known.agency
        sentence = f"let {known.address} no longer approve bookings of {agency.name}"
        _record(session, sentence, agency, by, now)
        session.delete(known)


def _address(typed: str) -> str:
    try:
        return normal_address(typed)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="address") from None


def _may_vouch(session: Session, by: Viewer, agency: Agency) -> bool:
    if any(by.can(Permission.RUN_PROGRAMME, each.id) for each in agency.partnerships):
        return True
    led = ids_under(by.agencies(Permission.LEAD_AGENCY))
    return agency.id in set(session.scalars(led))


def _record(session: Session, sentence: str, agency: Agency, by: Viewer, now: datetime) -> None:
    audit.record(
        session,
        "vouch",
        sentence,
        by=by,
        now=now,
        about=("agency", agency.id),
        partnership_id=agency.partnerships[0].id if agency.partnerships else None,
    )
