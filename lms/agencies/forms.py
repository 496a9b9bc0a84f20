"""What is typed about agencies and partnerships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wtforms import (
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from lms.agencies.commands import AgencyDetails, PartnershipDetails
from lms.agencies.look import brand_of
from lms.agencies.models import Agency, Partnership
from lms.agencies.rules import PETROL, Brand, PolicyKey, Sector
from lms.errors import Refused
from lms.web.forms import DayField, Form, Within, choices

NOBODY = ("", "None")
MOST_PEOPLE = 1_000_000
HOW_MANY = "Enter how many people, such as 120"
FROM_WHEN = "Enter the date from which it holds, such as 1 4 2027"
SHORT = Length(max=200, message="Keep it within 200 characters")
SECTORS = choices((sector.value, sector.label) for sector in Sector)
MONTHS = choices((str(month), f"{date(2000, month, 1):%B}") for month in range(1, 13))


class AgencyForm(Form):
    """What an agency is."""

    name = StringField("Name", validators=[InputRequired("Enter the agency’s name"), SHORT])
    sector = SelectField("Sector", choices=SECTORS)
    parent = SelectField(
        "Part of",
        description="A team or service belongs to its organisation; caps for that count it too.",
        validate_choice=False,
    )
    partnerships = SelectMultipleField("Partnerships", choices=[], validate_choice=False)
    domains = TextAreaField(
        "E-mail domains",
        description="One a line, such as walsall.gov.uk. New people from there are offered it.",
        validators=[Length(max=2000)],
    )
    opened_on = DayField("Opened on")
    closed_on = DayField("Closed on", description="The first day on which it is no more.")
    successor = SelectField(
        "Followed by", description="The agency that took over its work.", validate_choice=False
    )

    def offer(self, partnerships: Iterable[Partnership], others: Iterable[Agency]) -> None:
        """Fill in the choices. Of one partnership alone, nobody need be asked."""
        run = [(str(partnership.id), partnership.name) for partnership in partnerships]
        self.partnerships.choices = choices(run)
        if len(run) == 1:
            self.partnerships.data = [run[0][0]]
        names = choices([NOBODY, *((str(agency.id), agency.name) for agency in others)])
        self.parent.choices = self.successor.choices = names

    def details(self, kept: Iterable[int] = ()) -> AgencyDetails:
        """`kept` are partnerships that the agency stays in, whatever was chosen here."""
        offered = {value for value, *_ in self.partnerships.iter_choices()}
        chosen = {int(value) for value in self.partnerships.data or () if value in offered}
        return AgencyDetails(
            name=self.name.data or "",
            sector=Sector(self.sector.data),
            partnership_ids=frozenset(chosen | set(kept)),
            parent_id=_chosen(self.parent),
            domains=tuple((self.domains.data or "").replace(",", " ").split()),
            opened_on=self.opened_on.data,
            closed_on=self.closed_on.data,
            successor_id=_chosen(self.successor),
        )


def _chosen(field: SelectField) -> int | None:
    offered = {value for value, *_ in field.iter_choices()}
    return int(field.data) if field.data and field.data in offered else None


def agency_data(agency: Agency) -> dict[str, object]:
    """What the form begins with."""
    return {
        "name": agency.name,
        "sector": agency.sector.value,
        "parent": str(agency.parent_id or ""),
        "partnerships": [str(partnership.id) for partnership in agency.partnerships],
        "domains": "\n".join(domain.domain for domain in agency.domains),
        "opened_on": agency.opened_on,
        "closed_on": agency.closed_on,
        "successor": str(agency.successor_id or ""),
    }


class HeadcountForm(Form):
    """How many people an agency has in one partnership's area."""

    partnership = SelectField("Partnership", validate_choice=False)
    year = SelectField("Reporting year")
    people = IntegerField(
        "People", validators=[InputRequired(HOW_MANY), Within(0, MOST_PEOPLE, HOW_MANY)]
    )


