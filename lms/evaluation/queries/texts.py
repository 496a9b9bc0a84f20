"""Where free texts stand among the answers, and whether their writers wish to be quoted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.evaluation.models import Answer, Evaluation, OwnQuestion, Reason, Statement
from lms.evaluation.queries.facts import is_missed
from lms.evaluation.queries.own_choices import is_answer_to
from lms.evaluation.rules import (
    BARRIERS,
    HELPS,
    OF_TEXT,
    QuoteConsent,
    Stage,
    StatementState,
    own_id,
    own_key,
)
from lms.evaluation.rules.statements import consents
from lms.words import sentence_case

CORE_TEXTS = {
    "comment": "Anything else about the day?",
    "barriers_text": "What got in the way?",
    "helps_text": "What helped?",
    "example": "One time you used it",
    "difference": "What difference did it make to a child, adult or family?",
}
"""The free texts of the core, as they are headed where they stand alone."""

BARRIER, HELP = "barrier_", "help_"
AGREED = tuple(consent for consent in QuoteConsent if consents(consent))
Consent = aliased(Evaluation, name="consent")
"""The post form of the same booking: a booking's consent stands there, whatever the stage."""

HOLDS_CONSENT = and_(Consent.booking_id == Evaluation.booking_id, Consent.stage == Stage.POST)


def is_agreed_to() -> ColumnElement[bool]:
    """A condition: the writer agrees to be quoted, and is not found not to have come. Never null.

    Consent and Booking must be joined.
    """
    chosen = func.coalesce(Consent.quote_consent.in_(AGREED), false())
    return and_(chosen, ~is_missed())


def is_not_agreed_to() -> ColumnElement[bool]:
    """The opposite: nothing was chosen, or no, or the writer is found not to have come."""
    return ~is_agreed_to()


def may_be_read() -> ColumnElement[bool]:
    """A condition: a coordinator may have the text before them. What its writer took back is gone,
    unless it had not been read or was sent on as showing somebody at risk."""
    unquoted = (StatementState.WAITING, StatementState.READ)
    is_open = or_(is_agreed_to(), Statement.state.in_(unquoted), Statement.is_concern)
    return and_(Statement.state != StatementState.WITHDRAWN, is_open)


def uncollected() -> list[Select[int, str]]:
    """Statements that find (evaluation_id, question) of texts that no row stands for yet."""
    reason_key = case((Reason.is_help, HELP), else_=BARRIER).concat(Reason.code)
    answers = select(Answer.evaluation_id, Answer.question).where(Answer.words.is_not(None))
    own = answers.join(OwnQuestion, is_answer_to())
    reasons = select(Reason.evaluation_id, reason_key.label("question")).where(Reason.words != "")
    return [
        _uncollected(answers.where(Answer.question.in_(CORE_TEXTS)), Answer, Answer.question),
        _uncollected(own.where(OwnQuestion.kind.in_(OF_TEXT)), Answer, Answer.question),
        _uncollected(reasons, Reason, reason_key),
    ]


def _uncollected(
    texts: Select[Any, Any],
    of: type[Answer | Reason],
    key: ColumnElement[str] | InstrumentedAttribute[str],
) -> Select[Any, Any]:
    is_collected = and_(Statement.evaluation_id == of.evaluation_id, Statement.question == key)
    return (
        texts.join(Evaluation, Evaluation.id == of.evaluation_id)
        .outerjoin(Statement, is_collected)
        .where(Statement.id.is_(None), Evaluation.answered_at.is_not(None))
    )


def originals_of(session: Session, statements: Iterable[Statement]) -> dict[int, str]:
    """What was written, by the statement's id. Two statements, whatever their number."""
    wanted = {(each.evaluation_id, each.question): each.id for each in statements}
    ids = {evaluation_id for evaluation_id, _ in wanted}
    answers = session.execute(
        select(Answer.evaluation_id, Answer.question, Answer.words).where(
            Answer.evaluation_id.in_(ids), Answer.words.is_not(None)
        )
    )
    reasons = session.execute(
        select(Reason.evaluation_id, Reason.is_help, Reason.code, Reason.words).where(
            Reason.evaluation_id.in_(ids), Reason.words != ""
        )
    )
    found = {(one, question): words or "" for one, question, words in answers}
    found |= {(one, (HELP if h else BARRIER) + code): words for one, h, code, words in reasons}
    return {wanted[key]: words for key, words in found.items() if key in wanted}


def wordings_of(session: Session, questions: Iterable[str]) -> dict[str, str]:
    """The heading of each question's texts, by its key. One statement."""
    keys = set(questions)
    own_ids = {question_id for key in keys if (question_id := own_id(key)) is not None}
    own = session.execute(
        select(OwnQuestion.id, OwnQuestion.wording).where(OwnQuestion.id.in_(own_ids))
    )
    named = {own_key(question_id): wording for question_id, wording in own}
    return {key: named.get(key) or _core_wording(key) for key in keys}


def _core_wording(key: str) -> str:
    if key in CORE_TEXTS:
        return CORE_TEXTS[key]
    for start, asked, labels in (
        (BARRIER, CORE_TEXTS["barriers_text"], BARRIERS),
        (HELP, CORE_TEXTS["helps_text"], HELPS),
    ):
        labelled = {word.value: label for word, label in labels.items()}
        if key.startswith(start) and key.removeprefix(start) in labelled:
            return f"{asked} {labelled[key.removeprefix(start)]}"
    return sentence_case(key.replace("_", " "))
