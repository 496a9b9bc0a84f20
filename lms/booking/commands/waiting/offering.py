"""Answering an offer of a place, or an invitation to be the first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_offer
from lms.booking.commands.moving import DELEGATE, move
from lms.booking.commands.results import BookingResult
from lms.booking.commands.waiting.filling import confirm, fill_after
from lms.booking.messages import changes
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Booking, Offer
from lms.booking.queries.bookings import fact_in, standing_in
from lms.booking.queries.elsewhere import other_places
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.rules import (
    BookingState,
    Ended,
    Wait,
    accept_invitation,
    beside,
    clash_refusal,
    course_refusal,
    has_ended,
    is_eligible,
)
from lms.db import transaction
from lms.errors import Gone, Refused
from lms.words import moment


def accept_offer(offer_id: int, *, now: datetime) -> BookingResult:
    """Take the place that an offer holds, or be the first of those invited.

    Who was not the first goes on waiting: that is an answer, no refusal. Accepting twice changes
    nothing. Raises NotFound, Gone where the offer has ended, Refused for a clash (B8).
    """
    with transaction() as session:
        offer, (booking, _) = lock_offer(session, offer_id)
        if offer.ended_how == Ended.ACCEPTED and booking.state is BookingState.CONFIRMED:
            return BookingResult.of(booking)
        at = event_in_force(session, booking.event_id, now)
        if _was_not_the_first(at, offer, booking, now):
            return _still_waiting(at, booking, now)
        _refuse_ended(offer, now)
        _refuse_clash(session, at, booking, now)
        end_offers(session, booking, Ended.ACCEPTED, now)
        freed = confirm(session, at, booking, now, "accepted", by=DELEGATE)
        if not offer.holds_place:
            _close_invitations(session, booking.event_id, now)
        result = BookingResult.of(booking)
    fill_after(freed, now)
    return result


def decline_offer(offer_id: int, *, now: datetime) -> BookingResult:
    """Turn a place down; it goes to the next, and the booking ends.

    Declining twice changes nothing. Raises NotFound, or Gone where the offer has ended otherwise.
    """
    with transaction() as session:
        offer, (booking, _) = lock_offer(session, offer_id)
        if booking.state is BookingState.DECLINED:
            return BookingResult.of(booking)
        _refuse_ended(offer, now)
        at = event_in_force(session, booking.event_id, now)
        end_offers(session, booking, Ended.DECLINED, now)
        move_id = move(session, booking, BookingState.DECLINED, DELEGATE, now, "turned down")
        tell(session, changes.declined(Step(booking, at.event, move_id)), now)
        result = BookingResult.of(booking)
    fill_after(at.snapshot.id, now)
    return result


def _was_not_the_first(at: EventInForce, offer: Offer, booking: Booking, now: datetime) -> bool:
    if offer.holds_place or booking.state is not BookingState.WAITING:
        return False
    if offer.ended_at is not None or has_ended(offer.ends_at, now):
        return offer.ended_how == Ended.TAKEN
    fact = fact_in(at.snapshot, booking.id)
    return fact.obstacle is None and isinstance(accept_invitation(at.snapshot, fact, now), Wait)


def _still_waiting(at: EventInForce, booking: Booking, now: datetime) -> BookingResult:
    return BookingResult.of(booking, standing_in(at.snapshot, booking.id, now))


def _refuse_ended(offer: Offer, now: datetime) -> None:
    if offer.ended_at is None and not has_ended(offer.ends_at, now):
        return
    ended_at = min(offer.ended_at or offer.ends_at, offer.ends_at)
    raise Gone(
        f"This offer ended on {moment(ended_at)}.",
        way_out="Your booking’s page says where you stand now.",
    )


def _refuse_clash(session: Session, at: EventInForce, booking: Booking, now: datetime) -> None:
    elsewhere = beside(other_places(session, booking.person_id, now), booking.replaces_id)
    found = clash_refusal(at.snapshot, elsewhere) or course_refusal(at.snapshot, elsewhere, now)
    if found:
        raise Refused(found.sentence, way_out=found.way_out)


def _close_invitations(session: Session, event_id: int, now: datetime) -> None:
    """End the invitations for which there is no place any more."""
    left = event_in_force(session, event_id, now).snapshot
    shut_out = [fact.id for fact in left.waiting if not is_eligible(left, fact, now)]
    running = session.scalars(
        select(Offer).where(Offer.booking_id.in_(shut_out), Offer.ended_at.is_(None))
    )
    for offer in running:
        offer.ended_at, offer.ended_how = now, Ended.TAKEN
