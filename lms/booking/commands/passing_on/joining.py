"""One of two places that turned out to be one person's ends; and, where that was wrong, stands
again. Whose records are joined is decided above; here is what it does to places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.booking.commands.charging.proposing import withdraw_charge
from lms.booking.commands.ending import end_offers
from lms.booking.commands.moving import canceller, move
from lms.booking.messages.entries import invitations_of, renew, strike_all
from lms.booking.messages.joining import tell_ended_as_double, tell_stands_again
from lms.booking.models import Booking
from lms.booking.queries.events import event_in_force
from lms.booking.rules import (
    LIVE,
    BookingState,
    CancelledBy,
    Ended,
    over_capacity,
    over_caps,
    over_reservations,
)
from lms.catalogue.rules import EventState
from lms.errors import Refused


def end_double(
    session: Session, booking: Booking, stays: Booking, by: Viewer | None, now: datetime
) -> None:
    """End a booking beside which the same person has another: never late, and no charge.

    Events and persons must be locked. Whoever waits for its place is served once this is committed
    (`fill_after`). What the register said of it goes with it: one person came, once.
    """
    end_offers(session, booking, Ended.WITHDRAWN, now)
    booking.is_late_cancellation = False
    booking.outcome, booking.outcome_reason = None, ""
    booking.counts_as_confirmed_at_start = None
    why = f"joined with {stays.reference}: the records were one person’s"
    move_id = move(
        session, booking, BookingState.CANCELLED, canceller(CancelledBy.COORDINATOR, by), now, why
    )
    if stays.replaces_id is None:
        stays.replaces_id = booking.id  # so that no report counts a place that was given up
    withdraw_charge(session, booking, f"The booking was {why}.", now)
    if booking.event.starts_at is None or booking.event.starts_at > now:
        entries = strike_all(session, booking)
        tell_ended_as_double(session, booking, stays, move_id, entries, now)


def stand_again(session: Session, booking: Booking, now: datetime) -> None:
    """Say that a booking which had ended as a double stands again, if there is room for it.

    Its row and history are as they were already, and its event is locked. Raises Refused where its
    place has gone, or its event was called off.
    """
    session.flush()
    event = booking.event
    if event.state is EventState.CANCELLED and booking.state in LIVE:
        raise Refused(
            f"{event.title} has been called off since, so booking {booking.reference} "
            "cannot stand again."
        )
    if event.ends_at is not None and event.ends_at <= now:
        return
    seen = event_in_force(session, event.id, now).snapshot
    if over_capacity(seen) or over_reservations(seen, now) or over_caps(seen, now):
        raise Refused(
            f"The place of booking {booking.reference} at {event.title} has gone to somebody else.",
            way_out="Give the event one more place first, or leave the records as they are.",
        )
    rows = invitations_of(session, [booking.id])[booking.id]
    if rows and event.starts_at is not None and event.starts_at > now:
        tell_stands_again(session, booking, renew(session, booking, rows, event), now)


def live_bookings(session: Session, person_ids: list[int]) -> list[Booking]:
    """The live bookings of some people, by event: those that took place among them (B2)."""
    query = select(Booking).where(Booking.person_id.in_(person_ids), Booking.state.in_(LIVE))
    return list(session.scalars(query.order_by(Booking.event_id, Booking.id)))
