"""To safeguarding leads: that a text waits for them, never the text (E10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import primary_address, safeguarding_leads_of
from lms.agencies.models import Partnership
from lms.clock import at_london, london_date
from lms.db import db
from lms.evaluation.queries.concerns import open_concerns
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render
from lms.messaging.wording import Facts, Kind
from lms.words import day

PURPOSE = "concern"


def drafts_to_leads(
    session: Session, waiting: Sequence[tuple[int, int, datetime]], now: datetime
) -> list[Draft]:
    """What to tell each safeguarding lead of the partnership of each text that waits.

    `waiting` are (statement, partnership, when it was sent on).
    """
    ids = {partnership for _, partnership, _ in waiting}
    rows = session.scalars(select(Partnership).where(Partnership.id.in_(ids)))
    partnerships = {partnership.id: partnership for partnership in rows}
    leads = {one: safeguarding_leads_of(one, london_date(now)) for one in ids}
    return [
        _draft(statement, partnerships[partnership], flagged_at, lead)
        for statement, partnership, flagged_at in waiting
        for lead in leads[partnership]
        if primary_address(lead)
    ]


def _draft(
    statement_id: int, partnership: Partnership, flagged_at: datetime, lead: Person
) -> Draft:
    subject, body = render(
        "evaluation/mail/concern",
        to_name=lead.name,
        partnership=partnership,
        flagged_at=flagged_at,
        statement_id=statement_id,
    )
    return Draft(
        purpose=PURPOSE,
        subject_id=statement_id,
        occurrence=f"{int(flagged_at.timestamp())}-{lead.id}",
        to_address=primary_address(lead),
        to_name=lead.name,
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        person_id=lead.id,
        partnership_id=partnership.id,
        is_urgent=True,
    )


def is_open_still(message: MessageFacts, now: datetime) -> bool:
    """Whether the text waits still, and the reader is still safeguarding lead."""
    flagged, _, lead_id = message.occurrence.partition("-")
    found = [
        partnership
        for statement, partnership, at in open_concerns(db.session())
        if statement == message.subject_id and str(int(at.timestamp())) == flagged
    ]
    leads = [lead for one in found for lead in safeguarding_leads_of(one, london_date(now))]
    return any(str(lead.id) == lead_id for lead in leads)


PURPOSES: dict[str, StillTrue] = {PURPOSE: is_open_still}


def _values(facts: Facts) -> dict[str, str]:
    return {"day": day(london_date(facts["flagged_at"]))}


KINDS = (
    Kind(
        "evaluation/mail/concern",
        "A text that shows somebody at risk",
        "To the safeguarding lead, as soon as a coordinator sends a text on.",
        {
            "to_name": "Tamsin Quillfeather",
            "flagged_at": at_london(date(2027, 2, 9), time(10, 15)),
            "statement_id": 12,
        },
        _values,
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
