"""Giving free places to those who wait: one function decides who is next, every cause calls it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_events, lock_persons
from lms.booking.commands.moving import SYSTEM, Doer, move
from lms.booking.commands.passing_on.replacing import end_replaced, replaced_event
from lms.booking.messages import changes
from lms.booking.messages.entries import enter
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Booking, Offer
from lms.booking.queries.elsewhere import obstacle_to
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.rules import (
    BookingState,
    ConfirmNow,
    Ended,
    InviteAll,
    MakeOffer,
    last_answer_at,
    next_step,
)
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


def fill_after(event_id: int | None, now: datetime) -> None:
    """Fill what another command has freed, if anything (None: nothing).

    Its own change stands: what is busy the sweep does.
    """
    if event_id is None:
        return
    try:
        fill_places(event_id, now)
    except Busy:
        return


def _serve_next(event_id: int, now: datetime, besides: int | None = None) -> int:
    """Serve the one who is next; `besides` is the event at which they would give up a place."""
    freed = None
    with transaction() as session:
        lock_events(session, event_id, besides)
        at = event_in_force(session, event_id, now)
        step = next_step(at.snapshot, now)
        if step is None:
            return 0
        if isinstance(step, InviteAll):
            return _invite(session, at, step, now)
        lock_persons(session, step.booking.person_id)
        other = replaced_event(session, step.booking) if isinstance(step, ConfirmNow) else None
        stands = obstacle_to(session, at.snapshot, step.booking, now)
        if is_served := other in (None, besides) and stands is None:
            freed = _serve(session, at, step, now)
    if not is_served:
        # They took a place elsewhere before we had their lock: now that shows, and the next is
        # asked. Or they give up a place whose event must be locked with this one, in its order.
        return _serve_next(event_id, now, besides=other)
    fill_after(freed, now)
    return 1


def _serve(
    session: Session, at: EventInForce, step: ConfirmNow | MakeOffer, now: datetime
) -> int | None:
    """Confirm or ask; returns the event at which a place came free by it."""
    booking = session.get_one(Booking, step.booking.id)
    if isinstance(step, MakeOffer):
        move(session, booking, BookingState.OFFERED, SYSTEM, now, "a place came up")
        offer = Offer(booking=booking, holds_place=True, made_at=now, ends_at=step.ends_at)
        _send(session, at, offer, step.leaves_at, now)
        return None
    end_offers(session, booking, Ended.WITHDRAWN, now)
    return confirm(session, at, booking, now, "confirmed at once, as ticked")


def confirm(
    session: Session,
    at: EventInForce,
    booking: Booking,
    now: datetime,
    why: str,
    by: Doer = SYSTEM,
) -> int | None:
    """Give a place to one who waited, and end the one that it replaces (B8).

    Event, person and the event of the place that ends must be locked. Returns that event: whoever
    waits there is to be served once this is committed (`fill_after`).
    """
    move_id = move(session, booking, BookingState.CONFIRMED, by, now, why)
    tell_of_place(session, at, booking, move_id, now)
    return end_replaced(session, booking, by, now)


def tell_of_place(
    session: Session,
    at: EventInForce,
    booking: Booking,
    move_id: int,
    now: datetime,
    taken_over_from: str = "",
) -> None:
    """Tell a delegate of the place they have; lateness goes by the day of booking (B11)."""
    lateness = at.lateness(booking.sector, booking.requested_at)
    entries, policy = enter(session, booking, at.event), at.snapshot.policy
    step = Step(booking, at.event, move_id)
    told = changes.confirmed(step, entries, lateness, policy, now, taken_over_from)
    tell(session, told, now)


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
    tell(session, changes.offered(offer, at.event, leaves_at), now)
