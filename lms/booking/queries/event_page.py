"""Everything that an event's own page shows, in two statements.

A third and a few more only where places are capped or held back, or a free place stands beside
people who wait: then the rules must know who is who.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    ScalarSelect,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from lms.access import Permission, Viewer
from lms.accounts.models import Person
from lms.agencies.models import ChargingTerms, Policy
from lms.agencies.queries import lineages
from lms.agencies.rules import ChargingEntry, DayKind, PolicyEntry, PolicyKey, Sector
from lms.booking.models import Booking
from lms.booking.queries.audience import may_see
from lms.booking.queries.elsewhere import has_turns, told_obstacles
from lms.booking.queries.events import (
    FACTS,
    assembled,
    fact_of,
    has_shares,
    lineage_in,
    shares_in_force,
)
from lms.booking.queries.figures import Figures
from lms.booking.queries.places import PlacesSummary, places_of, summary_of
from lms.booking.rules import LIVE, BookingFact, EventSnapshot
from lms.booking.rules.prerequisites import Prerequisite
from lms.catalogue.models import Course, Event, EventTrainer, LearningOutcome
from lms.catalogue.models import Prerequisite as PrerequisiteRow
from lms.catalogue.rules import EventMode, EventState, outcomes_asked
from lms.clock import london_date
from lms.db import UtcDateTime, db
from lms.errors import NotFound

BETWEEN_ROWS = "\x1e"
BETWEEN_PARTS = "\x1f"
PUBLIC = frozenset({EventState.PUBLISHED, EventState.CANCELLED, EventState.POSTPONED})


class OutcomeText(NamedTuple):
    """A learning outcome as the page shows it."""

    text: str
    retired_on: date | None


@dataclass(frozen=True)
class OtherDate:
    """Another date of the same course."""

    id: int
    starts_at: datetime
    places: PlacesSummary


@dataclass(frozen=True)
class EventPage:
    """An event with its places and its people by sector; `own` is the viewer's live booking.

    `others` are the dates of its course that are still to come, the nearest first.
    """

    event: Event
    figures: Figures
    seen: EventSnapshot
    places: PlacesSummary
    trainers: tuple[str, ...]
    shared_with: tuple[str, ...]  # other partnerships, by name
    outcomes: tuple[str, ...]
    prerequisites: tuple[Prerequisite, ...]
    others: tuple[OtherDate, ...]
    own: BookingFact | None
    own_reference: str | None


def event_page(event_id: int, viewer: Viewer | None, now: datetime) -> EventPage:
    """The page of an event.

    Raises NotFound for a draft, except to those who run it, and for an event by invitation, except
    to those who may know of it.
    """
    session = db.session()
    asked = {"event_id": event_id, "person_id": viewer.person_id if viewer else None}
    row = session.execute(_event_row(), asked).unique().one_or_none()
    if row is None or not _may_see(row.Event, viewer, now):
        raise NotFound
    event: Event = row.Event
    bookings, others = _bookings_here_and_there(session, event, now)
    shares = shares_in_force(session, [event])[event_id] if row.has_shares else []
    above = lineages() if shares else {}
    facts = [fact_of(booking, lineage_in(above, booking.agency_id)) for booking in bookings]
    figures = Figures(_policies_in(row.policies), _terms_in(row.terms))
    bare = assembled(event, shares, facts, figures)
    seen = told_obstacles(session, {event_id: bare}, now)[event_id]
    return EventPage(
        event,
        figures,
        seen,
        summary_of(seen, now),
        tuple(parts[-1] for parts in _rows_in(row.trainers)),
        _partners(event) if row.has_shares else (),
        _outcomes_in(row.outcomes, event),
        _prerequisites_in(row.prerequisites),
        others,
        next((f for f in facts if viewer and f.person_id == viewer.person_id), None),
        row.own_reference,
    )


def _partners(event: Event) -> tuple[str, ...]:
    return tuple(sorted(part.partnership.name for part in event.shared_with))


def _may_see(event: Event, viewer: Viewer | None, now: datetime) -> bool:
    if event.state in PUBLIC:
        return may_see(event, viewer, now)
    return viewer is not None and viewer.can(Permission.RUN_PROGRAMME, event.partnership_id)


# --- The event ------------------------------------------------------------------------------


@cache  # to write a statement down costs more than to run it
def _event_row() -> Any:
    return (
        select(
            Event,
            _trainers().label("trainers"),
            _outcomes().label("outcomes"),
            _prerequisites().label("prerequisites"),
            _policies().label("policies"),
            _terms().label("terms"),
            has_shares(Event.id).label("has_shares"),
            _own_reference().label("own_reference"),
        )
        .where(Event.id == bindparam("event_id"))
        .options(
            joinedload(Event.partnership), joinedload(Event.course), joinedload(Event.sessions)
        )
    )


def _trainers() -> ScalarSelect[str]:
    return (
        _gathered(cast(EventTrainer.position, String), Person.name)
        .join_from(EventTrainer, Person, Person.id == EventTrainer.person_id)
        .where(EventTrainer.event_id == Event.id)
        .correlate(Event)
        .scalar_subquery()
    )


def _outcomes() -> ScalarSelect[str]:
    whose = func.coalesce(cast(LearningOutcome.event_id, String), "")
    retired = func.coalesce(cast(LearningOutcome.retired_on, String), "")
    of_either = or_(
        LearningOutcome.event_id == Event.id, LearningOutcome.course_id == Event.course_id
    )
    return (
        _gathered(cast(LearningOutcome.position, String), whose, retired, LearningOutcome.text)
        .where(of_either)
        .correlate(Event)
        .scalar_subquery()
    )


def _prerequisites() -> ScalarSelect[str]:
    months = func.coalesce(cast(PrerequisiteRow.within_months, String), "")
    required = aliased(Course)
    return (
        _gathered(cast(required.id, String), required.slug, months, required.title)
        .join_from(PrerequisiteRow, required, required.id == PrerequisiteRow.required_course_id)
        .where(PrerequisiteRow.course_id == Event.course_id)
        .correlate(Event)
        .scalar_subquery()
    )


def _policies() -> ScalarSelect[str]:
    return (
        _gathered(
            cast(Policy.id, String),
            Policy.key,
            cast(Policy.holds_from, String),
            cast(Policy.value, String),
        )
        .where(Policy.partnership_id == Event.partnership_id)
        .correlate(Event)
        .scalar_subquery()
    )


def _terms() -> ScalarSelect[str]:
    return (
        _gathered(
            ChargingTerms.id,
            func.coalesce(cast(ChargingTerms.sector, String), ""),
            ChargingTerms.holds_from,
            func.coalesce(cast(ChargingTerms.days, String), ""),
            func.coalesce(cast(ChargingTerms.day_kind, String), ""),
            ChargingTerms.half_day_pence,
            ChargingTerms.full_day_pence,
            cast(ChargingTerms.is_full_cost, Integer),
        )
        .where(ChargingTerms.partnership_id == Event.partnership_id)
        .correlate(Event)
        .scalar_subquery()
    )


def _own_reference() -> ScalarSelect[str]:
    return (
        select(Booking.reference)
        .where(Booking.event_id == Event.id, Booking.state.in_(LIVE))
        .where(Booking.person_id == bindparam("person_id", type_=Integer))
        .correlate(Event)
        .scalar_subquery()
    )


def _gathered(*parts: Any) -> Select[tuple[str]]:
    """Rows of a child table as one text, so that no statement of their own is needed."""
    first, *others = (cast(part, String) for part in parts)
    line: ColumnElement[str] = first
    for part in others:
        line = line + BETWEEN_PARTS + part
    return select(func.aggregate_strings(line, BETWEEN_ROWS))


def _rows_in(gathered: str | None) -> list[list[str]]:
    """The rows of a gathered text, by the number that each begins with."""
    rows = [line.split(BETWEEN_PARTS) for line in gathered.split(BETWEEN_ROWS)] if gathered else []
    return sorted(rows, key=lambda parts: int(parts[0]))


def _outcomes_in(gathered: str | None, event: Event) -> tuple[str, ...]:
    own: list[OutcomeText] = []
    of_course: list[OutcomeText] = []
    for _, whose, retired, text in _rows_in(gathered):
        outcome = OutcomeText(text, date.fromisoformat(retired) if retired else None)
        (own if whose else of_course).append(outcome)
    on = london_date(event.starts_at) if event.starts_at else date.max
    return tuple(outcome.text for outcome in outcomes_asked(own, of_course, on))


def _prerequisites_in(gathered: str | None) -> tuple[Prerequisite, ...]:
    found = [
        Prerequisite(int(course_id), title, slug, int(months) if months else None)
        for course_id, slug, months, title in _rows_in(gathered)
    ]
    return tuple(sorted(found, key=lambda each: each.title))


def _policies_in(gathered: str | None) -> tuple[PolicyEntry, ...]:
    return tuple(
        PolicyEntry(PolicyKey(key), date.fromisoformat(holds_from), int(figure))
        for _, key, holds_from, figure in _rows_in(gathered)
    )


def _terms_in(gathered: str | None) -> tuple[ChargingEntry, ...]:
    return tuple(
        ChargingEntry(
            sector=Sector(sector) if sector else None,
            holds_from=date.fromisoformat(holds_from),
            days=int(days) if days else None,
            day_kind=DayKind(kind) if kind else None,
            half_day_pence=int(half),
            full_day_pence=int(full),
            is_full_cost=full_cost == "1",
        )
        for _, sector, holds_from, days, kind, half, full, full_cost in _rows_in(gathered)
    )


# --- Bookings -------------------------------------------------------------------------------


def _bookings_here_and_there(
    session: Session, event: Event, now: datetime
) -> tuple[list[Row[Any]], tuple[OtherDate, ...]]:
    """The event's live bookings, and the other dates of its course with their places."""
    here: list[Row[Any]] = []
    there: dict[int, list[Row[Any]]] = defaultdict(list)
    asked = {"event_id": event.id, "course_id": event.course_id, "now": now}
    for row in session.execute(_booking_rows(), asked):
        if row.of_event == event.id:
            here += [row] if row.id is not None else []
        else:
            there[row.of_event].append(row)
    return here, _other_dates(session, there, now)


