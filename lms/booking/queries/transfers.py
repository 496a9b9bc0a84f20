"""To which other dates of its course a place could be moved, and what would come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.booking.models import Booking
from lms.booking.queries.audience import is_for_person
from lms.booking.queries.events import (
    EventInForce,
    events_in_force,
    load_events,
    side_of,
)
from lms.booking.queries.places import PlacesSummary, summary_of
from lms.booking.queries.requests import request_of
from lms.booking.rules import (
    Lateness,
    Refusal,
    Rule,
    Wait,
    WaitReason,
    may_book,
    place_for,
    tick_counts,
)
from lms.catalogue.models import Event
from lms.catalogue.rules import ApprovedBy, EventMode, EventState
from lms.db import db
from lms.words import count, sentence_case


@dataclass(frozen=True)
class OtherDate:
    """Another date of a place's course: what stands in the way, or why one would wait there.

    `waits_already` says that the person is on its list, or is offered a place there.
    """

    event: Event
    places: PlacesSummary
    refusal: Refusal | None
    wait: WaitReason | None
    waits_already: bool
    is_tick_offered: bool
    tick_working_days: int
    lateness: Lateness | None = None  # where giving that place up would be late at once

    @property
    def sentence(self) -> str:
        """What comes of choosing it: 'Two places left. You move at once.'

        Also that it could no longer be given up in time, where that is so (B11).
        """
        if self.lateness is None:
            return self._what_comes
        charge = self.lateness.charge
        may_cost = f", and your agency may be charged {charge.words}" if charge else ""
        late = f"A cancellation there counts as late by now{may_cost}."
        return f"{self._what_comes} {late}"

    @property
    def _what_comes(self) -> str:
        kept = "your place here is kept until you have one there"
        if self.refusal is not None:
            return f"{self.refusal.note}. With a reason, they can be moved all the same."
        if self.waits_already:
            return f"You wait there already. You keep your position, and {kept}."
        if self.wait is not None:
            return f"You would wait: {self.wait.sentence}. Meanwhile {kept}."
        left = f"{sentence_case(count(self.places.free, 'place'))} left."
        if self.event.approved_by is ApprovedBy.NOBODY:
            return f"{left} You move at once."
        return f"{left} You move once it is approved. Meanwhile {kept}."


def dates_to_move_to(held: Booking, now: datetime) -> list[OtherDate]:
    """The other dates to come of the course of a booking's event, the next first.

    Those by invitation only where the person is among those invited.
    """
    session = db.session()
    ids = session.scalars(
        select(Event.id).where(
            Event.course_id == held.event.course_id,
            Event.course_id.is_not(None),
            Event.id != held.event_id,
            Event.state == EventState.PUBLISHED,
            Event.starts_at > now,
        )
    ).all()
    events = load_events(session, ids)
    theirs = [each for each in events if is_for_person(session, each, held.person_id or 0, now)]
    found = events_in_force(session, theirs, now).values()
    dates = [_date(held, at, now) for at in found]
    return sorted(dates, key=lambda date: (date.event.starts_at or now, date.event.id))


def _date(held: Booking, at: EventInForce, now: datetime) -> OtherDate:
    side = side_of(held.mode if at.event.mode is EventMode.HYBRID else None)
    request = request_of(
        *(db.session(), at, held.person_id or 0, held.agency, now),
        area_id=held.area_id,
        side=side,
        replaces_id=held.id,
    )
    refusals = may_book(at.snapshot, request, now)
    decision = place_for(at.snapshot, request, now)
    waits = isinstance(decision, Wait)
    lateness = at.lateness(held.sector, now)
    return OtherDate(
        event=at.event,
        places=summary_of(at.snapshot, now),
        refusal=next((each for each in refusals if each.rule is not Rule.B2), None),
        wait=decision.reason if isinstance(decision, Wait) else None,
        waits_already=any(each.rule is Rule.B2 for each in refusals),
        is_tick_offered=waits and tick_counts(at.snapshot, now),
        tick_working_days=at.snapshot.policy.tick_working_days,
        lateness=lateness if lateness and lateness.is_past(now) else None,
    )
