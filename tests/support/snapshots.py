"""Builders of frozen facts for tests of the rules."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from lms.agencies.rules import Sector
from lms.booking.rules import BookingFact, BookingState, EventSnapshot
from lms.clock import at_london

POLICE, HEALTH, SCHOOL, COUNCIL, VOLUNTARY = 1, 2, 3, 4, 5

SECTORS = {
    POLICE: Sector.POLICE,
    HEALTH: Sector.HEALTH,
    SCHOOL: Sector.EDUCATION,
    COUNCIL: Sector.LOCAL_AUTHORITY,
    VOLUNTARY: Sector.VOLUNTARY_AND_COMMUNITY,
}


def at(text: str) -> datetime:
    """A London wall-clock time, '2027-02-08 09:30', as an instant in UTC."""
    on, _, clock = text.partition(" ")
    return at_london(date.fromisoformat(on), time.fromisoformat(clock or "09:00"))


def instants(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Any minute between two London times."""
    minutes = (at(last) - at(first)) // timedelta(minutes=1)
    return st.integers(0, minutes).map(lambda n: at(first) + timedelta(minutes=n))


def event(**changes: Any) -> EventSnapshot:
    """An event of 3 places on Monday 8 February 2027, 9:30am to 4:30pm."""
    plain = EventSnapshot(
        id=1,
        capacity=3,
        sessions=((at("2027-02-08 09:30"), at("2027-02-08 16:30")),),
        title="Disguised Compliance",
        course_id=7,
    )
    return replace(plain, **changes)


def booking(number: int, agency: int = POLICE, **changes: Any) -> BookingFact:
    """A booking that joined as the `number`th: waiting, unless said otherwise."""
    plain = BookingFact(
        person_id=100 + number,
        agency_ids=(agency,),
        sector=SECTORS.get(agency),
        id=number,
        ticket=number,
        state=BookingState.WAITING,
    )
    return replace(plain, **changes)


def confirmed(number: int, agency: int = POLICE, **changes: Any) -> BookingFact:
    return booking(number, agency, state=BookingState.CONFIRMED, **changes)


def offered(number: int, agency: int = POLICE, **changes: Any) -> BookingFact:
    return booking(number, agency, state=BookingState.OFFERED, **changes)


def with_bookings(snapshot: EventSnapshot, *bookings: BookingFact) -> EventSnapshot:
    """The event with these bookings put in place of those with the same ids, or added."""
    known = {b.id: b for b in (*snapshot.bookings, *bookings)}
    return replace(snapshot, bookings=tuple(known.values()))


def moved(snapshot: EventSnapshot, fact: BookingFact, state: BookingState) -> EventSnapshot:
    return with_bookings(snapshot, replace(fact, state=state))
