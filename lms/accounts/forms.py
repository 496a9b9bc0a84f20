"""What people type about themselves, and how they sign in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.accounts.commands import PersonDetails
from lms.accounts.models import Membership
from lms.agencies.models import Agency
from lms.errors import Refused
from lms.web.forms import DayField, Form, choices

ANOTHER = "another"
LONGEST_NAME = 120
LONGEST_NEEDS = 2000
SHORT_ENOUGH = Length(max=LONGEST_NAME, message=f"Keep it within {LONGEST_NAME} characters")
NEEDS_SHORT_ENOUGH = Length(max=LONGEST_NEEDS, message=f"Keep it within {LONGEST_NEEDS} characters")


class SignInForm(Form):
    """Where the code goes."""

    email = StringField(
        "Your work e-mail",
        description="Your own address, not a shared mailbox.",
        validators=[InputRequired("Enter your work e-mail"), Length(max=254)],
    )
    next = HiddenField()


class CodeForm(Form):
    """The code, in one field, with whatever spaces came with it."""

    code = StringField(
        "Six-digit code",
        validators=[
            InputRequired("Enter the six digits from the e-mail"),
            Length(max=60, message="Enter only the six digits from the e-mail"),
        ],
    )


class LinkForm(Form):
    """One button."""


class AgencyFields(Form):
    """Where somebody works: one of those suggested, or another by its name."""

    agency = RadioField("Your agency", validate_choice=False, choices=[])
    other_agency = StringField(
        "The agency’s name",
        description="As your colleagues write it. If it is new to us, the coordinator matches it.",
        validators=[Length(max=200)],
    )

    def suggest(self, agencies: Iterable[Agency]) -> None:
        """Offer these agencies, and another by name."""
        suggested = {str(agency.id): agency.name for agency in agencies}
        self.has_suggestions = bool(suggested)
        self.agency.choices = choices([*suggested.items(), (ANOTHER, "Another agency")])
        if not suggested:
            self.agency.data = ANOTHER

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound = super().validate(extra_validators)
        return self._names_agency() and is_sound

    def _names_agency(self) -> bool:
        """Whether an agency was chosen or named; says so at the field where it was not."""
        chosen = self.agency.data
        if chosen not in {value for value, *_ in self.agency.iter_choices()}:
            self.agency.errors = ["Choose your agency"]
            return False
        if chosen != ANOTHER:
            return True
        if not (self.other_agency.data or "").strip():
            self.other_agency.errors = ["Enter your agency’s name, such as Street Teams"]
            return False
        return True

    @property
    def agency_id(self) -> int | None:
        return None if self.agency.data == ANOTHER else int(self.agency.data)

    @property
    def agency_typed(self) -> str:
        return (self.other_agency.data or "").strip() if self.agency_id is None else ""


class DetailsForm(Form):
    """Who somebody is, wherever they work."""

    name = StringField(
        "Your name",
        description="As it should stand on the register.",
        validators=[
            InputRequired("Enter your name"),
            SHORT_ENOUGH,
        ],
    )
    job_role = StringField(
        "Your job role",
        validators=[
            InputRequired("Enter your job role, such as health visitor"),
            SHORT_ENOUGH,
        ],
    )
    line_manager_email = StringField(
        "Your line manager’s e-mail",
        description="For courses a manager must agree to. We write only then.",
        validators=[Length(max=254)],
    )

    def details(self) -> PersonDetails:
        return PersonDetails(
            name=self.name.data or "",
            job_role=self.job_role.data or "",
            line_manager_email=(self.line_manager_email.data or "").strip() or None,
        )


class PersonForm(AgencyFields, DetailsForm):
    """Who somebody is, and where they work."""

    field_order = ("name", "agency", "other_agency", "job_role", "line_manager_email")

    def __iter__(self):  # type: ignore[no-untyped-def]
        fields = {field.name: field for field in super().__iter__()}
        first = [fields.pop(name) for name in self.field_order if name in fields]
        return iter([*first, *fields.values()])

    def details(self) -> PersonDetails:
        known = super().details()
        return replace(known, agency_id=self.agency_id, agency_typed=self.agency_typed)


class MoveForm(AgencyFields):
    """From where to where, and since when."""

    agency = RadioField("Your new agency", validate_choice=False, choices=[])
    leaves = RadioField("Which agency have you left?", validate_choice=False, choices=[])
    on = DayField(
        "When did you begin there?",
        description="Today or earlier, for example 8 2 2027",
        validators=[InputRequired("Enter the day on which you began there")],
    )

    def offer(self, current: Sequence[Membership]) -> None:
        """Ask which of these was left, where there are several to leave."""
        named = [(str(m.id), m.agency.name if m.agency else m.agency_typed) for m in current]
        self.leaves.choices = choices(named)
        self.asks_which = len(named) > 1
        if len(named) == 1:
            self.leaves.data = named[0][0]

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound = super().validate(extra_validators)
        offered = {value for value, *_ in self.leaves.iter_choices()}
        if offered and self.leaves.data not in offered:
            self.leaves.errors = ["Choose the agency that you have left"]
            return False
        return is_sound

    @property
    def leaves_id(self) -> int | None:
        return int(self.leaves.data) if self.leaves.data else None


class AddressForm(Form):
    """One more address of one's own."""

    email = StringField(
        "Another e-mail address of yours",
        description="One that only you read, not a shared mailbox.",
        validators=[InputRequired("Enter the address to add"), Length(max=254)],
    )


class NeedsForm(Form):
    """What somebody needs at events."""

    access_needs = TextAreaField(
        "Access needs",
        description="For example: a hearing loop, step-free access, slides beforehand.",
        validators=[NEEDS_SHORT_ENOUGH],
    )
    dietary_needs = TextAreaField(
        "Dietary needs",
        description="For example: halal, vegan, a nut allergy.",
        validators=[NEEDS_SHORT_ENOUGH],
    )


class WeekdaysForm(Form):
    """On which weekdays somebody works."""

    weekdays = SelectMultipleField(
        "Days on which you work",
        description="None chosen: every weekday.",
        choices=choices(
            (str(number), name)
            for number, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
        ),
        validators=[Optional()],
    )


FIRST_DAY, LAST_DAY = "Enter the first day away", "Enter the last day away"


class AwayForm(Form):
    """When somebody is away, both days included."""

    from_on = DayField("First day away", message=FIRST_DAY)
    until_on = DayField("Last day away", message=LAST_DAY)

    def days(self) -> tuple[date, date]:
        """What was entered. Raises Refused where a day is missing."""
        return _day_in(self.from_on, FIRST_DAY), _day_in(self.until_on, LAST_DAY)


def _day_in(field: DayField, message: str) -> date:
    if not isinstance(field.data, date):
        raise Refused(message, field=field.name)
    return field.data
