"""What delegates are told: invitations to their forms, and reminders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies.models import Partnership
from lms.clock import at_london, london_date
from lms.db import db
from lms.evaluation.queries.due import PURPOSE, Due, is_still_due, occurrence_of
from lms.evaluation.rules import is_last_message, played_back_on, window
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render
from lms.messaging.wording import Facts, Kind
from lms.words import day


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
        is_last=is_last_message(message),
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


# --- Kinds of message -----------------------------------------------------------------------


def _values(facts: Facts) -> dict[str, str]:
    return {"event": facts["title"], "day": day(london_date(facts["held_at"]))}


EXAMPLE = {
    "to_name": "Marigold Pettifer",
    "title": "Working Together to Safeguard Children",
    "held_at": at_london(date(2027, 2, 8), time(9, 30)),
    "closes_at": at_london(date(2027, 4, 30), time(17)),
    "played_back_on": date(2027, 4, 5),
    "booking_id": 12,
    "is_last": False,
}


def _kind(name: str, title: str, goes: str) -> Kind:
    return Kind(f"evaluation/mail/{name}", title, goes, EXAMPLE, _values)


KINDS = (
    _kind("pre", "Before an event: how confident are you?", "The working day before, if asked."),
    _kind("post", "At the end: how was it?", "When the event ends, to those who came."),
    _kind("post_reminder", "How was it? Once more", "Later, to those who have not answered."),
    _kind("impact", "Eight weeks after: what came of it?", "At nine, to those who attended."),
    _kind(
        "impact_reminder", "What came of it? Once more", "Later, to those who have not answered."
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
