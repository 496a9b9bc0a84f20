"""A course that somebody asked for has a date (B16)."""

from __future__ import annotations

from datetime import datetime

from lms.accounts.queries import primary_address
from lms.booking.messages.telling import event_words, first_day
from lms.booking.models import Demand
from lms.booking.queries.demand import COURSE_RUNS, is_news
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.messaging.commands import Draft, Sender
from lms.messaging.rules import MessageFacts
from lms.messaging.templates import render
from lms.words import day_and_year


def course_runs(demand: Demand, event: Event) -> Draft | None:
    """The event, and where to book it; nothing for one who has no address."""
    person, partnership = demand.person, event.partnership
    to_address = primary_address(person)
    if not to_address:
        return None
    subject, body = render(
        "booking/mail/course_runs",
        to_name=person.name,
        partnership=partnership,
        event=event_words(event),
        event_id=event.id,
        first_day=first_day(event),
        slug=demand.course.slug,
        asked_on=day_and_year(london_date(demand.asked_at)),
    )
    return Draft(
        purpose=COURSE_RUNS,
        subject_id=demand.id,
        occurrence=str(event.id),
        to_address=to_address,
        to_name=person.name,
        sender=Sender(partnership.title, partnership.contact_email),
        subject=subject,
        body=body,
        person_id=person.id,
        event_id=event.id,
        partnership_id=partnership.id,
        is_digestible=True,
    )


def is_still_news(facts: MessageFacts, now: datetime) -> bool:
    """Whether they still want to know, and the event is still one to book."""
    return is_news(facts.subject_id, int(facts.occurrence), now)
