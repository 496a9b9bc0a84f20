"""What a change of an event changes, for reading before it is saved."""

from __future__ import annotations

from typing import NamedTuple

from lms.access import Viewer
from lms.booking.queries.planning import names_of
from lms.booking.views.rows import where_of
from lms.catalogue.models import Event
from lms.catalogue.rules import EventDetails, EventMode
from lms.clock import london_date
from lms.words import day_and_year, listed, moment, span


class Change(NamedTuple):
    """A fact that changes; `before` and `after` are empty where only that it changes is said."""

    what: str
    before: str = ""
    after: str = ""


LONG_FACTS = {
    "venue_access": "Getting there, and access",
    "joining_link": "The joining link",
    "joining_instructions": "What to bring or do beforehand",
    "trainer_ids": "The trainers",
    "stages": "When people are asked about it",
    "level": "The level",
    "remit": "Who it is about",
    "aims": "What it is about",
    "audience": "Who it is for",
    "outcomes": "What people will be able to do",
    "priority_ids": "The priorities",
    "theme_ids": "The themes",
    "course_id": "The course",
    "kind": "The kind of event",
}


def what_changes(before: EventDetails, after: EventDetails) -> list[Change]:
    """Each fact that differs: short ones with both values, long ones by name."""
    short = [
        Change(what, one, other)
        for what, one, other in zip(SHORT_FACTS, _short(before), _short(after), strict=True)
        if one != other
    ]
    long = [
        Change(what)
        for name, what in LONG_FACTS.items()
        if getattr(before, name) != getattr(after, name)
    ]
    return short + long


def _places(details: EventDetails) -> str:
    if details.mode is not EventMode.HYBRID:
        return str(details.capacity)
    return f"{details.capacity} in the room, {details.online_capacity or 0} online"


SHORT_FACTS = (
    *("Title", "Days and times", "Where", "Provider", "Places", "Booking closes", "Price", "Cost"),
    *("Must have booked", "Decided by"),
)


def _short(details: EventDetails) -> tuple[str, ...]:
    days = "; ".join(
        f"{day_and_year(london_date(s.starts_at))}, {span(s.starts_at, s.ends_at)}"
        for s in sorted(details.sessions, key=lambda session: session.starts_at)
    )
    return (
        details.title,
        days or "none",
        where_of(details.mode, details.venue) or "not said",
        details.provider or "none",
        _places(details),
        moment(details.closes_at) if details.closes_at else "as usual",
        f"£{details.price:.2f}" if details.price else "free",
        f"£{details.cost:.2f}" if details.cost else "not said",
        str(details.minimum_places) if details.minimum_places else "no minimum",
        day_and_year(details.decide_on) if details.decide_on else "as usual",
    )


def trainers_told(event: Event, after: EventDetails, *, is_moved: bool, by: Viewer) -> list[str]:
    """Who among those who give the event is told of its change, and of what."""
    before = {trainer.person_id: trainer.person.name for trainer in event.trainers}
    gives = [at for at in after.trainer_ids if at != by.person_id]
    new = list(names_of([at for at in gives if at not in before]).values())
    stay = [before[at] for at in gives if at in before] if is_moved else []
    gone = [name for at, name in before.items() if at not in {*after.trainer_ids, by.person_id}]
    return [
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} told {what}."
        for names, what in (
            (new, "that they give it"),
            (stay, "that what they give has changed"),
            (gone, "that they no longer give it"),
        )
        if names
    ]
