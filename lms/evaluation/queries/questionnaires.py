"""What a partnership asks beside the core: for the pages on which it is put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from lms.booking.models import Booking
from lms.booking.rules import BookingState
from lms.catalogue.models import Course, Event
from lms.catalogue.rules import EventState
from lms.clock import london_date
from lms.db import db
from lms.errors import NotFound
from lms.evaluation.models import Evaluation, OwnQuestion, Questionnaire, QuestionnaireItem
from lms.evaluation.queries.asked import words_of
from lms.evaluation.queries.sheets import after_you_can
from lms.evaluation.rules import (
    CommitmentFact,
    OutcomeFact,
    OwnWords,
    Placed,
    Placing,
    Section,
    Stage,
    core_sections,
    manager_section,
    own_question,
    own_sections,
    stages_in_force,
)


@dataclass(frozen=True)
class Scope:
    """Where a version is asked: at a stage of every event, or of one course's events."""

    partnership_id: int
    stage: Stage
    course_id: int | None = None


@dataclass(frozen=True)
class Line:
    """A question of a version as the builder lists it."""

    id: int
    words: OwnWords
    is_required: bool


@dataclass(frozen=True)
class Version:
    """A version with its questions: a draft, in force, or over."""

    id: int
    number: int
    in_force_from: datetime | None
    in_force_until: datetime | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Asked:
    """What a scope asks now, its draft if there is one, and what it asked before.

    `in_force` is what delegates are asked; at a course without a version of its own
    (`is_followed`) that is what every event asks.
    """

    scope: Scope
    in_force: Version | None
    draft: Version | None
    earlier: tuple[Version, ...]
    is_followed: bool

    @property
    def shown(self) -> tuple[Line, ...]:
        """The questions that are worked on: the draft's, else those in force."""
        version = self.draft or self.in_force
        return version.lines if version else ()

    @property
    def is_unchanged(self) -> bool:
        """Whether the draft asks what is asked anyway; at a course, by a version of its own."""
        if self.draft is None or self.is_followed:
            return self.draft is None
        return self.draft.lines == (self.in_force.lines if self.in_force else ())


def get_asked(scope: Scope) -> Asked:
    """What a scope asks, for a page."""
    own = _versions(db.session(), scope)
    in_force = next((v for v in own if v.in_force_from and not v.in_force_until), None)
    is_followed = scope.course_id is not None and in_force is None
    if is_followed:
        shared = _versions(db.session(), Scope(scope.partnership_id, scope.stage))
        in_force = next((v for v in shared if v.in_force_from and not v.in_force_until), None)
    return Asked(
        scope=scope,
        in_force=in_force,
        draft=next((v for v in own if v.in_force_from is None), None),
        earlier=tuple(v for v in own if v.in_force_until),
        is_followed=is_followed,
    )


def _versions(session: Session, scope: Scope) -> list[Version]:
    rows = session.scalars(
        select(Questionnaire)
        .where(*of_scope(scope))
        .order_by(Questionnaire.number.desc())
        .options(selectinload(Questionnaire.items).selectinload(QuestionnaireItem.question))
    )
    return [
        Version(row.id, row.number, row.in_force_from, row.in_force_until, _lines(row.items))
        for row in rows
    ]


def _lines(items: Sequence[QuestionnaireItem]) -> tuple[Line, ...]:
    return tuple(
        Line(item.question_id, words_of(item.question), item.is_required) for item in items
    )


def of_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """The versions of a scope."""
    return (
        Questionnaire.partnership_id == scope.partnership_id,
        Questionnaire.stage == scope.stage,
        Questionnaire.course_id.is_(None)
        if scope.course_id is None
        else Questionnaire.course_id == scope.course_id,
    )


def placing_of(items: Sequence[QuestionnaireItem]) -> Placing:
    """The questions of a version as the rules want them."""
    ordered = sorted(items, key=lambda item: item.position)
    return tuple(Placed(item.question_id, item.is_required) for item in ordered)


def find_line(asked: Asked, question_id: int) -> Line:
    """A question that is worked on. Raises NotFound for any other."""
    found = next((line for line in asked.shown if line.id == question_id), None)
    if found is None:
        raise NotFound
    return found


# --- The list -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How many questions a scope asks of its own; None: it follows what every event is asked."""

    questions: int | None
    has_draft: bool


def list_standings(partnership_id: int) -> dict[tuple[int | None, Stage], Standing]:
    """By course (None: every event) and stage: what is in force and whether a draft waits."""
    rows = db.session.execute(
        select(
            Questionnaire.course_id,
            Questionnaire.stage,
            Questionnaire.in_force_from,
            func.count(QuestionnaireItem.question_id).label("questions"),
        )
        .outerjoin(QuestionnaireItem, QuestionnaireItem.questionnaire_id == Questionnaire.id)
        .where(
            Questionnaire.partnership_id == partnership_id, Questionnaire.in_force_until.is_(None)
        )
        .group_by(Questionnaire.id)
    )
    found: dict[tuple[int | None, Stage], Standing] = {}
    for row in rows:
        key = (row.course_id, row.stage)
        known = found.get(key, Standing(None, has_draft=False))
        if row.in_force_from is None:
            found[key] = Standing(known.questions, has_draft=True)
        else:
            found[key] = Standing(row.questions, known.has_draft)
    return found


