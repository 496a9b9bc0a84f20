"""My agency: what a lead's colleagues have booked, and the places that they could have.

Never a need (P1), never an answer to an evaluation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from lms.access import Viewer
from lms.agencies.models import Agency
from lms.agencies.queries import lineages, list_agencies_led_by
from lms.booking.models import Booking, Offer
from lms.booking.queries import load_events, snapshots_of, standing_in
from lms.booking.queries.audience import is_for_agency, is_seen_by
from lms.booking.queries.bookings import STATE_ORDER
from lms.booking.queries.passed_on import passed_on_words, with_passed_on
from lms.booking.queries.sharing import area_at
from lms.booking.queries.unnamed import is_held_without_name
from lms.booking.rules import (
    LIVE,
    BookingRequest,
    BookingState,
    EventSnapshot,
    may_be_handed_over,
    may_be_transferred,
    may_book,
    may_cancel,
    naming_until,
    places_for,
    unnamed_lapse,
    unnamed_left,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import EventState
from lms.db import db
from lms.errors import NotFound
from lms.web.addresses import row_id_in
from lms.words import moment, of_them

Above = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class Led:
    """The agencies that a lead looks at: all that they lead, or one chosen with its parts."""

    agencies: tuple[Agency, ...]
    chosen: Agency | None
    above: Above

    @property
    def scope(self) -> tuple[Agency, ...]:
        if self.chosen is None:
            return self.agencies
        return tuple(a for a in self.agencies if self.chosen.id in self.above[a.id])

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(agency.id for agency in self.scope)

    @property
    def tops(self) -> tuple[Agency, ...]:
        """Those of them that are part of no other."""
        return tuple(a for a in self.scope if not self.ids & frozenset(self.above[a.id][1:]))

    @property
    def to_choose(self) -> tuple[Agency, ...]:
        """The same, those that are part of no other first."""
        return (*self.tops, *(a for a in self.scope if a not in self.tops))

    def agency(self, agency_id: int | None) -> Agency:
        """One of them. Raises NotFound for any other."""
        for agency in self.agencies:
            if agency.id == agency_id:
                return agency
        raise NotFound


def led_of(viewer: Viewer, chosen: str = "") -> Led:
    """What the viewer leads. Raises NotFound for the choice of an agency that they do not."""
    led = Led(tuple(list_agencies_led_by(viewer)), None, lineages())
    if not led.agencies:
        raise NotFound
    return Led(led.agencies, led.agency(row_id_in(chosen)), led.above) if chosen else led


# --- Lines --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A colleague's booking: where it stands, and what the lead could do to it now."""

    booking: Booking
    note: str = ""
    may_be_handed_over: bool = False
    may_be_moved: bool = False
    may_be_cancelled: bool = False

    @property
    def name(self) -> str:
        return self.booking.name

    @property
    def is_live(self) -> bool:
        return self.booking.state in LIVE


@dataclass(frozen=True)
class OpenPlaces:
    """What the lead's agency could have of an event: `more` places by name, `unnamed` without.

    `stop` says why nothing can be booked at present.
    """

    agency: Agency
    more: int
    unnamed: int
    stop: str = ""


@dataclass(frozen=True)
class LedEvent:
    """An event with the colleagues booked there; `shares` of each agency led that stands alone."""

    event: Event
    lines: tuple[Line, ...]
    to_be_named: tuple[Booking, ...]
    shares: tuple[OpenPlaces, ...]
    named_by: datetime | None

    @property
    def may_book(self) -> bool:
        return any(not share.stop for share in self.shares)

    @property
    def standings(self) -> set[str]:
        """What a list of events is narrowed by: the states of colleagues, and 'unnamed'."""
        states = {line.booking.state.value for line in self.lines}
        return states | ({"unnamed"} if self.to_be_named else set())

    @property
    def names(self) -> dict[BookingState, list[str]]:
        """Names by state, in the order in which states are shown."""
        found: dict[BookingState, list[str]] = {}
        for state in STATE_ORDER:
            if own := [line.name for line in self.lines if line.booking.state is state]:
                found[state] = own
        return found


@dataclass(frozen=True)
class Coming:
    """What is to come: events with colleagues, and others that they could be booked at."""

    booked: tuple[LedEvent, ...]
    others: tuple[LedEvent, ...]

    def count(self, state: BookingState) -> int:
        states = [line.booking.state for led in self.booked for line in led.lines]
        return states.count(state)

    @property
    def to_be_named(self) -> int:
        return sum(len(led.to_be_named) for led in self.booked)


def coming_of(led: Led, viewer: Viewer, now: datetime) -> Coming:
    """All of it, in a number of statements that does not grow with events or bookings."""
    bookings = list(db.session.scalars(_bookings_to_come(led.ids, now)))
    open_ids = db.session.scalars(_open_to(viewer, now)).all()
    ids = {booking.event_id for booking in bookings} | set(open_ids)
    events = sorted(_events(ids), key=_when)
    shown = _shown(events, bookings, led, now)
    with_us = {booking.event_id for booking in bookings}
    return Coming(
        booked=tuple(one for one in shown if one.event.id in with_us),
        others=tuple(one for one in shown if one.event.id not in with_us and one.may_book),
    )


def event_of(event_id: int, viewer: Viewer, now: datetime) -> LedEvent:
    """An event that the lead may know of, or at which colleagues are booked. Raises NotFound."""
    led = led_of(viewer)
    wanted = _bookings_of(led.ids).where(Booking.event_id == event_id)
    bookings = list(db.session.scalars(wanted))
    is_public = Event.state.in_((EventState.PUBLISHED, EventState.POSTPONED, EventState.CANCELLED))
    known = select(Event.id).where(Event.id == event_id, is_public, is_seen_by(viewer, now))
    if not bookings and db.session.scalar(known) is None:
        raise NotFound
    [shown] = _shown(_events({event_id}), bookings, led, now)
    return shown


