"""Proposing a charge for a place that was not used, and taking back what no longer stands (B11)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.booking.commands.locking import lock_event
from lms.booking.messages.charges import tell_leads
from lms.booking.models import Booking, Charge
from lms.booking.queries.charges import (
    absent_to_charge,
    events_to_review,
    stands_for,
    unused_of,
)
from lms.booking.queries.events import EventInForce, event_in_force, load_events
from lms.booking.rules import CancelledBy, ChargeReason, ChargeState, Owed, charge_reason
from lms.db import db, transaction


def propose_for_leaving(
    session: Session, at: EventInForce, booking: Booking, by_what: CancelledBy, now: datetime
) -> Owed | None:
    """Propose what giving up this place so late costs; returns it, or None where it is free."""
    reason = charge_reason(unused_of(at.event, booking, by_what))
    return _propose(session, at, booking, reason, now) if reason else None


def review_charges(now: datetime) -> int:
    """Propose for those who did not come, and withdraw what turned out not to be so.

    Returns how many were proposed or withdrawn: a register that is corrected, an event that is
    called off after somebody had left it.
    """
    return sum(_review(event_id, now) for event_id in events_to_review(db.session(), now))


def _review(event_id: int, now: datetime) -> int:
    with transaction() as session:
        lock_event(session, event_id)
        withdrawn = _withdraw(session, event_id, now)
        [event] = load_events(session, [event_id])
        if not event.sessions:
            return withdrawn
        at = event_in_force(session, event_id, now)
        absent = absent_to_charge(session, now, Booking.event_id == event_id)
        reason = ChargeReason.NON_ATTENDANCE
        proposed = [_propose(session, at, booking, reason, now) for booking in absent]
        return withdrawn + sum(found is not None for found in proposed)


def _propose(
    session: Session, at: EventInForce, booking: Booking, reason: ChargeReason, now: datetime
) -> Owed | None:
    amount = at.charge_for(booking)
    if amount is None:
        return None
    charge = session.scalar(select(Charge).where(Charge.booking_id == booking.id))
    charge = charge or Charge(booking=booking)
    charge.reason, charge.state = reason, ChargeState.PROPOSED
    charge.pence, charge.proposed_at = amount.pence, now
    charge.decided_at = charge.decided_by_id = None
    charge.why = ""
    session.add(charge)
    return amount


def _withdraw(session: Session, event_id: int, now: datetime) -> int:
    open_charges = session.scalars(
        select(Charge)
        .join(Booking, Booking.id == Charge.booking_id)
        .where(
            Booking.event_id == event_id,
            Charge.state.in_((ChargeState.PROPOSED, ChargeState.CONFIRMED)),
        )
        .order_by(Charge.id)
        .with_for_update(of=Charge)  # a coordinator may be confirming one just now
    )
    unfounded = [charge for charge in open_charges if not stands_for(charge)]
    for charge in unfounded:
        _withdraw_one(session, charge, _why_withdrawn(charge), now)
    return len(unfounded)


def withdraw_charge(session: Session, booking: Booking, why: str, now: datetime) -> None:
    """Let nothing be charged any more for a booking that ends as the double of another."""
    open_charge = session.scalar(
        select(Charge).where(
            Charge.booking_id == booking.id,
            Charge.state.in_((ChargeState.PROPOSED, ChargeState.CONFIRMED)),
        )
    )
    if open_charge is not None:
        _withdraw_one(session, open_charge, why, now)


def _withdraw_one(session: Session, charge: Charge, why: str, now: datetime) -> None:
    was_confirmed = charge.state is ChargeState.CONFIRMED
    charge.state, charge.decided_at, charge.decided_by_id = ChargeState.WITHDRAWN, now, None
    charge.why = why
    if was_confirmed:
        tell_leads(session, charge, now)


def _why_withdrawn(charge: Charge) -> str:
    outcome = charge.booking.outcome
    if charge.reason is ChargeReason.NON_ATTENDANCE and outcome is not None:
        return f"The register says by now: {outcome.words}."
    return "The event did not take place as it was booked."
