"""To those who run an event: that fewer have booked than it needs, before it is decided (B18)."""

from __future__ import annotations

from datetime import datetime

from lms.accounts.models import Person
from lms.booking.messages.letters import letter
from lms.booking.messages.telling import reader_of
from lms.booking.queries.decisions import InDoubt, count_confirmed, minimum_at
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db
from lms.messaging.commands import Draft
from lms.messaging.rules import MessageFacts
from lms.words import day_and_year

FEW_BOOKED = "few-booked"


def few_booked(each: InDoubt, to: Person) -> Draft:
    """How many have booked, how many it needs, by when it is decided, and how."""
    minimum = each.minimum
    return letter(
        each.event,
        reader_of(to),
        "few_booked",
        purpose=FEW_BOOKED,
        subject_id=each.event.id,
        occurrence=f"{to.id}-{minimum.decide_on:%Y%m%d}",
        booked=minimum.booked,
        needed=minimum.places,
        decide_on=day_and_year(minimum.decide_on),
    )


def is_still_in_doubt(facts: MessageFacts, now: datetime) -> bool:
    """The event is still to be decided about, by the day that the message names."""
    event = db.session.get(Event, facts.subject_id)
    if event is None or event.state is not EventState.PUBLISHED:
        return False
    minimum = minimum_at(event, count_confirmed(event.id), now)
    if minimum is None or not minimum.is_in_doubt:
        return False
    return facts.occurrence.endswith(f"-{minimum.decide_on:%Y%m%d}")
