"""An event as the rules see it: loaded in a constant number of statements, however many events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from lms.agencies.models import Agency, Partnership
from lms.agencies.queries import lineages
from lms.agencies.rules import Sector
from lms.booking.models import Booking
from lms.booking.models import Share as ShareRow
from lms.booking.queries.elsewhere import told_obstacles
from lms.booking.queries.figures import Figures, figures_of
from lms.booking.rules import (
    LIVE,
    BookingFact,
    BookingState,
    CancelledBy,
    EventSnapshot,
    Lateness,
    Origin,
    Owed,
    Share,
    Side,
    is_late,
    next_step,
    shares_of_allocation,
)
from lms.catalogue.models import Event, SharedWith
from lms.catalogue.rules import EventMode, EventState
from lms.clock import london_date
from lms.errors import NotFound

Lineages = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class EventInForce:
    """An event's row with what the rules see of it.

    `figures` are its partnership's dated ones; `lineages` is empty where no share is for an
    agency, since nothing then depends on who is above whom.
    """

    event: Event
    snapshot: EventSnapshot
    figures: Figures
    lineages: Lineages

    def lateness(self, sector: Sector | None, booked_at: datetime) -> Lateness | None:
        """When giving up a place that one of a sector booked then is late, and its price (B11).

        None while the event has no date.
        """
        if not self.snapshot.is_dated:
            return None
        return self.figures.lateness(self.event, self.snapshot.sessions, sector, booked_at)

    def charge_for(self, booking: Booking) -> Owed | None:
        """What it costs that a booking's place is not used; None: nothing (B11)."""
        lateness = self.lateness(booking.sector, booking.requested_at)
        return lateness.charge if lateness else None


def snapshot(session: Session, event_id: int, now: datetime) -> EventSnapshot:
    """One event as the rules see it. Raises NotFound."""
    return event_in_force(session, event_id, now).snapshot


def event_in_force(session: Session, event_id: int, now: datetime) -> EventInForce:
    """One event's row and snapshot; a command must hold the lock on the event."""
    found = events_in_force(session, load_events(session, [event_id]), now)
    if event_id not in found:
        raise NotFound
    return found[event_id]


def would_be_late(at: EventInForce, booking: Booking, by: CancelledBy, now: datetime) -> bool:
    """Whether giving a booking up now counts as late: asked by the page and by the command."""
    return is_late(
        booking.state,
        by,
        now,
        at.snapshot.starts_at if at.snapshot.is_dated else None,
        at.figures.policy_for(booking.sector, london_date(booking.requested_at)),
        confirmed_at=booking.confirmed_at,
        changed_at=at.event.changed_at,
    )


def load_events(session: Session, event_ids: Collection[int]) -> list[Event]:
    """Events in order of id, with their sessions, their partnerships and their allocations."""
    return list(session.scalars(_events(), {"event_ids": list(event_ids)}).unique())


# The statements below are written once: under the lock of an event they are what takes time.
EVENT_IDS: BindParameter[Any] = bindparam("event_ids", expanding=True)


@cache
def _events() -> Select[Event]:
    return (
        select(Event)
        .where(Event.id.in_(EVENT_IDS))
        .options(
            joinedload(Event.sessions),
            joinedload(Event.partnership),
            joinedload(Event.shared_with).joinedload(SharedWith.partnership),
        )
        .order_by(Event.id)
    )


def events_with_someone_to_serve(session: Session, now: datetime) -> list[int]:
    """The events at which somebody who waits could be placed or asked now."""
    with_a_list = exists().where(
        Booking.event_id == Event.id, Booking.state == BookingState.WAITING
    )
    ids = session.scalars(
        select(Event.id)
        .where(Event.state == EventState.PUBLISHED, Event.starts_at > now, with_a_list)
        .order_by(Event.id)
    ).all()
    found = snapshots_of(session, load_events(session, ids), now)
    return [event_id for event_id, seen in found.items() if next_step(seen, now) is not None]


def snapshots_of(
    session: Session, events: Collection[Event], now: datetime
) -> dict[int, EventSnapshot]:
    """Each event as the rules see it."""
    found = events_in_force(session, events, now)
    return {event_id: at.snapshot for event_id, at in found.items()}


def events_in_force(
    session: Session, events: Collection[Event], now: datetime
) -> dict[int, EventInForce]:
    """Each event with its snapshot, by its id; one that is postponed has no session."""
    by_id = {event.id: event for event in events}
    if not by_id:
        return {}
    figures = figures_of(session, {event.partnership_id for event in by_id.values()})
    shares = shares_in_force(session, by_id.values())
    above = lineages() if _speak_of_agencies(shares) else {}
    bookings = _bookings(session, by_id.keys(), above)
    bare = {
        event.id: assembled(
            event,
            shares[event.id],
            bookings[event.id],
            figures[event.partnership_id],
        )
        for event in by_id.values()
    }
    return {
        event_id: EventInForce(
            by_id[event_id], seen, figures[by_id[event_id].partnership_id], above
        )
        for event_id, seen in told_obstacles(session, bare, now).items()
    }


