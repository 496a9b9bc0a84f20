"""Giving free places to those who wait: one function decides who is next, every cause calls it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking.commands.ending import Ended, end_offers
from lms.booking.commands.locking import lock_event, lock_persons
from lms.booking.commands.moving import SYSTEM, Doer, move
from lms.booking.messages import changes
from lms.booking.models import Booking, Offer
from lms.booking.queries.events import EventInForce, event_in_force, places_elsewhere
from lms.booking.rules import (
    BookingState,
    ConfirmNow,
    InviteAll,
    MakeOffer,
    last_answer_at,
    late_after,
    next_step,
    obstacle,
)
from lms.clock import london_date
from lms.db import transaction
from lms.errors import Busy


def fill_places(event_id: int, now: datetime) -> int:
    """Place or ask everyone for whom there is a place, one person a transaction (B5, B6).

    Returns how many were confirmed, offered a place or invited. Raises NotFound or Busy.
    """
    served = 0
    while some := _serve_next(event_id, now):
        served += some
    return served


def fill_after(event_id: int, now: datetime) -> None:
    """Fill what another command has freed. Its own change stands: what is busy the sweep does."""
    try:
        fill_places(event_id, now)
    except Busy:
        return


def _serve_next(event_id: int, now: datetime) -> int:
    with transaction() as session:
        lock_event(session, event_id)
        at = event_in_force(session, event_id, now)
        step = next_step(at.snapshot, now)
        if step is None:
            return 0
        if isinstance(step, InviteAll):
            return _invite(session, at, step, now)
        lock_persons(session, step.booking.person_id)
        if not _is_hindered(session, at, step, now):
            _serve(session, at, step, now)
            return 1
    # They took a place elsewhere before we had their lock: now that shows, and the next is asked.
    return _serve_next(event_id, now)


def _is_hindered(
    session: Session, at: EventInForce, step: ConfirmNow | MakeOffer, now: datetime
) -> bool:
    person_id = step.booking.person_id or 0
    elsewhere = places_elsewhere(session, [person_id], now).get(person_id, [])
    return obstacle(at.snapshot, elsewhere, now) is not None


def _serve(session: Session, at: EventInForce, step: ConfirmNow | MakeOffer, now: datetime) -> None:
    booking = session.get_one(Booking, step.booking.id)
    if isinstance(step, MakeOffer):
        move(session, booking, BookingState.OFFERED, SYSTEM, now, "a place came up")
        offer = Offer(booking=booking, holds_place=True, made_at=now, ends_at=step.ends_at)
        _send(session, at, offer, step.leaves_at, now)
        return
    end_offers(session, booking, Ended.WITHDRAWN, now)
    confirm(session, at, booking, now, "confirmed at once, as ticked")


def confirm(
    session: Session,
    at: EventInForce,
    booking: Booking,
    now: datetime,
    why: str,
    by: Doer = SYSTEM,
) -> None:
    """Give a place to one who waited; event and person must be locked."""
    move_id = move(session, booking, BookingState.CONFIRMED, by, now, why)
    tell_of_place(session, at, booking, move_id, now)


def tell_of_place(
    session: Session,
    at: EventInForce,
    booking: Booking,
    move_id: int,
    now: datetime,
    taken_over_from: str = "",
) -> None:
    """Tell a delegate of the place they have; lateness goes by the day of booking (B11)."""
    policy = at.policy_on(london_date(booking.requested_at))
    ends_at = late_after(at.snapshot.starts_at, policy)
    changes.tell_confirmed(session, booking, at.event, move_id, ends_at, now, taken_over_from)


def _invite(session: Session, at: EventInForce, step: InviteAll, now: datetime) -> int:
    """Ask all the eligible who have not been asked yet; they go on waiting."""
    if step.leaves_at > now:
        return 0
    ids = [fact.id for fact in step.bookings]
    asked = set(
        session.scalars(
            select(Offer.booking_id).where(Offer.booking_id.in_(ids), Offer.ended_at.is_(None))
        )
    )
    for booking_id in (at_id for at_id in ids if at_id not in asked):
        booking = session.get_one(Booking, booking_id)
        ends_at = last_answer_at(at.snapshot)
        offer = Offer(booking=booking, holds_place=False, made_at=now, ends_at=ends_at)
        _send(session, at, offer, now, now)
    return len(ids) - len(asked)


def _send(
    session: Session, at: EventInForce, offer: Offer, leaves_at: datetime, now: datetime
) -> None:
    session.add(offer)
    session.flush()
    changes.tell_offered(session, offer, at.event, leaves_at, now)
