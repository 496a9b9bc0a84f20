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
    is_of_managers,
)

REASONS = {"barriers": False, "helps": True}
OTHER = "other"
OF_REASONS = frozenset(name for key in REASONS for name in (key, f"{key}_{OTHER}"))
KEPT_ELSEWHERE = ("commitment_", "result_", "quote_consent")


def keep_answers(
    session: Session, evaluation_id: int, questions: Sequence[Question], given: Mapping[str, Given]
) -> None:
    """Keep checked answers under their evaluation, within the caller's transaction."""
    session.add_all(_commitments(evaluation_id, given))
    session.add_all(_reasons(evaluation_id, given))
    for question in questions:
        if question.key in given and not is_of_managers(question):
            session.add_all(_rows(evaluation_id, question, given[question.key]))


def _commitments(evaluation_id: int, given: Mapping[str, Given]) -> list[Commitment]:
    return [
        Commitment(
            evaluation_id=evaluation_id, position=place, text=made.text, outcome_id=made.outcome_id
        )
        for place, made in enumerate(commitments_in(given), start=1)
    ]


def _reasons(evaluation_id: int, given: Mapping[str, Given]) -> Iterator[Reason]:
    """Each reason that was ticked; who says what something else was has named one by that."""
    for key, is_help in REASONS.items():
        codes, other = given.get(key, ()), str(given.get(f"{key}_other", ""))
        chosen = codes if isinstance(codes, tuple) else ()
        if other and OTHER not in chosen:
            chosen = (*chosen, OTHER)
        for code in chosen:
            said = other if code == OTHER else ""
            yield Reason(evaluation_id=evaluation_id, is_help=is_help, code=code, words=said)


def _rows(evaluation_id: int, question: Question, value: Given) -> Iterator[Base]:
    key = question.key
    if question.outcome_id is not None:
        yield Confidence(
            evaluation_id=evaluation_id,
            outcome_id=question.outcome_id,
            is_look_back=key != confidence_key(question.outcome_id),
            value=int(str(value)),
        )
    elif key.startswith("result_"):
        yield FollowUp(
            evaluation_id=evaluation_id,
            commitment_id=int(key.removeprefix("result_")),
            result=CommitmentResult(str(value)),
        )
    elif not key.startswith(KEPT_ELSEWHERE) and key not in OF_REASONS:
        number = int(value) if isinstance(value, int) else None  # yes is 1
        yield Answer(
            evaluation_id=evaluation_id,
            question=key,
            number=number,
            words=None if number is not None else _words(value),
        )


def _words(value: Given) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)
