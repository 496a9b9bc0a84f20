"""How own questions were answered: counts alone, never whose, never what was written (E10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select
from sqlalchemy.orm import Session

from lms.agencies.queries import policy_of
from lms.agencies.rules import PolicyKey
from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.clock import at_london, london_date
from lms.db import db
from lms.evaluation.models import Answer, Evaluation, OwnQuestion, QuestionnaireItem
from lms.evaluation.queries.asked import words_of
from lms.evaluation.queries.facts import is_missed
from lms.evaluation.queries.own_choices import answers_to, is_answer_to
from lms.evaluation.rules import OF_TEXT, OwnWords, QuestionKind, Stage
from lms.evaluation.rules.own_shown import shown_up_to


@dataclass(frozen=True)
class OwnCounts:
    """How a question was answered by a group of bookings.

    `asked` are the answered forms that asked it, `answered` those that answered it. `counts` has
    every answer in the form's order, also those that nobody gave; a text has none.
    """

    question_id: int
    stage: Stage
    words: OwnWords
    asked: int
    answered: int
    counts: Mapping[str, int]


def count_own_answers(*conditions: ColumnElement[bool]) -> list[OwnCounts]:
    """Every own question that answered forms of a group asked, by stage and id. Two statements.

    `conditions` may speak of Booking, Event and Evaluation. Whoever shows these figures asks the
    rules of disclosure first: a group may be too small.
    """
    answered = _answered(db.session(), conditions)
    asked = db.session.execute(
        select(Evaluation.stage, OwnQuestion, func.count(Evaluation.id).label("asked"))
        .join(QuestionnaireItem, QuestionnaireItem.question_id == OwnQuestion.id)
        .join(Evaluation, Evaluation.questionnaire_id == QuestionnaireItem.questionnaire_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Evaluation.answered_at.is_not(None), *conditions)
        .group_by(Evaluation.stage, OwnQuestion.id)
    )
    found = [
        _counts(question, stage, count, answered.get((question.id, stage), []))
        for stage, question, count in asked
    ]
    order = list(Stage)
    return sorted(found, key=lambda one: (order.index(one.stage), one.question_id))


def _answered(session: Session, conditions: Any) -> dict[tuple[int, Stage], list[Any]]:
    """The answers that were given and how often, by question and stage; no text is read."""
    said = func.coalesce(cast(Answer.number, String), Answer.words)
    unless_text = case((OwnQuestion.kind.in_(OF_TEXT), ""), else_=said).label("said")
    rows = session.execute(
        select(OwnQuestion.id, Evaluation.stage, unless_text, func.count(Answer.id))
        .join(Answer, is_answer_to())
        .join(Evaluation, Evaluation.id == Answer.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Evaluation.answered_at.is_not(None), *conditions)
        .group_by(OwnQuestion.id, Evaluation.stage, "said")
    )
    found: dict[tuple[int, Stage], list[Any]] = {}
    for question_id, stage, value, count in rows:
        found.setdefault((question_id, stage), []).append((value, count))
    return found


def _counts(
    question: OwnQuestion, stage: Stage, asked: int, given: Sequence[tuple[str, int]]
) -> OwnCounts:
    words = words_of(question)
    tally: Counter[str] = Counter()
    for value, count in given:
        for key in value.split(";") if words.kind is QuestionKind.SEVERAL else [value]:
            tally[key] += count
    counts = {label: tally[key] for key, label in answers_to(words)}
    return OwnCounts(question.id, stage, words, asked, sum(n for _, n in given), counts)


@dataclass(frozen=True)
class OwnResult:
    """How a question was answered at a stage, over all events; nothing while too few answered.

    `as_of` is the day before which answers count: the first of a month (R4).
    """

    words: OwnWords
    as_of: date | None = None
    answered: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


def own_results(partnership_id: int, stage: Stage, now: datetime) -> list[OwnResult]:
    """Every question that was answered at a stage of a partnership's events, oldest first."""
    here = (
        Event.partnership_id == partnership_id,
        Evaluation.stage == stage,
        ~is_missed(),
    )
    least = policy_of(partnership_id, PolicyKey.WITHHOLD_BELOW, london_date(now))
    as_of = {
        question_id: shown_up_to(days, london_date(now), least)
        for question_id, days in _days_of_answers(db.session(), here).items()
    }
    found = {one.question_id: OwnResult(one.words) for one in count_own_answers(*here)}
    for day in {day for day in as_of.values() if day}:
        ids = [question_id for question_id, until in as_of.items() if until == day]
        cut = (Evaluation.answered_at < at_london(day, time()), OwnQuestion.id.in_(ids))
        for one in count_own_answers(*here, *cut):
            found[one.question_id] = OwnResult(one.words, day, one.answered, one.counts)
    return [found[question_id] for question_id in sorted(found)]


def _days_of_answers(session: Session, conditions: Any) -> dict[int, list[date]]:
    rows = session.execute(
        select(OwnQuestion.id, Evaluation.answered_at)
        .join(Answer, is_answer_to())
        .join(Evaluation, Evaluation.id == Answer.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(Evaluation.answered_at.is_not(None), *conditions)
    )
    found: dict[int, list[date]] = {}
    for question_id, answered_at in rows:
        if answered_at is not None:
            found.setdefault(question_id, []).append(london_date(answered_at))
    return found
