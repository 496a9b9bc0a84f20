"""What is typed at the desk about people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.access import Role
from lms.accounts.commands import PersonDetails
from lms.agencies.models import Agency, Partnership
from lms.errors import Refused
from lms.web.addresses import row_id
from lms.web.forms import DayField, Form, choices
from lms.words import sentence_case

SHORT = Length(max=200, message="Keep it within 200 characters")
ROLES = [role for role in Role if role is not Role.PRACTITIONER]


class PersonForm(Form):
    """Who somebody is, as a coordinator writes it."""

    name = StringField("Name", validators=[InputRequired("Enter their name"), SHORT])
    agency = SelectField("Agency", validate_choice=False)
    job_role = StringField("Job role", validators=[SHORT])
    line_manager_email = StringField("Line manager’s e-mail", validators=[SHORT])
    phone = StringField("Telephone", validators=[SHORT])

    def offer(self, agencies: Iterable[Agency], none_of_these: str) -> None:
        """`none_of_these` is what stands for no choice."""
        named = ((str(agency.id), agency.name) for agency in agencies)
        self.agency.choices = choices([("", none_of_these), *named])

    def details(self) -> PersonDetails:
        offered = {value for value, *_ in self.agency.iter_choices()}
        chosen = self.agency.data if self.agency.data in offered else ""
        return PersonDetails(
            name=self.name.data or "",
            agency_id=int(chosen) if chosen else None,
            job_role=self.job_role.data or "",
            line_manager_email=self.line_manager_email.data,
            phone=self.phone.data or "",
        )


class NewPersonForm(PersonForm):
    """The same for somebody who is new: they need an address and an agency."""

    email = StringField(
        "Work e-mail",
        description="Their own address: they sign in with it.",
        validators=[InputRequired("Enter their work e-mail"), SHORT],
    )

    def details(self) -> PersonDetails:
        """Raises Refused where no agency was chosen."""
        known = super().details()
        if known.agency_id is None:
            raise Refused("Choose their agency", field="agency")
        return replace(known, email=self.email.data or "")


class RoleForm(Form):
    """A role for a partnership, or for an agency."""

    role = SelectField(
        "Role", choices=choices((role.value, sentence_case(role.words)) for role in ROLES)
    )
    partnership = SelectField("For the partnership", validate_choice=False)
    agency = SelectField("Or, for an agency lead, the agency", validate_choice=False)
    starts_on = DayField("From", description="Today, if you leave it empty.")
    ends_on = DayField("Until", description="The first day on which they no longer hold it.")

    def offer(self, partnerships: Iterable[Partnership], agencies: Iterable[Agency]) -> None:
        self.partnership.choices = choices((str(p.id), p.name) for p in partnerships)
        named = ((str(agency.id), agency.name) for agency in agencies)
        self.agency.choices = choices([("", "None"), *named])

    def chosen(self, field: SelectField) -> int | None:
        """The id chosen among those offered."""
        offered = {value for value, *_ in field.iter_choices()}
        if field.data and field.data not in offered:
            raise Refused("Choose one from the list", field=field.name)
        return int(field.data) if field.data else None


class MatchForm(Form):
    """Which agency a typed name means."""

    name = StringField("Name as typed", validators=[InputRequired()])
    agency = SelectField("Agency", validate_choice=False)

    def agency_id(self) -> int:
        """The agency chosen. Raises Refused where none was."""
        try:
            return row_id(self.agency.data or "")
        except ValueError:
            raise Refused("Choose the agency that is meant", field="agency") from None
