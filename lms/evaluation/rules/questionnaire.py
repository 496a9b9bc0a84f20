"""E5 to E10: what questionnaires are made of: questions, answers to choose from, sections."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.words import Word

MOST_COMMITMENTS = 3
LONGEST_SHORT_TEXT = 200
LONGEST_TEXT = 4000
NAME_NO_ONE = "Name no child, adult or family."


class QuestionKind(Word):
    SCALE = "scale"
    SINGLE_CHOICE = "single_choice"
    SEVERAL = "several"
    YES_NO = "yes_no"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"


class CommitmentResult(Word):
    DONE = "done"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    NO_LONGER_RELEVANT = "no_longer_relevant"


class Barrier(Word):
    NO_TIME = "no_time"
    NO_SITUATION = "no_situation"
    MANAGER = "manager"
    OTHER_AGENCY = "other_agency"
    SYSTEMS = "systems"
    POLICY = "policy"
    CONFIDENCE = "confidence"
    OTHER = "other"


class Help(Word):
    MANAGER = "manager"
    COLLEAGUES = "colleagues"
    TOOL = "tool"
    POLICY = "policy"
    SITUATION = "situation"
    OTHER = "other"


class QuoteConsent(Word):
    NO = "no"
    WITHOUT_NAME = "without_name"
    WITH_JOB_ROLE = "with_job_role"


class Measure(Word):
    """What a question is after, from the easiest to know to the hardest."""

    REACTION = "reaction"
    LEARNING = "learning"
    BEHAVIOUR = "behaviour"
    OUTCOME = "outcome"


class Seen(Word):
    """What a line manager says of practice, eight weeks after (E8)."""

    IN_PRACTICE = "in_practice"
    NOT_SEEN = "not_seen"
    TOO_EARLY = "too_early"


class StatementState(Word):
    """How far a free text has come on its way to being quoted (E10).

    `READ` is the end for one that may not be quoted; agreed to later, it is read anew.
    """

    WAITING = "waiting"
    READ = "read"
    RELEASED = "released"
    HELD_BACK = "held_back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Option:
    """One answer to choose: its key as stored, its label as read."""

    key: str
    label: str


@dataclass(frozen=True)
class Question:
    """A question under its answer's key; `missing` is said where a required answer is not given,
    `quoted` are the delegate's own words above it, `outcome_id` ties it to a learning outcome.
    `hint_to_staff` stands in place of the hint where a paper form is keyed in."""

    key: str
    kind: QuestionKind
    wording: str
    hint: str = ""
    options: tuple[Option, ...] = ()
    low: str = ""
    high: str = ""
    missing: str = ""
    quoted: str = ""
    about: str = ""
    outcome_id: int | None = None
    hint_to_staff: str = ""

    @property
    def is_required(self) -> bool:
        """Whether the form cannot be sent without an answer."""
        return bool(self.missing)

    @property
    def longest(self) -> int:
        """The most characters that a text may have."""
        return LONGEST_SHORT_TEXT if self.kind is QuestionKind.SHORT_TEXT else LONGEST_TEXT


@dataclass(frozen=True)
class Section:
    """Questions under one heading."""

    heading: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class OutcomeFact:
    """A learning outcome, written to follow "you can": 'ask someone safely about abuse'."""

    id: int
    text: str


@dataclass(frozen=True)
class CommitmentFact:
    """A commitment as the delegate wrote it, and the outcome that it was tied to."""

    id: int
    text: str
    about: str = ""


def options_of(labels: dict[Word, str]) -> tuple[Option, ...]:
    """A dictionary of words and labels as the options of a question, in its order."""
    return tuple(Option(word.value, label) for word, label in labels.items())


def questions_of(sections: Sequence[Section]) -> tuple[Question, ...]:
    """All questions of a form, in order."""
    return tuple(question for section in sections for question in section.questions)


SCALE = tuple(Option(str(n), str(n)) for n in range(1, 6))

BARRIERS: dict[Word, str] = {
    Barrier.NO_TIME: "No time",
    Barrier.NO_SITUATION: "No situation yet to use it in",
    Barrier.MANAGER: "My manager did not back it",
    Barrier.OTHER_AGENCY: "Another agency did not respond",
    Barrier.SYSTEMS: "No place for it in our forms or systems",
    Barrier.POLICY: "Our policy",
    Barrier.CONFIDENCE: "I was not confident enough",
    Barrier.OTHER: "Something else",
}

HELPS: dict[Word, str] = {
    Help.MANAGER: "My manager or supervision",
    Help.COLLEAGUES: "Colleagues",
    Help.TOOL: "A tool or checklist",
    Help.POLICY: "Our policy",
    Help.SITUATION: "A situation came up at once",
    Help.OTHER: "Something else",
}

QUOTE_CONSENTS: dict[Word, str] = {
    QuoteConsent.NO: "No",
    QuoteConsent.WITHOUT_NAME: "Yes, without my name or role",
    QuoteConsent.WITH_JOB_ROLE: "Yes, with my job role",
}

RESULTS: dict[Word, str] = {result: result.label for result in CommitmentResult}
