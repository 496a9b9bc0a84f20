"""One form as it is shown: what it asks, what was typed so far, whether it can be answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies.models import Partnership
from lms.booking.models import Booking
from lms.catalogue.models import Event, LearningOutcome
from lms.catalogue.queries import outcomes_asked_at
from lms.db import db
from lms.evaluation.models import Commitment, Evaluation
from lms.evaluation.queries.asked import own_questions_in, questionnaire_of
from lms.evaluation.queries.facts import BookingFacts, get_facts, list_facts
from lms.evaluation.queries.managers import may_name_a_manager
from lms.evaluation.rules import (
    CommitmentFact,
    EvaluationFacts,
    LinkState,
    OutcomeFact,
    Section,
    Stage,
    Window,
    core_sections,
    is_due,
    is_offered_at_the_door,
    link_state,
    manager_section,
    may_opt_in,
    own_sections,
    played_back_on,
    stages_in_force,
    stages_with_questions,
    window,
)

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Sheet:
    """What a page needs to show one booking's form of one stage.

    `questionnaire_id` is the version of the partnership's own questions, which follow the core.
    """

    booking: BookingFacts
    stage: Stage
    state: LinkState
    window: Window | None
    sections: tuple[Section, ...]
    questionnaire_id: int | None = None

    @property
    def first_name(self) -> str:
        return self.booking.name.split()[0]


@dataclass(frozen=True)
class Owed:
    """A form that its person can answer now."""

    booking_id: int
    event_id: int
    title: str
    held_at: datetime
    stage: Stage
    closes_at: datetime
    is_begun: bool

    @property
    def address(self) -> str:
        return f"/evaluations/{self.booking_id}/{self.stage.value}"


def get_sheet(
    session: Session,
    booking_id: int,
    stage: Stage,
    now: datetime,
    opened_at: datetime | None = None,
) -> Sheet:
    """The form of a booking and stage, whatever its state. Raises NotFound.

    `opened_at` is when its page was opened, if that is known and was before `now`: what is in
    force then is asked, until something of it is kept.
    """
    booking = get_facts(session, booking_id)
    event = session.get_one(Event, booking.event_id)
    version = questionnaire_of(session, booking_id, event, stage, opened_at or now)
    return Sheet(
        booking=booking,
        stage=stage,
        state=link_state(booking.facts, stage, now),
        window=window(booking.facts, stage),
        sections=core_sections(
            stage,
            _outcomes(event),
            mode=event.mode,
            commitments=_commitments(session, booking_id) if stage is Stage.IMPACT else (),
            asks_look_back=not booking.has_baseline,
            played_back_on=played_back_on(booking.facts),
        )
        + own_sections(own_questions_in(session, version))
        + _about_the_manager(session, booking_id, stage),
        questionnaire_id=version,
    )


def _about_the_manager(session: Session, booking_id: int, stage: Stage) -> tuple[Section, ...]:
    asks = stage is Stage.IMPACT and may_name_a_manager(session, booking_id)
    return (manager_section(),) if asks else ()


def read_sheet(
    booking_id: int, stage: Stage, now: datetime, opened_at: datetime | None = None
) -> Sheet:
    """`get_sheet` for a page."""
    return get_sheet(db.session(), booking_id, stage, now, opened_at)


def find_draft(booking_id: int, stage: Stage) -> Typed:
    """What the delegate typed and kept; for the delegate's own page alone."""
    kept = db.session.scalar(
        select(Evaluation.draft).where(
            Evaluation.booking_id == booking_id, Evaluation.stage == stage
        )
    )
    draft: Typed = json.loads(kept) if kept else {}
    return draft


def get_partnership_of(event_id: int) -> Partnership:
    """The partnership that hosts an event."""
    return db.session.scalars(
        select(Partnership)
        .join(Event, Event.partnership_id == Partnership.id)
        .where(Event.id == event_id)
    ).one()


