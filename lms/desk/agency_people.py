"""My agency: who its people are, what they have attended and missed, and the files of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.models import Membership, Person
from lms.accounts.queries import is_called, is_member, people
from lms.agencies.queries import ids_under
from lms.booking.models import Booking
from lms.booking.queries.passed_on import passed_on_words, with_passed_on
from lms.booking.rules import CAME, LIVE, BookingState, Outcome
from lms.booking.rules.prerequisites import months_before
from lms.catalogue.models import Course, Event
from lms.catalogue.rules import EventState
from lms.certificates.queries import certificates_in_force
from lms.clock import ReportingYear, london_date, reporting_years
from lms.db import db
from lms.desk.agency import Led, LedEvent
from lms.desk.attended import APRIL, attended_of
from lms.errors import NotFound

MOST_SHOWN = 100
NOT_RECORDED = "not recorded"


# --- People -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Colleague:
    """One of an agency's people, with how much they have booked, attended and missed."""

    person: Person
    coming: int
    attended: int
    missed: int

    @property
    def address(self) -> str:
        return self.person.emails[0].address if self.person.emails else ""


@dataclass(frozen=True)
class Colleagues:
    """What a search among an agency's people found: how many in all, and the first by surname."""

    found: tuple[Colleague, ...]
    total: int


def is_of_agency(led: Led, on: date) -> ColumnElement[bool]:
    """A condition: the person works for one of the agencies now."""
    return Person.memberships.any(Membership.agency_id.in_(led.ids) & is_member(on))


def colleagues_of(
    led: Led, text: str, now: datetime, *, limit: int | None = MOST_SHOWN
) -> Colleagues:
    """An agency's people whose name or address holds every word of `text`."""
    condition = is_of_agency(led, london_date(now))
    if text.strip():
        condition = condition & is_called(text)
    total = db.session.scalar(select(func.count(Person.id)).where(condition)) or 0
    found = list(db.session.scalars(people(condition).limit(limit)))
    tallies = _tallies([person.id for person in found], led, now)
    return Colleagues(tuple(Colleague(p, *tallies[p.id]) for p in found), total)


def colleague_of(person_id: int, led: Led, now: datetime) -> Person:
    """One who works for the agency now, or has a booking for it. Raises NotFound."""
    booked = select(Booking.person_id).where(
        Booking.agency_id.in_(led.ids), Booking.person_id.is_not(None)
    )
    seen = or_(is_of_agency(led, london_date(now)), Person.id.in_(booked))
    found = db.session.scalars(people(seen & (Person.id == person_id))).one_or_none()
    if found is None:
        raise NotFound
    return found


def _tallies(person_ids: list[int], led: Led, now: datetime) -> dict[int, tuple[int, int, int]]:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    rows = db.session.execute(
        select(Booking.person_id, Booking.state, Booking.outcome, Event.ends_at)
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.person_id.in_(person_ids), Booking.agency_id.in_(led.ids))
    )
    for person_id, state, outcome, ends_at in rows:
        is_past = ends_at is not None and ends_at <= now
        own = counts[person_id or 0]
        own["coming"] += not is_past and state in LIVE
        own["attended"] += outcome in CAME
        own["missed"] += outcome is Outcome.DID_NOT_ATTEND
    return {
        person_id: (own["coming"], own["attended"], own["missed"])
        for person_id in person_ids
        for own in [counts[person_id]]
    }


# --- What is done -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """A booking at an event that is over, with the minutes that the person was there."""

    booking: Booking
    minutes: int
    code: str = ""  # of the certificate, where there is one in force

    @property
    def result(self) -> str:
        """What it came to, in a word: the outcome, or how the booking ended."""
        if self.booking.outcome is not None:
            return self.booking.outcome.words
        is_confirmed = self.booking.state is BookingState.CONFIRMED
        return NOT_RECORDED if is_confirmed else self.booking.standing

    @property
    def note(self) -> str:
        if self.booking.is_late_cancellation:
            return "Cancelled late"
        return passed_on_words(self.booking) or self.booking.outcome_reason


