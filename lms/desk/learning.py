"""My learning: what is owed, booked, waited for and done, and the hours of each year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from lms.booking.models import Booking, Demand, Offer
from lms.booking.queries import Standing, bookings_of_person, load_events, snapshots_of, standing_in
from lms.booking.queries.demand import demands_of
from lms.booking.queries.materials import count_open_to_delegates
from lms.booking.rules import LIVE, BookingState
from lms.catalogue.models import Event
from lms.certificates.queries import Line as OnTheWay
from lms.certificates.queries import lines_of_person
from lms.clock import ReportingYear, london_date, reporting_year
from lms.db import db
from lms.desk.attended import Attended, attended_of, is_over, year_starts_in
from lms.evaluation.queries import Owed, list_owed
from lms.evaluation.queries.concerns import bookings_with_answers
from lms.evaluation.rules import Stage
from lms.web.figures import Bar
from lms.web.words import hours_figure

RECENT = 10


@dataclass(frozen=True)
class Line:
    """A booking with what belongs to its state: the position, the offer."""

    booking: Booking
    standing: Standing | None = None
    offer: Offer | None = None

    @property
    def event(self) -> Event:
        return self.booking.event


@dataclass(frozen=True)
class Hours:
    """Taught hours by reporting year: this one in words, and as bars with those before it."""

    this_year: str
    since: date
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Learning:
    """One person's learning, as their page shows it."""

    owed: tuple[Owed, ...]
    offered: tuple[Line, ...]
    booked: tuple[Line, ...]
    requested: tuple[Line, ...]
    waiting: tuple[Line, ...]
    attended: tuple[Attended, ...]
    attended_in_all: int
    hours: Hours
    wished: tuple[Demand, ...]
    certificates: Mapping[int, OnTheWay]  # by booking
    evaluated: Mapping[int, Stage]  # bookings that were answered about afterwards, and when
    materials: Mapping[int, int]  # how many files there are to open, by event

    @property
    def is_empty(self) -> bool:
        lists = (self.owed, self.offered, self.booked, self.requested, self.waiting)
        return not any((*lists, self.attended, self.wished))


def learning_of(person_id: int, now: datetime, *, shows_all: bool = False) -> Learning:
    """All of it, in a number of statements that does not grow with the bookings."""
    bookings = [b for b in bookings_of_person(person_id) if b.state in LIVE]
    past = [b for b in bookings if is_over(b, now)]
    to_come = [b for b in bookings if b not in past]
    attended = attended_of(past)
    return Learning(
        owed=tuple(list_owed(person_id, now)),
        offered=tuple(_answerable(to_come)),
        booked=tuple(Line(b) for b in to_come if b.state is BookingState.CONFIRMED),
        requested=tuple(Line(b) for b in to_come if b.state is BookingState.REQUESTED),
        waiting=tuple(_waiting(to_come, now)),
        attended=tuple(attended if shows_all else attended[:RECENT]),
        attended_in_all=len(attended),
        hours=_hours(attended, now),
        wished=tuple(demands_of(person_id)),
        certificates=lines_of_person(person_id, now),
        evaluated=bookings_with_answers(person_id),
        materials=_materials(bookings, now),
    )


def _materials(bookings: Iterable[Booking], now: datetime) -> Mapping[int, int]:
    confirmed = [b.event for b in bookings if b.state is BookingState.CONFIRMED]
    return count_open_to_delegates(db.session(), confirmed, now)


def _answerable(bookings: Iterable[Booking]) -> list[Line]:
    """Those with an offer, or with an invitation while they wait, that still runs."""
    by_id = {booking.id: booking for booking in bookings}
    running = db.session.scalars(
        select(Offer)
        .where(Offer.booking_id.in_(by_id), Offer.ended_at.is_(None))
        .order_by(Offer.ends_at, Offer.id)
    )
    return [Line(by_id[offer.booking_id], offer=offer) for offer in running]


def _waiting(bookings: Iterable[Booking], now: datetime) -> list[Line]:
    waiting = [booking for booking in bookings if booking.state is BookingState.WAITING]
    events = load_events(db.session(), [booking.event_id for booking in waiting])
    seen = snapshots_of(db.session(), events, now)
    return [Line(b, standing=standing_in(seen[b.event_id], b.id, now)) for b in waiting]


# --- Hours a year ---------------------------------------------------------------------------


def _hours(attended: list[Attended], now: datetime) -> Hours:
    start_month = year_starts_in(attended)
    minutes = Counter[ReportingYear]()
    for line in attended:
        if line.counts:
            minutes[line.year(start_month)] += line.minutes
    this_year = reporting_year(london_date(now), start_month)
    years = (this_year, this_year.before, this_year.before.before)
    return Hours(
        this_year=hours_figure(minutes[this_year]),
        since=this_year.first,
        bars=tuple(
            Bar(year.label, minutes[year], hours_figure(minutes[year]), is_dark=year == this_year)
            for year in years
        ),
    )
