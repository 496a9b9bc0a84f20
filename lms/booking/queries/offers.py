"""The ledger of offers: what was offered to whom, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from lms.booking.models import Booking, Offer
from lms.booking.rules import BookingState, Ended, OfferFact, what_became_of
from lms.db import db


@dataclass(frozen=True)
class OfferLine:
    """A line of the ledger: whose it is, what was offered when, and what became of it."""

    booking: Booking
    made_at: datetime
    what: str
    became: str
    is_running: bool
    holds_place: bool


def offers_at(event_id: int) -> list[OfferLine]:
    """Every offer and invitation of an event, the newest first."""
    newest = _whole().where(Booking.event_id == event_id).order_by(Offer.id.desc())
    return [_line(offer) for offer in db.session.scalars(newest).unique()]


def offers_to(booking_id: int) -> list[OfferLine]:
    """Those made to one booking, in order."""
    own = _whole().where(Booking.id == booking_id).order_by(Offer.id)
    return [_line(offer) for offer in db.session.scalars(own).unique()]


def _whole() -> Select[Offer]:
    booking = joinedload(Offer.booking)
    return (
        select(Offer)
        .join(Booking, Booking.id == Offer.booking_id)
        .options(
            booking.joinedload(Booking.person),
            booking.joinedload(Booking.agency),
            booking.selectinload(Booking.moves),
        )
    )


def _line(offer: Offer) -> OfferLine:
    fact = OfferFact(
        made_at=offer.made_at,
        ends_at=offer.ends_at,
        holds_place=offer.holds_place,
        ended_at=offer.ended_at,
        ended_how=Ended(offer.ended_how) if offer.ended_how else None,
        why=_why_taken_back(offer),
    )
    return OfferLine(
        offer.booking,
        offer.made_at,
        fact.what,
        what_became_of(fact),
        offer.ended_at is None,
        offer.holds_place,
    )


def _why_taken_back(offer: Offer) -> str:
    """The reason stands in the booking's history, at the moment when the offer ended."""
    if offer.ended_how != Ended.TAKEN_BACK:
        return ""
    moves = (
        move.why
        for move in offer.booking.moves
        if move.from_state is BookingState.OFFERED and move.at == offer.ended_at
    )
    return next(moves, "")
