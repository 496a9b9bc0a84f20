"""The form of a cohort: a list of people, pasted or from a file, or a number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wtforms import (
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.agencies.rules import Sector
from lms.errors import Refused
from lms.files import size_words
from lms.reporting.cohorts.models import Cohort
from lms.reporting.cohorts.rules import LARGEST_FILE, LONGEST_NAME, CohortDetails, read_list
from lms.web.forms import DayField, Form, choices

LIST, NUMBER = "list", "number"
WHICH_NAME = "Enter a name, such as Newly qualified social workers"


class CohortForm(Form):
    """A named cohort. What a file brought is put among what was pasted, so that it stays."""

    name = StringField(
        "Name",
        [InputRequired(WHICH_NAME), Length(max=LONGEST_NAME)],
        description="For example, Newly qualified social workers.",
    )
    counted_on = DayField(
        "As of", message="Enter the day for which this is right, such as 1 4 2026"
    )
    kind = RadioField(
        "What is known of them",
        choices=choices([(LIST, "A list of people"), (NUMBER, "How many there are")]),
        validators=[InputRequired("Choose a list or a number")],
    )
    addresses = TextAreaField(
        "Their e-mail addresses", description="One a line, or with commas between."
    )
    file = FileField(
        "Or a file of them",
        description=f"CSV with a column named email, up to {size_words(LARGEST_FILE)}.",
    )
    number = IntegerField("How many people", validators=[Optional()])
    job_role = StringField(
        "Whose job role is",
        [Length(max=LONGEST_NAME)],
        description="As they say it when they book. Leave it empty to count every role.",
    )
    sector = SelectField(
        "And whose sector is",
        choices=choices([("", "Any sector"), *((each.value, each.label) for each in Sector)]),
        validators=[Optional()],
    )

    seen = HiddenField()  # when the cohort that the page shows had been changed last

    @property
    def seen_at(self) -> datetime | None:
        """None where it says no instant."""
        try:
            found = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return found if found.tzinfo else None

    def bring(self, text: str) -> None:
        """Put the addresses of a file under those that were pasted."""
        self.addresses.data = "\n".join(filter(None, [(self.addresses.data or "").strip(), text]))
        self.addresses.raw_data = [self.addresses.data]

    def details(self) -> CohortDetails:
        """What was typed. Raises Refused by the field where it cannot be read."""
        if not isinstance(self.counted_on.data, date):
            raise Refused(
                "Enter the day for which this is right, such as 1 4 2026", field="counted_on"
            )
        name = " ".join((self.name.data or "").split())
        if self.kind.data == LIST:
            return CohortDetails(
                name, self.counted_on.data, addresses=read_list(self.addresses.data or "")
            )
        return CohortDetails(
            name,
            self.counted_on.data,
            number=self.number.data or 0,
            job_role=" ".join((self.job_role.data or "").split()),
            sector=Sector(self.sector.data) if self.sector.data else None,
        )


def cohort_data(cohort: Cohort) -> dict[str, Any]:
    """A cohort as its form begins."""
    return {
        "name": cohort.name,
        "counted_on": cohort.counted_on,
        "kind": LIST if cohort.number is None else NUMBER,
        "addresses": "\n".join(member.address for member in cohort.members),
        "number": cohort.number,
        "job_role": cohort.job_role,
        "sector": cohort.sector.value if cohort.sector else "",
        "seen": cohort.changed_at.isoformat(),
    }
