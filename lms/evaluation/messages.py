"""What this slice tells people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies.models import Partnership
from lms.db import db
from lms.evaluation.queries.due import PURPOSE, Due, is_still_due, occurrence_of
from lms.evaluation.rules import played_back_on, window
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render


def drafts_for(session: Session, due: Sequence[Due]) -> list[Draft]:
    """The words of every message that is due; one statement, whatever their number."""
    partnerships = _partnerships(session, {item.booking.partnership_id for item in due})
    return [_draft(item, partnerships) for item in due]


def _partnerships(session: Session, ids: Iterable[int]) -> Mapping[int, Partnership]:
    rows = session.scalars(select(Partnership).where(Partnership.id.in_(ids)))
    return {partnership.id: partnership for partnership in rows}


def _draft(due: Due, partnerships: Mapping[int, Partnership]) -> Draft:
    booking, message = due
    partnership = partnerships[booking.partnership_id]
    open_for = window(booking.facts, message.stage)
    reminder = "_reminder" if message.occurrence else ""
    subject, body = render(
        f"evaluation/mail/{message.stage.value}{reminder}",
        to_name=booking.name,
        partnership=partnership,
        title=booking.title,
        held_at=booking.facts.starts_at,
        closes_at=open_for.closes_at if open_for else booking.facts.ends_at,
        played_back_on=played_back_on(booking.facts),
        booking_id=booking.booking_id,
    )
    return Draft(
        purpose=PURPOSE,
        subject_id=booking.booking_id,
        occurrence=occurrence_of(message),
        to_address=booking.address or "",
        to_name=booking.name,
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        person_id=booking.person_id,
        event_id=booking.event_id,
        partnership_id=booking.partnership_id,
        is_digestible=True,
    )


def is_still_true(message: MessageFacts, now: datetime) -> bool:
    """Whether the booking should still have this message: asked of the rule that made it due."""
    return is_still_due(db.session(), message.subject_id, message.occurrence, now)


PURPOSES: dict[str, StillTrue] = {PURPOSE: is_still_true}
