"""What a line manager is asked, with the delegate's consent (E8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies.models import Partnership
from lms.clock import at_london, london_date
from lms.db import db
from lms.evaluation.queries.managers import (
    TO_MANAGER,
    DueToManager,
    is_still_due_to_manager,
)
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render
from lms.messaging.wording import Facts, Kind
from lms.words import day

TEMPLATE = "evaluation/mail/corroboration"


def drafts_to_managers(session: Session, due: Sequence[DueToManager]) -> list[Draft]:
    """The words of every mail that is due; one statement, whatever their number."""
    ids = {item.asked.booking.partnership_id for item in due}
    rows = session.scalars(select(Partnership).where(Partnership.id.in_(ids)))
    partnerships = {partnership.id: partnership for partnership in rows}
    return [_draft(item, partnerships[item.asked.booking.partnership_id]) for item in due]


def _draft(due: DueToManager, partnership: Partnership) -> Draft:
    asked = due.asked
    subject, body = render(
        TEMPLATE,
        to_name="",
        partnership=partnership,
        name=asked.booking.name,
        title=asked.booking.title,
        held_at=asked.booking.facts.starts_at,
        closes_at=asked.closes_at,
        request_id=asked.id,
        is_reminder=due.occurrence > 0,
    )
    return Draft(
        purpose=TO_MANAGER,
        subject_id=asked.id,
        occurrence=str(due.occurrence),
        to_address=asked.address,
        to_name="",
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        event_id=asked.booking.event_id,
        partnership_id=partnership.id,
        is_digestible=True,
    )


def is_still_true(message: MessageFacts, now: datetime) -> bool:
    """Whether the manager should still have this mail: asked of the rule that made it due."""
    return is_still_due_to_manager(db.session(), message.subject_id, message.occurrence, now)


PURPOSES: dict[str, StillTrue] = {TO_MANAGER: is_still_true}


def _values(facts: Facts) -> dict[str, str]:
    return {
        "name": facts["name"],
        "event": facts["title"],
        "day": day(london_date(facts["held_at"])),
    }


KINDS = (
    Kind(
        TEMPLATE,
        "To a line manager: have you seen it in practice?",
        "Once a delegate agrees to it, eight weeks after, and once more a week later.",
        {
            "to_name": "",
            "name": "Marigold Pettifer",
            "title": "Working Together to Safeguard Children",
            "held_at": at_london(date(2027, 2, 8), time(9, 30)),
            "closes_at": at_london(date(2027, 5, 3), time(10, 20)),
            "request_id": 7,
            "is_reminder": False,
        },
        _values,
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
