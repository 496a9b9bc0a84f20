"""Offers that run out, or that the mail server would not take: the place goes to the next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import Locked, lock_offer
from lms.booking.commands.moving import SYSTEM, move
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.messages import changes
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Offer
from lms.booking.queries.bookings import fact_in, standing_in
from lms.booking.queries.events import event_in_force
from lms.booking.rules import BookingState, Ended, after_lapse, has_ended
from lms.db import db, transaction
from lms.messaging.models import Message


def end_lapsed_offers(now: datetime) -> int:
    """End every offer and invitation that has run out; returns how many.

    A first lapse puts the person at the end of the list, a second takes them off (B6).
    """
    run_out = select(Offer.id).where(Offer.ended_at.is_(None), Offer.ends_at <= now)
    return _end_all(list(db.session.scalars(run_out.order_by(Offer.id))), Ended.LAPSED, now)


def pass_on_refused_offers(now: datetime) -> int:
    """Pass on every offer whose message was refused for good, as if it had lapsed (B6)."""
    was_refused = exists().where(
        Message.purpose == changes.OFFER,
        Message.subject_id == Offer.id,
        Message.was_refused.is_(True),
    )
    refused = select(Offer.id).where(
        Offer.ended_at.is_(None), Offer.holds_place.is_(True), was_refused
    )
    return _end_all(list(db.session.scalars(refused.order_by(Offer.id))), Ended.REFUSED, now)


def _end_all(offer_ids: list[int], how: Ended, now: datetime) -> int:
    return sum(_end_one(offer_id, how, now) for offer_id in offer_ids)


def _end_one(offer_id: int, how: Ended, now: datetime) -> bool:
    with transaction() as session:
        offer, locked = lock_offer(session, offer_id)
        still_runs = how is Ended.REFUSED or has_ended(offer.ends_at, now)
        if offer.ended_at is not None or not still_runs:
            return False
        if offer.holds_place:
            _lapse(session, locked, how, now)
        else:
            offer.ended_at, offer.ended_how = now, how
        event_id = locked.booking.event_id
    fill_after(event_id, now)
    return True


def _lapse(session: Session, locked: Locked, how: Ended, now: datetime) -> None:
    booking, ticket = locked
    before = event_in_force(session, booking.event_id, now)
    after = after_lapse(fact_in(before.snapshot, booking.id))
    end_offers(session, booking, how, now)
    booking.lapses = after.lapses
    if after.state is BookingState.WAITING:
        booking.ticket, booking.priority, booking.priority_reason = ticket, after.priority, ""
    why = "the offer could not be delivered" if how is Ended.REFUSED else "the offer ran out"
    move_id = move(session, booking, after.state, SYSTEM, now, why)
    if how is Ended.REFUSED:
        return
    standing = None
    if after.state is BookingState.WAITING:
        now_seen = event_in_force(session, booking.event_id, now).snapshot
        standing = standing_in(now_seen, booking.id, now).sentence
    tell(session, changes.lapsed(Step(booking, before.event, move_id), standing), now)
