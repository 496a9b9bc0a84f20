"""Someone who comes without a booking: recorded, and never counted against the places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access import Viewer
from lms.agencies.models import Agency
from lms.booking.commands.ending import Ended, end_offers
from lms.booking.commands.moving import SYSTEM, begin, booker, move
from lms.booking.models import Booking
from lms.booking.queries.events import event_in_force
from lms.booking.rules import LIVE, BookingState, Origin, Side, has_room_for_walk_in
from lms.catalogue.rules import EventMode, EventState
from lms.errors import Refused
from lms.tokens import new_reference


@dataclass(frozen=True)
class WalkIn:
    """Who came: a known person, or a name as it was given; the agency, or its name as typed."""

    person_id: int | None = None
    name: str = ""
    agency_id: int | None = None
    agency_typed: str = ""
    job_role: str = ""
    mode: EventMode | None = None


def add_walk_in_within(
    session: Session,
    event_id: int,
    walk_in: WalkIn,
    *,
    ticket: int,
    is_limited: bool,
    by: Viewer | None,
    now: datetime,
) -> Booking:
    """Record a walk-in and return their booking, confirmed; the one they have if it is confirmed.

    `ticket` is the caller's, who has locked the event, then the person if one is known. Someone
    who waited stops waiting. `is_limited` for self check-in: Refused where the room is full (A2);
    a trainer's walk-in is always recorded.
    """
    at = event_in_force(session, event_id, now)
    if at.event.state is not EventState.PUBLISHED:
        raise Refused(f"{at.event.title} is {at.event.state.words}.")
    earlier = _live_booking(session, event_id, walk_in.person_id)
    if earlier is not None and earlier.state is BookingState.CONFIRMED:
        return earlier
    side = Side.ONLINE if walk_in.mode is EventMode.ONLINE else Side.ROOM
    if is_limited and not has_room_for_walk_in(at.snapshot, side):
        raise Refused("The room is full.", way_out="Ask the trainer, who can add you by hand.")
    if earlier is not None:
        end_offers(session, earlier, Ended.WITHDRAWN, now)
        move(session, earlier, BookingState.CANCELLED, SYSTEM, now, "came as a walk-in")
        earlier.is_late_cancellation = False
    booking = _booking(session, event_id, walk_in, ticket, now)
    booking.area_id = at.event.partnership_id
    booking.reference = new_reference(at.event.partnership.reference_prefix)
    begin(session, booking, booker(Origin.WALK_IN, by), now)
    return booking


def _live_booking(session: Session, event_id: int, person_id: int | None) -> Booking | None:
    if person_id is None:
        return None
    return session.scalar(
        select(Booking).where(
            Booking.event_id == event_id,
            Booking.person_id == person_id,
            Booking.state.in_(LIVE),
        )
    )


def _booking(
    session: Session, event_id: int, walk_in: WalkIn, ticket: int, now: datetime
) -> Booking:
    agency = session.get(Agency, walk_in.agency_id) if walk_in.agency_id else None
    return Booking(
        event_id=event_id,
        person_id=walk_in.person_id,
        name_as_given="" if walk_in.person_id else walk_in.name.strip(),
        agency=agency,
        agency_typed="" if agency else walk_in.agency_typed.strip(),
        sector=agency.sector if agency else None,
        job_role=walk_in.job_role,
        mode=walk_in.mode,
        origin=Origin.WALK_IN,
        state=BookingState.CONFIRMED,
        ticket=ticket,
        requested_at=now,
    )
