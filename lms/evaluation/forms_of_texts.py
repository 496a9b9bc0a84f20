"""Forms about free texts: their words and themes, why a writer is revealed, who may be quoted."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired

from lms.catalogue.models import Theme
from lms.evaluation.rules import QUOTE_CONSENTS, QuoteConsent
from lms.web.addresses import row_id
from lms.web.forms import Form, choices


class TextForm(Form):
    """A text in the words in which it may be quoted."""

    words = TextAreaField(
        "As it is quoted",
        description=(
            "Take out what could tell who or where: we put […] in its place. You may put other "
            "words there in square brackets, such as [a school]. All else stays as it was written."
        ),
        validators=[InputRequired("Leave some of what was written, or hold it back")],
    )
    themes = SelectMultipleField("What it is about", coerce=row_id, validate_choice=False)

    def offer(self, themes: Iterable[Theme]) -> None:
        self.themes.choices = choices((str(theme.id), theme.name) for theme in themes)


class RevealForm(Form):
    """Why the safeguarding lead has to know."""

    reason = TextAreaField(
        "Why do you need to know who wrote this?",
        description=(
            "It is kept with your name in the audit trail, which coordinators read. "
            "Name no child, adult or family."
        ),
    )


class QuotingForm(Form):
    """Whether one may be quoted."""

    consent = RadioField(
        "May we quote you?",
        choices=choices((word.value, label) for word, label in QUOTE_CONSENTS.items()),
        validators=[InputRequired("Choose whether we may quote you")],
    )

    @property
    def chosen(self) -> QuoteConsent:
        return QuoteConsent(self.consent.data)
