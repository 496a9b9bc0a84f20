"""What would come of a request, of an answer or of giving up, as things stand: asked by pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.access import Viewer
from lms.accounts.models import Membership, Person
from lms.accounts.queries import (
    find_person_by_address,
    get_person,
    is_called,
    memberships_on,
    people,
)
from lms.agencies.models import Agency
from lms.agencies.queries import lineage
from lms.agencies.rules import Sector
from lms.booking.models import Booking, Offer
from lms.booking.queries.audience import is_for_person, may_see
from lms.booking.queries.bookings import (
    Standing,
    areas_shared,
    fact_in,
    find_running_offer,
    live_booking,
    runs,
    standing_in,
)
from lms.booking.queries.elsewhere import other_places
from lms.booking.queries.events import (
    EventInForce,
    event_in_force,
    side_of,
    would_be_late,
)
from lms.booking.queries.known import is_known_to
from lms.booking.queries.requests import request_of
from lms.booking.queries.sharing import get_event_booked_by
from lms.booking.rules import (
    BookingRequest,
    BookingState,
    CancelledBy,
    EventSnapshot,
    Lateness,
    Refusal,
    Rule,
    Side,
    Wait,
    WaitReason,
    may_be_handed_over,
    may_be_transferred,
    may_book,
    may_cancel,
    may_switch,
    place_for,
    places_left,
    tick_counts,
    why_not_switch,
)
from lms.booking.rules.prerequisites import Prerequisite
from lms.catalogue.models import Event
from lms.catalogue.rules import ApprovedBy, EventMode, EventState
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound


@dataclass(frozen=True)
class Standpoint:
    """For which agency, and for which partnership's area, somebody books."""

    key: str
    words: str
    agency: Agency | None = None
    agency_typed: str = ""
    area_id: int | None = None


@dataclass(frozen=True)
class Outlook:
    """What a person would be told if they asked for a place now.

    Of a hybrid event `sides` tells it of each, and `wait` is there where both would wait.
    `refusals` leave out that they have a booking already: then `live` is that booking.
    """

    event: Event
    person: Person
    standpoints: tuple[Standpoint, ...]
    refusals: tuple[Refusal, ...]
    wait: WaitReason | None
    waiting: int
    live: Booking | None
    lateness: Lateness | None
    tick_working_days: int
    is_tick_offered: bool
    may_lift: bool = True
    sides: tuple[SideOutlook, ...] = ()
    unmet: tuple[Prerequisite, ...] = ()

    @property
    def approved_by(self) -> ApprovedBy:
        """Whose yes it needs; where no agency is known, no line manager can be proven (B10)."""
        kind = self.event.approved_by
        is_known = any(point.agency for point in self.standpoints)
        return kind if is_known or kind is ApprovedBy.NOBODY else ApprovedBy.AGENCY_LEAD

    def refusals_but(self, rule: Rule) -> tuple[Refusal, ...]:
        """What stands in the way besides one rule."""
        return tuple(refusal for refusal in self.refusals if refusal.rule is not rule)


@dataclass(frozen=True)
class SideOutlook:
    """What a request for the room or for online of a hybrid event would come to (B3)."""

    mode: EventMode
    left: int
    waiting: int
    wait: WaitReason | None


def outlook(
    event_id: int, person_id: int, now: datetime, *, areas: frozenset[int] | None = None
) -> Outlook:
    """How a request of that person would be decided, for one of some areas if any are named.

    Raises NotFound for a draft, and where the person works for none of the areas.
    """
    at = _open_event(event_id, now)
    person = get_person(person_id)
    standpoints = standpoints_of(person_id, at.event.partnership_id, now)
    if areas is not None:
        standpoints = _in_areas(standpoints, areas)
    asked = _request(at, person_id, standpoints[0], now)
    requests = [replace(asked, side=part or asked.side) for part in at.snapshot.parts()]
    # What stands in the way of one side only is said once that side is chosen.
    found = min((may_book(at.snapshot, each, now) for each in requests), key=len)
    waits = [_why_wait(at.snapshot, each, now) for each in requests]
    has_booking = any(refusal.rule is Rule.B2 for refusal in found)
    return Outlook(
        event=at.event,
        person=person,
        standpoints=standpoints,
        refusals=tuple(refusal for refusal in found if refusal.rule is not Rule.B2),
        wait=waits[0] if all(waits) else None,
        waiting=len(at.snapshot.waiting),
        live=live_booking(person_id, event_id) if has_booking else None,
        lateness=at.lateness(asked.sector, now),
        tick_working_days=at.snapshot.policy.tick_working_days,
        is_tick_offered=any(waits) and tick_counts(at.snapshot, now),
        may_lift=areas is None,
        sides=tuple(_sides(at.snapshot, waits, now)),
        unmet=asked.unmet,
    )


