"""Where each answer is kept: confidence by outcome, promises, what came of them, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from lms.db import Base
from lms.evaluation.models import Answer, Commitment, Confidence, FollowUp, Reason
from lms.evaluation.rules import Answer as Given
from lms.evaluation.rules import (
    CommitmentResult,
    Question,
    commitments_in,
    confidence_key,
)

KEPT_ELSEWHERE = ("commitment_", "result_", "quote_consent")
REASONS = {"barriers": False, "helps": True}


def keep_answers(
    session: Session, evaluation_id: int, questions: Sequence[Question], given: Mapping[str, Given]
) -> None:
    """Keep checked answers under their evaluation, within the caller's transaction."""
    session.add_all(_commitments(evaluation_id, given))
    for question in questions:
        if question.key in given:
            session.add_all(_rows(evaluation_id, question, given[question.key]))


def _commitments(evaluation_id: int, given: Mapping[str, Given]) -> list[Commitment]:
    return [
        Commitment(
            evaluation_id=evaluation_id, position=place, text=made.text, outcome_id=made.outcome_id
        )
        for place, made in enumerate(commitments_in(given), start=1)
    ]


def _rows(evaluation_id: int, question: Question, value: Given) -> Iterator[Base]:
    key = question.key
    if question.outcome_id is not None:
        yield Confidence(
            evaluation_id=evaluation_id,
            outcome_id=question.outcome_id,
            is_look_back=key != confidence_key(question.outcome_id),
            value=int(str(value)),
        )
    elif key in REASONS and isinstance(value, tuple):
        for code in value:
            yield Reason(evaluation_id=evaluation_id, is_help=REASONS[key], code=code)
    elif key.startswith("result_"):
        yield FollowUp(
            evaluation_id=evaluation_id,
            commitment_id=int(key.removeprefix("result_")),
            result=CommitmentResult(str(value)),
        )
    elif not key.startswith(KEPT_ELSEWHERE):
        number = value if isinstance(value, int) else None
        yield Answer(
            evaluation_id=evaluation_id,
            question=key,
            number=number,
            words=None if number is not None else str(value),
        )
