"""Telling an agency's leads what is charged, and what is not after all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.queries import agency_leads_of
from lms.booking.messages.letters import letter
from lms.booking.messages.telling import Reader, reader_of
from lms.booking.models import Charge
from lms.booking.rules import ChargeState
from lms.clock import london_date
from lms.db import db
from lms.messaging.commands import Draft, enqueue_all
from lms.messaging.rules import MessageFacts
from lms.words import pounds

CHARGE = "charge"


def tell_leads(session: Session, charge: Charge, now: datetime) -> int:
    """Tell the leads of the booking's agency how a charge was decided; returns how many."""
    agency_id = charge.booking.agency_id
    leads = agency_leads_of(agency_id, london_date(now)) if agency_id else []
    readers = [reader for reader in map(reader_of, leads) if reader.address]
    return enqueue_all(session, [_draft(charge, reader, now) for reader in readers], now)


def _draft(charge: Charge, to: Reader, now: datetime) -> Draft:
    booking = charge.booking
    return letter(
        booking.event,
        to,
        "charge",
        purpose=CHARGE,
        subject_id=charge.id,
        occurrence=f"{charge.state}-{to.person_id}-{now:%Y%m%d%H%M%S}",
        amount=pounds(charge.pence or 0),
        is_made=charge.state is ChargeState.CONFIRMED,
        of_whom=booking.name,
        agency=booking.agency_name,
        what=charge.reason.words,
        why=charge.why if charge.state is ChargeState.WITHDRAWN else "",  # a waiver's is private
        reference=booking.reference,
    )


def is_still_decided_so(facts: MessageFacts, now: datetime) -> bool:
    """Nothing else has been decided about the charge since."""
    del now
    charge = db.session.get(Charge, facts.subject_id)
    return charge is not None and charge.state.value == facts.occurrence.split("-")[0]