def booking_of(reference: str, viewer: Viewer) -> Booking:
    """A booking for an agency that the viewer leads. Raises NotFound for any other."""
    wanted = _bookings_of(led_of(viewer).ids).where(Booking.reference == reference)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def _bookings_of(agency_ids: Collection[int]) -> Select[Booking]:
    return (
        select(Booking)
        .where(Booking.agency_id.in_(agency_ids))
        .options(
            joinedload(Booking.person),
            joinedload(Booking.agency),
            joinedload(Booking.event).selectinload(Event.sessions),
            with_passed_on(),
        )
        .order_by(Booking.ticket, Booking.id)
    )


def _bookings_to_come(agency_ids: Collection[int], now: datetime) -> Select[Booking]:
    is_over = Event.ends_at <= now
    return (
        _bookings_of(agency_ids)
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.state.in_(LIVE), or_(Event.ends_at.is_(None), ~is_over))
    )


def _open_to(viewer: Viewer, now: datetime) -> Select[int]:
    return select(Event.id).where(
        Event.state == EventState.PUBLISHED, Event.starts_at > now, is_seen_by(viewer, now)
    )


def _events(event_ids: Collection[int]) -> list[Event]:
    return load_events(db.session(), event_ids)


def _when(event: Event) -> tuple[bool, datetime | int]:
    return (event.starts_at is None, event.starts_at or event.id)


def _shown(
    events: list[Event], bookings: Iterable[Booking], led: Led, now: datetime
) -> list[LedEvent]:
    seen = snapshots_of(db.session(), events, now)
    by_event: dict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        by_event[booking.event_id].append(booking)
    offers = _offer_ends(by_event)
    unnamed = _agencies_without_names(by_event.keys() | seen.keys(), led.above)
    return [
        _led_event(e, by_event[e.id], _Seen(seen[e.id], offers, unnamed[e.id]), led, now)
        for e in events
    ]


class _Seen(NamedTuple):
    """What is read for all events at once: the rules' picture, ends of offers by booking, and
    for each place without a name its agency with those above it."""

    snapshot: EventSnapshot
    offers: Mapping[int, datetime]
    unnamed: list[tuple[int, ...]]


def _agencies_without_names(
    event_ids: Collection[int], above: Above
) -> Mapping[int, list[tuple[int, ...]]]:
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    rows = db.session.execute(
        select(Booking.event_id, Booking.agency_id).where(
            Booking.event_id.in_(event_ids), is_held_without_name()
        )
    )
    for event_id, agency_id in rows:
        found[event_id].append(above[agency_id or 0])
    return found


def _offer_ends(bookings: Mapping[int, list[Booking]]) -> dict[int, datetime]:
    offered = [b.id for own in bookings.values() for b in own if b.state is BookingState.OFFERED]
    if not offered:
        return {}
    rows = db.session.execute(
        select(Offer.booking_id, Offer.ends_at).where(
            Offer.booking_id.in_(offered), Offer.ended_at.is_(None)
        )
    )
    return dict(rows.all())


def _led_event(
    event: Event, bookings: list[Booking], seen: _Seen, led: Led, now: datetime
) -> LedEvent:
    named = [b for b in bookings if not b.is_unnamed]
    named.sort(key=lambda b: (_rank(b.state), b.person.sort_name if b.person else b.name))
    held = [b for b in bookings if b.is_unnamed and b.state is BookingState.REQUESTED]
    dated = seen.snapshot if seen.snapshot.is_dated else None
    return LedEvent(
        event,
        tuple(_line(booking, seen, now) for booking in named),
        tuple(held),
        tuple(_share(event, dated, top, seen, led.above, now) for top in led.tops if dated),
        naming_until(dated) if dated and not unnamed_lapse(dated, now) else None,
    )


def _line(booking: Booking, seen: _Seen, now: datetime) -> Line:
    at, state = seen.snapshot, booking.state
    return Line(
        booking,
        _note(booking, seen, now),
        may_be_handed_over=may_be_handed_over(at, state, now),
        may_be_moved=at.course_id is not None and may_be_transferred(at, state, now),
        may_be_cancelled=may_cancel(at, state, now),
    )


def _rank(state: BookingState) -> int:
    return STATE_ORDER.index(state) if state in STATE_ORDER else len(STATE_ORDER)


def _note(booking: Booking, seen: _Seen, now: datetime) -> str:
    if booking.state is BookingState.WAITING:
        return of_them(standing_in(seen.snapshot, booking.id, now).sentence)
    if booking.id in seen.offers:
        return f"They can accept it until {moment(seen.offers[booking.id])}"
    if booking.state is BookingState.REQUESTED:
        return "Waits for approval"
    return passed_on_words(booking) or booking.outcome_reason


def _share(
    event: Event,
    snapshot: EventSnapshot,
    agency: Agency,
    seen: _Seen,
    above: Above,
    now: datetime,
) -> OpenPlaces:
    request = BookingRequest(
        agency_ids=above[agency.id],
        sector=agency.sector,
        partnership_id=area_at(event, agency),
        is_for_them=is_for_agency(event, above[agency.id]),
    )
    stop = next((refusal.note for refusal in may_book(snapshot, request, now)), "")
    if stop:
        return OpenPlaces(agency, 0, 0, stop)
    more = places_for(snapshot, request, now)
    allowed = 0 if unnamed_lapse(snapshot, now) else event.unnamed_places
    return OpenPlaces(
        agency, more, min(more, unnamed_left(allowed, seen.unnamed, above[agency.id]))
    )
