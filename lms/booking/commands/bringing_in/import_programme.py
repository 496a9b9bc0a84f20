"""A partnership's programme from a file: courses and events made or brought up to date.

Everything is checked first, with all faults; then it is written, all or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from lms import audit
from lms.access import Viewer
from lms.accounts.models import PersonEmail
from lms.agencies.models import Partnership
from lms.agencies.rules import folded_name
from lms.booking.imports_programme import Planned, read_programme
from lms.booking.models import Booking
from lms.booking.rules import LIVE
from lms.catalogue.commands import add_course_within, add_event_within, write_event_within
from lms.catalogue.models import Course, Event, Priority, Venue
from lms.catalogue.queries import details_of, known_venue
from lms.catalogue.rules import (
    CourseDetails,
    EventDetails,
    EventState,
    Fault,
    KnownVenue,
    OutcomeDetails,
    Remit,
    SessionDetails,
    event_faults,
    held_at,
    may_become,
    publishing_faults,
)
from lms.db import lock_rows, transaction
from lms.tables import Faults, Imported, nearest
from lms.words import count

Key = tuple[int, str]
Fact = TypeVar("Fact")
COLUMN_OF = {"sessions": "starts_at", "closes_on": "closes_at"}


@dataclass(frozen=True)
class Known:
    """What the file may speak of; courses and priorities grow as they are made."""

    partnerships: Mapping[str, Partnership]
    trainers: Mapping[str, int]
    events: Mapping[Key, Event]
    booked: frozenset[int]
    venues: tuple[KnownVenue, ...]
    courses: dict[Key, Course] = field(default_factory=dict)
    priorities: dict[Key, Priority] = field(default_factory=dict)


def import_programme(
    file: BinaryIO, name: str, *, by: Viewer | None, now: datetime, is_dry_run: bool = False
) -> Imported:
    """Make the file's events, and bring those there up to date. Raises FaultyFile.

    An event that somebody holds a live booking of is changed on its page only, where it is said
    who will be told. The same file twice changes nothing.
    """
    faults = Faults()
    planned = read_programme(file, name, faults)
    with transaction() as session:
        _lock_events_of(session, planned)
        known = _known(session)
        hosts = {each.lines: _host(each, known, faults) for each in planned}
        for each in planned:
            _check(each, hosts[each.lines], known, now, faults)
        faults.refuse_any()
        done = Counter(
            _take_in(session, each, host, known, by, now)
            for each in planned
            if (host := hosts[each.lines]) is not None
        )
        sentence = f"imported {count(len(planned), 'event')} from {name}"
        audit.record(session, "import programme", sentence, by=by, now=now, about=("event", None))
        if is_dry_run:
            session.rollback()
    return Imported.counted(done)


def _lock_events_of(session: Session, planned: Sequence[Planned]) -> None:
    """Nobody books an event of the file between its being checked and its being changed."""
    references = {each.reference.casefold() for each in planned}
    there = session.execute(select(Event.id, Event.reference))
    lock_rows(session, Event, [at for at, name in there if name.casefold() in references])


def _known(session: Session) -> Known:
    everything = (selectinload(Event.sessions), selectinload(Event.trainers))
    links = (selectinload(Event.priorities), selectinload(Event.themes))
    events = session.scalars(select(Event).options(*everything, *links)).all()
    live = session.scalars(select(Booking.event_id).where(Booking.state.in_(LIVE)).distinct())
    addresses = session.execute(select(PersonEmail.address, PersonEmail.person_id))
    return Known(
        {folded_name(p.name): p for p in session.scalars(select(Partnership))},
        dict(addresses.all()),
        {(event.partnership_id, event.reference.casefold()): event for event in events},
        frozenset(live),
        tuple(known_venue(venue) for venue in session.scalars(select(Venue).order_by(Venue.id))),
        {(c.partnership_id, folded_name(c.title)): c for c in session.scalars(select(Course))},
        {(p.partnership_id, folded_name(p.name)): p for p in session.scalars(select(Priority))},
    )


# --- Checking -------------------------------------------------------------------------------


def _host(planned: Planned, known: Known, faults: Faults) -> Partnership | None:
    """The partnership that an event is of; where there is only one, it need not be named."""
    written = planned.facts["partnership"]
    if not written and len(known.partnerships) == 1:
        return next(iter(known.partnerships.values()))
    found = known.partnerships.get(folded_name(written))
    if found is None:
        names = [partnership.name for partnership in known.partnerships.values()]
        said = f"There is no partnership {written}.{nearest(written, names)}"
        faults.add(planned.line, "partnership", said if written else "Name the partnership")
    return found


def _check(
    planned: Planned, host: Partnership | None, known: Known, now: datetime, faults: Faults
) -> None:
    for address in planned.facts["trainer_email"]:
        if address not in known.trainers:
            said = f"There is nobody with the address {address}."
            faults.add(planned.line, "trainer_email", said + nearest(address, known.trainers))
    if host is None:
        return
    event = known.events.get((host.id, planned.reference.casefold()))
    details = _details(planned, host, event, known)
    for fault in _faults(details, planned.state, now):
        line, column = _place(fault, planned)
        faults.add(line, column, fault.sentence)
    if event is not None and (why := _why_not(event, details, planned, known)):
        faults.add(planned.line, "event_reference", why)


def _faults(details: EventDetails, state: EventState, now: datetime) -> list[Fault]:
    """What cannot be; a published event must say enough, though it may be over (B1)."""
    if state is EventState.PUBLISHED:
        return publishing_faults(details, now, state)
    return event_faults(details)


def _place(fault: Fault, planned: Planned) -> tuple[int, str]:
    """The line and the column of a fault such as 'sessions-1-ends'."""
    name, *rest = fault.field.split("-")
    if not rest:
        return planned.line, COLUMN_OF.get(name, name)
    return planned.lines[int(rest[0])], f"{rest[1]}_at"


def _why_not(event: Event, details: EventDetails, planned: Planned, known: Known) -> str | None:
    """Why an event that is there cannot become what the file says; None where it can or is."""
    if _is_as_said(event, details, planned):
        return None
    if event.id in known.booked:
        return f"People are booked: change it at /manage/events/{event.id}/edit, which tells them"
    if planned.state is not event.state and not may_become(event.state, planned.state):
        return f"It is {event.state.words}, and cannot become {planned.state.words}"
    return None


def _is_as_said(event: Event, details: EventDetails, planned: Planned) -> bool:
    if planned.facts["course_title"] and event.course_id is None:
        return False
    return event.state is planned.state and _said(details_of(event)) == _said(details)


def _said(details: EventDetails) -> EventDetails:
    """The details as far as a file can say them: without the ids of rows, in a fixed order."""
    return replace(
        details,
        sessions=tuple(SessionDetails(s.starts_at, s.ends_at) for s in details.sessions),
        priority_ids=tuple(sorted(details.priority_ids)),
        outcomes=tuple(OutcomeDetails(outcome.text) for outcome in details.outcomes),
    )


# --- What an event becomes ------------------------------------------------------------------


def _details(
    planned: Planned, host: Partnership, event: Event | None, known: Known
) -> EventDetails:
    """What the file says; what it does not say stays as it is."""
    facts = planned.facts
    before = details_of(event) if event else _blank(planned, host)
    course = known.courses.get((host.id, folded_name(facts["course_title"])))
    said = replace(
        before,
        title=planned.title,
        kind=facts["kind"],
        mode=facts["mode"],
        capacity=facts["capacity"],
        course_id=course.id if course else None,
        level=facts["level"],
        remit=facts["remit"] or (before.remit if event else _remit_of(course)),
        sessions=_sessions(planned.sessions, before.sessions),
        venue=facts["venue"],
        trainer_ids=tuple(known.trainers[a] for a in facts["trainer_email"] if a in known.trainers),
        provider=facts["provider"] or before.provider,
        online_capacity=_or(facts["online_capacity"], before.online_capacity),
        closes_at=_or(facts["closes_at"], before.closes_at),
        price=_or(facts["price"], before.price),
        cost=_or(facts["cost"], before.cost),
        outcomes=_outcomes(planned, before),
        priority_ids=_priority_ids(planned, host, known),
    )
    if before.venue_id and said.venue == before.venue:
        return said  # told under that name, whatever the venue is called by now
    return held_at(said, None, [v for v in known.venues if v.partnership_id == host.id])


def _blank(planned: Planned, host: Partnership) -> EventDetails:
    facts = planned.facts
    return EventDetails(host.id, planned.title, facts["kind"], facts["mode"], facts["capacity"])


def _or(said: Fact | None, before: Fact | None) -> Fact | None:
    return before if said is None else said


def _remit_of(course: Course | None) -> Remit:
    return course.remit if course else Remit.CHILDREN


def _sessions(
    said: Sequence[SessionDetails], before: Sequence[SessionDetails]
) -> tuple[SessionDetails, ...]:
    """The sessions of the file, each with the row that it had, in order."""
    rows = [*before, *[None] * len(said)]
    return tuple(
        replace(session, id=row.id, room=row.room, joining_link=row.joining_link)
        if row
        else session
        for session, row in zip(said, rows, strict=False)
    )


def _outcomes(planned: Planned, before: EventDetails) -> tuple[OutcomeDetails, ...]:
    """Of an event without a course: its own. What it has is known by its words."""
    if planned.facts["course_title"] or not planned.facts["outcomes"]:
        return before.outcomes
    rows = {outcome.text: outcome for outcome in before.outcomes}
    return tuple(rows.get(text, OutcomeDetails(text)) for text in planned.facts["outcomes"])


def _priority_ids(planned: Planned, host: Partnership, known: Known) -> tuple[int, ...]:
    keys = [(host.id, folded_name(name)) for name in planned.facts["priority"]]
    return tuple(known.priorities[key].id for key in keys if key in known.priorities)


# --- Writing --------------------------------------------------------------------------------


def _take_in(
    session: Session,
    planned: Planned,
    host: Partnership,
    known: Known,
    by: Viewer | None,
    now: datetime,
) -> str:
    """Write one event; says whether it was added, changed, or unchanged."""
    _make_priorities(session, planned, host, known)
    _make_course(session, planned, host, known, by, now)
    event = known.events.get((host.id, planned.reference.casefold()))
    details = _details(planned, host, event, known)
    if event is None:
        event = add_event_within(session, details, now=now, reference=planned.reference)
        _set_state(event, planned, now)
        return "added"
    if _is_as_said(event, details, planned):
        return "unchanged"
    write_event_within(session, event, details, now=now)
    _set_state(event, planned, now)
    return "changed"


def _set_state(event: Event, planned: Planned, now: datetime) -> None:
    if event.state is planned.state:
        return
    event.state = planned.state
    if planned.state is EventState.PUBLISHED:
        event.published_at = now
    if planned.state is EventState.CANCELLED:
        event.cancelled_at = now
        event.cancelled_because = planned.facts["cancelled_because"] or None


def _make_priorities(session: Session, planned: Planned, host: Partnership, known: Known) -> None:
    for name in planned.facts["priority"]:
        key = host.id, folded_name(name)
        if key not in known.priorities:
            last = sum(partnership_id == host.id for partnership_id, _ in known.priorities)
            made = Priority(partnership_id=host.id, name=name, position=last)
            session.add(made)
            session.flush()
            known.priorities[key] = made


def _make_course(
    session: Session,
    planned: Planned,
    host: Partnership,
    known: Known,
    by: Viewer | None,
    now: datetime,
) -> None:
    title = planned.facts["course_title"]
    key = host.id, folded_name(title)
    if not title or key in known.courses:
        return
    details = CourseDetails(
        host.id,
        title,
        level=planned.facts["level"],
        remit=planned.facts["remit"] or Remit.CHILDREN,
        outcomes=tuple(OutcomeDetails(text) for text in planned.facts["outcomes"]),
        priority_ids=_priority_ids(planned, host, known),
    )
    known.courses[key] = add_course_within(session, details, by=by, now=now, needs_outcomes=False)
