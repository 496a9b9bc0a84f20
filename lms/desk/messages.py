"""What the desk tells those who run a programme: what ends before they are in again."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import primary_address, viewer_of, working_week_of
from lms.agencies.models import Partnership
from lms.clock import london_date
from lms.db import db
from lms.desk.today.rules import Absence, Need
from lms.desk.today.sources import ENDING
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts, StillTrue
from lms.messaging.templates import render
from lms.messaging.wording import Kind

FALLS_DUE = "falls-due"
TEMPLATE = "desk/mail/falls_due"


def needs_before_back(person: Person, now: datetime) -> list[Need]:
    """What ends before somebody is in again, and can still be done."""
    absence = Absence.of(working_week_of(person.id), now)
    viewer = viewer_of(person, london_date(now))
    return [
        need
        for source in ENDING
        for need in source(viewer, now)
        if absence.ends_first(need) and not _has_ended(need, now)
    ]


def occurrence_of(need: Need, person_id: int) -> str:
    """What makes the message unique: the need, its reader, and the day on which it ends."""
    ends_on = london_date(need.ends_at) if need.ends_at else None
    return f"{need.kind}-{person_id}-{ends_on}"


def draft_about(need: Need, person: Person, partnership: Partnership, now: datetime) -> Draft:
    """One need, to one reader; several to one reader leave in one envelope."""
    absence = Absence.of(working_week_of(person.id), now)
    subject, body = render(
        TEMPLATE,
        to_name=person.name,
        partnership=partnership,
        need=need,
        back=absence.words,
    )
    return Draft(
        purpose=FALLS_DUE,
        subject_id=need.subject_id,
        occurrence=occurrence_of(need, person.id),
        to_address=primary_address(person),
        to_name=person.name,
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        person_id=person.id,
        partnership_id=partnership.id,
        is_digestible=True,
    )


def is_still_due(message: MessageFacts, now: datetime) -> bool:
    """Whether it still waits for its reader: by the function that found it due."""
    session: Session = db.session()
    person_id = int(message.occurrence.split("-")[1])
    person = session.get(Person, person_id)
    return person is not None and any(
        (need.subject_id, occurrence_of(need, person_id))
        == (message.subject_id, message.occurrence)
        for need in needs_before_back(person, now)
    )


def _has_ended(need: Need, now: datetime) -> bool:
    return need.ends_at is not None and need.ends_at <= now


PURPOSES: dict[str, StillTrue] = {FALLS_DUE: is_still_due}

KINDS = (
    Kind(
        TEMPLATE,
        "Something ends while you are away",
        "To a coordinator, on the last day in before it ends.",
        {
            "to_name": "Idris Larkspur",
            "need": SimpleNamespace(
                title="Name a trainer: Safer Recruitment",
                text="Wednesday 27 January, nobody booked yet.",
                deadline="Joining instructions go Tuesday 26 January.",
                href="/manage/events/7/edit",
            ),
            "back": "Friday 29 January",
        },
    ),
)
"""Kinds of message, for the page on which a partnership words them."""
