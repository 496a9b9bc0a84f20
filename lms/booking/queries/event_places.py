"""An event's places as those who run it see them: who holds them, who waits, who is next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.access import Permission, Viewer
from lms.agencies.rules import Sector
from lms.booking.models import Booking, Offer
from lms.booking.queries.bookings import list_bookings
from lms.booking.queries.events import event_in_force
from lms.booking.queries.places import PlacesSummary, summary_of
from lms.booking.rules import (
    LIVE,
    BookingState,
    EventSnapshot,
    Origin,
    Share,
    ShareKind,
    in_order,
    places_of_group,
    positions,
    unfilled_reserved,
    why_waiting,
)
from lms.catalogue.models import Event
from lms.catalogue.queries import get_event
from lms.catalogue.rules import EventState
from lms.db import db
from lms.errors import NotFound
from lms.words import short_day

UNKNOWN_AGENCY = "No agency"


@dataclass(frozen=True)
class ListedPerson:
    """A booking in the list of people, with what those who run the event need to know."""

    booking: Booking
    position: int | None = None
    why: str = ""
    offer: Offer | None = None

    @property
    def state(self) -> BookingState:
        return self.booking.state

    @property
    def needs(self) -> str:
        booking = self.booking
        return "; ".join(part for part in (booking.access_needs, booking.dietary_needs) if part)


@dataclass(frozen=True)
class Row:
    """A line of the table of places by agency; `kind` is 'group', 'inside' or 'single'."""

    name: str
    kind: str
    confirmed: int = 0
    offered: int = 0
    requested: int = 0
    reserved: int = 0
    waiting: int = 0
    sector: str = ""


@dataclass(frozen=True)
class ShareUse:
    """A cap or a reservation, and how far its group has used it; `left` is what it still could."""

    share: Share
    taken: int
    is_in_force: bool
    is_allocation: bool = False  # a cap and a reservation in one (B17)

    @property
    def left(self) -> int:
        return max(0, self.share.places - self.taken)


@dataclass(frozen=True)
class EventPlaces:
    """One event with its places, its table and its people; an undated draft has neither."""

    event: Event
    snapshot: EventSnapshot | None = None
    places: PlacesSummary | None = None
    over: int = 0
    people: tuple[ListedPerson, ...] = ()
    rows: tuple[Row, ...] = ()
    offers: tuple[Offer, ...] = ()
    first_in_line: tuple[ListedPerson, ...] = ()
    shares: tuple[ShareUse, ...] = ()
    counts: Mapping[BookingState, int] = field(default_factory=dict)

    @property
    def live(self) -> tuple[ListedPerson, ...]:
        """Those whose booking has not ended."""
        return tuple(person for person in self.people if person.state in LIVE)


def get_booking_run_by(reference: str, viewer: Viewer) -> Booking:
    """A booking at an event that the viewer runs. Raises NotFound for any other."""
    booking = db.session.scalar(
        select(Booking)
        .where(Booking.reference == reference)
        .options(joinedload(Booking.event), joinedload(Booking.person))
    )
    if booking is None or not viewer.can(Permission.RUN_PROGRAMME, booking.event.partnership_id):
        raise NotFound
    return booking


def event_places(event_id: int, viewer: Viewer, now: datetime) -> EventPlaces:
    """All that the page of places shows, in a number of statements that people do not raise."""
    event = get_event(event_id, viewer)
    if event.state is EventState.DRAFT and not event.sessions:
        return EventPlaces(event)
    seen = event_in_force(db.session(), event_id, now).snapshot
    people = tuple(people_in_order(list_bookings(event_id), seen, now))
    offers = [person.offer for person in people if person.offer]
    return EventPlaces(
        event=event,
        snapshot=seen,
        places=summary_of(seen, now),
        over=sum(max(0, len(side.held) - side.capacity) for side in seen.sides()),
        people=people,
        rows=tuple(_rows(people, seen, now)),
        offers=tuple(sorted(offers, key=lambda offer: (offer.ends_at, offer.id))),
        first_in_line=tuple(_first_in_line(people, seen)),
        shares=tuple(_uses(seen, now)),
        counts=Counter(person.state for person in people),
    )


def _running_offers(event_id: int) -> dict[int, Offer]:
    """Offers and invitations that can be answered, by booking."""
    rows = db.session.scalars(
        select(Offer)
        .join(Booking, Booking.id == Offer.booking_id)
        .where(Booking.event_id == event_id, Offer.ended_at.is_(None))
        .order_by(Offer.id)
    )
    return {offer.booking_id: offer for offer in rows}


def people_in_order(
    bookings: Sequence[Booking], seen: EventSnapshot, now: datetime
) -> Iterator[ListedPerson]:
    """Those with a place, then those who wait in order, then those who left.

    `bookings` may be some of the event's; a position is that among all who wait.
    """
    offers = _running_offers(seen.id)
    line = positions(seen)
    reasons = {fact.id: why_waiting(seen, fact, now).note for fact in seen.waiting}
    people = [
        ListedPerson(b, line.get(b.id), reasons.get(b.id, ""), offers.get(b.id)) for b in bookings
    ]
    waiting = sorted((p for p in people if p.position), key=lambda person: person.position or 0)
    yield from (p for p in people if not p.position and p.state in LIVE)
    yield from waiting
    yield from (p for p in people if p.state not in LIVE)


def _first_in_line(people: Iterable[ListedPerson], seen: EventSnapshot) -> Iterator[ListedPerson]:
    """The first of each list: of the room's and of that online."""
    by_id = {person.booking.id: person for person in people}
    for side in seen.sides():
        yield from (by_id[fact.id] for fact in in_order(side)[:1])


