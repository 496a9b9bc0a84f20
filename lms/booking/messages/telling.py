"""What delegates are told: facts of a booking put into the words of a template, and queued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import primary_address
from lms.booking.calendar import Party
from lms.booking.messages.entries import (
    CalendarEntry,
    SessionFacts,
    invitation,
    place_of,
    written,
)
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin
from lms.catalogue.models import Event
from lms.catalogue.rules import EventMode, mode_of_place
from lms.clock import london_date
from lms.messaging.commands import Calendar, Draft, Sender, enqueue_all
from lms.messaging.templates import render
from lms.words import day, day_and_year, ordinal, short_day, span

CALENDAR_ENTRY = "calendar-entry"
NO_DATE = "No date yet"


@dataclass(frozen=True)
class EventWords:
    """An event as a message names it: title, a line for each session, where."""

    title: str
    days: tuple[str, ...]
    place: str


def event_words(event: Event, mode: EventMode | None = None) -> EventWords:
    """How a message speaks of an event to one who takes part in that mode, else to all."""
    days = tuple(when(block.starts_at, block.ends_at) for block in event.sessions)
    return EventWords(event.title, days or (NO_DATE,), place_of(event, mode=mode))


def first_day(event: Event) -> str:
    """The day by which a subject names an event."""
    return day(london_date(event.sessions[0].starts_at)) if event.sessions else NO_DATE.lower()


def words_by_mode(event: Event) -> dict[EventMode | None, EventWords]:
    """How messages speak of an event as it stands, by the mode that a booking keeps."""
    chosen = (None, EventMode.IN_PERSON, EventMode.ONLINE)
    return {each: event_words(event, mode_of_place(event.mode, each)) for each in chosen}


def when(starts_at: datetime, ends_at: datetime) -> str:
    """'Monday 8 February 2027, 9:30am to 4:30pm'."""
    return f"{day_and_year(london_date(starts_at))}, {span(starts_at, ends_at)}"


@dataclass(frozen=True)
class Reader:
    """Somebody other than the delegate who is told of a booking."""

    address: str
    name: str = ""
    person_id: int | None = None


def reader_of(person: Person) -> Reader:
    """A person as the reader of a message; one without an address is told nothing."""
    return Reader(primary_address(person), person.name, person.id)


@dataclass(frozen=True)
class Telling:
    """One message about one booking: its template, its key, and what goes with it.

    `purpose`, `subject_id` (else the booking's) and `occurrence` make its unique key. It goes to
    the delegate, unless another is named in `to`.
    """

    booking: Booking
    event: Event
    template: str
    purpose: str
    occurrence: str
    facts: dict[str, Any] = field(default_factory=dict)
    entries: Sequence[CalendarEntry] = ()
    subject_id: int | None = None
    is_urgent: bool = False
    is_digestible: bool = False
    send_at: datetime | None = None
    to: Reader | None = None

    @property
    def reader(self) -> Reader:
        """Whom it goes to; without an address where the delegate has none."""
        person = self.booking.person
        if self.to is not None or person is None:
            return self.to or Reader("")
        return Reader(primary_address(person), self.booking.name, person.id)


@dataclass(frozen=True)
class Step:
    """One move of a booking, which is told of once: the move is the key of its message."""

    booking: Booking
    event: Event
    move_id: int

    def told(
        self,
        template: str,
        purpose: str,
        entries: Sequence[CalendarEntry] = (),
        **facts: Any,
    ) -> Telling:
        """The message of this step; `entries` are what its reader's calendar is told."""
        key = str(self.move_id)
        return Telling(self.booking, self.event, template, purpose, key, facts, entries)


def holder_of(booking: Booking) -> Reader | None:
    """The agency lead who holds a place without a name; None of any other booking (B13)."""
    lead = booking.booked_by if booking.is_unnamed else None
    return reader_of(lead) if lead else None


def tell(session: Session, telling: Telling, now: datetime) -> None:
    """Queue one message; somebody without an address is not told."""
    tell_all(session, [telling], now)


def tell_all(session: Session, tellings: Sequence[Telling], now: datetime) -> int:
    """Queue messages within the caller's transaction; returns how many were new."""
    drafts = [draft for telling in tellings for draft in _drafts(telling, now)]
    return enqueue_all(session, drafts, now)


def _drafts(telling: Telling, now: datetime) -> list[Draft]:
    """The message, and one more for each further session: a mail carries one invitation."""
    to_address = telling.reader.address
    if not to_address:
        return []
    calendars = [_calendar(telling, entry, to_address, now) for entry in telling.entries]
    subject, body = render(f"booking/mail/{telling.template}", **_facts(telling))
    main = Draft(
        purpose=telling.purpose,
        subject_id=telling.subject_id or telling.booking.id,
        occurrence=telling.occurrence,
        subject=subject,
        body=body,
        calendar=calendars[0] if calendars else None,
        is_digestible=telling.is_digestible,
        is_urgent=telling.is_urgent,
        send_at=telling.send_at,
        **_envelope(telling),
    )
    rest = zip(telling.entries[1:], calendars[1:], strict=True)
    return [main, *(_entry_draft(telling, entry, text) for entry, text in rest)]


def _calendar(telling: Telling, entry: CalendarEntry, to_address: str, now: datetime) -> Calendar:
    settings = current_app.extensions["lms.settings"]
    attendee = Party(telling.booking.name, to_address)
    told = invitation(telling.booking, telling.event, entry, attendee, settings)
    return written(told, entry.method, now)


def _entry_draft(telling: Telling, entry: CalendarEntry, calendar: Calendar) -> Draft:
    facts = {**_facts(telling), **_session_words(entry.session), "method": entry.method.value}
    subject, body = render("booking/mail/calendar_entry", **facts)
    return Draft(
        purpose=CALENDAR_ENTRY,
        subject_id=telling.booking.id,
        occurrence=f"{entry.session.id}-{entry.sequence}",
        subject=subject,
        body=body,
        calendar=calendar,
        send_at=telling.send_at,
        **_envelope(telling),
    )


def _session_words(block: SessionFacts) -> dict[str, str]:
    return {
        "nth": ordinal(block.number),
        "session_day": when(block.starts_at, block.ends_at),
        "session_place": block.place,
    }


def _envelope(telling: Telling) -> dict[str, Any]:
    booking, partnership, reader = telling.booking, telling.event.partnership, telling.reader
    return {
        "to_address": reader.address,
        "to_name": reader.name,
        "sender": Sender(partnership.title, partnership.contact_email),
        "person_id": reader.person_id,
        "event_id": booking.event_id,
        "partnership_id": partnership.id,
    }


def _facts(telling: Telling) -> dict[str, Any]:
    booking = telling.booking
    return {
        "to_name": telling.reader.name,
        "partnership": telling.event.partnership,
        "event": event_words(telling.event, booking.takes_part),
        "event_id": telling.event.id,
        "first_day": first_day(telling.event),
        "booking_id": booking.id,
        "reference": booking.reference,
        "because": because_of(booking),
        "has_entries": bool(telling.entries),
        "kept_on": _kept_on(booking),
        "is_unnamed": booking.is_unnamed,
        **telling.facts,
    }


def _kept_on(booking: Booking) -> str:
    """The day of the place that ends once this booking is confirmed (B8); empty without one."""
    kept = booking.replaces if booking.replaces_id else None
    is_kept = kept is not None and kept.state is BookingState.CONFIRMED
    return first_day(kept.event) if kept and is_kept else ""


def because_of(booking: Booking) -> str:
    """Why somebody is written to: 'you booked on 18 January 2027'."""
    if booking.is_unnamed:
        return f"you hold a place for {booking.agency_name}"
    on = london_date(booking.requested_at)
    made_on = f"{short_day(on)} {on.year}"
    if booking.origin is Origin.OWN and booking.booked_by_id is None:
        return f"you booked on {made_on}"
    return f"a place was booked for you on {made_on}"
