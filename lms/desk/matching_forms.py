"""What is asked of an agency name that matches nothing yet."""

from __future__ import annotations

from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from lms.agencies.rules import Sector
from lms.desk.matching import Matching
from lms.errors import Refused
from lms.web.addresses import row_id
from lms.web.forms import Form, choices

SHORT = Length(max=200, message="Keep it within 200 characters")
OTHER, NEW = "other", "new"


class MatchOneForm(Form):
    """Which agency a typed name means, with the other names that mean the same."""

    agency = RadioField("Which agency is it?", validate_choice=False, choices=[])
    other = SelectField("If another, which?", validate_choice=False)
    new_name = StringField("Its name", validators=[SHORT])
    sector = SelectField(
        "Its sector",
        choices=choices(
            [("", "Choose a sector"), *((sector.value, sector.label) for sector in Sector)]
        ),
    )
    same = SelectMultipleField(
        "Which of these are the same agency?", validate_choice=False, choices=[]
    )

    def offer(self, found: Matching) -> None:
        """Propose the nearest agencies first; whatever is like the name may be the same."""
        near = [(str(each.id), f"{each.name}, {each.sector.label}") for each in found.nearest]
        self.agency.choices = choices([*near, (OTHER, "Another agency"), (NEW, "A new agency")])
        others = [(str(each.id), each.name) for each in found.others]
        self.other.choices = choices([("", "Choose an agency"), *others])
        self.same.choices = choices((each.name, each.name) for each in found.alike)
        self.same.data = [
            name for name in self.same.data or [] if name in {each.name for each in found.alike}
        ]
        if not self.is_submitted():
            self.new_name.data = found.name.name
            self.agency.data = str(found.name.like_it or "")

    def agency_id(self) -> int | None:
        """The agency chosen; None for a new one. Raises Refused where none was chosen."""
        chosen = self.agency.data
        if chosen == NEW:
            if not (self.new_name.data or "").strip():
                raise Refused("Enter the agency’s name", field="new_name")
            return None
        try:
            return row_id((self.other.data if chosen == OTHER else chosen) or "")
        except ValueError:
            field = "other" if chosen == OTHER else "agency"
            raise Refused("Choose the agency that is meant", field=field) from None

    @property
    def new_sector(self) -> Sector:
        """The sector of the new agency. Raises Refused where it is none."""
        try:
            return Sector(self.sector.data)
        except ValueError:
            raise Refused("Choose its sector", field="sector") from None


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
