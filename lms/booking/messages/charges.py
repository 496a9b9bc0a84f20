"""Telling an agency's leads what is charged, and what is not after all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import agency_leads_of, primary_address
from lms.booking.messages.telling import event_words
from lms.booking.models import Charge
from lms.booking.rules import ChargeState
from lms.clock import london_date
from lms.db import db
from lms.messaging.commands import Draft, Sender, enqueue_all
from lms.messaging.rules import MessageFacts
from lms.messaging.templates import render
from lms.words import pounds

CHARGE = "charge"


def tell_leads(session: Session, charge: Charge, now: datetime) -> int:
    """Tell the leads of the booking's agency how a charge was decided; returns how many."""
    agency_id = charge.booking.agency_id
    leads = agency_leads_of(agency_id, london_date(now)) if agency_id else []
    drafts = [_draft(charge, lead, now) for lead in leads if primary_address(lead)]
    return enqueue_all(session, drafts, now) if drafts else 0


def _draft(charge: Charge, to: Person, now: datetime) -> Draft:
    booking, event = charge.booking, charge.booking.event
    partnership = event.partnership
    subject, body = render(
        "booking/mail/charge",
        to_name=to.name,
        partnership=partnership,
        event=event_words(event),
        amount=pounds(charge.pence or 0),
        is_made=charge.state is ChargeState.CONFIRMED,
        of_whom=booking.name,
        agency=booking.agency_name,
        what=charge.reason.words,
        why=charge.why if charge.state is ChargeState.WITHDRAWN else "",  # a waiver's is private
        reference=booking.reference,
    )
    return Draft(
        purpose=CHARGE,
        subject_id=charge.id,
        occurrence=f"{charge.state}-{to.id}-{now:%Y%m%d%H%M%S}",
        to_address=primary_address(to),
        to_name=to.name,
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        person_id=to.id,
        event_id=event.id,
        partnership_id=partnership.id,
        is_digestible=True,
    )


def is_still_decided_so(facts: MessageFacts, now: datetime) -> bool:
    """Nothing else has been decided about the charge since."""
    del now
    charge = db.session.get(Charge, facts.subject_id)
    return charge is not None and charge.state.value == facts.occurrence.split("-")[0]
