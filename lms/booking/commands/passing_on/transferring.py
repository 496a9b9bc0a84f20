"""A place is exchanged for one on another date of the course, in one act (B8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Permission, Viewer
from lms.booking.commands.asking.requesting import (
    Asking,
    book_or_list,
    hear,
    refuse_what_stands,
)
from lms.booking.commands.locking import lock_events, lock_persons
from lms.booking.commands.recording import record_for_another
from lms.booking.commands.results import BookingResult
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.models import Booking
from lms.booking.queries.bookings import standing_in
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.rules import LIVE, BookingState, Origin, transfer_refusal
from lms.catalogue.rules import EventMode
from lms.db import transaction
from lms.errors import NotFound, Refused


def transfer_booking(
    booking_id: int,
    to_event_id: int,
    *,
    confirm_at_once: bool = False,
    by: Viewer | None,
    now: datetime,
    override_reason: str | None = None,
) -> BookingResult:
    """Exchange a place for one on another date, or wait there and keep it until then.

    Where there is a place, the old one ends in the same transaction: never late, no charge. Who
    waits there already keeps that position. An `override_reason` lifts what stands in the way
    there (B14). Raises NotFound, or Refused.
    """
    with transaction() as session:
        held, ticket = _locked(session, booking_id, to_event_id)
        here = event_in_force(session, held.event_id, now)
        there = event_in_force(session, to_event_id, now)
        if refusal := transfer_refusal(here.snapshot, held.state, there.snapshot, now):
            raise Refused(refusal.sentence, way_out=refusal.way_out)
        sentence = f"asked to move {held.name} from one date of {here.event.title} to another"
        record_for_another(session, held, "transfer", sentence, by, now)
        waiting = _live_there(session, held, to_event_id)
        if waiting is not None:
            result = _stand_for(session, waiting, held, now)
        else:
            asking = _asking(held, there, by, override_reason, confirm_at_once=confirm_at_once)
            heard = hear(session, there, asking, by, now)
            refuse_what_stands(session, heard, now)
            result = book_or_list(session, heard, ticket, now)
        freed = to_event_id if waiting else held.event_id
    fill_after(freed, now)
    return result


def _locked(session: Session, booking_id: int, to_event_id: int) -> tuple[Booking, int]:
    """The booking, and the ticket at the other event; both events are locked, then the person."""
    known = session.execute(
        select(Booking.event_id, Booking.person_id).where(Booking.id == booking_id)
    ).one_or_none()
    if known is None or known.person_id is None:
        raise NotFound
    tickets = lock_events(session, known.event_id, to_event_id)
    lock_persons(session, known.person_id)
    return session.get_one(Booking, booking_id), tickets[to_event_id]


def _live_there(session: Session, held: Booking, event_id: int) -> Booking | None:
    """The booking with which the person waits at the other event already."""
    return session.scalar(
        select(Booking).where(
            Booking.event_id == event_id,
            Booking.person_id == held.person_id,
            Booking.state.in_(LIVE - {BookingState.CONFIRMED}),
        )
    )


def _stand_for(session: Session, waiting: Booking, held: Booking, now: datetime) -> BookingResult:
    """Let a booking that waits take the place of the one held, once it is confirmed."""
    waiting.replaces_id = held.id
    session.flush()
    if waiting.state is not BookingState.WAITING:
        return BookingResult.of(waiting)
    there = event_in_force(session, waiting.event_id, now).snapshot
    return BookingResult.of(waiting, standing_in(there, waiting.id, now))


def _asking(
    held: Booking,
    there: EventInForce,
    by: Viewer | None,
    override_reason: str | None,
    *,
    confirm_at_once: bool,
) -> Asking:
    """The same claim, on the other date: for the same agency and area, with the same needs.

    The line manager is who they say it is by now, else whom they named for the old place.
    """
    manager = held.person.line_manager_email if held.person else None
    is_own = by is None or by.person_id == held.person_id
    return Asking(
        person_id=held.person_id or 0,
        agency_id=held.agency_id,
        agency_typed=held.agency_typed,
        area_id=held.area_id,
        job_role=held.job_role,
        line_manager_email=manager or held.line_manager_email,
        access_needs=held.access_needs,
        dietary_needs=held.dietary_needs,
        confirm_at_once=confirm_at_once,
        mode=held.mode if there.event.mode is EventMode.HYBRID else None,
        origin=Origin.OWN if is_own else _origin(there, by),
        override_reason=override_reason,
        replaces_id=held.id,
    )


def _origin(there: EventInForce, by: Viewer | None) -> Origin:
    """Who acts for somebody else: whoever runs the event, or the lead of their agency."""
    runs_it = by and by.can(Permission.RUN_PROGRAMME, there.event.partnership_id)
    return Origin.COORDINATOR if runs_it else Origin.AGENCY_LEAD
