"""The events and courses of an attendance file: checked, made where there are none, made whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import Person
from lms.agencies.rules import folded_name
from lms.attendance.commands.closing import set_confirmed_at_start
from lms.attendance.commands.import_reading import PastAttendance, PastEvent
from lms.attendance.models import Register
from lms.booking.commands.ending import end_offers
from lms.booking.commands.moving import SYSTEM, move
from lms.booking.models import Booking
from lms.booking.rules import LIVE, BookingState, Ended
from lms.catalogue.commands import add_course_within
from lms.catalogue.models import Course, Event, EventSession
from lms.catalogue.rules import CourseDetails, EventMode, EventState
from lms.clock import at_london, london_date
from lms.db import lock_rows
from lms.tables import Faults
from lms.words import day_and_year

OPENS, CLOSES = time(9), time(17)  # of a day without times (CONTRACT: Files)
Key = tuple[int, str]


def check(
    session: Session,
    events: Sequence[PastEvent],
    rows: Iterable[PastAttendance],
    faults: Faults,
) -> None:
    """Tell what of the file does not go with the events that are here already."""
    known = _known(session, events)
    by_event: dict[Key, list[PastAttendance]] = defaultdict(list)
    for row in rows:
        key = (row.event.partnership_id, row.event.reference)
        if key in known:
            by_event[key].append(row)
    for key, found in by_event.items():
        _check_event(session, known[key], found, faults)


def _check_event(
    session: Session, event: KnownEvent, rows: Sequence[PastAttendance], faults: Faults
) -> None:
    line = rows[0].line
    where = f"see /manage/events/{event.id}/register"
    if event.state is not EventState.PUBLISHED or event.starts_at is None:
        faults.add(line, "event_reference", f"{event.reference} was never held here")
        return
    if london_date(event.starts_at) != rows[0].event.held_on:
        held_on = day_and_year(london_date(event.starts_at))
        faults.add(line, "held_on", f"{event.reference} began on {held_on} here")
    if event.is_imported:
        return
    register = session.get(Register, event.id)
    if register and register.closed_at:
        if not _has_imported(session, event.id):
            faults.add(line, "event_reference", f"Its register is closed here: {where}")
        return
    missing = _confirmed(session, event.id).keys() - {row.email for row in rows}
    if missing:
        message = f"{len(missing)} who have a place here are not in the file: {where}"
        faults.add(line, "event_reference", message)


def _has_imported(session: Session, event_id: int) -> bool:
    return (
        session.scalar(
            select(
                select(Booking.id)
                .where(Booking.event_id == event_id, Booking.import_key.startswith("attendance:"))
                .exists()
            )
        )
        is True
    )


def _confirmed(session: Session, event_id: int) -> dict[str, Booking]:
    """Those with a place at an event, by the address that they are written to."""
    rows = session.scalars(
        select(Booking)
        .where(Booking.event_id == event_id, Booking.state == BookingState.CONFIRMED)
        .where(Booking.person_id.is_not(None))
        .options(joinedload(Booking.person).selectinload(Person.emails))
    )
    return {row.person.emails[0].address: row for row in rows if row.person and row.person.emails}


class KnownEvent(NamedTuple):
    """An event that is here already."""

    id: int
    partnership_id: int
    reference: str
    state: EventState
    starts_at: datetime | None
    ends_at: datetime | None
    is_imported: bool


def _known(session: Session, events: Iterable[PastEvent]) -> dict[Key, KnownEvent]:
    """The events of the file that are here, by partnership and reference."""
    wanted = {(event.partnership_id, event.reference) for event in events}
    columns = [getattr(Event, name) for name in KnownEvent._fields]
    rows = session.execute(
        select(*columns).where(Event.partnership_id.in_({number for number, _ in wanted}))
    )
    known = (KnownEvent(*row) for row in rows)
    return {key: row for row in known if (key := (row.partnership_id, row.reference)) in wanted}


def count_new(session: Session, events: Sequence[PastEvent]) -> int:
    """How many events the file would make."""
    return len(events) - len(_known(session, events))


def known_ids(session: Session, events: Sequence[PastEvent]) -> list[int]:
    """The events of the file that are here, by id."""
    return [event.id for event in _known(session, events).values()]


def add_missing(session: Session, events: Sequence[PastEvent], now: datetime) -> int:
    """Make the events, sessions, registers and courses that are not here; how many events."""
    known = _known(session, events)
    new = [event for event in events if (event.partnership_id, event.reference) not in known]
    if not new:
        return 0
    courses = _courses_of(session, new, now)
    session.execute(insert(Event), [_event_row(event, courses, now) for event in new])
    made = _known(session, new)
    session.execute(
        insert(EventSession),
        [
            {"event_id": row.id, "starts_at": row.starts_at, "ends_at": row.ends_at}
            for row in made.values()
        ],
    )
    session.execute(
        insert(Register), [{"event_id": row.id, "closed_at": now} for row in made.values()]
    )
    return len(new)


def _event_row(event: PastEvent, courses: dict[Key, int], now: datetime) -> dict[str, object]:
    return {
        "reference": event.reference,
        "partnership_id": event.partnership_id,
        "course_id": courses.get((event.partnership_id, folded_name(event.course_title))),
        "title": event.title,
        "kind": event.kind,
        "level": event.level,
        "mode": EventMode.IN_PERSON,
        "state": EventState.PUBLISHED,
        "starts_at": at_london(event.held_on, OPENS),
        "ends_at": at_london(event.held_on, CLOSES),
        "capacity": 0,
        "created_at": now,
        "published_at": now,
        "is_imported": True,
    }


def _courses_of(session: Session, events: Iterable[PastEvent], now: datetime) -> dict[Key, int]:
    """The courses of these events by partnership and folded title; made where there are none."""
    known = {
        (partnership_id, folded_name(title)): number
        for number, partnership_id, title in session.execute(
            select(Course.id, Course.partnership_id, Course.title)
        )
    }
    for event in events:
        key = (event.partnership_id, folded_name(event.course_title))
        if event.course_title and key not in known:
            said = CourseDetails(event.partnership_id, event.course_title, level=event.level)
            course = add_course_within(session, said, by=None, now=now, needs_outcomes=False)
            known[key] = course.id
    return known


def settle_bookings(
    session: Session, events: Sequence[PastEvent], rows: Iterable[PastAttendance], now: datetime
) -> int:
    """Give those booked here their outcome, and close the registers of such events; how many."""
    native = {k: at.id for k, at in _known(session, events).items() if not at.is_imported}
    lock_rows(session, Event, native.values())
    held_here = {key: at for key, at in native.items() if not _is_closed(session, at)}
    outcomes: dict[Key, list[PastAttendance]] = defaultdict(list)
    for row in rows:
        outcomes[row.event.partnership_id, row.event.reference].append(row)
    return sum(
        _settle_event(session, event_id, outcomes[key], now) for key, event_id in held_here.items()
    )


def _is_closed(session: Session, event_id: int) -> bool:
    register = session.get(Register, event_id)
    return register is not None and register.closed_at is not None


def _settle_event(
    session: Session, event_id: int, rows: Iterable[PastAttendance], now: datetime
) -> int:
    confirmed, settled = _confirmed(session, event_id), 0
    for row in rows:
        booking = confirmed.get(row.email)
        if booking is not None:
            booking.outcome, booking.import_key = row.outcome, row.key()
            settled += 1
    _end_waiting(session, event_id, now)
    event = session.get_one(Event, event_id)
    if event.starts_at is not None:
        set_confirmed_at_start(session, event_id, event.starts_at)
    register = session.get(Register, event_id) or Register(event_id=event_id)
    register.closed_at = now
    session.add(register)
    return settled


def _end_waiting(session: Session, event_id: int, now: datetime) -> None:
    """Nobody waits for an event that is over; one who came all the same is in the file."""
    waiting = session.scalars(
        select(Booking).where(
            Booking.event_id == event_id, Booking.state.in_(LIVE - {BookingState.CONFIRMED})
        )
    )
    for booking in waiting:
        end_offers(session, booking, Ended.WITHDRAWN, now)
        move(session, booking, BookingState.LAPSED, SYSTEM, now, "the event is over")
