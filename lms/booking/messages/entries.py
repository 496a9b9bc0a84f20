"""Which sessions stand in a delegate's calendar, and how often each entry has been changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking import calendar
from lms.booking.calendar import Entry, Method, Party, uid_of
from lms.booking.models import Booking, Invitation
from lms.catalogue.models import Event, EventSession
from lms.catalogue.rules import EventMode
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


def sessions_of(event: Event) -> list[SessionFacts]:
    """An event's sessions, in order."""
    return [
        SessionFacts(
            id=block.id,
            number=number,
            of=len(event.sessions),
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            place=place_of(event, block),
            joining_link=link_of(event, block),
        )
        for number, block in enumerate(event.sessions, start=1)
    ]


def place_of(event: Event, block: EventSession | None = None) -> str:
    """Where an event, or one session of it, takes place."""
    if event.mode is EventMode.ONLINE:
        return "Online"
    room = f"{block.room}, " if block and block.room else ""
    return room + event.venue + (", or online" if event.mode is EventMode.HYBRID else "")


def link_of(event: Event, block: EventSession | None = None) -> str:
    """The link by which those booked join online; empty in a room."""
    if event.mode is EventMode.IN_PERSON:
        return ""
    return (block and block.joining_link) or event.joining_link


@dataclass(frozen=True)
class CalendarEntry:
    """A session to be put into a calendar, changed there or taken out of it."""

    session: SessionFacts
    sequence: int
    method: Method

    def invitation(
        self, booking: Booking, title: str, organizer: Party, host: str, attendee: Party
    ) -> Entry:
        """The entry as the calendar is told of it."""
        numbered = f" ({self.session.number} of {self.session.of})" if self.session.of > 1 else ""
        return Entry(
            uid=uid_of(booking.id, self.session.id, host),
            sequence=self.sequence,
            title=title + numbered,
            starts_at=self.session.starts_at,
            ends_at=self.session.ends_at,
            place=self.session.place,
            notes=self._notes(booking),
            organizer=organizer,
            attendee=attendee,
        )

    def _notes(self, booking: Booking) -> str:
        joining = f"Join at {self.session.joining_link}\n" if self.session.joining_link else ""
        return (
            f"{joining}Declining this entry does not cancel your place.\n"
            f"Reference {booking.reference}"
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
    facts = sessions_of(event)
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


def renew(
    session: Session, booking: Booking, rows: Iterable[Invitation], event: Event
) -> list[CalendarEntry]:
    """Bring a delegate's calendar to an event's sessions as they now are."""
    by_session = {row.event_session_id: row for row in rows}
    entries = []
    for block in sessions_of(event):
        row = by_session.get(block.id)
        if row is None:
            row = Invitation(booking_id=booking.id, event_session_id=block.id, sequence=-1)
            session.add(row)
        row.sequence += 1
        entries.append(CalendarEntry(block, row.sequence, Method.REQUEST))
    return entries
