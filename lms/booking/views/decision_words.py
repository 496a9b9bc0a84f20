"""Whether an event that needs a minimum runs, in words: for delegates, and for those who decide."""

from __future__ import annotations

from datetime import datetime

from lms.booking.queries.decisions import minimum_at
from lms.booking.rules.decisions import Minimum, Prospects
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.words import count, day, sentence_case

ENOUGH = "Yes: enough people have booked"
GOES_AHEAD = "Yes: it goes ahead"


def to_delegates(event: Event, booked: int, now: datetime) -> str:
    """What the event's page says; nothing of one that needs no minimum, is off or has begun."""
    minimum = minimum_to_come(event, booked, now)
    if minimum is None:
        return ""
    if minimum.prospects is Prospects.GOES_AHEAD:
        return GOES_AHEAD
    if minimum.prospects is Prospects.ENOUGH:
        return ENOUGH
    if minimum.prospects is Prospects.DUE:
        return "Fewer have booked than it needs. You are told if it does not run"
    needed = count(minimum.places, "person has", "people have")
    so_far = f"{_who(minimum.booked, 'has', 'have')} so far"
    by = day(minimum.decide_on)
    return f"If {needed} a place by {by}. {so_far}. You are told if it does not run"


def to_those_who_decide(event: Event, booked: int, now: datetime) -> str:
    """How it stands and what is to be done, at the head of the event's page of places."""
    minimum = minimum_to_come(event, booked, now)
    if minimum is None:
        return ""
    have = f"{_who(minimum.booked, 'person has', 'people have')} a place"
    of = f"{have}, and it needs {minimum.places}"
    by = day(minimum.decide_on)
    if event.decided_at is not None:
        return f"It goes ahead: decided on {day(london_date(event.decided_at))}. {of}."
    if minimum.prospects is Prospects.ENOUGH:
        return (
            f"It runs as things stand: {have[0].lower()}{have[1:]}, and it needs {minimum.places}."
        )
    if minimum.prospects is Prospects.DUE:
        return f"Decide whether it runs: that was to be by {by}. {of}."
    return f"Decide by {by} whether it runs. {of}."


def _who(booked: int, one: str, many: str) -> str:
    """'Nobody has', 'One person has', 'Five people have'."""
    return sentence_case(count(booked, one, many)) if booked else "Nobody has"


def is_in_doubt(event: Event, booked: int, now: datetime) -> bool:
    """Whether those who run it can decide something now: of a published event alone."""
    minimum = minimum_to_come(event, booked, now)
    return event.state is EventState.PUBLISHED and minimum is not None and minimum.is_in_doubt


def minimum_to_come(event: Event, booked: int, now: datetime) -> Minimum | None:
    """How a published event that is to come stands to its minimum, if it has one."""
    is_to_come = event.starts_at is not None and event.starts_at > now
    if event.state not in (EventState.PUBLISHED, EventState.DRAFT) or not is_to_come:
        return None
    return minimum_at(event, booked, now)