def _in_areas(standpoints: tuple[Standpoint, ...], areas: frozenset[int]) -> tuple[Standpoint, ...]:
    """Those for one of some areas; somebody of no known agency counts for the first of them."""
    found = [
        point if point.agency else replace(point, area_id=min(areas))
        for point in standpoints
        if point.area_id in areas or point.agency is None
    ]
    if not found:
        raise NotFound
    return tuple(found)


def _why_wait(seen: EventSnapshot, request: BookingRequest, now: datetime) -> WaitReason | None:
    decision = place_for(seen, request, now)
    return decision.reason if isinstance(decision, Wait) else None


def _sides(
    seen: EventSnapshot, waits: Sequence[WaitReason | None], now: datetime
) -> Iterator[SideOutlook]:
    for (part, side), wait in zip(seen.parts().items(), waits, strict=True):
        if part is not None:
            yield SideOutlook(part.mode, places_left(side, now), len(side.waiting), wait)


def own_outlook(event_id: int, viewer: Viewer, now: datetime) -> Outlook:
    """How the viewer's own request would be decided. Raises NotFound for what they may not see."""
    found = outlook(event_id, viewer.person_id, now)
    if not may_see(found.event, viewer, now):
        raise NotFound
    return found


def outlook_for_staff(
    event_id: int, person_id: int, viewer: Viewer, now: datetime, *, address: str = ""
) -> Outlook:
    """The same for one whom a coordinator books. Raises NotFound.

    The coordinator knows the person: from their agencies, or by the exact e-mail address. One of
    a partnership that has a part in the event books for its own area, and lifts no rule (B17).
    """
    event = get_event_booked_by(event_id, viewer)
    areas = None if runs(event, viewer) else areas_shared(event, viewer)
    known = select(Person.id).where(Person.id == person_id, is_known_to(viewer))
    is_known = db.session.scalar(known) is not None
    person = get_person(person_id)
    if not is_known and address not in {email.address for email in person.emails}:
        raise NotFound
    return outlook(event_id, person_id, now, areas=areas)


def _open_event(event_id: int, now: datetime) -> EventInForce:
    at = event_in_force(db.session(), event_id, now)
    if at.event.state is EventState.DRAFT:
        raise NotFound
    return at


def _request(
    at: EventInForce, person_id: int, standpoint: Standpoint, now: datetime
) -> BookingRequest:
    side = side_of(EventMode.ONLINE if at.event.mode is EventMode.ONLINE else None)
    agency, area_id = standpoint.agency, standpoint.area_id
    return request_of(db.session(), at, person_id, agency, now, area_id=area_id, side=side)


def standpoints_of(person_id: int, partnership_id: int, now: datetime) -> tuple[Standpoint, ...]:
    """For whom a person could book: each of their agencies, in each area that it serves.

    Those of the event's own partnership come first; never empty.
    """
    memberships = memberships_on(person_id, london_date(now))
    found = [each for member in memberships for each in _of_membership(member)]
    found.sort(key=lambda standpoint: standpoint.area_id != partnership_id)
    return tuple(found) or (Standpoint("none", "No agency given"),)


def _of_membership(membership: Membership) -> list[Standpoint]:
    agency = membership.agency
    if agency is None:
        typed = membership.agency_typed
        return [Standpoint(f"{membership.id}-0", typed, agency_typed=typed)]
    areas = agency.partnerships
    return [
        Standpoint(
            key=f"{membership.id}-{area.id}",
            words=f"{agency.name}, for {area.name}" if len(areas) > 1 else agency.name,
            agency=agency,
            area_id=area.id,
        )
        for area in areas
    ] or [Standpoint(f"{membership.id}-0", agency.name, agency=agency)]