def assembled(
    event: Event,
    shares: Sequence[Share],
    bookings: Sequence[BookingFact],
    figures: Figures,
) -> EventSnapshot:
    """An event's row, its shares, its bookings and its partnership's figures as one picture."""
    sessions = tuple((block.starts_at, block.ends_at) for block in event.sessions)
    first_day = london_date(min(sessions)[0]) if sessions else date.max
    return EventSnapshot(
        id=event.id,
        capacity=event.capacity,
        sessions=sessions,
        bookings=tuple(bookings),
        shares=tuple(shares),
        state=event.state,
        mode=event.mode,
        policy=figures.policy_on(first_day),
        online_capacity=event.online_capacity if event.mode is EventMode.HYBRID else None,
        order=event.list_order,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        course_id=event.course_id,
        title=event.title,
    )


# --- Shares and agencies --------------------------------------------------------------------


def shares_of(session: Session, event_ids: Collection[int]) -> Mapping[int, list[Share]]:
    """The caps and reservations of events, each with its group's name, by event."""
    found: dict[int, list[Share]] = defaultdict(list)
    rows = session.execute(_shares(), {"event_ids": list(event_ids)})
    for row, agency_name, partnership_name in rows:
        sector_name = f"the {row.sector.words} sector" if row.sector else ""
        found[row.event_id].append(
            Share(
                kind=row.kind,
                places=row.places,
                agency_id=row.agency_id,
                sector=row.sector,
                partnership_id=row.partnership_id,
                name=agency_name or partnership_name or sector_name,
                ends_on=row.release_on,
                side=row.side,
            )
        )
    return found


@cache
def _shares() -> Select[*tuple[Any, ...]]:
    return (
        select(ShareRow, Agency.name, Partnership.name)
        .outerjoin(Agency, Agency.id == ShareRow.agency_id)
        .outerjoin(Partnership, Partnership.id == ShareRow.partnership_id)
        .where(ShareRow.event_id.in_(EVENT_IDS))
        .order_by(ShareRow.id)
    )


def shares_in_force(session: Session, events: Collection[Event]) -> Mapping[int, list[Share]]:
    """All that limits or holds back places, by event: its shares, then its allocations (B17)."""
    shares = shares_of(session, [event.id for event in events])
    return {event.id: [*shares[event.id], *_allocations(event)] for event in events}


def _allocations(event: Event) -> list[Share]:
    """What other partnerships are allocated of an event's places, as caps and reservations."""
    parts = sorted(event.shared_with, key=lambda part: part.partnership.name)
    return [
        share
        for part in parts
        for share in shares_of_allocation(
            part.partnership_id, part.partnership.name, part.places, part.release_on
        )
    ]


def has_shares(event_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """A condition: some group has places of its own at the event, or at most so many."""
    return or_(
        exists().where(ShareRow.event_id == event_id),
        exists().where(SharedWith.event_id == event_id),
    )


def _speak_of_agencies(shares: Mapping[int, list[Share]]) -> bool:
    return any(share.agency_id for of_event in shares.values() for share in of_event)


def lineage_in(above: Lineages, agency_id: int | None) -> tuple[int, ...]:
    """An agency and those above it, as far as anything at hand depends on them."""
    return () if agency_id is None else above.get(agency_id, (agency_id,))


# --- Bookings -------------------------------------------------------------------------------

FACTS = (
    Booking.event_id,
    Booking.id,
    Booking.person_id,
    Booking.agency_id,
    Booking.sector,
    Booking.area_id,
    Booking.mode,
    Booking.state,
    Booking.ticket,
    Booking.priority,
    Booking.lapses,
    Booking.confirm_at_once,
    Booking.holds_place,
    Booking.is_approved,
    Booking.is_over_capacity,
    Booking.origin,
    Booking.replaces_id,
)


def side_of(mode: EventMode | None) -> Side:
    """Which of a hybrid event's two capacities a booking in that mode counts against."""
    return Side.ONLINE if mode is EventMode.ONLINE else Side.ROOM


def fact_of(row: Row[*tuple[Any, ...]] | Booking, lineage: tuple[int, ...]) -> BookingFact:
    """A booking's row, or its columns, as the rules see it."""
    return BookingFact(
        id=row.id,
        person_id=row.person_id,
        agency_ids=lineage,
        sector=row.sector,
        partnership_id=row.area_id,
        side=side_of(row.mode),
        state=row.state,
        ticket=row.ticket,
        priority=row.priority,
        lapses=row.lapses,
        confirm_at_once=row.confirm_at_once,
        holds_place=row.holds_place,
        is_approved=row.is_approved,
        is_override=row.is_over_capacity,
        is_walk_in=row.origin is Origin.WALK_IN,
        replaces_id=row.replaces_id,
    )


def _bookings(
    session: Session, event_ids: Collection[int], above: Lineages
) -> Mapping[int, list[BookingFact]]:
    found: dict[int, list[BookingFact]] = defaultdict(list)
    for row in session.execute(_facts(), {"event_ids": list(event_ids)}):
        found[row.event_id].append(fact_of(row, lineage_in(above, row.agency_id)))
    return found


@cache
def _facts() -> Select[*tuple[Any, ...]]:
    return (
        select(*FACTS)
        .where(Booking.event_id.in_(EVENT_IDS), Booking.state.in_(LIVE))
        .order_by(Booking.id)
    )
