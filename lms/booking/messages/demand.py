"""A course that somebody asked for has a date (B16)."""

from __future__ import annotations

from datetime import datetime

from lms.booking.messages.letters import letter
from lms.booking.messages.telling import reader_of
from lms.booking.models import Demand
from lms.booking.queries.demand import COURSE_RUNS, is_news
from lms.catalogue.models import Event
from lms.clock import london_date
from lms.messaging.commands import Draft
from lms.messaging.rules import MessageFacts
from lms.words import day_and_year


def course_runs(demand: Demand, event: Event) -> Draft | None:
    """The event, and where to book it; nothing for one who has no address."""
    reader = reader_of(demand.person)
    if not reader.address:
        return None
    return letter(
        event,
        reader,
        "course_runs",
        purpose=COURSE_RUNS,
        subject_id=demand.id,
        occurrence=str(event.id),
        slug=demand.course.slug,
        asked_on=day_and_year(london_date(demand.asked_at)),
    )


def is_still_news(facts: MessageFacts, now: datetime) -> bool:
    """Whether they still want to know, and the event is still one to book."""
    return is_news(facts.subject_id, int(facts.occurrence), now)
