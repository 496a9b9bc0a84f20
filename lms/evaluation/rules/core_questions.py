"""E5, E6, E10: the core questionnaire of each stage, as data, in the words of the form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from lms.catalogue.rules import EventMode, Stage
from lms.evaluation.rules.questionnaire import (
    BARRIERS,
    HELPS,
    MOST_COMMITMENTS,
    NAME_NO_ONE,
    QUOTE_CONSENTS,
    RESULTS,
    SCALE,
    CommitmentFact,
    Option,
    OutcomeFact,
    Question,
    QuestionKind,
    Section,
    options_of,
)
from lms.words import Word, day, number


def core_sections(
    stage: Stage,
    outcomes: Sequence[OutcomeFact],
    *,
    mode: EventMode = EventMode.IN_PERSON,
    commitments: Sequence[CommitmentFact] = (),
    asks_look_back: bool = False,
    played_back_on: date | None = None,
) -> tuple[Section, ...]:
    """The core of a stage's form: what is asked, section by section, in order.

    `played_back_on` is when commitments made now are asked about; None where they never are.
    """
    confidence = confidence_section(stage, outcomes)
    if stage is Stage.PRE:
        sections = [confidence]
    elif stage is Stage.POST:
        look_back = [look_back_section(outcomes)] if asks_look_back else []
        sections = [
            confidence,
            *look_back,
            commitment_section(outcomes, played_back_on),
            day_section(mode),
        ]
    else:
        sections = [kept_section(commitments), practice_section(), confidence]
    return tuple(section for section in sections if section.questions)


CONFIDENCE_HEADINGS = {
    Stage.PRE: "How confident are you that you can…",
    Stage.POST: "How confident are you now that you can…",
    Stage.IMPACT: "How confident are you today that you can…",
}


def confidence_key(outcome_id: int) -> str:
    """The key of an outcome's item, the same in all three stages, so that answers match (E5)."""
    return f"confidence_{outcome_id}"


def confidence_section(stage: Stage, outcomes: Sequence[OutcomeFact]) -> Section:
    """How confident the delegate is of each learning outcome, 1 to 5."""
    return Section(
        CONFIDENCE_HEADINGS[stage],
        tuple(_confidence(confidence_key(outcome.id), outcome) for outcome in outcomes),
    )


def look_back_section(outcomes: Sequence[OutcomeFact]) -> Section:
    """What the delegate would have answered before the event, asked after it."""
    return Section(
        "Before the event, how confident were you that you could…",
        tuple(
            replace(_confidence(f"look_back_{outcome.id}", outcome), missing="")
            for outcome in outcomes
        ),
    )


def _confidence(key: str, outcome: OutcomeFact) -> Question:
    item = outcome.text.rstrip(".?")
    return Question(
        key,
        QuestionKind.SCALE,
        f"{item}?",
        options=SCALE,
        low="Not at all",
        high="Completely",
        missing=f"Choose a number from 1 to 5: {item}",
        outcome_id=outcome.id,
    )


def commitment_section(
    outcomes: Sequence[OutcomeFact], played_back_on: date | None = None
) -> Section:
    """Up to three things that the delegate will do, each tied to an outcome if wished."""
    numbered = range(1, MOST_COMMITMENTS + 1)
    return Section(
        "What will you do?",
        tuple(question for n in numbered for question in _commitment(n, outcomes, played_back_on)),
    )


def _commitment(
    n: int, outcomes: Sequence[OutcomeFact], played_back_on: date | None
) -> list[Question]:
    which = ("One thing", "A second thing", "A third thing")[n - 1]
    text = Question(
        f"commitment_{n}",
        QuestionKind.LONG_TEXT,
        f"{which} you will do in your work",
        hint=_played_back(played_back_on) if n == 1 and played_back_on else "",
    )
    if len(outcomes) < 2:
        return [text]
    about = Question(
        f"commitment_{n}_about",
        QuestionKind.SINGLE_CHOICE,
        f"Which of the {number(len(outcomes))} is it about?",
        options=tuple(Option(str(outcome.id), outcome.text) for outcome in outcomes),
    )
    return [text, about]


def _played_back(on: date) -> str:
    return f"On {day(on)} we show you these words and ask how it went."


def day_section(mode: EventMode) -> Section:
    """How good the event was, anything else, and consent to be quoted."""
    place = {
        EventMode.IN_PERSON: "venue",
        EventMode.ONLINE: "platform",
        EventMode.HYBRID: "venue or platform",
    }[mode]
    return Section(
        "The day itself",
        (
            _rating("content", "How good was the content?"),
            _rating("trainer", "How good were the trainers?"),
            _rating("place", f"How good was the {place}?"),
            Question("comment", QuestionKind.LONG_TEXT, "Anything else?", hint=NAME_NO_ONE),
            Question(
                "quote_consent",
                QuestionKind.SINGLE_CHOICE,
                "May we quote you?",
                options=options_of(QUOTE_CONSENTS),
            ),
        ),
    )


def _rating(key: str, wording: str) -> Question:
    return Question(
        f"rating_{key}", QuestionKind.SCALE, wording, options=SCALE, low="Poor", high="Very good"
    )


def kept_section(commitments: Sequence[CommitmentFact]) -> Section:
    """The delegate's own commitments word for word, and what came of each."""
    return Section(
        "You said you would…",
        tuple(
            Question(
                f"result_{commitment.id}",
                QuestionKind.SINGLE_CHOICE,
                "Did you?",
                options=options_of(RESULTS),
                missing=f"Say what came of “{commitment.text}”",
                quoted=commitment.text,
                about=commitment.about,
            )
            for commitment in commitments
        ),
    )


def practice_section() -> Section:
    """What got in the way, what helped, an example and the difference that it made."""
    return Section(
        "In your work since then",
        (
            *_reasons("barriers", "What got in the way?", BARRIERS),
            *_reasons("helps", "What helped?", HELPS),
            Question(
                "example", QuestionKind.LONG_TEXT, "Tell us about one time you used it", NAME_NO_ONE
            ),
            Question(
                "difference",
                QuestionKind.LONG_TEXT,
                "What difference did it make to a child, adult or family?",
                hint="No names, places or dates.",
            ),
        ),
    )


def _reasons(key: str, wording: str, labels: dict[Word, str]) -> tuple[Question, ...]:
    """Reasons to tick, what something else was, and more about all of it."""
    hint, said = "Choose all that apply.", wording.removeprefix("What ").rstrip("?")
    return (
        Question(key, QuestionKind.SEVERAL, wording, hint, options_of(labels)),
        Question(f"{key}_other", QuestionKind.SHORT_TEXT, f"What else {said}?", NAME_NO_ONE),
        Question(f"{key}_text", QuestionKind.LONG_TEXT, f"Say more about what {said}", NAME_NO_ONE),
    )
