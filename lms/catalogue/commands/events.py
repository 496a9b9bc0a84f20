"""Drafts of events are made, changed and thrown away; a published event is booking’s."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.accounts.models import Person
from lms.audit import record
from lms.catalogue.commands.writing import chosen, refuse_faults, write_outcomes
from lms.catalogue.models import Event, EventSession, EventTrainer, Priority, Theme
from lms.catalogue.rules import EventDetails, EventState, SessionDetails, event_faults
from lms.clock import london_date
from lms.db import take_ticket, transaction
from lms.errors import Refused
from lms.tokens import new_reference


def draft_event(details: EventDetails, *, by: Viewer | None, now: datetime) -> int:
    """Make a draft: nobody sees it but those who run the programme."""
    with transaction() as session:
        event = add_event_within(session, details, now=now)
        _record_draft(session, event, "made", by=by, now=now)
        return event.id


def add_event_within(
    session: Session, details: EventDetails, *, now: datetime, reference: str | None = None
) -> Event:
    """Make a draft within a command of another; `reference` where it has one elsewhere."""
    event = Event(
        reference=reference or new_reference("EV"),
        partnership_id=details.partnership_id,
        state=EventState.DRAFT,
        created_at=now,
    )
    session.add(event)
    with session.no_autoflush:
        write_event_within(session, event, details, now=now)
    session.flush()
    return event


def change_draft(event_id: int, details: EventDetails, *, by: Viewer | None, now: datetime) -> None:
    """Change a draft; a published event is changed by booking's verb, which tells everyone."""
    with transaction() as session:
        event = _draft(session, event_id)
        write_event_within(session, event, details, now=now)
        _record_draft(session, event, "changed", by=by, now=now)


def discard_draft(event_id: int, *, by: Viewer | None, now: datetime) -> None:
    """Throw a draft away: nobody ever saw it."""
    with transaction() as session:
        event = _draft(session, event_id)
        _record_draft(session, event, "discarded", by=by, now=now)
        session.delete(event)


def _record_draft(
    session: Session, event: Event, act: str, *, by: Viewer | None, now: datetime
) -> None:
    record(
        session,
        f"draft {act}",
        f"{act} the draft of {event.title}",
        by=by,
        now=now,
        about=("event", event.id),
        partnership_id=event.partnership_id,
    )


def _draft(session: Session, event_id: int) -> Event:
    take_ticket(session, Event, event_id)
    event = session.get_one(Event, event_id)
    if event.state is not EventState.DRAFT:
        raise Refused(f"{event.title} is no draft any more: it is {event.state.words}")
    return event


def write_event_within(
    session: Session, event: Event, details: EventDetails, *, now: datetime
) -> None:
    """Bring an event to what `details` say, sessions matched by id. The caller holds its lock."""
    refuse_faults(event_faults(details))
    if (event.minimum_places, event.decide_on) != (details.minimum_places, details.decide_on):
        event.decided_at = None  # it was decided about another number, or for another day
    for name in _TAKEN_OVER:
        setattr(event, name, getattr(details, name))
    event.title = details.title.strip()
    event.starts_at, event.ends_at = details.starts_at, details.ends_at
    event.priorities = chosen(session, Priority, details.priority_ids)
    event.themes = chosen(session, Theme, details.theme_ids)
    _write_sessions(event, details.sessions)
    _write_trainers(session, event, details.trainer_ids)
    write_outcomes(event.own_outcomes, details.outcomes, london_date(now))


_TAKEN_OVER = (
    *("course_id", "kind", "level", "remit", "mode", "aims", "audience", "venue_id"),
    *("venue", "venue_access"),
    *("joining_link", "joining_instructions", "provider", "capacity", "online_capacity"),
    *("price", "cost", "closes_at", "stages", "minimum_places", "decide_on"),
)


def _write_sessions(event: Event, wanted: Sequence[SessionDetails]) -> None:
    by_id = {row.id: row for row in event.sessions}
    rows = []
    for details in sorted(wanted, key=lambda session: session.starts_at):
        row = (by_id.get(details.id) if details.id else None) or EventSession()
        row.starts_at, row.ends_at = details.starts_at, details.ends_at
        row.room, row.joining_link = details.room, details.joining_link
        rows.append(row)
    event.sessions = rows


def _write_trainers(session: Session, event: Event, person_ids: Sequence[int]) -> None:
    by_person = {row.person_id: row for row in event.trainers}
    rows = []
    for place, person_id in enumerate(person_ids):
        row = by_person.get(person_id)
        if row is None:
            row = EventTrainer(person=session.get_one(Person, person_id))
        row.position = place
        rows.append(row)
    event.trainers = rows
