"""E7: what a partnership asks beside the core, and how its versions come to be.

A version is a draft until it is put in force; from then on it is never changed. Whoever wants
other questions changes a draft, which takes the place of the version in force as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lms.evaluation.rules.questionnaire import (
    NAME_NO_ONE,
    SCALE,
    Measure,
    Option,
    Question,
    QuestionKind,
    Section,
)

MOST_QUESTIONS = 12
MOST_OPTIONS = 12
LONGEST_WORDING = 200
LONGEST_OPTION = 100
LONGEST_END = 40
WITH_OPTIONS = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.SEVERAL})
OF_TEXT = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})
BEFORE_THE_ID = "own_"


@dataclass(frozen=True)
class OwnWords:
    """A question as a coordinator words it; what its kind has no use for is left out."""

    kind: QuestionKind
    wording: str
    measures: Measure
    hint: str = ""
    options: tuple[Option, ...] = ()
    low: str = ""
    high: str = ""
    source: str = ""


@dataclass(frozen=True)
class Placed:
    """A question's place in a version: its id, and whether it must be answered."""

    question_id: int
    is_required: bool = False


Placing = tuple[Placed, ...]


@dataclass(frozen=True)
class WordingFault:
    """What of a question is to be put right: which field, and how."""

    field: str
    sentence: str


# --- How a question is worded ---------------------------------------------------------------


def own_words(
    kind: QuestionKind,
    wording: str,
    measures: Measure,
    *,
    hint: str = "",
    options: Sequence[str] = (),
    low: str = "",
    high: str = "",
    source: str = "",
    before: Sequence[Option] = (),
) -> OwnWords:
    """What was typed, cleaned. Options keep the keys that they had `before`."""
    is_scale = kind is QuestionKind.SCALE
    return OwnWords(
        kind=kind,
        wording=" ".join(wording.split()),
        measures=measures,
        hint=" ".join(hint.split()),
        options=_keyed(options, before) if kind in WITH_OPTIONS else (),
        low=" ".join(low.split()) if is_scale else "",
        high=" ".join(high.split()) if is_scale else "",
        source=" ".join(source.split()),
    )


def _keyed(labels: Sequence[str], before: Sequence[Option]) -> tuple[Option, ...]:
    cleaned = [" ".join(label.split()) for label in labels if label.strip()]
    known = {option.label: option.key for option in before}
    taken = {int(option.key) for option in before}
    keys: list[Option] = []
    for label in cleaned:
        key = known.pop(label, None) or str(max(taken, default=0) + 1)
        taken.add(int(key))
        keys.append(Option(key, label))
    return tuple(keys)


def wording_faults(words: OwnWords) -> tuple[WordingFault, ...]:
    """What of a question cannot be asked as it stands (E7)."""
    faults = []
    if not words.wording:
        faults.append(WordingFault("wording", "Enter the question"))
    elif len(words.wording) > LONGEST_WORDING:
        said = f"Shorten the question to {LONGEST_WORDING} characters"
        faults.append(WordingFault("wording", said))
    if len(words.hint) > LONGEST_WORDING:
        faults.append(WordingFault("hint", f"Shorten the hint to {LONGEST_WORDING} characters"))
    if words.kind in WITH_OPTIONS:
        faults += _faults_of_options([option.label for option in words.options])
    if words.kind is QuestionKind.SCALE:
        faults += _faults_of_ends(words)
    return tuple(faults)


def _faults_of_options(labels: Sequence[str]) -> list[WordingFault]:
    folded = [label.casefold() for label in labels]
    twice = next((label for label in labels if folded.count(label.casefold()) > 1), None)
    if len(labels) < 2:
        return [WordingFault("options", "Enter two answers or more, each on a line of its own")]
    if len(labels) > MOST_OPTIONS:
        return [WordingFault("options", f"Enter {MOST_OPTIONS} answers at most")]
    if twice:
        return [WordingFault("options", f"“{twice}” stands twice: leave one of them out")]
    if any(len(label) > LONGEST_OPTION for label in labels):
        return [WordingFault("options", f"Shorten each answer to {LONGEST_OPTION} characters")]
    return []


def _faults_of_ends(words: OwnWords) -> list[WordingFault]:
    return [
        WordingFault(field, sentence)
        for field, end, number in (("low", words.low, 1), ("high", words.high, 5))
        if (sentence := _fault_of_end(end, number))
    ]


def _fault_of_end(end: str, number: int) -> str | None:
    if not end:
        return f"Say what {number} means, such as “{'Not at all' if number == 1 else 'Completely'}”"
    return f"Shorten this to {LONGEST_END} characters" if len(end) > LONGEST_END else None


# --- How it is asked ------------------------------------------------------------------------


