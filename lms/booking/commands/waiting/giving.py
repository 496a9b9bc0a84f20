"""A coordinator gives a place to one who waits, whatever stands in the way that B14 lets lift."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.booking.commands.approving.answering import approve_by_hand
from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_booking
from lms.booking.commands.moving import Doer
from lms.booking.commands.recording import record_act
from lms.booking.commands.waiting.filling import confirm, fill_after
from lms.booking.models import Booking
from lms.booking.queries.bookings import fact_in
from lms.booking.queries.elsewhere import other_places
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.rules import (
    OVERRIDABLE,
    BookingRequest,
    BookingState,
    Ended,
    Override,
    Place,
    beside,
    may_book,
    place_for,
)
from lms.db import transaction
from lms.errors import NotFound, Refused


def give_place(booking_id: int, *, reason: str, by: Viewer, now: datetime) -> None:
    """Confirm one who waits or is offered a place, out of turn; the reason is kept (B14).

    It approves the booking too, where that is still asked (B10). Raises NotFound, or Refused
    without a reason, or where no override can lift what stands in the way. One who has a place
    already keeps it.
    """
    with transaction() as session:
        booking = lock_booking(session, booking_id).booking
        at = event_in_force(session, booking.event_id, now)
        if not by.can(Permission.RUN_PROGRAMME, at.event.partnership_id):
            raise NotFound
        override = Override(OVERRIDABLE, reason.strip())
        if booking.state is BookingState.CONFIRMED:
            return
        if booking.state not in (BookingState.WAITING, BookingState.OFFERED):
            raise Refused(f"Nobody waits under this booking: it is {booking.state.words}.")
        place = _place(session, at, booking, override, now)
        approve_by_hand(session, booking, override.reason, by, now)
        booking.override_reason = override.reason
        booking.is_over_capacity = place.is_beyond_limits
        end_offers(session, booking, Ended.WITHDRAWN, now)
        doer = Doer("coordinator", by.person_id)
        freed = confirm(session, at, booking, now, "given by the coordinator", by=doer)
        sentence = f"gave {booking.name}, who waited, a place at {at.event.title}"
        record_act(session, booking, "override", sentence, by, now, override.reason)
    fill_after(freed, now)


def _place(
    session: Session, at: EventInForce, booking: Booking, override: Override, now: datetime
) -> Place:
    """The place as the rules give it under the override, as if the booking were asked for now."""
    own = fact_in(at.snapshot, booking.id)
    others = replace(
        at.snapshot, bookings=tuple(fact for fact in at.snapshot.bookings if fact.id != own.id)
    )
    elsewhere = other_places(session, booking.person_id, now)
    request = BookingRequest(
        person_id=own.person_id,
        agency_ids=own.agency_ids,
        sector=own.sector,
        partnership_id=own.partnership_id,
        side=own.side,
        other_places=beside(elsewhere, booking.replaces_id),
    )
    for refusal in may_book(others, request, now, override):
        raise Refused(refusal.note, way_out=refusal.way_out)
    decision = place_for(others, request, now, override)
    if not isinstance(decision, Place):
        raise Refused(decision.reason.note)
    return decision