class PartnershipForm(Form):
    """What a partnership is called, whom to ask, how it looks."""

    name = StringField(
        "Short name",
        description="As it stands in lists, such as Walsall.",
        validators=[InputRequired("Enter a short name, such as Walsall"), SHORT],
    )
    title = StringField(
        "Full name",
        description="At the head of every page and e-mail.",
        validators=[InputRequired("Enter the full name"), SHORT],
    )
    strapline = StringField("What it offers, in one sentence", validators=[SHORT])
    contact_name = StringField(
        "Who answers questions", description="At the foot of every page.", validators=[SHORT]
    )
    contact_email = StringField(
        "Their e-mail",
        description="Answers to our e-mails go there.",
        validators=[InputRequired("Enter an e-mail address, such as training@wsp.org.uk"), SHORT],
    )
    contact_phone = StringField("Their telephone", validators=[SHORT])
    contact_days = StringField(
        "The days they are in", description="Such as Mondays and Thursdays.", validators=[SHORT]
    )
    year_starts_month = SelectField("The reporting year starts in", choices=MONTHS)
    brand = StringField("Main colour", description="Header, buttons, headings. Dark on white.")
    dark = StringField("Dark shade", description="Words on the tint.")
    tint = StringField("Tint", description="Date tiles, quoted words.")
    line = StringField("Hairlines on the tint")

    def details(self, reference_prefix: str) -> PartnershipDetails:
        return PartnershipDetails(
            name=self.name.data or "",
            title=self.title.data or "",
            strapline=self.strapline.data or "",
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
            contact_days=self.contact_days.data or "",
            reference_prefix=reference_prefix,
            year_starts_month=int(self.year_starts_month.data),
            brand=Brand(
                brand=(self.brand.data or PETROL.brand).strip(),
                dark=(self.dark.data or PETROL.dark).strip(),
                tint=(self.tint.data or PETROL.tint).strip(),
                line=(self.line.data or PETROL.line).strip(),
            ),
        )


def partnership_data(partnership: Partnership) -> dict[str, object]:
    """What the form begins with."""
    same = ("name", "title", "strapline", "contact_name", "contact_email", "contact_phone")
    return {
        **{field: getattr(partnership, field) for field in same},
        "contact_days": partnership.contact_days,
        "year_starts_month": str(partnership.year_starts_month),
        **vars(brand_of(partnership)),
    }


POLICY_WORDS: dict[PolicyKey, str] = {
    PolicyKey.CLOSING_WORKING_DAYS: "Bookings close at 5pm, this many working days before",
    PolicyKey.LATE_CANCEL_DAYS: "Cancelling is late after 5pm, this many days before",
    PolicyKey.LATE_CANCEL_DAY_KIND: "Those days are working days (1) or calendar days (0)",
    PolicyKey.OFFER_HOURS: "An offered place is held for this many hours of working days",
    PolicyKey.NAMING_WORKING_DAYS: "Unnamed places lapse this many working days before",
    PolicyKey.TICK_WORKING_DAYS: "A tick confirms at once up to this many working days before",
    PolicyKey.ATTENDED_SHARE: "Attended: present for at least this percentage of the time",
    PolicyKey.PART_SHARE: "Part attended: present for at least this percentage",
    PolicyKey.IMPACT_DAYS: "The impact evaluation is due this many days after",
    PolicyKey.WITHHOLD_BELOW: "Results of fewer replies than this are withheld",
}


class PolicyForm(Form):
    """A figure, with the date from which it holds."""

    key = SelectField(
        "Policy",
        choices=choices((key.value, words) for key, words in POLICY_WORDS.items()),
    )
    value = IntegerField("Figure", validators=[InputRequired("Enter a number")])
    holds_from = DayField("From", message=FROM_WHEN)

    def day(self) -> date:
        """The date from which it holds. Raises Refused where none was given."""
        on = self.holds_from.data
        if not isinstance(on, date):
            raise Refused(FROM_WHEN, field="holds_from")
        return on
