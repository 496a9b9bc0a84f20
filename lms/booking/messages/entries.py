"""Which sessions stand in a delegate's calendar, and how often each entry has been changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking import calendar
from lms.booking.calendar import Entry, Method, Party, uid_of
from lms.booking.models import Booking, Invitation
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventMode
from lms.config import Settings
from lms.messaging.commands import Calendar


@dataclass(frozen=True)
class SessionFacts:
    """One session as it stood when the message was queued; `number` counts from 1 `of` them all."""

    id: int
    number: int
    of: int
    starts_at: datetime
    ends_at: datetime
    place: str
    joining_link: str


def sessions_of(event: Event, mode: EventMode | None = None) -> list[SessionFacts]:
    """An event's sessions, in order, to one who takes part in that mode; else to all."""
    return [
        SessionFacts(
            id=block.id,
            number=number,
            of=len(event.sessions),
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            place=place_of(event, block, mode),
            joining_link=link_of(event, block, mode),
        )
        for number, block in enumerate(event.sessions, start=1)
    ]


def place_of(event: Event, block: EventSession | None = None, mode: EventMode | None = None) -> str:
    """Where an event, or one session of it, takes place: to one in that mode, else to all."""
    mode = mode or event.mode
    if mode is EventMode.ONLINE:
        return "Online"
    room = f"{block.room}, " if block and block.room else ""
    return room + event.venue + (", or online" if mode is EventMode.HYBRID else "")


def link_of(event: Event, block: EventSession | None = None, mode: EventMode | None = None) -> str:
    """The link by which those booked join online; empty for one who comes to the room."""
    if (mode or event.mode) is EventMode.IN_PERSON:
        return ""
    return (block and block.joining_link) or event.joining_link


@dataclass(frozen=True)
class CalendarEntry:
    """A session to be put into a calendar, changed there or taken out of it."""

    session: SessionFacts
    sequence: int
    method: Method


def invitation(
    booking: Booking, event: Event, entry: CalendarEntry, attendee: Party, settings: Settings
) -> Entry:
    """A session as a delegate's calendar is told of it."""
    says = "Declining this entry does not cancel your place. You can give it up here:"
    known = entry_of(booking, event, entry.session, entry.sequence, says, settings)
    return replace(known, attendee=attendee)


def entry_of(
    booking: Booking,
    event: Event,
    block: SessionFacts,
    sequence: int,
    says: str,
    settings: Settings,
) -> Entry:
    """A session of a booking with what every calendar shows; `says` leads to the booking's page."""
    numbered = f" ({block.number} of {block.of})" if block.of > 1 else ""
    joining = [f"Join at {block.joining_link}"] if block.joining_link else []
    address = f"{settings.base_url}/bookings/{booking.reference}"
    return Entry(
        uid=uid_of(booking.id, block.id, settings.host),
        sequence=sequence,
        title=event.title + numbered,
        starts_at=block.starts_at,
        ends_at=block.ends_at,
        place=block.place,
        notes="\n".join([*joining, says, address, f"Reference {booking.reference}"]),
        organizer=Party(event.partnership.title, settings.mail_from),
        attendee=None,
    )


def written(entry: Entry, method: Method, now: datetime) -> Calendar:
    """An entry as it travels with a message."""
    return Calendar(calendar.invitation(entry, method, now), method.value)


# --- Rows -----------------------------------------------------------------------------------


def invitations_of(
    session: Session, booking_ids: Collection[int]
) -> Mapping[int, list[Invitation]]:
    """What stands in delegates' calendars, by booking, for as many bookings as are given."""
    found: dict[int, list[Invitation]] = defaultdict(list)
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.booking_id.in_(booking_ids), Invitation.is_cancelled.is_(False))
        .order_by(Invitation.event_session_id)
    )
    for row in rows:
        found[row.booking_id].append(row)
    return found


def enter(session: Session, booking: Booking, event: Event) -> list[CalendarEntry]:
    """Put every session of an event into a delegate's calendar."""
    facts = sessions_of(event, booking.takes_part)
    session.add_all(Invitation(booking_id=booking.id, event_session_id=block.id) for block in facts)
    return [CalendarEntry(block, 0, Method.REQUEST) for block in facts]


def strike(rows: Iterable[Invitation], sessions: Iterable[SessionFacts]) -> list[CalendarEntry]:
    """Take sessions out of a delegate's calendar again, where they stand in it."""
    by_session = {row.event_session_id: row for row in rows}
    struck = []
    for block in sessions:
        if row := by_session.get(block.id):
            row.is_cancelled = True
            row.sequence += 1
            struck.append(CalendarEntry(block, row.sequence, Method.CANCEL))
    return struck


def strike_all(session: Session, booking: Booking) -> list[CalendarEntry]:
    """Take every session of its event out of the calendar of one who gives a place up."""
    rows = invitations_of(session, [booking.id])[booking.id]
    return strike(rows, sessions_of(booking.event))


def renew(
    session: Session, booking: Booking, rows: Iterable[Invitation], event: Event
) -> list[CalendarEntry]:
    """Bring a delegate's calendar to an event's sessions as they now are."""
    by_session = {row.event_session_id: row for row in rows}
    entries = []
    for block in sessions_of(event, booking.takes_part):
        row = by_session.get(block.id)
        if row is None:
            row = Invitation(booking_id=booking.id, event_session_id=block.id, sequence=-1)
            session.add(row)
        row.sequence += 1
        entries.append(CalendarEntry(block, row.sequence, Method.REQUEST))
    return entries