def list_earlier_questions(scope: Scope) -> list[Line]:
    """The partnership's own questions that the scope does not ask, the newest first."""
    asked = {line.id for line in get_asked(scope).shown}
    rows = db.session.scalars(
        select(OwnQuestion)
        .where(OwnQuestion.partnership_id == scope.partnership_id)
        .where(OwnQuestion.id.in_(select(QuestionnaireItem.question_id)))
        .order_by(OwnQuestion.id.desc())
    )
    return [Line(row.id, words_of(row), is_required=False) for row in rows if row.id not in asked]


# --- Whom it concerns -----------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """Whom a new version reaches: forms to come, forms sent and not opened, forms begun."""

    events: int
    places: int
    unopened: int
    begun: int


def reach_of(scope: Scope, now: datetime) -> Reach:
    """Whom a version reaches that is put in force now."""
    events = _events_to_come(scope, now)
    places = db.session.scalar(
        select(func.count()).where(
            Booking.event_id.in_(events), Booking.state == BookingState.CONFIRMED
        )
    )
    forms = db.session.execute(
        select(Evaluation.opened_at.is_not(None).label("is_begun"), func.count().label("forms"))
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(*_events_of(scope), Evaluation.stage == scope.stage)
        .where(Evaluation.answered_at.is_(None))
        .where(or_(Evaluation.opened_at.is_not(None), Evaluation.invited_at.is_not(None)))
        .group_by("is_begun")
    )
    counts = {bool(row.is_begun): row.forms for row in forms}
    return Reach(len(events), places or 0, counts.get(False, 0), counts.get(True, 0))


def _events_to_come(scope: Scope, now: datetime) -> list[int]:
    rows = db.session.execute(
        select(Event.id, Event.kind, Event.stages).where(
            *_events_of(scope), Event.starts_at > now, Event.state == EventState.PUBLISHED
        )
    )
    return [row.id for row in rows if scope.stage in stages_in_force(row.kind, row.stages)]


def _events_of(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """The events of a scope: of its course, or of every course without a version of its own."""
    mine = Event.partnership_id == scope.partnership_id
    if scope.course_id is not None:
        return (mine, Event.course_id == scope.course_id)
    with_own = select(Questionnaire.course_id).where(
        Questionnaire.partnership_id == scope.partnership_id,
        Questionnaire.stage == scope.stage,
        Questionnaire.course_id.is_not(None),
        Questionnaire.in_force_from.is_not(None),
        Questionnaire.in_force_until.is_(None),
    )
    return (mine, or_(Event.course_id.is_(None), Event.course_id.not_in(with_own)))


# --- Preview --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """A form as a delegate would see it: the core, the questions that are worked on, the end."""

    core: tuple[Section, ...]
    own: tuple[Section, ...]
    end: tuple[Section, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.core + self.own + self.end


def preview_of(asked: Asked, now: datetime) -> Preview:
    """What a delegate would be asked with the questions that are worked on."""
    outcomes = _outcomes_shown(asked.scope, now)
    core = core_sections(
        asked.scope.stage,
        outcomes,
        commitments=[CommitmentFact(1, PROMISE, outcomes[0].text)],
        played_back_on=london_date(now) + timedelta(days=56),
    )
    own = [own_question(Placed(line.id, line.is_required), line.words) for line in asked.shown]
    end = (manager_section(),) if asked.scope.stage is Stage.IMPACT else ()
    return Preview(core, own_sections(own), end)


PROMISE = "Ask to see the child’s bedroom at every home visit"
EXAMPLE = OutcomeFact(0, "do what the event teaches: its own outcomes stand here")


def _outcomes_shown(scope: Scope, now: datetime) -> list[OutcomeFact]:
    """Those of the scope's course; for every event those of any course that has some."""
    course = course_of(scope)
    rows = course.outcomes if course else []
    kept = [row for row in rows if row.retired_on is None or row.retired_on > london_date(now)]
    return [OutcomeFact(row.id, after_you_can(row.text)) for row in kept] or [EXAMPLE]


def course_of(scope: Scope) -> Course | None:
    """The course whose outcomes a preview asks about: the scope's own, else any that has some."""
    if scope.course_id is not None:
        return db.session.get(Course, scope.course_id)
    return db.session.scalars(
        select(Course)
        .where(Course.partnership_id == scope.partnership_id, Course.retired_on.is_(None))
        .where(Course.outcomes.any())
        .order_by(Course.title)
        .limit(1)
    ).one_or_none()
