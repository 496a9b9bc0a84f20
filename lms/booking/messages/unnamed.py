"""What agency leads are told of places without a name: names are due, they have gone, the event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import leads_of, primary_address
from lms.agencies.models import Agency
from lms.agencies.queries import lineage
from lms.booking.messages.letters import letter
from lms.booking.messages.telling import reader_of
from lms.booking.models import Booking
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.queries.unnamed import is_held_without_name
from lms.booking.rules import naming_until, naming_warning_is_due
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db
from lms.messaging.commands import Draft, enqueue_all
from lms.messaging.rules import MessageFacts
from lms.words import moment

NAMING_DUE = "naming-due"
UNNAMED_LAPSED = "unnamed-lapsed"
EVENT_OF_UNNAMED = "event-of-unnamed"


def tell_naming_due(
    session: Session, at: EventInForce, agency_id: int, places: int, now: datetime
) -> int:
    """So many places want a name, and by when; returns how many leads had not been told."""
    return _tell(session, at, agency_id, places, (NAMING_DUE, "naming_due"), now)


def tell_lapsed(
    session: Session, at: EventInForce, agency_id: int, places: int, now: datetime
) -> int:
    """So many places were not named in time and have gone to others."""
    return _tell(session, at, agency_id, places, (UNNAMED_LAPSED, "unnamed_lapsed"), now)


def is_naming_due(facts: MessageFacts, now: datetime) -> bool:
    """Whether a warning is true: the places are held still, and the naming date is as it was."""
    agency_id, _, named_by = facts.occurrence.split("-")
    held = exists().where(
        Booking.event_id == Event.id, Booking.agency_id == int(agency_id), is_held_without_name()
    )
    wanted = select(Event.id).where(
        Event.id == facts.subject_id, Event.state == EventState.PUBLISHED, held
    )
    if db.session.scalar(wanted) is None:
        return False
    seen = event_in_force(db.session(), facts.subject_id, now).snapshot
    return naming_warning_is_due(seen, now) and named_by == _day_of_naming(naming_until(seen))


def has_happened(facts: MessageFacts, now: datetime) -> bool:
    """What was so when it was queued is so for ever."""
    del facts, now
    return True


def tell_of_event(
    session: Session, event: Event, bookings: Iterable[Booking], occurrence: int, now: datetime
) -> None:
    """The event was cancelled, postponed or changed: to the leads who hold places without a name.

    `bookings` are those that were live; `occurrence` is the ticket of the act.
    """
    held = Counter(b.agency_id for b in bookings if b.is_unnamed and b.agency_id)
    drafts = [
        _draft(session, event, (EVENT_OF_UNNAMED, "event_of_unnamed"), agency_id, places, lead, key)
        for agency_id, places in held.items()
        for lead in _nearest_leads(agency_id, now)
        for key in [f"{event.state.value}-{occurrence}"]
    ]
    enqueue_all(session, drafts, now)


def _tell(
    session: Session,
    at: EventInForce,
    agency_id: int,
    places: int,
    what: tuple[str, str],
    now: datetime,
) -> int:
    until = naming_until(at.snapshot)
    drafts = [
        _draft(session, at.event, what, agency_id, places, lead, _day_of_naming(until), until)
        for lead in _nearest_leads(agency_id, now)
    ]
    return enqueue_all(session, drafts, now)


def _nearest_leads(agency_id: int, now: datetime) -> Sequence[Person]:
    """Who leads the agency; where nobody does, who leads the next above it."""
    for above in lineage(agency_id):
        found = [lead for lead in leads_of([above], london_date(now)) if primary_address(lead)]
        if found:
            return found
    return ()


def _draft(
    session: Session,
    event: Event,
    what: tuple[str, str],
    agency_id: int,
    places: int,
    lead: Person,
    key: str,
    named_by: datetime | None = None,
) -> Draft:
    purpose, template = what
    agency = session.get_one(Agency, agency_id)
    return letter(
        event,
        reader_of(lead),
        template,
        purpose=purpose,
        subject_id=event.id,
        occurrence=f"{agency.id}-{lead.id}-{key}",
        state=event.state.value,
        because=event.cancelled_because or event.postponed_because,
        agency=agency.name,
        places=places,
        named_by=moment(named_by) if named_by else None,
    )


def _day_of_naming(until: datetime) -> str:
    return f"{london_date(until):%Y%m%d}"
