"""How an offer or an invitation ends, and what is still asked about a booking that ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.booking.models import Approval, Booking, Offer
from lms.booking.rules import Ended


def end_offers(session: Session, booking: Booking, how: Ended, now: datetime) -> None:
    """End whatever offer or invitation of a booking still runs; its event must be locked."""
    running = session.scalars(
        select(Offer).where(Offer.booking_id == booking.id, Offer.ended_at.is_(None))
    )
    for offer in running:
        offer.ended_at, offer.ended_how = now, how


def end_approvals(session: Session, booking: Booking, now: datetime) -> None:
    """Ask nobody about a booking any more; whatever ends one passes here, by way of its move."""
    session.execute(
        update(Approval)
        .where(Approval.booking_id == booking.id, Approval.ended_at.is_(None))
        .values(ended_at=now)
    )


def shorten_offers(session: Session, event_id: int, latest: datetime) -> None:
    """Let no offer of an event run on after `latest`: one that moves up takes its offers along."""
    of_event = select(Booking.id).where(Booking.event_id == event_id)
    session.execute(
        update(Offer)
        .where(Offer.booking_id.in_(of_event), Offer.ended_at.is_(None), Offer.ends_at > latest)
        .values(ends_at=latest)
    )