def _uses(seen: EventSnapshot, now: datetime) -> Iterator[ShareUse]:
    for side in seen.sides():
        unfilled = unfilled_reserved(side, now)
        for share in side.shares:
            is_allocation = _is_allocation(share, side.shares)
            if is_allocation and share.kind is ShareKind.CAP:
                continue
            taken = (
                share.places - unfilled[share]
                if share in unfilled
                else places_of_group(side, share)
            )
            yield ShareUse(share, taken, share.holds_at(now), is_allocation)


def _is_allocation(share: Share, shares: Iterable[Share]) -> bool:
    other = ShareKind.CAP if share.kind is ShareKind.RESERVATION else ShareKind.RESERVATION
    return share.partnership_id is not None and replace(share, kind=other) in shares


# --- Places by agency -----------------------------------------------------------------------

Counts = Counter[str]
OF_STATE = {
    BookingState.CONFIRMED: "confirmed",
    BookingState.OFFERED: "offered",
    BookingState.REQUESTED: "requested",
    BookingState.WAITING: "waiting",
}


def _rows(people: Iterable[ListedPerson], seen: EventSnapshot, now: datetime) -> Iterator[Row]:
    """Sectors with their agencies; a sector of one agency is one row; reserved places last."""
    groups = _groups(people)
    held = _held_by_sector(seen, now)
    for_others = held.pop(None, [])  # an agency's or a partnership's: of no sector
    known = [sector for sector in [*Sector, None] if sector in groups or sector in held]
    for sector in sorted(known, key=lambda sector: -_size(groups.get(sector, {}))):
        yield from _sector_rows(sector, groups.get(sector, {}), held.get(sector, []))
    for share, places in for_others:
        yield Row(_held_words(share), "single", reserved=places)


def _size(agencies: Mapping[str, Counts]) -> int:
    """How many of a sector have a place or wait: the largest sector comes first."""
    return sum(sum(counts.values()) for counts in agencies.values())


def _groups(people: Iterable[ListedPerson]) -> dict[Sector | None, dict[str, Counts]]:
    groups: dict[Sector | None, dict[str, Counts]] = {}
    for person in people:
        booking = person.booking
        if booking.origin is Origin.WALK_IN or booking.state not in OF_STATE:
            continue
        name = booking.agency_name or UNKNOWN_AGENCY
        counts = groups.setdefault(booking.sector, {}).setdefault(name, Counter())
        counts[OF_STATE[booking.state]] += 1
    return groups


def _held_by_sector(
    seen: EventSnapshot, now: datetime
) -> dict[Sector | None, list[tuple[Share, int]]]:
    held: dict[Sector | None, list[tuple[Share, int]]] = {}
    for side in seen.sides():
        for share, places in unfilled_reserved(side, now).items():
            if places:
                held.setdefault(share.sector, []).append((share, places))
    return held


def _sector_rows(
    sector: Sector | None, agencies: Mapping[str, Counts], shares: Sequence[tuple[Share, int]]
) -> Iterator[Row]:
    heading = sector.label if sector else "Not matched to an agency"
    inside = [_agency_row(name, agencies[name]) for name in sorted(agencies)]
    inside += [Row(_held_words(share), "inside", reserved=n) for share, n in shares]
    if len(inside) == 1:
        only = inside[0]
        yield Row(only.name, "single", *_figures([only]), sector=heading)
        return
    yield Row(heading, "group", *_figures(inside))
    yield from inside


def _agency_row(name: str, counts: Counts) -> Row:
    return Row(
        name,
        "inside",
        confirmed=counts["confirmed"],
        offered=counts["offered"],
        requested=counts["requested"],
        waiting=counts["waiting"],
    )


def _figures(rows: Iterable[Row]) -> tuple[int, int, int, int, int]:
    listed = list(rows)
    return (
        sum(row.confirmed for row in listed),
        sum(row.offered for row in listed),
        sum(row.requested for row in listed),
        sum(row.reserved for row in listed),
        sum(row.waiting for row in listed),
    )


def _held_words(share: Share) -> str:
    until = f" until {short_day(share.ends_on)}" if share.ends_on else ""
    for_whom = "" if share.sector else f" for {share.name}"
    return f"Places held{for_whom}{until}"
