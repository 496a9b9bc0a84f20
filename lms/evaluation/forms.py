"""A questionnaire as a form: a field for each question, laid out as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from lms.evaluation.rules import AnswerFault, Option, Question, QuestionKind, Section
from lms.web.forms import Form, choices

FOLDED = {
    "commitment_2": "Add a second",
    "commitment_3": "Add a third",
    "barriers_other": "Something else, or more about what got in the way",
    "helps_other": "Something else, or more about what helped",
}


class AnswersForm(Form):
    """The base of every form of answers; `opened` is the signed moment of its first opening."""

    opened = HiddenField()

    def point_out(self, faults: Iterable[AnswerFault]) -> None:
        """Show each fault at its question and in the summary."""
        for fault in faults:
            self[fault.key].errors = [fault.sentence]


@dataclass(frozen=True)
class Item:
    """A question with its field; `kind` names the macro, `before` is read out before the legend."""

    kind: str
    question: Question
    field: Field
    before: str = ""


@dataclass(frozen=True)
class Fold:
    """Items behind a summary, open where something was typed."""

    summary: str
    items: tuple[Item, ...]
    is_open: bool


@dataclass(frozen=True)
class Block:
    """A section as the page shows it."""

    heading: str
    parts: tuple[Item | Fold, ...]
    is_optional: bool = False


def build_form(
    sections: Sequence[Section], typed: Mapping[str, Sequence[str]], opened: str
) -> AnswersForm:
    """The form of a stage, filled in with what was typed."""
    questions = [question for section in sections for question in section.questions]
    fields = {question.key: _field(question) for question in questions}
    kind: type[AnswersForm] = type("StageForm", (AnswersForm,), fields)
    lists = {key: list(values) for key, values in typed.items()}
    return kind(formdata=MultiDict({**lists, "opened": [opened]}))


def _field(question: Question) -> Field:
    label: str | Markup = question.wording
    if question.quoted:
        hidden = Markup('<span class="govuk-visually-hidden"> “{}”</span>')
        label = escape(question.wording) + hidden.format(question.quoted)
    facts: dict[str, Any] = {"label": label, "description": question.hint}
    if question.kind is QuestionKind.LONG_TEXT:
        return TextAreaField(**facts)
    if question.kind is QuestionKind.SHORT_TEXT:
        return StringField(**facts)
    pairs = _pairs(question)
    if question.kind is QuestionKind.SEVERAL:
        return SelectMultipleField(choices=choices(pairs), **facts)
    if is_about(question):
        return SelectField(choices=choices([NONE_IN_PARTICULAR, *pairs]), **facts)
    return RadioField(choices=choices(pairs), **facts)


def _goes_with(question: Question, following: Question) -> bool:
    """Whether the two are one thing to the reader: a commitment and its outcome, something else
    and more about it."""
    is_more = question.key.endswith("_other") and following.kind is QuestionKind.LONG_TEXT
    return is_about(following) or is_more


def is_about(question: Question) -> bool:
    """Whether the question ties a commitment to an outcome: a long list, so a select."""
    return question.key.startswith("commitment_") and question.kind is QuestionKind.SINGLE_CHOICE


NONE_IN_PARTICULAR = ("", "None in particular")
YES_OR_NO = (Option("yes", "Yes"), Option("no", "No"))


def _pairs(question: Question) -> list[tuple[str, str]]:
    options = YES_OR_NO if question.kind is QuestionKind.YES_NO else question.options
    return [(option.key, option.label) for option in options]


# --- Layout ---------------------------------------------------------------------------------


def lay_out(sections: Sequence[Section], form: AnswersForm) -> list[Block]:
    """The sections with their fields, the second and third commitment folded away."""
    return [
        Block(section.heading, tuple(_parts(section, form)), _may_be_left_out(section))
        for section in sections
    ]


def _may_be_left_out(section: Section) -> bool:
    """Whether a row of scales looks as if it had to be answered and need not be."""
    return all(q.outcome_id is not None and not q.is_required for q in section.questions)


def _parts(section: Section, form: AnswersForm) -> Iterator[Item | Fold]:
    questions = list(section.questions)
    while questions:
        question = questions.pop(0)
        group = [question]
        if questions and _goes_with(question, questions[0]):
            group.append(questions.pop(0))
        items = tuple(_item(one, section, form) for one in group)
        if question.key in FOLDED:
            is_open = any(item.field.data or item.field.errors for item in items)
            yield Fold(FOLDED[question.key], items, bool(is_open))
        else:
            yield from items


def _item(question: Question, section: Section, form: AnswersForm) -> Item:
    before = section.heading.rstrip("…") if question.outcome_id is not None else ""
    return Item(_kind(question), question, form[question.key], before)


def _kind(question: Question) -> str:
    if is_about(question):
        return "select"
    if question.key.startswith("result_"):
        return "pairs"
    return {
        QuestionKind.SCALE: "scale",
        QuestionKind.SEVERAL: "checkboxes",
        QuestionKind.LONG_TEXT: "textarea",
        QuestionKind.SHORT_TEXT: "text",
    }.get(question.kind, "radios")
