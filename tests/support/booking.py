"""Short words for what tests of booking do and look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from lms.booking.commands import BookingResult, request_place, set_who_can_book
from lms.booking.models import Booking, BookingMove, Offer
from lms.booking.queries import audits
from lms.booking.queries.who_can_book import terms_of
from lms.booking.rules import Share
from lms.catalogue.models import Event
from lms.db import db
from lms.messaging.models import Message
from tests.support.make import Make


def ask(
    make: Make, event: int, agency: int, person: int | None = None, **said: Any
) -> BookingResult:
    """One more person of an agency asks for a place, now."""
    person = person or make.person(agency=agency)
    said = {"agency_id": agency, "by": None, "now": make.now, **said}
    return request_place(event, person, **said)


def set_shares(event: int, *shares: Share, now: datetime) -> None:
    """Give an event these caps and reservations, and leave its other terms as they are."""
    row = db.session.get_one(Event, event)
    terms = replace(terms_of(row), shares=shares)
    set_who_can_book(event, terms, by=None, now=now)


def booking(booking_id: int) -> Booking:
    """A booking as the database has it now."""
    db.session.rollback()
    return db.session.get_one(Booking, booking_id)


def state_of(result: BookingResult) -> str:
    return booking(result.booking_id).state.value


def states(event: int) -> list[str]:
    """The states of an event's bookings, in the order in which they were made."""
    db.session.rollback()
    rows = db.session.query(Booking).filter_by(event_id=event).order_by(Booking.id)
    return [row.state.value for row in rows]


def history(booking_id: int) -> list[tuple[str, str]]:
    """Each state a booking came to, and by whom."""
    db.session.rollback()
    rows = db.session.query(BookingMove).filter_by(booking_id=booking_id).order_by(BookingMove.id)
    return [(row.to_state.value, row.by_what) for row in rows]


def running_offer(booking_id: int) -> Offer:
    """The one offer or invitation of a booking that runs."""
    db.session.rollback()
    return db.session.query(Offer).filter_by(booking_id=booking_id, ended_at=None).one()


def messages(purpose: str) -> list[Message]:
    db.session.rollback()
    return db.session.query(Message).filter_by(purpose=purpose).order_by(Message.id).all()


def purposes() -> list[str]:
    db.session.rollback()
    return [row.purpose for row in db.session.query(Message).order_by(Message.id)]


def faults(now: datetime) -> list[str]:
    """What `lms check` would say of places, bookings, histories, offers and approvals."""
    db.session.rollback()
    checks = (
        audits.audit_places,
        audits.audit_live_bookings,
        audits.audit_histories,
        audits.audit_offers,
        audits.audit_approvals,
    )
    return [fault for check in checks for fault in check(now)]