def done_of(
    led: Led, now: datetime, *, year: ReportingYear | None = None, person_id: int | None = None
) -> list[Done]:
    """Bookings at events that are over, or that ended; the latest event first.

    Places without a name were nobody's, so they are not among them.
    """
    wanted = _whole(led).where(
        or_(Event.ends_at <= now, Booking.state.not_in(LIVE)), Booking.is_unnamed.is_(False)
    )
    if year is not None:
        begins, ends = year.bounds
        wanted = wanted.where(Event.starts_at >= begins, Event.starts_at < ends)
    if person_id is not None:
        wanted = wanted.where(Booking.person_id == person_id)
    bookings = list(db.session.scalars(wanted.order_by(Event.starts_at.desc(), Booking.id.desc())))
    minutes = minutes_there(bookings)
    codes = {k: c.code for k, c in certificates_in_force([b.id for b in bookings]).items()}
    return [Done(b, minutes.get(b.id, 0), codes.get(b.id, "")) for b in bookings]


def years_of(led: Led, now: datetime) -> list[ReportingYear]:
    """The reporting years since the agencies' first booking, the latest first."""
    first = db.session.scalar(
        select(func.min(Event.starts_at))
        .join(Booking, Booking.event_id == Event.id)
        .where(Booking.agency_id.in_(led.ids))
    )
    return reporting_years(london_date(first or now), london_date(now), _year_starts_in(led))


def _year_starts_in(led: Led) -> int:
    """The reporting year of the partnership that the agency is in, or the first of several."""
    months = [p.year_starts_month for agency in led.tops for p in agency.partnerships]
    return months[0] if months else APRIL


def minutes_there(bookings: Iterable[Booking]) -> dict[int, int]:
    """How long those who came were there, by booking."""
    return {each.booking.id: each.minutes for each in attended_of(bookings) if each.counts}


def bookings_to_come(led: Led, now: datetime, person_id: int) -> list[Booking]:
    """A colleague's live bookings at events that are not over, the next first."""
    wanted = _whole(led).where(
        Booking.person_id == person_id,
        Booking.state.in_(LIVE),
        or_(Event.ends_at.is_(None), Event.ends_at > now),
    )
    return list(db.session.scalars(wanted.order_by(Event.starts_at, Booking.id)))


