"""What was chosen in answer to own questions, form by form, and never what was written (E10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, select

from lms.booking.models import Booking
from lms.catalogue.models import Event
from lms.db import db
from lms.evaluation.models import Answer, Evaluation, OwnQuestion
from lms.evaluation.queries.asked import words_of
from lms.evaluation.rules import OF_TEXT, OwnWords, QuestionKind
from lms.evaluation.rules.own import BEFORE_THE_ID
from lms.evaluation.rules.questionnaire import SCALE


@dataclass(frozen=True)
class OwnChoice:
    """The keys of the options that were chosen in one form in answer to one question."""

    evaluation_id: int
    question_id: int
    chosen: tuple[str, ...]


def list_own_choices(*conditions: ColumnElement[bool]) -> list[OwnChoice]:
    """Every answer by choice to an own question in the answered forms of a group. One statement.

    `conditions` may speak of Booking, Event and Evaluation. Whoever shows figures of these asks the
    rules of disclosure first: a group may be too small.
    """
    rows = db.session.execute(
        select(Answer.evaluation_id, OwnQuestion.id, Answer.number, Answer.words)
        .join(OwnQuestion, is_answer_to())
        .join(Evaluation, Evaluation.id == Answer.evaluation_id)
        .join(Booking, Booking.id == Evaluation.booking_id)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Evaluation.answered_at.is_not(None),
            OwnQuestion.kind.not_in(OF_TEXT),
            *conditions,
        )
        .order_by(Answer.evaluation_id, OwnQuestion.id)
    )
    return [
        OwnChoice(form, question, _keys(number, words)) for form, question, number, words in rows
    ]


def is_answer_to() -> ColumnElement[bool]:
    """In SQL what `own_key` says: the Answer is to the OwnQuestion."""
    return Answer.question == BEFORE_THE_ID + cast(OwnQuestion.id, String)


def _keys(number: int | None, words: str | None) -> tuple[str, ...]:
    if number is not None:
        return (str(number),)
    return tuple((words or "").split(";")) if words else ()


def own_questions(ids: Iterable[int]) -> dict[int, OwnWords]:
    """These own questions as they were asked."""
    rows = db.session.scalars(select(OwnQuestion).where(OwnQuestion.id.in_(set(ids))))
    return {question.id: words_of(question) for question in rows}


def answers_to(words: OwnWords) -> tuple[tuple[str, str], ...]:
    """Every answer that can be chosen, in the form's order: as it is kept, as it is read.

    The ends of a scale say what they mean.
    """
    if words.kind is QuestionKind.YES_NO:
        return (("1", "Yes"), ("0", "No"))
    if words.kind is QuestionKind.SCALE:
        ends = {SCALE[0].key: words.low, SCALE[-1].key: words.high}
        return tuple((one.key, f"{one.label} {ends.get(one.key, '')}".strip()) for one in SCALE)
    return tuple((option.key, option.label) for option in words.options)
