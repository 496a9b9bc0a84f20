"""Bookings as pages read them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, select, true
from sqlalchemy.orm import joinedload

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.booking.models import Booking, Offer
from lms.booking.queries.events import snapshot
from lms.booking.queries.passed_on import with_passed_on
from lms.booking.rules import (
    LIVE,
    BookingFact,
    BookingPolicy,
    BookingState,
    EventSnapshot,
    Reminder,
    position_of,
    reminders_to_come,
    standing,
    told_of,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db
from lms.errors import NotFound

STATE_ORDER = (
    BookingState.CONFIRMED,
    BookingState.OFFERED,
    BookingState.REQUESTED,
    BookingState.WAITING,
)


@dataclass(frozen=True)
class Standing:
    """Where someone who waits stands: 'Third in line: all 25 places are taken'."""

    position: int
    sentence: str


def list_bookings(event_id: int, area_ids: Collection[int] | None = None) -> list[Booking]:
    """An event's bookings: who has a place by surname, who waits in order of joining, who left.

    Only those for some partnerships' areas, where any are named.
    """
    in_state = case(
        {state.value: place for place, state in enumerate(STATE_ORDER)},
        value=Booking.state,
        else_=len(STATE_ORDER),
    )
    in_line = case((Booking.state == BookingState.WAITING, Booking.ticket), else_=0)
    wanted = (
        _whole()
        .options(with_passed_on())
        .outerjoin(Person, Person.id == Booking.person_id)
        .where(Booking.event_id == event_id)
        .where(Booking.area_id.in_(area_ids) if area_ids is not None else true())
        .order_by(
            in_state,
            case((Booking.state == BookingState.WAITING, -Booking.priority), else_=0),
            in_line,
            Person.sort_name,
            Booking.name_as_given,
            Booking.id,
        )
    )
    return list(db.session.scalars(wanted))


def get_booking(reference: str, viewer: Viewer) -> Booking:
    """A booking that the viewer made or runs. Raises NotFound for any other."""
    booking = db.session.scalars(_whole().where(Booking.reference == reference)).one_or_none()
    if booking is None or not _may_see(viewer, booking):
        raise NotFound
    return booking


def _may_see(viewer: Viewer, booking: Booking) -> bool:
    is_own = booking.person_id == viewer.person_id
    return is_own or runs(booking.event, viewer) or is_of_ours(booking, viewer)


def runs(event: Event, viewer: Viewer) -> bool:
    """Whether the viewer runs an event: its partnership's programme."""
    return viewer.can(Permission.RUN_PROGRAMME, event.partnership_id)


def is_of_ours(booking: Booking, viewer: Viewer) -> bool:
    """Whether a booking is for an area of the viewer's that has a part in the event (B17)."""
    return booking.area_id in areas_shared(booking.event, viewer)


def areas_shared(event: Event, viewer: Viewer) -> frozenset[int]:
    """The viewer's partnerships that have a part in an event which another one hosts (B17)."""
    if event.state is EventState.DRAFT:
        return frozenset()
    run = viewer.partnerships(Permission.RUN_PROGRAMME)
    return frozenset(part.partnership_id for part in event.shared_with) & run


def get_booking_by_id(booking_id: int) -> Booking:
    """A booking whose number a link or a permitted parent gave. Raises NotFound."""
    booking = db.session.scalars(_whole().where(Booking.id == booking_id)).one_or_none()
    if booking is None:
        raise NotFound
    return booking


def get_offer(offer_id: int) -> Offer:
    """An offer or an invitation, with its booking and event. Raises NotFound."""
    wanted = (
        select(Offer)
        .where(Offer.id == offer_id)
        .options(joinedload(Offer.booking).joinedload(Booking.event).joinedload(Event.sessions))
    )
    offer = db.session.scalars(wanted).unique().one_or_none()
    if offer is None:
        raise NotFound
    return offer


def find_running_offer(booking_id: int) -> Offer | None:
    """The offer or invitation that a booking could be answered by at present."""
    wanted = (
        select(Offer)
        .where(Offer.booking_id == booking_id, Offer.ended_at.is_(None))
        .order_by(Offer.id.desc())
        .limit(1)
    )
    return db.session.scalars(wanted).one_or_none()


def live_booking(person_id: int, event_id: int) -> Booking | None:
    """The one live booking of a person at an event, if any (B2)."""
    wanted = _whole().where(
        Booking.person_id == person_id, Booking.event_id == event_id, Booking.state.in_(LIVE)
    )
    return db.session.scalars(wanted).one_or_none()


def bookings_of_person(person_id: int) -> list[Booking]:
    """All of a person's bookings, ended ones too, by the start of the event."""
    wanted = (
        _whole()
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.person_id == person_id)
        .order_by(Event.starts_at.asc().nulls_last(), Booking.id)
    )
    return list(db.session.scalars(wanted))


def standing_of(booking: Booking, now: datetime) -> Standing:
    """Position and reason of one who waits (B4)."""
    return standing_in(snapshot(db.session(), booking.event_id, now), booking.id, now)


def standing_in(seen: EventSnapshot, booking_id: int, now: datetime) -> Standing:
    """The same, where the event's snapshot is at hand."""
    fact = fact_in(seen, booking_id)
    return Standing(position_of(seen, fact), standing(seen, fact, now))


def told_at(booking: Booking) -> datetime:
    """When the delegate was last told when the event is."""
    return told_of(booking.confirmed_at or booking.requested_at, booking.event.changed_at)


def reminders_of(
    booking: Booking, policy: BookingPolicy, now: datetime
) -> list[tuple[datetime, Reminder]]:
    """The reminders that somebody who has a place is still to have, the next first."""
    starts = [block.starts_at for block in booking.event.sessions]
    return reminders_to_come(starts, told_at(booking), policy, now)


def fact_in(seen: EventSnapshot, booking_id: int) -> BookingFact:
    """A live booking as its event's snapshot has it."""
    return next(fact for fact in seen.bookings if fact.id == booking_id)


def _whole() -> Select[Booking]:
    return select(Booking).options(
        joinedload(Booking.person),
        joinedload(Booking.agency),
        joinedload(Booking.event).selectinload(Event.sessions),
    )
