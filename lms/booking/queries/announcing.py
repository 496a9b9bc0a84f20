"""Whom of an event one could write to, and what was written to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from lms.accounts.models import Person
from lms.booking.messages.announcing import ANNOUNCEMENT, values_of
from lms.booking.messages.telling import Reader, holder_of, reader_of
from lms.booking.models import Announcement, Booking
from lms.booking.rules import LIVE, BookingState
from lms.booking.rules.announcing import GIVE_UP, Addressee
from lms.catalogue.models import Event
from lms.db import db
from lms.messaging.models import Message
from lms.messaging.rules import MessageState
from lms.messaging.templates import address, filled


def bookings_with_readers(
    event_id: int, booking_ids: Collection[int] | None = None
) -> list[tuple[Booking, Reader]]:
    """The bookings of an event that name somebody, by surname, and who reads of each."""
    wanted = (
        select(Booking)
        .outerjoin(Person, Person.id == Booking.person_id)
        .where(Booking.event_id == event_id)
        .options(
            joinedload(Booking.person).selectinload(Person.emails),
            joinedload(Booking.booked_by).selectinload(Person.emails),
            joinedload(Booking.agency),
            joinedload(Booking.event).options(
                joinedload(Event.partnership), selectinload(Event.sessions)
            ),
        )
        .order_by(Person.sort_name, Booking.name_as_given, Booking.id)
    )
    if booking_ids is not None:
        wanted = wanted.where(Booking.id.in_(booking_ids))
    return [(booking, _reader(booking)) for booking in db.session.scalars(wanted).unique()]


def _reader(booking: Booking) -> Reader:
    held = holder_of(booking)
    if held is not None:
        return held
    return reader_of(booking.person) if booking.person else Reader("", booking.name)


def addressees(
    event: Event, found: Sequence[tuple[Booking, Reader]], owing: Collection[int] = ()
) -> list[Addressee]:
    """The same as the rules see them; `owing` are those who have not answered an evaluation."""
    return [
        Addressee(
            booking_id=booking.id,
            name=reader.name,
            address=reader.address,
            state=booking.state,
            agency_id=booking.agency_id,
            agency=booking.agency_name,
            origin=booking.origin,
            outcome=booking.outcome,
            ended_with_event=_ended_with(event, booking),
            owes_evaluation=booking.id in owing,
            has_bounced=_has_bounced(booking, reader),
        )
        for booking, reader in found
    ]


def _ended_with(event: Event, booking: Booking) -> bool:
    if booking.state is not BookingState.CANCELLED or booking.cancelled_at is None:
        return False
    return event.cancelled_at is not None and booking.cancelled_at >= event.cancelled_at


def _has_bounced(booking: Booking, reader: Reader) -> bool:
    emails = booking.person.emails if booking.person else []
    return any(each.address == reader.address and each.bounced_at for each in emails)


@dataclass(frozen=True)
class AnnouncementLine:
    """What was written, by whom, and what became of the copies, by state."""

    announcement: Announcement
    by: str
    copies: dict[MessageState, int]


def announcements_of(event_id: int) -> list[AnnouncementLine]:
    """What was written to the people of an event, the latest first; two statements."""
    rows = db.session.execute(
        select(Announcement, Person.name)
        .join(Person, Person.id == Announcement.sent_by_person_id)
        .where(Announcement.event_id == event_id)
        .order_by(Announcement.id.desc())
    ).all()
    copies = db.session.execute(
        select(Message.occurrence, Message.state, func.count())
        .where(Message.event_id == event_id, Message.purpose == ANNOUNCEMENT)
        .group_by(Message.occurrence, Message.state)
    ).all()
    return [
        AnnouncementLine(
            row, name, {state: n for wording, state, n in copies if wording == row.wording}
        )
        for row, name in rows
    ]


@dataclass(frozen=True)
class Kept:
    """An announcement as it stands on the page of a booking."""

    subject: str
    text: str
    announcement: Announcement


def announcements_for(booking: Booking) -> list[Kept]:
    """What stays to be read by all who have a place, the latest first, in this reader's facts."""
    if booking.state not in LIVE - {BookingState.WAITING, BookingState.REQUESTED}:
        return []
    rows = db.session.scalars(
        select(Announcement)
        .where(Announcement.event_id == booking.event_id, Announcement.is_for_later)
        .order_by(Announcement.id.desc())
    )
    give_up = address(f"/bookings/{booking.reference}/cancel")
    values = values_of(booking, booking.name) | {GIVE_UP: give_up}
    return [Kept(filled(row.subject, values), filled(row.body, values), row) for row in rows]
