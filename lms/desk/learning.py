"""My learning: what is owed, booked, waited for and done, and the hours of each year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from lms.attendance.models import Mark as MarkRow
from lms.attendance.queries import as_fact
from lms.attendance.rules import Mark, SessionFact, share_present
from lms.booking.models import Booking, Offer
from lms.booking.queries import Standing, bookings_of_person, load_events, snapshots_of, standing_in
from lms.booking.rules import CAME, LIVE, BookingState, Outcome
from lms.catalogue.models import Event
from lms.clock import ReportingYear, london_date, reporting_year
from lms.db import db
from lms.evaluation.queries import Owed, list_owed
from lms.web.figures import Bar
from lms.web.words import hours_figure

RECENT = 10
APRIL = 4
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """A booking with what belongs to its state: the position, the offer, the minutes."""

    booking: Booking
    standing: Standing | None = None
    offer: Offer | None = None
    minutes: int = 0

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
    waiting: tuple[Line, ...]
    attended: tuple[Line, ...]
    attended_in_all: int
    hours: Hours

    @property
    def is_empty(self) -> bool:
        return not (self.owed or self.offered or self.booked or self.waiting or self.attended)


def learning_of(person_id: int, now: datetime, *, shows_all: bool = False) -> Learning:
    """All of it, in a number of statements that does not grow with the bookings."""
    bookings = [b for b in bookings_of_person(person_id) if b.state in LIVE]
    past = [b for b in bookings if _is_past(b, now)]
    to_come = [b for b in bookings if b not in past]
    past = [b for b in past if b.state is BookingState.CONFIRMED]
    attended = _attended([b for b in past if b.outcome is None or b.outcome in CAME])
    return Learning(
        owed=tuple(list_owed(person_id, now)),
        offered=tuple(_answerable(to_come)),
        booked=tuple(Line(b) for b in to_come if b.state is BookingState.CONFIRMED),
        waiting=tuple(_waiting(to_come, now)),
        attended=tuple(attended if shows_all else attended[:RECENT]),
        attended_in_all=len(attended),
        hours=_hours(attended, now),
    )


def _is_past(booking: Booking, now: datetime) -> bool:
    """Whether the event is over; one that is postponed is still to come."""
    ends = [block.ends_at for block in booking.event.sessions]
    return bool(ends) and max(ends) <= now


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


# --- What was attended ----------------------------------------------------------------------


def _attended(bookings: list[Booking]) -> list[Line]:
    """The latest first; who came for a part has the minutes that they were there."""
    parts = [b.id for b in bookings if b.outcome is Outcome.PART_ATTENDED]
    marks = _marks(parts) if parts else {}
    lines = [Line(b, minutes=_minutes(b, marks.get(b.id, {}))) for b in bookings]
    return sorted(lines, key=lambda line: (line.event.ends_at, line.booking.id), reverse=True)


def _marks(booking_ids: list[int]) -> dict[int, dict[int, Mark]]:
    found: dict[int, dict[int, Mark]] = defaultdict(dict)
    rows = db.session.scalars(
        select(MarkRow).where(MarkRow.booking_id.in_(booking_ids), MarkRow.is_current)
    )
    for row in rows:
        found[row.booking_id][row.event_session_id] = as_fact(row)
    return found


def _minutes(booking: Booking, marks: dict[int, Mark]) -> int:
    sessions = [SessionFact(s.id, s.starts_at, s.ends_at) for s in booking.event.sessions]
    whole = sum((session.length for session in sessions), timedelta()) // MINUTE
    if booking.outcome is Outcome.PART_ATTENDED:
        return round(whole * share_present(sessions, marks))
    return whole


# --- Hours a year ---------------------------------------------------------------------------


def _hours(lines: list[Line], now: datetime) -> Hours:
    """Minutes of those whose register says that they came, by the host's reporting year."""
    start_month = _year_starts_in(lines)
    minutes: dict[ReportingYear, int] = defaultdict(int)
    for line in lines:
        if line.booking.outcome in CAME and line.event.starts_at is not None:
            minutes[reporting_year(london_date(line.event.starts_at), start_month)] += line.minutes
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


def _year_starts_in(lines: list[Line]) -> int:
    """The reporting year of the partnership where this person last was."""
    return lines[0].event.partnership.year_starts_month if lines else APRIL
