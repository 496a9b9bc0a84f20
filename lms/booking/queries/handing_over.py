"""Whether a colleague could take a place over: asked by the page and by the command (B12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.accounts.queries import memberships_on
from lms.agencies.queries import lineages
from lms.agencies.rules import folded_name
from lms.booking.models import Booking
from lms.booking.queries.audience import is_for_person
from lms.booking.queries.elsewhere import other_places
from lms.booking.queries.events import EventInForce, event_in_force
from lms.booking.queries.prerequisites import unmet_by
from lms.booking.rules import Colleague, Refusal, Workplace, may_take_over
from lms.clock import london_date
from lms.db import db

Above = Mapping[int, tuple[int, ...]]


def why_not_theirs(
    session: Session, at: EventInForce, held: Booking, person: Person, now: datetime
) -> Refusal | None:
    """Why a person cannot take a place over; None where they can."""
    elsewhere = other_places(session, person.id, now)
    above = lineages()
    works_at = workplaces_of(person.id, above, now)
    missing = unmet_by(session, at, person.id)
    is_for_them = is_for_person(session, at.event, person.id, now)
    colleague = Colleague(
        person.id, person.name, works_at, tuple(elsewhere), missing, is_for_them=is_for_them
    )
    place_of = workplace(held.agency_id, held.agency_typed, above)
    return may_take_over(at.snapshot, place_of, colleague, now)


def why_not_for(held: Booking, person: Person, now: datetime) -> Refusal | None:
    """The same, before anything is locked: for a page."""
    session = db.session()
    return why_not_theirs(session, event_in_force(session, held.event_id, now), held, person, now)


def workplaces_of(person_id: int, above: Above, now: datetime) -> tuple[Workplace, ...]:
    """Where a person works now, as the rules look at it; `above` as `lineages` gives it."""
    current = memberships_on(person_id, london_date(now))
    return tuple(workplace(each.agency_id, each.agency_typed, above) for each in current)


def workplace(agency_id: int | None, typed: str, above: Above) -> Workplace:
    """An agency, or a name that is not matched, as the rules look at it."""
    return Workplace(above[agency_id] if agency_id else (), folded_name(typed))
