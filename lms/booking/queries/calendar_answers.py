"""Who declined the calendar invitation to a place that they still hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload

from lms.accounts.models import Person
from lms.booking.calendar import booking_and_session_of, uid_of
from lms.booking.models import Booking, Invitation
from lms.booking.rules import BookingState
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db
from lms.messaging.models import InboundMail, Message
from lms.messaging.rules import CalendarAnswer

NO_LATER_THAN = timedelta(days=7)


def places_declined(session: Session, host: str, now: datetime) -> list[Booking]:
    """The live places whose entry the person's own calendar declined last, in the past week.

    An answer counts only from an address to which that invitation went.
    """
    answers = session.scalars(
        select(InboundMail)
        .where(InboundMail.received_at > now - NO_LATER_THAN)
        .order_by(InboundMail.id)
    )
    last = {(answer.calendar_uid, answer.from_address): answer for answer in answers}
    declined = [each for each in last.values() if each.answer is CalendarAnswer.DECLINED]
    found = {booking.id: booking for booking in _places(session, declined, host, now)}
    return list(found.values())


def answered_at(event_id: int, host: str) -> dict[int, CalendarAnswer]:
    """What the calendars of an event's people answered last, by booking; two statements.

    An answer counts only from an address to which an invitation of that person went.
    """
    invited = db.session.execute(
        select(Invitation.booking_id, Invitation.event_session_id, Message.to_address)
        .join(Booking, Booking.id == Invitation.booking_id)
        .join(
            Message,
            (Message.event_id == event_id)
            & (Message.person_id == Booking.person_id)
            & Message.calendar.is_not(None),
        )
        .where(Booking.event_id == event_id, Invitation.is_cancelled.is_(False))
        .distinct()
    ).all()
    bookings = {(uid_of(booking, block, host), to): booking for booking, block, to in invited}
    answers = db.session.execute(
        select(InboundMail.calendar_uid, InboundMail.from_address, InboundMail.answer)
        .where(InboundMail.calendar_uid.in_({uid for uid, _ in bookings}))
        .order_by(InboundMail.id)
    )
    return {
        bookings[uid, sender]: answer
        for uid, sender, answer in answers
        if (uid, sender) in bookings
    }


def _places(
    session: Session, answers: Iterable[InboundMail], host: str, now: datetime
) -> Iterable[Booking]:
    for answer in answers:
        meant = booking_and_session_of(answer.calendar_uid, host)
        if meant is not None:
            place = _place(*meant, answer.from_address, now)
            yield from session.scalars(place)


def _place(booking_id: int, session_id: int, address: str, now: datetime) -> Select[Booking]:
    stands_in_calendar = exists().where(
        Invitation.booking_id == Booking.id,
        Invitation.event_session_id == session_id,
        Invitation.is_cancelled.is_(False),
    )
    went_there = exists().where(
        Message.to_address == address,
        Message.event_id == Booking.event_id,
        Message.person_id == Booking.person_id,
        Message.calendar.is_not(None),
    )
    return (
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Booking.id == booking_id,
            Booking.state == BookingState.CONFIRMED,
            Event.state == EventState.PUBLISHED,
            Event.starts_at > now,
            stands_in_calendar,
            went_there,
        )
        .options(joinedload(Booking.person).selectinload(Person.emails))
    )
