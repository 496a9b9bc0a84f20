"""What is typed about agencies and partnerships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from wtforms import (
    DecimalField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.agencies.commands import AgencyDetails, PartnershipDetails
from lms.agencies.look import brand_of
from lms.agencies.models import Agency, Partnership
from lms.agencies.rules import (
    PETROL,
    POLICIES,
    POLICY_BOUNDS,
    Asked,
    Brand,
    ChargingEntry,
    DayKind,
    PolicyKey,
    Sector,
)
from lms.errors import Refused
from lms.files import LARGEST_PICTURE, size_words
from lms.web.forms import DayField, Form, Within, choices
from lms.words import clock_hour

NOBODY = ("", "None")
MOST_PEOPLE = 1_000_000
HOW_MANY = "Enter how many people, such as 120"
FROM_WHEN = "Enter the date from which it holds, such as 1 4 2027"
SHORT = Length(max=200, message="Keep it within 200 characters")
SECTORS = choices((sector.value, sector.label) for sector in Sector)
MONTHS = choices((str(month), f"{date(2000, month, 1):%B}") for month in range(1, 13))


class AgencyForm(Form):
    """What an agency is."""

    name = StringField("Name", validators=[DataRequired("Enter the agency’s name"), SHORT])
    sector = SelectField(
        "Sector",
        choices=choices([("", "Choose a sector")]) + SECTORS,
        validators=[InputRequired("Choose its sector")],
    )
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
    year_starts_month = SelectField(
        "The reporting year starts in",
        description="Changed, every report is drawn by the new years at once, past ones too: a "
        "year’s total is then that of other months. Headcounts stay with the year they were "
        "entered for. Nothing that was recorded changes.",
        choices=MONTHS,
    )
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


class LogoForm(Form):
    """A sign of its own."""

    file = FileField(
        "Logo",
        description=f"PNG, JPEG or WebP, up to {size_words(LARGEST_PICTURE)}; or a drawing (SVG).",
    )


class PolicyForm(Form):
    """A figure, asked for as its policy is, with the date from which it holds."""

    value = IntegerField("Figure", validators=[InputRequired("Enter a number")])
    hour = SelectField("Hour", validate_choice=False)
    choice = RadioField("Choice", validate_choice=False, validators=[Optional()])
    holds_from = DayField("From", message=FROM_WHEN)

    def ask(self, key: PolicyKey) -> None:
        """Ask for this policy's figure, and for no other kind."""
        policy, (least, most) = POLICIES[key], POLICY_BOUNDS[key]
        for kind, name in FIELDS.items():
            if kind is not policy.asked:
                del self[name]
        field = self[FIELDS[policy.asked]]
        field.label.text = policy.asks
        if policy.asked is Asked.HOUR:
            hours = range(least, most + 1)
            field.choices = choices((str(hour), clock_hour(hour)) for hour in hours)
        elif policy.asked is Asked.CHOICE:
            field.choices = choices((str(figure), words) for figure, words in policy.choices)
        else:
            field.description = f"A number from {least} to {most}."

    def figure(self, key: PolicyKey) -> int:
        """What was entered. Raises Refused by its field where nothing that can be was."""
        name = FIELDS[POLICIES[key].asked]
        try:
            return int(self[name].data)
        except (TypeError, ValueError):
            raise Refused("Choose one of these", field=name) from None

    def day(self) -> date:
        """The date from which it holds. Raises Refused where none was given."""
        return _day_in(self.holds_from)


FIELDS = {Asked.NUMBER: "value", Asked.HOUR: "hour", Asked.CHOICE: "choice"}


def policy_data(key: PolicyKey, figure: int, today: date) -> dict[str, object]:
    """What the form begins with: the figure in force, and today."""
    asked = POLICIES[key].asked
    return {
        FIELDS[asked]: figure if asked is Asked.NUMBER else str(figure),
        "holds_from": today,
    }


def _day_in(field: DayField) -> date:
    if not isinstance(field.data, date):
        raise Refused(FROM_WHEN, field=field.name)
    return field.data


POUNDS = Within(0, 10_000, "Enter an amount in pounds, such as 50 or 45.50")
RATES, FULL_COST, NOTHING = "rates", "full cost", "nothing"


class ChargingForm(Form):
    """What a place that is not used costs a sector, and from when on giving it up is late."""

    sector = SelectField(
        "Whom it is for", choices=choices([("", "Every sector without terms of its own")]) + SECTORS
    )
    holds_from = DayField("From", message=FROM_WHEN)
    days = IntegerField(
        "Free until 5pm, this many days before",
        [Optional()],
        description="Left empty: as the policy on late cancelling says.",
    )
    day_kind = RadioField(
        "Those are",
        choices=choices([("working", "Working days"), ("calendar", "Calendar days")]),
        validators=[Optional()],
    )
    price = RadioField(
        "After that, a place costs",
        choices=choices(
            [
                (RATES, "So much a day"),
                (FULL_COST, "What the event costs"),
                (NOTHING, "Nothing"),
            ]
        ),
        validators=[InputRequired("Choose what a place costs")],
    )
    half_day = DecimalField(
        "Pounds for a half day", [Optional(), POUNDS], description="Four hours or less."
    )
    full_day = DecimalField("Pounds for a full day", [Optional(), POUNDS])

    def terms(self) -> ChargingEntry:
        """What was entered. Raises Refused where a date or a rate is missing."""
        has_rates = self.price.data == RATES
        if has_rates and self.full_day.data is None:
            raise Refused("Enter what a full day costs, such as 90", field="full_day")
        full = self.full_day.data if has_rates else Decimal(0)
        half = self.half_day.data if has_rates else Decimal(0)
        return ChargingEntry(
            sector=Sector(self.sector.data) if self.sector.data else None,
            holds_from=_day_in(self.holds_from),
            days=self.days.data,
            day_kind=self._day_kind(),
            half_day_pence=_pence(full if half is None else half),
            full_day_pence=_pence(full),
            is_full_cost=self.price.data == FULL_COST,
        )

    def _day_kind(self) -> DayKind | None:
        """Asked only where there are days of its own."""
        if self.days.data is None or self.day_kind.data not in set(DayKind):
            return None
        return DayKind(self.day_kind.data)


def _pence(amount: Decimal | None) -> int:
    return round((amount or Decimal(0)) * 100)
