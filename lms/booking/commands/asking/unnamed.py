"""Places that an agency lead holds without a name, until the naming date (B13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.agencies.models import Agency
from lms.agencies.queries import ids_under, lineages
from lms.booking.commands.asking.colleagues import NewColleague, colleague_within
from lms.booking.commands.locking import lock_booking, lock_event
from lms.booking.commands.moving import SYSTEM, Doer, begin, move
from lms.booking.commands.passing_on.handing_over import Handing, replace_holder
from lms.booking.commands.recording import record_act
from lms.booking.commands.results import BookingResult
from lms.booking.commands.waiting.filling import fill_after
from lms.booking.messages.unnamed import tell_lapsed, tell_naming_due
from lms.booking.models import Booking
from lms.booking.queries.audience import is_for_agency
from lms.booking.queries.events import EventInForce, event_in_force, lineage_in, side_of
from lms.booking.queries.sharing import area_at
from lms.booking.queries.unnamed import events_with_unnamed, held_without_name
from lms.booking.rules import (
    BookingRequest,
    BookingState,
    CancelledBy,
    Origin,
    Wait,
    may_book,
    naming_until,
    naming_warning_is_due,
    place_for,
    unnamed_lapse,
    unnamed_left,
)
from lms.catalogue.rules import EventMode
from lms.db import db, transaction
from lms.errors import NotFound, Refused
from lms.tokens import new_reference
from lms.words import count, moment, of_them, sentence_case

NOT_NAMED = "A colleague to be named"


def hold_places(
    event_id: int,
    agency_id: int,
    places: int,
    *,
    area_id: int | None = None,
    mode: EventMode | None = None,
    by: Viewer,
    now: datetime,
) -> list[int]:
    """Hold that many places for an agency that `by` leads, all or none; returns the bookings.

    Raises NotFound for another's agency; Refused where the event allows fewer, where there are
    not so many, or where names are due by now.
    """
    with transaction() as session:
        _refuse_agency_of_others(session, agency_id, by)
        first_ticket = lock_event(session, event_id, max(1, places))
        agency = session.get_one(Agency, agency_id)
        _refuse_where_not_allowed(session, event_id, agency_id, places, now)
        held = [
            _hold_one(session, event_id, agency, first_ticket + place, area_id, mode, by, now)
            for place in range(places)
        ]
        _record_holding(session, held, agency, by, now)
        return [booking.id for booking in held]


def name_place(
    booking_id: int, *, to: int | NewColleague, by: Viewer, now: datetime
) -> BookingResult:
    """Give a held place to a colleague, who is confirmed in it. Raises NotFound or Refused."""
    with transaction() as session:
        agency_id = session.scalar(
            select(Booking.agency_id).where(Booking.id == booking_id, Booking.is_unnamed)
        )
        if agency_id is None:
            raise NotFound
        person_id = colleague_within(session, to, agency_id, "", by, now)
        booking = lock_booking(session, booking_id, person_id).booking
        at = event_in_force(session, booking.event_id, now)
        _refuse_where_gone(at, booking, now)
        person = session.get_one(Person, person_id, options=[joinedload(Person.emails)])
        new = replace_holder(
            session, at, booking, person, Handing(by, CancelledBy.AGENCY_LEAD, now)
        )
        return BookingResult.of(new)


def end_unnamed_places(now: datetime) -> int:
    """Let go of every place that has no name at its naming date; returns how many."""
    return sum(_end_at(event_id, now) for event_id in events_with_unnamed(db.session(), now))


def warn_of_unnamed_places(now: datetime) -> int:
    """Tell leads which places want a name, once for each naming date; returns how many were."""
    return sum(_warn_at(event_id, now) for event_id in events_with_unnamed(db.session(), now))


# --- Holding ------------------------------------------------------------------------------------


def _refuse_agency_of_others(session: Session, agency_id: int, by: Viewer) -> None:
    led = ids_under(by.agencies(Permission.LEAD_AGENCY))
    if agency_id not in set(session.scalars(led)):
        raise NotFound


def _refuse_where_not_allowed(
    session: Session, event_id: int, agency_id: int, places: int, now: datetime
) -> None:
    at = event_in_force(session, event_id, now)
    if places < 1:
        raise Refused("Enter how many places to hold, such as 3", field="places")
    if unnamed_lapse(at.snapshot, now):
        until = moment(naming_until(at.snapshot))
        raise Refused(f"Names were due on {until}: book your colleagues by name.", field="places")
    above = lineages()
    held = [above[row.agency_id] for row in held_without_name(session, event_id) if row.agency_id]
    left = unnamed_left(at.event.unnamed_places, held, above[agency_id])
    if places > left:
        raise Refused(_how_many_may_be_held(at.event.unnamed_places, left), field="places")


def _how_many_may_be_held(allowed: int, left: int) -> str:
    if not allowed:
        return "At this event no place can be held without a name: book your colleagues by name."
    more = count(left, "more place") if left else "no more places"
    return f"An agency may hold {count(allowed, 'place')} without a name here: enter {more} at most"


def _hold_one(
    session: Session,
    event_id: int,
    agency: Agency,
    ticket: int,
    area_id: int | None,
    mode: EventMode | None,
    by: Viewer,
    now: datetime,
) -> Booking:
    at = event_in_force(session, event_id, now)
    request = _request(at, agency, area_id, mode)
    for refusal in may_book(at.snapshot, request, now):
        raise Refused(refusal.note, way_out=refusal.way_out)
    decision = place_for(at.snapshot, request, now)
    if isinstance(decision, Wait):
        note = of_them(sentence_case(decision.reason.note))
        raise Refused(f"There are not so many places. {note}.", field="places")
    booking = _unnamed_booking(at, request, agency, ticket, mode, by, now)
    begin(session, booking, Doer("agency lead", by.person_id), now, "held without a name")
    return booking


def _request(
    at: EventInForce, agency: Agency, area_id: int | None, mode: EventMode | None
) -> BookingRequest:
    return BookingRequest(
        agency_ids=lineage_in(at.lineages, agency.id),
        sector=agency.sector,
        partnership_id=area_id or area_at(at.event, agency),
        side=side_of(mode),
        is_for_them=is_for_agency(at.event, lineages()[agency.id]),
    )


def _unnamed_booking(
    at: EventInForce,
    request: BookingRequest,
    agency: Agency,
    ticket: int,
    mode: EventMode | None,
    by: Viewer,
    now: datetime,
) -> Booking:
    return Booking(
        reference=new_reference(at.event.partnership.reference_prefix),
        event_id=at.event.id,
        name_as_given=NOT_NAMED,
        is_unnamed=True,
        agency_id=agency.id,
        sector=request.sector,
        area_id=request.partnership_id,
        booked_by_id=by.person_id,
        origin=Origin.AGENCY_LEAD,
        mode=mode,
        state=BookingState.REQUESTED,
        holds_place=True,
        ticket=ticket,
        requested_at=now,
    )


def _record_holding(
    session: Session, held: Sequence[Booking], agency: Agency, by: Viewer, now: datetime
) -> None:
    [at] = {booking.event_id for booking in held}
    event = event_in_force(session, at, now).event
    places = count(len(held), "place")
    sentence = f"held {places} at {event.title} for {agency.name}, without a name"
    record_act(session, event, "hold places", sentence, by, now)


# --- Naming, and the naming date ----------------------------------------------------------------


def _refuse_where_gone(at: EventInForce, booking: Booking, now: datetime) -> None:
    if booking.state is not BookingState.REQUESTED:
        raise Refused(f"This place is held no longer: its booking is {booking.state.words}.")
    if not at.snapshot.is_dated:
        raise Refused("The event has no date yet. A place can be named once it has one.")
    if unnamed_lapse(at.snapshot, now):
        raise Refused(
            f"Names were due on {moment(naming_until(at.snapshot))}, so the place is let go.",
            way_out="Book your colleague by name: where there is no place, they wait.",
        )


def _end_at(event_id: int, now: datetime) -> int:
    with transaction() as session:
        lock_event(session, event_id)
        at = event_in_force(session, event_id, now)
        if not unnamed_lapse(at.snapshot, now):
            return 0
        held = held_without_name(session, event_id)
        for booking in held:
            move(session, booking, BookingState.LAPSED, SYSTEM, now, "not named in time")
        for agency_id, lapsed in _by_agency(held):
            tell_lapsed(session, at, agency_id, len(lapsed), now)
    fill_after(event_id, now)
    return len(held)


def _warn_at(event_id: int, now: datetime) -> int:
    with transaction() as session:
        at = event_in_force(session, event_id, now)
        if not naming_warning_is_due(at.snapshot, now):
            return 0
        held = held_without_name(session, event_id)
        return sum(
            tell_naming_due(session, at, agency_id, len(own), now)
            for agency_id, own in _by_agency(held)
        )


def _by_agency(held: Sequence[Booking]) -> list[tuple[int, list[Booking]]]:
    named = sorted((b for b in held if b.agency_id), key=lambda b: (b.agency_id or 0, b.id))
    return [(key or 0, list(own)) for key, own in groupby(named, key=lambda b: b.agency_id)]