def list_owed(person_id: int, now: datetime) -> list[Owed]:
    """The forms that a person is asked for and can answer now, the first to close first."""
    bookings = list_facts(db.session(), [Booking.person_id == person_id])
    begun = _begun([booking.booking_id for booking in bookings])
    owed = [
        _owed(booking, stage, open_for, is_begun=(booking.booking_id, stage) in begun)
        for booking in bookings
        for stage in Stage
        if (open_for := window(booking.facts, stage))
        and link_state(booking.facts, stage, now) is LinkState.OPEN
        and (stage is not Stage.PRE or is_due(booking.facts, stage, now))
    ]
    return sorted(owed, key=_first_to_close)


def list_stopped(person_id: int, now: datetime) -> list[Owed]:
    """The open forms of which a person asked not to be reminded, the first to close first."""
    bookings = list_facts(db.session(), [Booking.person_id == person_id])
    stopped = [
        _owed(booking, stage, open_for, is_begun=False)
        for booking in bookings
        for stage in Stage
        if (open_for := window(booking.facts, stage)) and may_opt_in(booking.facts, stage, now)
    ]
    return sorted(stopped, key=_first_to_close)


def _owed(booking: BookingFacts, stage: Stage, open_for: Window, *, is_begun: bool) -> Owed:
    return Owed(
        booking_id=booking.booking_id,
        event_id=booking.event_id,
        title=booking.title,
        held_at=booking.facts.starts_at,
        stage=stage,
        closes_at=open_for.closes_at,
        is_begun=is_begun,
    )


def _first_to_close(form: Owed) -> tuple[datetime, int, Stage]:
    return form.closes_at, form.booking_id, form.stage


def is_asked_at_the_door(booking_id: int, now: datetime) -> bool:
    """Whether somebody who has just checked in can answer the pre evaluation, as a baseline."""
    return is_offered_at_the_door(get_facts(db.session(), booking_id).facts, now)


def asks_at_the_door(event_id: int, now: datetime) -> bool:
    """Whether an event asks those who check in now something beforehand, whoever they are."""
    event = db.session.get_one(Event, event_id)
    if event.starts_at is None or event.ends_at is None:
        return False
    stages = stages_in_force(event.kind, event.stages)
    facts = EvaluationFacts(
        stages=stages_with_questions(stages, has_outcomes=bool(outcomes_asked_at(event))),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        event_state=event.state,
        confirmed_at=event.created_at,
    )
    return is_offered_at_the_door(facts, now)


def outcomes_of(event_id: int) -> list[str]:
    """What an event teaches, as it follows "you can" or "people to"."""
    return [item.text for item in _outcomes(db.session.get_one(Event, event_id))]


def _begun(booking_ids: Sequence[int]) -> set[tuple[int, Stage]]:
    rows = db.session.execute(
        select(Evaluation.booking_id, Evaluation.stage).where(
            Evaluation.booking_id.in_(booking_ids), Evaluation.draft.is_not(None)
        )
    )
    return {(booking_id, stage) for booking_id, stage in rows}


def _outcomes(event: Event) -> list[OutcomeFact]:
    """What the event teaches, as it stood on its first day: the same items at every stage."""
    return [OutcomeFact(item.id, after_you_can(item.text)) for item in outcomes_asked_at(event)]


def after_you_can(text: str) -> str:
    """An outcome as it follows "you can": small at its beginning, unless that is a name."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _commitments(session: Session, booking_id: int) -> list[CommitmentFact]:
    rows = session.execute(
        select(Commitment.id, Commitment.text, LearningOutcome.text)
        .join(Evaluation, Evaluation.id == Commitment.evaluation_id)
        .outerjoin(LearningOutcome, LearningOutcome.id == Commitment.outcome_id)
        .where(Evaluation.booking_id == booking_id, Evaluation.answered_at.is_not(None))
        .order_by(Commitment.position, Commitment.id)
    )
    return [CommitmentFact(n, text, after_you_can(about or "")) for n, text, about in rows]
