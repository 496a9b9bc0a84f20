"""E5, E6: what was answered, checked against the questions that were asked."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.evaluation.rules.questionnaire import (
    MOST_COMMITMENTS,
    Question,
    QuestionKind,
    QuoteConsent,
)

UNSEEN = dict.fromkeys([0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "")
"""Characters of no width and those that embed, override and isolate a direction of writing."""

Answer = int | str | bool | tuple[str, ...]


@dataclass(frozen=True)
class AnswerFault:
    """An answer that cannot be taken: under which question's key, and what to do."""

    key: str
    sentence: str


@dataclass(frozen=True)
class CheckedAnswers:
    """The answers that were given, cleaned, and the faults, in the order of the questions."""

    given: Mapping[str, Answer]
    faults: tuple[AnswerFault, ...]


def check_answers(
    questions: Iterable[Question], posted: Mapping[str, Sequence[str]]
) -> CheckedAnswers:
    """Checks a posted form; keys that were not asked are ignored, empty answers left out."""
    given: dict[str, Answer] = {}
    faults: list[AnswerFault] = []
    for question in questions:
        values = [typed for value in posted.get(question.key, ()) if (typed := _typed(value))]
        sentence = _fault_in(question, values)
        if sentence:
            faults.append(AnswerFault(question.key, sentence))
        elif values:
            given[question.key] = _clean(question, values)
    return CheckedAnswers(given, tuple(faults))


def kept_draft(
    questions: Iterable[Question], posted: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """What a half-filled form keeps: all that was typed under a question's key, unchecked."""
    return {
        question.key: tuple(posted[question.key])
        for question in questions
        if any(value.strip() for value in posted.get(question.key, ()))
    }


def _typed(value: str) -> str:
    """What was typed, without what nobody can see: a text of such characters alone is empty, and
    one that turns the direction of writing would show other words than were read and released."""
    plain = value.translate(UNSEEN).strip()
    is_seen = any(unicodedata.category(letter) not in {"Cf", "Cc"} for letter in plain)
    return plain if is_seen else ""


def _fault_in(question: Question, values: Sequence[str]) -> str | None:
    if not values:
        return question.missing or None
    if question.kind in (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT):
        too_long = len(values[0]) - question.longest
        return f"Shorten this by {too_long:,} characters" if too_long > 0 else None
    if len(values) > 1 and question.kind is not QuestionKind.SEVERAL:
        return "Choose one answer"
    if not set(values) <= _keys(question):
        return "Choose one of the answers shown"
    return None


def _keys(question: Question) -> set[str]:
    if question.kind is QuestionKind.YES_NO:
        return {"yes", "no"}
    return {option.key for option in question.options}


def _clean(question: Question, values: Sequence[str]) -> Answer:
    if question.kind is QuestionKind.SCALE:
        return int(values[0])
    if question.kind is QuestionKind.YES_NO:
        return values[0] == "yes"
    if question.kind is QuestionKind.SEVERAL:
        return tuple(option.key for option in question.options if option.key in values)
    return values[0]


@dataclass(frozen=True)
class CommitmentAnswer:
    """A commitment made at post: the words as typed, and the outcome that it is about."""

    text: str
    outcome_id: int | None = None


def commitments_in(given: Mapping[str, Answer]) -> list[CommitmentAnswer]:
    """The commitments that a post evaluation makes, in order, without the empty ones (E6)."""
    return [
        CommitmentAnswer(str(given[key]), _outcome_in(given, f"{key}_about"))
        for key in (f"commitment_{n}" for n in range(1, MOST_COMMITMENTS + 1))
        if key in given
    ]


def _outcome_in(given: Mapping[str, Answer], key: str) -> int | None:
    return int(str(given[key])) if key in given else None


def quote_consent_in(given: Mapping[str, Answer]) -> QuoteConsent:
    """The consent to be quoted; none where nothing was chosen (E10)."""
    return QuoteConsent(str(given.get("quote_consent", QuoteConsent.NO)))
