"""The facts that the rules decide by, read in one statement for any number of bookings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Person, PersonEmail
from lms.agencies.queries import dated_policies
from lms.agencies.rules import PolicyEntry, PolicyKey, policy_at
from lms.attendance.models import Mark, Register
from lms.attendance.rules import MarkKind
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin
from lms.catalogue.models import Event, EventSession, LearningOutcome
from lms.catalogue.rules import EventState, is_taught_on
from lms.clock import london_date
from lms.errors import NotFound
from lms.evaluation.models import Evaluation
from lms.evaluation.rules import (
    MISSED,
    EvaluationFacts,
    Stage,
    stages_in_force,
    stages_with_questions,
)

POLICIES = (PolicyKey.IMPACT_DAYS, PolicyKey.EVALUATION_HOUR)  # when delegates are asked
FORMS = {stage: aliased(Evaluation, name=f"form_{stage.value}") for stage in Stage}


@dataclass(frozen=True)
class EventFacts:
    """What all bookings of one event have in common."""

    stages: frozenset[Stage]
    starts_at: datetime
    ends_at: datetime
    event_state: EventState
    register_closed_at: datetime | None
    impact_days: int
    hour: int
    imported_on: date | None


@dataclass(frozen=True)
class BookingFacts:
    """One booking with what the rules decide by; `address` is None where no message can reach."""

    booking_id: int
    event_id: int
    partnership_id: int
    title: str
    person_id: int | None
    name: str
    address: str | None
    has_baseline: bool
    facts: EvaluationFacts


def get_facts(session: Session, booking_id: int) -> BookingFacts:
    """One booking's facts. Raises NotFound."""
    found = find_facts(session, booking_id)
    if found is None:
        raise NotFound
    return found


def find_facts(session: Session, booking_id: int) -> BookingFacts | None:
    """One booking's facts, or None where it has none."""
    row = session.execute(_one_booking(), {"booking_id": booking_id}).one_or_none()
    if row is None:
        return None
    return booking_facts(row, event_facts(row, dated_policies(session, *POLICIES)))


@cache
def _one_booking() -> Select[*tuple[Any, ...]]:
    """Written once: it is asked for every message just before it is sent."""
    return bookings_with_facts().where(Booking.id == bindparam("booking_id"))


def list_facts(session: Session, conditions: Iterable[ColumnElement[bool]]) -> list[BookingFacts]:
    """The facts of the bookings that meet all `conditions`, in order of their ids.

    Conditions may speak of Booking, Event, Person and FORMS. Bookings of events without a time
    have no part. Two statements, whatever their number.
    """
    rows = session.execute(bookings_with_facts().where(*conditions)).all()
    policies = dated_policies(session, *POLICIES) if rows else {}
    shared: dict[int, EventFacts] = {}
    for row in rows:
        if row.event_id not in shared:
            shared[row.event_id] = event_facts(row, policies)
    return [booking_facts(row, shared[row.event_id]) for row in rows]


def last_retirement() -> ColumnElement[date]:
    """When the last outcome of an event, or of its course, is retired.

    The last day of all where one is not; nothing where there are none.
    """
    return (
        select(func.max(func.coalesce(LearningOutcome.retired_on, date.max)))
        .where(
            or_(
                LearningOutcome.event_id == Event.id,
                LearningOutcome.course_id == Event.course_id,
            )
        )
        .correlate(Event)
        .scalar_subquery()
    )


def event_facts(row: Row[Any], policies: Mapping[int, list[PolicyEntry]]) -> EventFacts:
    """What the bookings of one event have in common; policies hold as of its first session."""
    dated = policies.get(row.partnership_id, [])
    held_on = london_date(row.starts_at)
    teaches = row.last_retirement is not None and is_taught_on(row.last_retirement, held_on)
    return EventFacts(
        stages=stages_with_questions(stages_in_force(row.kind, row.stages), has_outcomes=teaches),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        event_state=row.event_state,
        register_closed_at=row.closed_at,
        impact_days=policy_at(dated, PolicyKey.IMPACT_DAYS, held_on),
        hour=policy_at(dated, PolicyKey.EVALUATION_HOUR, held_on),
        imported_on=london_date(row.created_at) if row.is_imported else None,
    )


