"""E9, E10: a form as staff key it in from paper."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from lms.evaluation.rules.questionnaire import Question, Section
from lms.words import ordinal


def on_paper(sections: Sequence[Section]) -> tuple[Section, ...]:
    """A form as staff key it in: gaps are allowed (E9), the delegate's words stay unread (E10)."""
    return tuple(
        Section(section.heading, tuple(map(_on_paper, section.questions, count(1))))
        for section in sections
    )


def _on_paper(question: Question, place: int) -> Question:
    hint = question.hint_to_staff or question.hint
    if not question.quoted:
        return replace(question, missing="", hint=hint)
    return replace(
        question,
        missing="",
        quoted="",
        about="",
        wording=f"The {ordinal(place)} thing that they said they would do",
    )
