"""A place passes to a colleague: the old booking ends, a new one is confirmed (B12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.access import Viewer
from lms.accounts.models import Person
from lms.booking.commands.asking.colleagues import (
    NewColleague,
    colleague_within,
)
from lms.booking.commands.ending import end_offers
from lms.booking.commands.locking import lock_booking
from lms.booking.commands.moving import Doer, begin, canceller, move
from lms.booking.commands.recording import record_act
from lms.booking.commands.results import BookingResult
from lms.booking.commands.waiting.filling import tell_of_place
from lms.booking.messages import changes
from lms.booking.messages.entries import strike_all
from lms.booking.messages.telling import Step, tell
from lms.booking.models import Booking
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.queries.handing_over import why_not_theirs
from lms.booking.rules import (
    BookingState,
    CancelledBy,
    Ended,
    Origin,
    may_be_handed_over,
)
from lms.db import transaction
from lms.errors import NotFound, Refused
from lms.tokens import new_reference


@dataclass(frozen=True)
class Handing:
    """An act by which a place passes to a colleague: by whom, and as whom they act."""

    by: Viewer | None
    by_what: CancelledBy
    now: datetime

    @property
    def doer(self) -> Doer:
        return canceller(self.by_what, self.by)

    @property
    def origin(self) -> Origin:
        origins = {
            CancelledBy.AGENCY_LEAD: Origin.AGENCY_LEAD,
            CancelledBy.COORDINATOR: Origin.COORDINATOR,
        }
        return origins.get(self.by_what, Origin.OWN)


def hand_over_booking(
    booking_id: int,
    *,
    to: int | NewColleague,
    by: Viewer | None,
    by_what: CancelledBy = CancelledBy.DELEGATE,
    now: datetime,
) -> BookingResult:
    """Hand a confirmed place to a colleague of the same agency, until the event starts (B12).

    Both are told; nothing counts as late, nobody else's place or turn is touched. Raises
    NotFound, or Refused where the place or the colleague does not allow it.
    """
    handing = Handing(by, by_what, now)
    with transaction() as session:
        person_id = _colleague_id(session, booking_id, to, handing)
        booking = lock_booking(session, booking_id, person_id).booking
        at = event_in_force(session, booking.event_id, now)
        _refuse_where_it_stays(at, booking, now)
        person = session.get_one(Person, person_id, options=[joinedload(Person.emails)])
        new = replace_holder(session, at, booking, person, handing)
        return BookingResult.of(new)


def _colleague_id(
    session: Session, booking_id: int, to: int | NewColleague, handing: Handing
) -> int:
    agency = session.execute(
        select(Booking.agency_id, Booking.agency_typed).where(Booking.id == booking_id)
    ).one_or_none()
    if agency is None:
        raise NotFound
    return colleague_within(
        session, to, agency.agency_id, agency.agency_typed, handing.by, handing.now
    )


def _refuse_where_it_stays(at: EventInForce, booking: Booking, now: datetime) -> None:
    if may_be_handed_over(at.snapshot, booking.state, now):
        return
    if at.snapshot.has_begun(now):
        raise Refused("The event has started, so the place can no longer be handed over.")
    if not at.snapshot.is_dated:
        raise Refused("The event has no date yet. A place can be handed over once it has one.")
    raise Refused(
        f"Only a confirmed place can be handed over: this booking is {booking.state.words}."
    )


# --- Shared with naming an unnamed place --------------------------------------------------------


def replace_holder(
    session: Session, at: EventInForce, held: Booking, person: Person, handing: Handing
) -> Booking:
    """End a booking that holds a place, and confirm one for a colleague in its place.

    The event and both persons must be locked. Agency, sector, area, side and override stay, so
    that no share and no order is touched. Raises Refused, naming the clash (B8).
    """
    if refusal := why_not_theirs(session, at, held, person, handing.now):
        raise Refused(refusal.sentence, way_out=refusal.way_out)
    _end(session, at, held, person, handing)
    _leave_the_list(session, at, person, handing)
    new = _successor(at, held, person, handing)
    move_id = begin(session, new, handing.doer, handing.now, f"in the place of {held.name}")
    sentence = f"gave the place of {held.name} at {at.event.title} to {new.name}"
    record_act(session, new, "hand over", sentence, handing.by, handing.now)
    from_whom = held.name if held.person else ""
    tell_of_place(session, at, new, move_id, handing.now, from_whom)
    return new


def _end(
    session: Session, at: EventInForce, held: Booking, person: Person, handing: Handing
) -> None:
    why = f"handed over to {person.name}" if held.person else f"named: {person.name}"
    held.is_late_cancellation = False
    end_offers(session, held, Ended.WITHDRAWN, handing.now)
    move_id = move(session, held, BookingState.CANCELLED, handing.doer, handing.now, why)
    entries = strike_all(session, held)
    step = Step(held, at.event, move_id)
    told = changes.handed_over(step, entries, handing.by_what, person.name)
    tell(session, told, handing.now)


def _leave_the_list(session: Session, at: EventInForce, person: Person, handing: Handing) -> None:
    """One who waited has a place now; the message of that place says so."""
    waits = [fact.id for fact in at.snapshot.waiting if fact.person_id == person.id]
    for booking_id in waits:
        booking = session.get_one(Booking, booking_id)
        end_offers(session, booking, Ended.WITHDRAWN, handing.now)
        why = "took a colleague’s place over"
        move(session, booking, BookingState.CANCELLED, handing.doer, handing.now, why)


def _successor(at: EventInForce, held: Booking, person: Person, handing: Handing) -> Booking:
    """The same claim on the same place, for somebody else."""
    return Booking(
        reference=new_reference(at.event.partnership.reference_prefix),
        event_id=held.event_id,
        person=person,
        agency_id=held.agency_id,
        agency_typed=held.agency_typed,
        sector=held.sector,
        area_id=held.area_id,
        job_role=person.job_role,
        line_manager_email=person.line_manager_email,
        access_needs=person.access_needs,
        dietary_needs=person.dietary_needs,
        booked_by_id=handing.by.person_id if handing.by else held.person_id,
        replaces_id=held.id,
        origin=handing.origin,
        mode=held.mode,
        state=BookingState.CONFIRMED,
        ticket=held.ticket,
        requested_at=handing.now,
        override_reason=held.override_reason,
        is_over_capacity=held.is_over_capacity,
    )
