"""What is typed about certificates: reasons, and whose evaluation is waived."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.certificates.queries import Line
from lms.web.forms import Form, choices

LONGEST_REASON = 500


class CheckForm(Form):
    """The code of a certificate."""

    code = StringField(
        "Code of the certificate",
        description="Such as K7PM-4QXD-92HT. Small letters and spaces do not matter.",
    )


class RevokeForm(Form):
    """Why a certificate no longer holds."""

    reason = TextAreaField(
        "Why is it revoked?",
        description="They are told this. Whoever checks the code is not.",
        validators=[InputRequired("Enter why it is revoked"), Length(max=LONGEST_REASON)],
    )


class AnewForm(Form):
    """Why another certificate is issued."""

    reason = TextAreaField(
        "Why is it issued anew?",
        description="Such as: the name was misspelt.",
        validators=[InputRequired("Enter why it is issued anew"), Length(max=LONGEST_REASON)],
    )
    instead_of = HiddenField()


class WaiveForm(Form):
    """For whom the evaluation is waived, and why."""

    people = SelectMultipleField(
        "Who gets their certificate without it?",
        coerce=int,
        choices=[],
        validators=[InputRequired("Choose at least one person")],
    )
    reason = TextAreaField(
        "Why is the evaluation waived?",
        description="Such as: filled in on paper, and lost. It is kept with your name.",
        validators=[InputRequired("Enter why it is waived"), Length(max=LONGEST_REASON)],
    )


def waive_form(lines: Iterable[Line], chosen: int | None) -> WaiveForm:
    """The form with those who wait for the evaluation, one of them ticked."""
    form = WaiveForm(data={"people": [chosen] if chosen else []})
    pairs = [(str(line.booking_id), _called(line)) for line in lines]
    form.people.choices = choices([(value, text) for value, text in pairs])
    return form


def _called(line: Line) -> str:
    return f"{line.name}, {line.agency}" if line.agency else line.name