EVENT_COLUMNS = (
    Event.id.label("event_id"),
    Event.partnership_id,
    Event.title,
    Event.kind,
    Event.stages,
    Event.starts_at,
    Event.ends_at,
    Event.state.label("event_state"),
    Event.created_at,
    Event.is_imported,
    Register.closed_at,
)


@cache
def bookings_with_facts() -> Select[*tuple[Any, ...]]:
    """Bookings beside their events, their people, the register and the three forms."""
    statement = (
        select(
            Booking.id.label("booking_id"),
            Booking.person_id,
            Booking.name_as_given,
            Booking.state,
            Booking.confirmed_at,
            Booking.counts_as_confirmed_at_start,
            Booking.origin,
            Booking.outcome,
            *EVENT_COLUMNS,
            last_retirement().label("last_retirement"),
            Person.name.label("person_name"),
            PersonEmail.address,
            _sessions().label("sessions"),
            _absent_marks().label("marked_absent"),
            *_form_columns(),
        )
        .join(Event, Booking.event_id == Event.id)
        .outerjoin(Register, Register.event_id == Event.id)
        .outerjoin(Person, Person.id == Booking.person_id)
        .outerjoin(
            PersonEmail,
            and_(PersonEmail.person_id == Person.id, PersonEmail.id == _first_address()),
        )
        .where(Event.starts_at.is_not(None), Event.ends_at.is_not(None))
        .order_by(Booking.id)
    )
    for stage, form in FORMS.items():
        statement = statement.outerjoin(
            form, and_(form.booking_id == Booking.id, form.stage == stage)
        )
    return statement


def is_missed() -> ColumnElement[bool]:
    """In SQL what `is_void` says of a booking's outcome: they did not come. Never null."""
    return func.coalesce(Booking.outcome.in_(MISSED), false())


def _first_address() -> ColumnElement[int]:
    other = aliased(PersonEmail)
    return (
        select(other.id)
        .where(other.person_id == Person.id)
        .order_by(other.is_primary.desc(), other.id)
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _absent_marks() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(Mark.booking_id == Booking.id, Mark.is_current, Mark.kind == MarkKind.ABSENT)
        .correlate(Booking)
        .scalar_subquery()
    )


def _sessions() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(EventSession.event_id == Booking.event_id)
        .correlate(Booking)
        .scalar_subquery()
    )


def _form_columns() -> list[ColumnElement[Any]]:
    return [
        column
        for stage, form in FORMS.items()
        for column in (
            form.invited_at.label(f"{stage.value}_invited_at"),
            form.answered_at.label(f"{stage.value}_answered_at"),
            form.opted_out_at.label(f"{stage.value}_opted_out_at"),
            form.is_baseline.label(f"{stage.value}_is_baseline"),
        )
    ]


def booking_facts(row: Row[Any], event: EventFacts) -> BookingFacts:
    """A row of `bookings_with_facts` as the rules want it."""
    answered_at = _instants(row, "answered_at")
    facts = EvaluationFacts(
        **vars(event),
        state=row.state,
        confirmed_at=row.confirmed_at,
        is_confirmed_at_start=_is_confirmed_at_start(row),
        is_walk_in=row.origin is Origin.WALK_IN,
        has_address=row.address is not None,
        sessions=row.sessions,
        marked_absent=row.marked_absent,
        outcome=row.outcome,
        invited_at=_instants(row, "invited_at"),
        answered_at=answered_at,
        opted_out=frozenset(_instants(row, "opted_out_at")),
    )
    return BookingFacts(
        booking_id=row.booking_id,
        event_id=row.event_id,
        partnership_id=row.partnership_id,
        title=row.title,
        person_id=row.person_id,
        name=row.person_name or row.name_as_given,
        address=row.address,
        has_baseline=Stage.PRE in answered_at and bool(row.pre_is_baseline),
        facts=facts,
    )


def _instants(row: Row[Any], name: str) -> dict[Stage, datetime]:
    found = {stage: getattr(row, f"{stage.value}_{name}") for stage in Stage}
    return {stage: instant for stage, instant in found.items() if instant is not None}


def _is_confirmed_at_start(row: Row[Any]) -> bool:
    """As the closed register has it; until then, as the booking stands."""
    if row.counts_as_confirmed_at_start is not None:
        return bool(row.counts_as_confirmed_at_start)
    return row.state is BookingState.CONFIRMED
