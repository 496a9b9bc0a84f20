"""The form in which a question of one's own is worded."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.evaluation.rules import (
    LONGEST_WORDING,
    Measure,
    Option,
    OwnWords,
    QuestionKind,
    own_words,
)
from lms.web.forms import Form, choices

KINDS = {
    QuestionKind.SCALE: "A scale from 1 to 5",
    QuestionKind.SINGLE_CHOICE: "One answer out of several",
    QuestionKind.SEVERAL: "As many answers as apply",
    QuestionKind.YES_NO: "Yes or no",
    QuestionKind.SHORT_TEXT: "A line in their own words",
    QuestionKind.LONG_TEXT: "A paragraph in their own words",
}
MEASURES = {
    Measure.REACTION: "Reaction",
    Measure.LEARNING: "Learning",
    Measure.BEHAVIOUR: "Behaviour",
    Measure.OUTCOME: "Outcome",
}
WHAT_IS_MEASURED = {
    Measure.REACTION: "What they thought of it",
    Measure.LEARNING: "What they know or can do now",
    Measure.BEHAVIOUR: "What they do differently at work",
    Measure.OUTCOME: "What it changes for children, adults and families",
}


class QuestionForm(Form):
    """A question, how it is answered, and what it is after."""

    wording = StringField(
        "Question",
        description=f"One thing at a time, as you would say it aloud. Up to {LONGEST_WORDING} "
        "characters.",
    )
    kind = RadioField(
        "How it is answered",
        [InputRequired("Choose how it is answered")],
        choices=choices((kind.value, label) for kind, label in KINDS.items()),
        default=QuestionKind.SCALE.value,
    )
    low = StringField("What 1 means", description="For a scale alone, such as: Not at all")
    high = StringField("What 5 means", description="For a scale alone, such as: Completely")
    options = TextAreaField(
        "Answers to choose from",
        description="For one answer or several alone: each on a line of its own, two to twelve.",
    )
    hint = StringField("Hint", description="Under the question, if it needs one.")
    is_required = BooleanField(
        "It must be answered",
        description="A form cannot be sent without it. Few questions are worth that.",
    )
    measures = RadioField(
        "What it measures",
        [InputRequired("Choose what it measures")],
        choices=choices((measure.value, label) for measure, label in MEASURES.items()),
    )
    source = StringField(
        "Source", [Length(max=300)], description="Where the question comes from; you alone see it."
    )

    def words(self, before: tuple[Option, ...] = ()) -> OwnWords:
        """What was typed; options that were there before keep their keys."""
        return own_words(
            QuestionKind(self.kind.data),
            self.wording.data or "",
            Measure(self.measures.data),
            hint=self.hint.data or "",
            options=(self.options.data or "").splitlines(),
            low=self.low.data or "",
            high=self.high.data or "",
            source=self.source.data or "",
            before=before,
        )

    def point_out(self, faults: dict[str, str]) -> None:
        """Show each fault at its field."""
        for field, sentence in faults.items():
            self[field].errors = [sentence]


def question_data(words: OwnWords, *, is_required: bool) -> dict[str, Any]:
    """A question as its form begins."""
    return {
        **vars(words),
        "kind": words.kind.value,
        "measures": words.measures.value,
        "options": "\n".join(option.label for option in words.options),
        "is_required": is_required,
    }
