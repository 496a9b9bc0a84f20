"""The bookings that a figure of attendance counts, with the names that go with them.

For those who run the programme alone: whoever reads the reports sees counts, never a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from lms.accounts.models import Person
from lms.agencies.models import Agency
from lms.booking.models import Booking
from lms.booking.rules import BookingState, Origin, Outcome
from lms.catalogue.models import Event
from lms.db import db
from lms.reporting.attendance.queries.counted import COUNTED, IN_HEADLINE
from lms.reporting.queries.scope import Scope
from lms.reporting.rules import Traced

AT_A_TIME = 1000


@dataclass(frozen=True)
class CountedBooking:
    """One booking that a figure counts; `outcome` None: a walk-in before the register closes."""

    reference: str
    person_id: int | None
    name: str
    agency: str
    event_id: int
    event_reference: str
    event: str
    starts_at: datetime | None
    state: BookingState
    origin: Origin
    outcome: Outcome | None

    @property
    def became(self) -> str:
        """The outcome, or else the state, in words; that of a walk-in says so."""
        if self.state is BookingState.CANCELLED:
            return "cancelled"
        became = self.outcome.words if self.outcome else self.state.words
        return f"walked in, {became}" if self.origin is Origin.WALK_IN else became


def count_rows(figure: Traced, scope: Scope) -> int:
    """How many bookings stand behind a figure: the figure itself."""
    found: int = db.session.execute(_of(select(func.count()), figure, scope)).scalar_one()
    return found


def list_rows(
    figure: Traced, scope: Scope, *, limit: int | None = None, offset: int = 0
) -> Iterator[CountedBooking]:
    """The bookings behind a figure, the newest event first, then by surname.

    They are asked for when the first is drawn, so that a file can be sent as they are read.
    """
    statement: Any = select(
        Booking.reference,
        Booking.person_id,
        func.coalesce(Person.name, Booking.name_as_given).label("name"),
        func.coalesce(Agency.name, Booking.agency_typed).label("agency"),
        Event.id.label("event_id"),
        Event.reference.label("event_reference"),
        Event.title.label("event"),
        Event.starts_at,
        Booking.state,
        Booking.origin,
        Booking.outcome,
    )
    named = func.coalesce(Person.sort_name, Booking.name_as_given)
    found = db.session.execute(
        _of(statement, figure, scope)
        .outerjoin(Person, Person.id == Booking.person_id)
        .outerjoin(Agency, Agency.id == Booking.agency_id)
        .order_by(Event.starts_at.desc(), Event.id, named, Booking.id)
        .limit(limit)
        .offset(offset)
        .execution_options(yield_per=AT_A_TIME)
    )
    for row in found:
        yield CountedBooking(**row._mapping)


def _of(statement: Select[Any], figure: Traced, scope: Scope) -> Select[Any]:
    return (
        statement.select_from(Booking)
        .join(Event, Event.id == Booking.event_id)
        .where(_condition(figure), *scope.of_bookings)
    )


def _condition(figure: Traced) -> ColumnElement[bool]:
    return IN_HEADLINE if figure is Traced.ATTENDED else COUNTED[figure.value]
