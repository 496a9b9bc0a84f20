"""Which version of a partnership's own questions a form asks, and what stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from lms.catalogue.models import Event
from lms.evaluation.models import Evaluation, OwnQuestion, Questionnaire, QuestionnaireItem
from lms.evaluation.rules import (
    Option,
    OwnWords,
    Placed,
    Question,
    Stage,
    VersionFact,
    own_question,
    version_asked,
)


def questionnaire_of(
    session: Session, booking_id: int, event: Event, stage: Stage, opened_at: datetime
) -> int | None:
    """The version that a booking's form asks: the one that it was first opened with (E7).

    `opened_at` counts where nothing of the form was kept yet. None: the core alone.
    """
    begun = session.scalars(
        select(Evaluation.questionnaire_id).where(
            Evaluation.booking_id == booking_id,
            Evaluation.stage == stage,
            Evaluation.opened_at.is_not(None),
        )
    ).all()
    if begun:
        return begun[0]
    versions = versions_of(session, event.partnership_id, stage)
    asked = version_asked(versions, event.course_id, opened_at)
    return asked.id if asked else None


def versions_of(session: Session, partnership_id: int, stage: Stage) -> list[VersionFact]:
    """Every version of a stage that is in force, or was."""
    wanted = {"partnership_id": partnership_id, "stage": stage}
    rows = session.execute(_versions(), wanted)
    return [
        VersionFact(row.id, row.course_id, row.in_force_from, row.in_force_until)
        for row in rows
        if row.in_force_from is not None
    ]


@cache
def _versions() -> Select[*tuple[Any, ...]]:
    """Written once: it is asked for at every form."""
    return (
        select(
            Questionnaire.id,
            Questionnaire.course_id,
            Questionnaire.in_force_from,
            Questionnaire.in_force_until,
        )
        .where(
            Questionnaire.partnership_id == bindparam("partnership_id"),
            Questionnaire.stage == bindparam("stage"),
            Questionnaire.in_force_from.is_not(None),
        )
        .order_by(Questionnaire.id)
    )


def own_questions_in(session: Session, questionnaire_id: int | None) -> tuple[Question, ...]:
    """The questions of a version, in order, as the form asks them."""
    if questionnaire_id is None:
        return ()
    rows = session.execute(
        select(QuestionnaireItem.is_required, OwnQuestion)
        .join(OwnQuestion, OwnQuestion.id == QuestionnaireItem.question_id)
        .where(QuestionnaireItem.questionnaire_id == questionnaire_id)
        .order_by(QuestionnaireItem.position)
    )
    return tuple(
        own_question(Placed(question.id, is_required), words_of(question))
        for is_required, question in rows
    )


def words_of(question: OwnQuestion) -> OwnWords:
    """A question as the rules want it."""
    return OwnWords(
        kind=question.kind,
        wording=question.wording,
        measures=question.measures,
        hint=question.hint,
        options=options_in(question.options),
        low=question.low,
        high=question.high,
        source=question.source,
    )


def options_in(kept: str) -> tuple[Option, ...]:
    """The options of a question as they are kept: JSON of keys and labels."""
    return tuple(Option(key, label) for key, label in json.loads(kept)) if kept else ()


def options_kept(options: Iterable[Option]) -> str:
    """What `options_in` reads."""
    pairs = [[option.key, option.label] for option in options]
    return json.dumps(pairs, ensure_ascii=False) if pairs else ""
