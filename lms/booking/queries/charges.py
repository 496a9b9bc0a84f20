"""Charges: what may have to be proposed or withdrawn, and the list that a coordinator decides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from lms.access import Permission, Viewer
from lms.agencies.models import ChargingTerms
from lms.booking.models import Booking, Charge
from lms.booking.queries.events import events_in_force, load_events
from lms.booking.rules import (
    CancelledBy,
    ChargeReason,
    ChargeState,
    Outcome,
    Unused,
    charge_reason,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db
from lms.errors import NotFound

NO_LATER_THAN = timedelta(days=90)
"""A place that was not used longer ago is not charged for, should terms be set only now."""

DECIDABLE = (ChargeState.PROPOSED, ChargeState.CONFIRMED)


def unused_of(event: Event, booking: Booking, cancelled_by: CancelledBy | None) -> Unused:
    """A booking as far as a charge depends on it."""
    return Unused(
        state=booking.state,
        event_state=event.state,
        outcome=booking.outcome,
        is_late=bool(booking.is_late_cancellation),
        cancelled_by=cancelled_by,
        was_at_start=bool(booking.counts_as_confirmed_at_start),
        confirmed_at=booking.confirmed_at,
        cancelled_at=booking.cancelled_at,
        moved_at=event.changed_at,
    )


def stands_for(charge: Charge) -> bool:
    """Whether a charge is still for what it was proposed for.

    Who gave the place up was looked at when it was proposed.
    """
    booking = charge.booking
    unused = unused_of(booking.event, booking, CancelledBy.DELEGATE)
    return charge_reason(unused) is charge.reason


# --- What falls due -------------------------------------------------------------------------


def events_to_review(session: Session, now: datetime) -> list[int]:
    """The events at which a charge is to be proposed or withdrawn."""
    return sorted(_events_to_propose_at(session, now) | _events_to_withdraw_at(session))


def absent_to_charge(
    session: Session, now: datetime, *conditions: ColumnElement[bool]
) -> list[Booking]:
    """Those for whose absence a charge is due and has not been proposed: the rule says for whom.

    The statement only narrows; a charge that was withdrawn does not keep a new one away.
    """
    charged = exists().where(Charge.booking_id == Booking.id, Charge.state != ChargeState.WITHDRAWN)
    absent = session.scalars(
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Booking.outcome == Outcome.DID_NOT_ATTEND,
            Event.ends_at.between(now - NO_LATER_THAN, now),
            ~charged,
            *conditions,
        )
        .options(contains_eager(Booking.event))
        .order_by(Booking.id)
    )
    return [
        booking
        for booking in absent
        if charge_reason(unused_of(booking.event, booking, None)) is ChargeReason.NON_ATTENDANCE
    ]


def _events_to_propose_at(session: Session, now: datetime) -> set[int]:
    has_terms = exists().where(ChargingTerms.partnership_id == Event.partnership_id)
    absent = absent_to_charge(session, now, has_terms)
    events = load_events(session, {booking.event_id for booking in absent})
    at = events_in_force(session, events, now)
    return {booking.event_id for booking in absent if at[booking.event_id].charge_for(booking)}


def _events_to_withdraw_at(session: Session) -> set[int]:
    may_not_stand = or_(
        Event.state != EventState.PUBLISHED,
        (Charge.reason == ChargeReason.NON_ATTENDANCE)
        & func.coalesce(Booking.outcome != Outcome.DID_NOT_ATTEND, True),
    )
    return set(
        session.scalars(
            select(Booking.event_id)
            .join(Charge, Charge.booking_id == Booking.id)
            .join(Event, Event.id == Booking.event_id)
            .where(Charge.state.in_(DECIDABLE), may_not_stand)
        )
    )


# --- What a coordinator decides -------------------------------------------------------------


def list_charges(viewer: Viewer) -> list[Charge]:
    """Every charge of the partnerships that the viewer runs: the proposed first, then by event."""
    proposed_first = (Charge.state != ChargeState.PROPOSED).asc()
    return list(
        db.session.scalars(
            _whole()
            .where(_seen_by(viewer))
            .order_by(proposed_first, Event.starts_at.desc(), Charge.id)
        )
    )


def get_charge(charge_id: int, viewer: Viewer) -> Charge:
    """One of them. Raises NotFound for any other."""
    found = db.session.scalar(_whole().where(Charge.id == charge_id, _seen_by(viewer)))
    if found is None:
        raise NotFound
    return found


def charges_within(session: Session, charge_ids: Collection[int], viewer: Viewer) -> list[Charge]:
    """Those that a command decides, locked in order. Raises NotFound where one is not theirs."""
    found = session.scalars(
        select(Charge).where(Charge.id.in_(charge_ids)).order_by(Charge.id).with_for_update()
    ).all()
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    theirs = [charge for charge in found if charge.booking.event.partnership_id in run]
    if len(theirs) != len(set(charge_ids)):
        raise NotFound
    return theirs


def _seen_by(viewer: Viewer) -> ColumnElement[bool]:
    return Event.partnership_id.in_(viewer.partnerships(Permission.RUN_PROGRAMME))


def _whole() -> Select[Charge]:
    booking = joinedload(Charge.booking)
    return (
        select(Charge)
        .join(Booking, Booking.id == Charge.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .options(
            booking.joinedload(Booking.person),
            booking.joinedload(Booking.agency),
            booking.joinedload(Booking.event).selectinload(Event.sessions),
            joinedload(Charge.decided_by),
        )
    )
