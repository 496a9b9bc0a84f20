"""What the people of the demonstration answer: believable, and different from person to person."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime

from lms.catalogue.rules import Stage
from lms.db import db
from lms.demo.sayings import CHANGES, COMMENTS, DIFFERENCES, EXAMPLES
from lms.errors import Gone
from lms.evaluation.commands import Incomplete, Opened, answer, corroborate
from lms.evaluation.queries import Sheet, find_manager_asked, read_sheet
from lms.evaluation.rules import (
    ADDRESS,
    CONSENT,
    OF_TEXT,
    Question,
    QuestionKind,
    Seen,
    is_of_managers,
    questions_of,
)

AGREE, MANAGERS_ANSWER = 0.35, 0.65
SAID = (Seen.IN_PRACTICE, Seen.IN_PRACTICE, Seen.IN_PRACTICE, Seen.NOT_SEEN, Seen.TOO_EARLY)

CONFIDENCE = {
    Stage.PRE: (2, 2, 3, 3, 4),
    Stage.POST: (3, 4, 4, 4, 5),
    Stage.IMPACT: (3, 3, 4, 4, 5),
}
RATINGS = (3, 4, 4, 5, 5)
PROMISES = (
    "Ask to see the child's bedroom at every home visit and write down what I saw",
    "Bring the checklist to our next team meeting",
    "Ring the school before I write the plan, not after",
    "Ask about home in every appointment, on their own",
    "Use the escalation policy the next time that I disagree",
    "Put what the child said in their own words at the top of the record",
    "Talk to my manager about protected time for supervision",
)

OWN_PROMISES = {  # of the practitioner whom a visitor may be, who is asked about them today
    "commitment_1": "Find somewhere private to ask, never with the partner in the room",
    "commitment_2": "Put the helpline card in the staff toilets",
}


def answer_form(
    booking_id: int,
    stage: Stage,
    dice: random.Random,
    now: datetime,
    says: Mapping[str, str] | None = None,
) -> None:
    """Fill in one form as its delegate would; one that is not open now is left alone.

    `says` are answers that are given word for word.
    """
    sheet = read_sheet(booking_id, stage, now)
    posted: dict[str, list[str]] = {}
    for question in questions_of(sheet.sections):
        if chosen := _reply(question, stage, dice):
            posted[question.key] = [chosen]
    posted |= {key: [words] for key, words in (says or {}).items()}
    manager = _consent(sheet)
    try:
        answer(Opened(booking_id, stage, now), {**posted, **manager}, now=now)
    except Incomplete:  # an agency without a domain of its own: no address can be told to be of it
        answer(Opened(booking_id, stage, now), posted, now=now)
    except Gone:
        return


def _consent(sheet: Sheet) -> dict[str, list[str]]:
    """A third agree that their line manager is asked; by a dice of their own, so that all else
    falls as it would without."""
    asks = any(is_of_managers(question) for question in questions_of(sheet.sections))
    own = random.Random(f"consent {sheet.booking.booking_id}")  # noqa: S311 - a story
    if not asks or sheet.booking.address is None or own.random() > AGREE:
        return {}
    return {CONSENT: ["yes"], ADDRESS: [f"manager.of.{sheet.booking.address}"]}


def let_manager_answer(booking_id: int, now: datetime) -> None:
    """What the line manager says, if they are asked and answer at all."""
    asked = find_manager_asked(db.session(), booking_id)
    own = random.Random(f"manager {booking_id}")  # noqa: S311 - a story
    if asked is None or own.random() > MANAGERS_ANSWER:
        return
    try:
        corroborate(asked.id, own.choice(SAID), now=now)
    except Gone:
        return


def _reply(question: Question, stage: Stage, dice: random.Random) -> str | None:
    if question.kind is QuestionKind.SCALE:
        if question.outcome_id is None:
            return str(dice.choice(RATINGS))
        is_looking_back = question.key.startswith("look_back")
        return str(dice.choice(CONFIDENCE[Stage.PRE if is_looking_back else stage]))
    if question.options:
        if not question.is_required and dice.random() < 0.4:
            return None
        return dice.choice(question.options[:3] * 3 + question.options).key
    return _words(question, dice) if question.kind in OF_TEXT else None


def _words(question: Question, dice: random.Random) -> str | None:
    for part, (said, how_often) in WORDS.items():
        if question.key.startswith(part) and not question.key.endswith("_other"):
            return dice.choice(said) if dice.random() < how_often else None
    return None


WORDS: Mapping[str, tuple[tuple[str, ...], float]] = {
    "commitment_1": (PROMISES, 0.85),
    "commitment_2": (PROMISES, 0.3),
    "example": (EXAMPLES, 0.2),
    "difference": (DIFFERENCES, 0.15),
    "comment": (COMMENTS, 0.12),
    "own_": (CHANGES, 0.12),
}