def _whole(led: Led) -> Select[Booking]:
    return (
        select(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(Booking.agency_id.in_(led.ids), Event.state != EventState.DRAFT)
        .options(
            joinedload(Booking.person).selectinload(Person.emails),
            joinedload(Booking.agency),
            joinedload(Booking.booked_by),
            with_passed_on(),
            joinedload(Booking.event).selectinload(Event.sessions),
            joinedload(Booking.event).joinedload(Event.partnership),
        )
    )


# --- Refreshers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refresher:
    """A course that a colleague attended and should refresh by a day."""

    person_id: int
    name: str
    title: str
    due_on: date


REFRESHED_WITHIN_MONTHS = 6


def refreshers_due(led: Led, now: datetime, person_id: int | None = None) -> list[Refresher]:
    """Courses to be refreshed within half a year, or overdue, the first first."""
    latest = func.max(Event.starts_at)
    wanted = (
        select(Person.id, Person.name, Course.title, Course.refresher_months, latest)
        .join(Booking, Booking.person_id == Person.id)
        .join(Event, Event.id == Booking.event_id)
        .join(Course, Course.id == Event.course_id)
        .where(
            Booking.agency_id.in_(led.ids),
            Booking.outcome == Outcome.ATTENDED,
            Course.refresher_months.is_not(None),
            is_of_agency(led, london_date(now)),
        )
        .group_by(Person.id, Person.name, Course.id, Course.title, Course.refresher_months)
    )
    if person_id is not None:
        wanted = wanted.where(Person.id == person_id)
    soon = _months_later(london_date(now), REFRESHED_WITHIN_MONTHS)
    found = [
        Refresher(of, name, title, _months_later(london_date(at), months or 0))
        for of, name, title, months, at in db.session.execute(wanted)
        if at is not None
    ]
    return sorted(
        (each for each in found if each.due_on <= soon), key=lambda each: (each.due_on, each.name)
    )


def _months_later(on: date, months: int) -> date:
    return months_before(on, -months)


# --- Files --------------------------------------------------------------------------------------


def all_bookings(led: Led) -> list[Booking]:
    """Every booking for the agencies, by event and name: for the file of people's bookings."""
    wanted = _whole(led).where(Booking.is_unnamed.is_(False))
    return list(db.session.scalars(wanted.order_by(Event.starts_at, Event.id, Booking.id)))


def counts_by_event(led: Led) -> list[tuple[Event, Counter[str]]]:
    """How many bookings of each state and outcome the agencies have at each event."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    events: dict[int, Event] = {}
    bookings = db.session.scalars(_whole(led).order_by(Event.starts_at, Event.id))
    for booking in bookings:
        events[booking.event_id] = booking.event
        words = "to_be_named" if booking.is_unnamed else booking.standing.replace(" ", "_")
        if not booking.is_unnamed or booking.state is BookingState.REQUESTED:
            counted[booking.event_id][words] += 1
        if booking.outcome:
            counted[booking.event_id][booking.outcome.value] += 1
    return [(event, counted[event_id]) for event_id, event in events.items()]


# --- Whom to book -------------------------------------------------------------------------------

MOST_OFFERED = 60


@dataclass(frozen=True)
class People:
    """Colleagues who can be ticked: those who were, and those found; `total` match in all."""

    shown: tuple[Person, ...]
    total: int
    there: tuple[str, ...]
    agency_of: dict[int, int]


def people_to_book(
    event: LedEvent, led: Led, ticked: list[int], text: str, now: datetime
) -> People:
    """An agency's people who have no booking at an event yet; `there` are the names of others.

    Whoever was ticked stays: one who has been booked since is named, not lost.
    """
    on = london_date(now)
    booked = [line.booking.person_id for line in event.lines if line.is_live]
    own = is_of_agency(led, on)
    free = own & Person.id.not_in([at for at in booked if at])
    wanted = free & is_called(text) if text else free
    total = db.session.scalar(select(func.count(Person.id)).where(wanted)) or 0
    found = db.session.scalars(people(wanted).limit(MOST_OFFERED)).all()
    chosen = db.session.scalars(people(own & Person.id.in_(ticked))).all() if ticked else []
    shown = {person.id: person for person in (*chosen, *found)}
    return People(
        tuple(sorted(shown.values(), key=lambda person: (person.sort_name, person.id))),
        total,
        tuple(line.name for line in event.lines if line.is_live),
        {person.id: _agency_of(person, led, on) for person in shown.values()},
    )


def _agency_of(person: Person, led: Led, on: date) -> int:
    """For which of the agencies a colleague is booked: the one they joined last."""
    current = [
        m
        for m in person.memberships
        if m.agency_id in led.ids and m.started_on <= on and (not m.ended_on or m.ended_on > on)
    ]
    return max(current, key=lambda m: (m.started_on, m.id)).agency_id or 0


def people_to_choose(booking: Booking, now: datetime) -> list[Person]:
    """Who could take a booking's place: its agency's people and those of its parts (B12)."""
    at = Membership.agency_id.in_(ids_under([booking.agency_id or 0])) & is_member(london_date(now))
    there = select(Booking.person_id).where(
        Booking.event_id == booking.event_id,
        Booking.state.in_(LIVE - {BookingState.WAITING}),
        Booking.person_id.is_not(None),
    )
    wanted = Person.memberships.any(at) & Person.id.not_in(there)
    return list(db.session.scalars(people(wanted)))