def own_key(question_id: int) -> str:
    """The key under which the answers to an own question are kept."""
    return f"{BEFORE_THE_ID}{question_id}"


def own_id(key: str) -> int | None:
    """The id of the own question whose answers are kept under that key; None of another's."""
    number = key.removeprefix(BEFORE_THE_ID)
    return int(number) if number != key and number.isdecimal() else None


def own_question(placed: Placed, words: OwnWords) -> Question:
    """A question of a partnership's own as the form asks it."""
    return Question(
        own_key(placed.question_id),
        words.kind,
        words.wording,
        hint=_hint(words),
        options=SCALE if words.kind is QuestionKind.SCALE else words.options,
        low=words.low,
        high=words.high,
        missing=_missing(words) if placed.is_required else "",
    )


def _hint(words: OwnWords) -> str:
    if words.kind in OF_TEXT:
        return f"{words.hint} {NAME_NO_ONE}".strip()
    several = "Choose all that apply." if words.kind is QuestionKind.SEVERAL else ""
    return words.hint or several


def _missing(words: OwnWords) -> str:
    if words.kind is QuestionKind.SCALE:
        return f"Choose a number from 1 to 5: {words.wording}"
    if words.kind in OF_TEXT:
        return f"Write an answer: {words.wording}"
    return f"Choose an answer: {words.wording}"


def own_sections(questions: Sequence[Question]) -> tuple[Section, ...]:
    """Own questions under a heading of their own, after the core; none without questions (E7)."""
    if not questions:
        return ()
    heading = "One more question" if len(questions) == 1 else "A few more questions"
    return (Section(heading, tuple(questions)),)


# --- Versions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class VersionFact:
    """A version that is, or was, in force: of every event, or of one course."""

    id: int
    course_id: int | None
    in_force_from: datetime
    in_force_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return self.in_force_from <= at and (
            self.in_force_until is None or at < self.in_force_until
        )


def version_asked(
    versions: Sequence[VersionFact], course_id: int | None, at: datetime
) -> VersionFact | None:
    """E7: what is asked at an event of `course_id`: the course's version, else every event's.

    A form keeps what it was first opened with, so `at` is that moment.
    """
    holding = [version for version in versions if version.holds(at)]
    own = [version for version in holding if course_id and version.course_id == course_id]
    shared = [version for version in holding if version.course_id is None]
    return max(own or shared, key=lambda version: (version.in_force_from, version.id), default=None)


def refusal_to_add(placing: Placing, question_id: int | None) -> str | None:
    """Why a question cannot be added to a draft: asked already, or too many."""
    if any(placed.question_id == question_id for placed in placing):
        return "This question is asked already."
    if len(placing) >= MOST_QUESTIONS:
        return (
            f"A form has room for {MOST_QUESTIONS} questions beside the core: the longer it is, "
            "the fewer people finish it. Retire one first."
        )
    return None


def added(placing: Placing, question_id: int, *, is_required: bool = False) -> Placing:
    """A draft with one more question, at its end."""
    return (*placing, Placed(question_id, is_required))


def retired(placing: Placing, question_id: int) -> Placing:
    """A draft without a question."""
    return tuple(placed for placed in placing if placed.question_id != question_id)


def moved(placing: Placing, question_id: int, *, up: bool) -> Placing:
    """A draft in which a question has changed places with its neighbour; the ends stay put."""
    order = list(placing)
    here = next((n for n, placed in enumerate(order) if placed.question_id == question_id), None)
    if here is None:
        return placing
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return tuple(order)


def exchanged(placing: Placing, old_id: int, new_id: int, *, is_required: bool) -> Placing:
    """A draft in which another question stands in a question's place."""
    return tuple(
        replace(placed, question_id=new_id, is_required=is_required)
        if placed.question_id == old_id
        else placed
        for placed in placing
    )


# --- Why the core is fixed ------------------------------------------------------------------

WHY_FIXED = {
    "confidence_": "Asked alike before, at the end and eight weeks after, so that what changed can "
    "be matched person by person.",
    "look_back_": "Only of those who did not answer before: else nothing could be compared.",
    "commitment_": "Played back eight weeks later, word for word.",
    "rating_": "The same three everywhere, so that events and years can be compared; whether "
    "somebody may be quoted is theirs to say.",
    "result_": "What they promised, in their own words, and what came of it.",
    "manager": "Whether anybody else saw it in practice, asked with consent alone and kept apart.",
    "barriers": "The same answers everywhere, so that what stands in the way can be counted.",
}
WHY_OTHERWISE = "Part of every form, so that events and years can be compared."


def why_fixed(section: Section) -> str:
    """Why a section of the core cannot be changed."""
    key = section.questions[0].key
    return next((why for start, why in WHY_FIXED.items() if key.startswith(start)), WHY_OTHERWISE)
