"""To those who give an event: that it is theirs, has moved, goes on without them, or is off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lms.access import Viewer
from lms.accounts.models import Person
from lms.booking.messages.letters import letter
from lms.booking.messages.telling import reader_of
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db
from lms.messaging.commands import Draft
from lms.messaging.rules import MessageFacts
from lms.words import Word, day_and_year

GIVING = "giving"


class News(Word):
    """What a trainer is told of an event."""

    NAMED = "named"
    MOVED = "moved"
    RELIEVED = "relieved"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


def trainers_of(event: Event) -> list[Person]:
    """Who gives an event, in order."""
    return [trainer.person for trainer in event.trainers]


def named(
    event: Event, people: Iterable[Person], by: Viewer | None, occurrence: int = 0
) -> list[Draft]:
    """To those who are to give a published event."""
    return _all(event, News.NAMED, people, occurrence, by)


def called_off(event: Event, by: Viewer | None) -> list[Draft]:
    """The event is cancelled."""
    return _all(event, News.CANCELLED, trainers_of(event), 0, by)


def put_off(event: Event, occurrence: int, by: Viewer | None) -> list[Draft]:
    """The event has no date any more."""
    return _all(event, News.POSTPONED, trainers_of(event), occurrence, by)


def regiven(
    event: Event, gave: Iterable[Person], occurrence: int, by: Viewer | None, *, is_moved: bool
) -> list[Draft]:
    """After a change: to those who give it now, those who do no more, and, if it moved, the rest.

    `gave` are those who were to give it before; `occurrence` is the ticket of the change.
    """
    before, after = list(gave), trainers_of(event)
    new = [person for person in after if person not in before]
    stay = [person for person in after if person in before] if is_moved else []
    gone = [person for person in before if person not in after]
    return [
        *named(event, new, by, occurrence),
        *_all(event, News.MOVED, stay, occurrence, by),
        *_all(event, News.RELIEVED, gone, occurrence, by),
    ]


def _all(
    event: Event, news: News, people: Iterable[Person], occurrence: int, by: Viewer | None
) -> list[Draft]:
    """One message for each, but for who did it themselves and who has no address."""
    doer = by.person_id if by else None
    return [
        letter(
            event,
            reader_of(person),
            "giving",
            purpose=GIVING,
            subject_id=event.id,
            occurrence=f"{person.id}-{news.value}-{occurrence}",
            news=news.value,
            was_on=day_and_year(london_date(event.postponed_from)) if event.postponed_from else "",
            because=event.cancelled_because or event.postponed_because,
        )
        for person in people
        if person.id != doer and person.emails
    ]


def is_still_given_so(facts: MessageFacts, now: datetime) -> bool:
    """Whether they give it, or no more, as the message says, and the event stands so."""
    del now
    person_id, news, _ = facts.occurrence.split("-")
    event = db.session.get(Event, facts.subject_id)
    if event is None:
        return False
    gives = any(trainer.person_id == int(person_id) for trainer in event.trainers)
    return {
        News.NAMED: gives and event.state is EventState.PUBLISHED,
        News.MOVED: gives and event.state is EventState.PUBLISHED,
        News.RELIEVED: not gives,
        News.POSTPONED: event.state is EventState.POSTPONED,
        News.CANCELLED: event.state is EventState.CANCELLED,
    }[News(news)]
