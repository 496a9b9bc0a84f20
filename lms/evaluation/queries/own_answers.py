"""How own questions were answered: counts alone, never whose, never what was written (E10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select
from sqlalchemy.orm import Session

from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.db import db
from lms.evaluation.models import Answer, Evaluation, OwnQuestion, QuestionnaireItem
from lms.evaluation.queries.asked import words_of
from lms.evaluation.rules import OF_TEXT, OwnWords, QuestionKind, Stage, own_key
from lms.evaluation.rules.own import BEFORE_THE_ID
from lms.evaluation.rules.questionnaire import SCALE


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
        .join(Answer, Answer.question == BEFORE_THE_ID + cast(OwnQuestion.id, String))
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
    counts = {label: tally[key] for key, label in _answers_to(words)}
    return OwnCounts(question.id, stage, words, asked, sum(n for _, n in given), counts)


def _answers_to(words: OwnWords) -> list[tuple[str, str]]:
    """Every answer that can be chosen: as it is kept, as it is read."""
    if words.kind is QuestionKind.YES_NO:
        return [("1", "Yes"), ("0", "No")]
    options = SCALE if words.kind is QuestionKind.SCALE else words.options
    return [(option.key, option.label) for option in options]


def list_text_questions(partnership_ids: Iterable[int]) -> dict[str, str]:
    """The own questions that are answered in words, by the key of their answers: for release."""
    rows = db.session.execute(
        select(OwnQuestion.id, OwnQuestion.wording).where(
            OwnQuestion.partnership_id.in_(partnership_ids), OwnQuestion.kind.in_(OF_TEXT)
        )
    )
    return {own_key(question_id): wording for question_id, wording in rows}
