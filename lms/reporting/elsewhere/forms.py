"""What is typed of figures that other systems hold."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lms.reporting.elsewhere.rules import MOST, WHOLE, Entry, Measure, Subject
from lms.web.addresses import row_id_in
from lms.web.forms import Form, Within, choices

SHORT = Length(max=200, message="Keep it within 200 characters")
HOW_MANY = f"Enter a whole number from 0 to {MOST:,}, such as 1123"
WHAT_SHARE = "Enter a per cent from 0 to 100, such as 64"
OF_ALL = ("", "The whole partnership")


class EntryForm(Form):
    """A figure, and where it comes from."""

    value = IntegerField(
        "How many?", validators=[InputRequired(HOW_MANY), Within(0, MOST, HOW_MANY)]
    )
    share = IntegerField(
        "What per cent of the agency’s staff is that?",
        description="For training of an agency’s own staff alone. Leave it empty if nobody knows.",
        validators=[Optional(), Within(0, WHOLE, WHAT_SHARE)],
    )
    source = StringField(
        "Where is it from?",
        description="Such as the council’s learning system, report of 12 April.",
        validators=[SHORT],
    )

    def entry(self) -> Entry:
        return Entry(self.value.data or 0, self.share.data, (self.source.data or "").strip())


class NewFigureForm(EntryForm):
    """What it is of, and the figure."""

    year = SelectField("Reporting year")
    measure = SelectField(
        "What is counted?", choices=choices((one.value, one.called) for one in Measure)
    )
    agency = SelectField("For whom?")
    course = StringField(
        "Which course?",
        description="For training of an agency’s own staff alone.",
        validators=[SHORT],
    )

    def offer(
        self,
        years: Iterable[tuple[str, str]],
        agencies: Iterable[tuple[int, str]],
        *,
        measures: Iterable[Measure] = Measure,
        whole: bool,
    ) -> None:
        """What can be chosen; `whole`: the whole partnership too."""
        self.year.choices = choices(years)
        self.measure.choices = choices((one.value, one.called) for one in measures)
        named = [(str(agency_id), name) for agency_id, name in agencies]
        self.agency.choices = choices([OF_ALL, *named] if whole else named)

    def subject(self, partnership_id: int) -> Subject:
        return Subject(
            partnership_id,
            int(self.year.data),
            Measure(self.measure.data),
            row_id_in(self.agency.data),
            " ".join((self.course.data or "").split()),
        )


class CorrectForm(EntryForm):
    """Another figure, and why."""

    reason = StringField(
        "Why is it corrected?",
        description="It is shown beside the old figure.",
        validators=[InputRequired("Enter why it is corrected"), SHORT],
    )


class TakeOutForm(Form):
    """Why a figure is taken out."""

    reason = StringField(
        "Why is it taken out?",
        validators=[InputRequired("Enter why it is taken out"), SHORT],
    )