@cache
def _booking_rows() -> Any:
    at = aliased(Event)
    to_come = and_(
        at.state == EventState.PUBLISHED,
        at.starts_at > bindparam("now", type_=UtcDateTime),
        at.is_by_invitation.is_(False),
    )
    same_course = (at.course_id == bindparam("course_id", type_=Integer)) & to_come
    return (
        select(
            at.id.label("of_event"),
            *(at.starts_at, at.capacity, at.online_capacity),
            at.mode.label("event_mode"),
            has_shares(at.id).label("has_shares"),
            *FACTS,
        )
        .outerjoin(Booking, (Booking.event_id == at.id) & Booking.state.in_(LIVE))
        .where((at.id == bindparam("event_id")) | same_course)
        .order_by(at.starts_at, at.id, Booking.id)
    )


def _other_dates(
    session: Session, there: Mapping[int, Sequence[Row[Any]]], now: datetime
) -> tuple[OtherDate, ...]:
    pictures = {event_id: _picture(rows) for event_id, rows in there.items()}
    places = {event_id: summary_of(seen, now) for event_id, seen in pictures.items()}
    intricate = [i for i, seen in pictures.items() if there[i][0].has_shares or has_turns(seen)]
    if intricate:
        places |= places_of(session, intricate, now)
    return tuple(
        OtherDate(event_id, rows[0].starts_at, places[event_id]) for event_id, rows in there.items()
    )


def _picture(rows: Sequence[Row[Any]]) -> EventSnapshot:
    """Another date as far as its places go."""
    first = rows[0]
    return EventSnapshot(
        id=first.of_event,
        capacity=first.capacity,
        sessions=(),
        mode=first.event_mode,
        online_capacity=first.online_capacity if first.event_mode is EventMode.HYBRID else None,
        bookings=tuple(_facts(rows)),
    )


def _facts(rows: Iterable[Row[Any]]) -> Iterable[BookingFact]:
    return (fact_of(row, ()) for row in rows if row.id is not None)