def claim_of(
    event: Event, seen: EventSnapshot, viewer: Viewer | None, now: datetime
) -> BookingRequest:
    """The request that a viewer would make; who they are matters only where there are shares."""
    if viewer is None:
        return BookingRequest()
    is_for_them = is_for_person(db.session(), event, viewer.person_id, now)
    if not seen.shares:
        return BookingRequest(person_id=viewer.person_id, is_for_them=is_for_them)
    standpoint = standpoints_of(viewer.person_id, event.partnership_id, now)[0]
    agency = standpoint.agency
    return BookingRequest(
        person_id=viewer.person_id,
        agency_ids=lineage(agency.id) if agency else (),
        sector=agency.sector if agency else None,
        partnership_id=standpoint.area_id or event.partnership_id,
        is_for_them=is_for_them,
    )


def sector_of(viewer: Viewer | None, event: Event, now: datetime) -> Sector | None:
    """The sector for which a viewer would book."""
    if viewer is None:
        return None
    agency = standpoints_of(viewer.person_id, event.partnership_id, now)[0].agency
    return agency.sector if agency else None


# --- A booking that there is ----------------------------------------------------------------


@dataclass(frozen=True)
class Prospect:
    """What a booking's pages say of it: where it stands, and what giving it up would mean.

    `lateness` is None while the event has no date.
    """

    as_of: datetime
    may_cancel: bool
    may_be_transferred: bool
    may_be_handed_over: bool
    is_late: bool
    lateness: Lateness | None
    waiting: int
    standing: Standing | None
    offer: Offer | None
    tick_working_days: int
    offer_hours: int
    is_tick_offered: bool
    switch: Switch | None = None


@dataclass(frozen=True)
class Switch:
    """The other side of a hybrid event: how many places a newcomer could have there, and what
    keeps this one from it, if anything."""

    side: Side
    left: int
    why_not: str | None


def prospect_of(
    booking: Booking, now: datetime, by: CancelledBy = CancelledBy.DELEGATE
) -> Prospect:
    """How a booking stands now."""
    at = event_in_force(db.session(), booking.event_id, now)
    waits = booking.state is BookingState.WAITING
    return Prospect(
        as_of=now,
        may_cancel=may_cancel(at.snapshot, booking.state, now),
        may_be_transferred=at.event.course_id is not None
        and may_be_transferred(at.snapshot, booking.state, now),
        may_be_handed_over=may_be_handed_over(at.snapshot, booking.state, now),
        is_late=would_be_late(at, booking, by, now),
        lateness=at.lateness(booking.sector, booking.requested_at),
        waiting=len(at.snapshot.waiting),
        standing=standing_in(at.snapshot, booking.id, now) if waits else None,
        offer=find_running_offer(booking.id),
        tick_working_days=at.snapshot.policy.tick_working_days,
        offer_hours=at.snapshot.policy.offer_hours,
        is_tick_offered=waits and tick_counts(at.snapshot, now),
        switch=_switch(at.snapshot, booking, now),
    )


def _switch(seen: EventSnapshot, booking: Booking, now: datetime) -> Switch | None:
    if not may_switch(seen, booking.state, now):
        return None
    side = Side.ROOM if booking.takes_part is EventMode.ONLINE else Side.ONLINE
    elsewhere = other_places(db.session(), booking.person_id, now)
    why_not = why_not_switch(seen, fact_in(seen, booking.id), side, elsewhere, now)
    return Switch(side, places_left(seen.side(side), now), why_not)


def people_to_book(text: str, viewer: Viewer, *, limit: int = 20) -> list[Person]:
    """People whom a coordinator could book, by name or address; an exact address finds anyone."""
    wanted = people(is_known_to(viewer) & is_called(text)).limit(limit)
    found = list(db.session.scalars(wanted))
    by_address = find_person_by_address(text.strip().lower())
    if by_address is not None and by_address not in found:
        found.append(by_address)
    ids = [person.id for person in found]
    whole = select(Person).where(Person.id.in_(ids)).order_by(Person.sort_name, Person.id)
    return list(
        db.session.scalars(
            whole.options(
                selectinload(Person.emails),
                selectinload(Person.memberships).selectinload(Membership.agency),
            )
        )
    )
