"""What is typed at the desk about people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from lms.access import Role
from lms.accounts.commands import PersonDetails
from lms.agencies.models import Agency, Partnership
from lms.booking.messages.announcing import Written
from lms.booking.rules.announcing import Addressee, Audience
from lms.desk.announcing import Chosen, Composing, chosen
from lms.desk.wording import WordingPage
from lms.errors import Refused
from lms.messaging.templates import OwnWords
from lms.messaging.wording import checked
from lms.web.forms import DayField, Form, choices
from lms.web.words import figure
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


class AddressForm(Form):
    """Another address for somebody, in the place of one that mail comes back from."""

    email = StringField(
        "Their own work e-mail",
        description="Read it back to them, letter by letter.",
        validators=[InputRequired("Enter their work e-mail"), SHORT],
    )


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


class WordingForm(Form):
    """A partnership's own words for a kind of message."""

    subject = StringField("Subject")
    body = TextAreaField(
        "Text",
        description="Between the greeting and your name, which stand around every message.",
        validators=[InputRequired("Enter the text, or bring back our words")],
    )
    preview = SubmitField("Preview")

    def check(self, page: WordingPage, words: OwnWords) -> None:
        """Raises Refused where the words may not be said."""
        checked(page.kind, words, page.example.values)


class AnnouncementForm(Form):
    """A message to all or some of an event."""

    audience = RadioField(
        "Who should have it?", validators=[InputRequired("Choose who should have it")]
    )
    agency = SelectField("Only those of one agency", validate_choice=False)
    picked = SelectMultipleField("Picked by name", validate_choice=False)
    subject = StringField("Subject", validators=[InputRequired("Enter a subject")])
    text = TextAreaField(
        "What you want to say", validators=[InputRequired("Enter what you want to say")]
    )
    answers_to = RadioField("Answers go to")
    is_for_later = BooleanField("Keep it on the page of everyone who has a place, now or later")
    form_key = HiddenField()

    def offer(self, page: Composing, own_address: str) -> None:
        """What there is to choose from at this event."""
        everyone = page.everyone
        counts = {each: n for each, n in page.audiences if each is not Audience.PICKED}
        offered = [
            (each.value, f"{sentence_case(each.words)} ({figure(n)})") for each, n in counts.items()
        ]
        self.audience.choices = choices([*offered, (Audience.PICKED.value, "Those I tick by name")])
        self.agency.choices = choices(
            [("", "All agencies"), *((str(id_), name) for id_, name in page.agencies)]
        )
        self.picked.choices = choices((str(who.booking_id), _called(who)) for who in everyone)
        contact = page.event.partnership.contact_email
        known = {contact: f"The partnership: {contact}", own_address: f"Me: {own_address}"}
        self.answers_to.choices = choices(known.items())
        self.text.description = (
            "Plain text. The greeting and your name are added by themselves. "
            f"Filled in for each reader: {page.placeholders}. {{reference}} is that of "
            f"their booking{', {give_up} a link to give up their place' if page.to_come else ''}."
        )

    def chosen(self, page: Composing) -> Chosen:
        """Whom it goes to. Raises Refused where that is nobody who can be reached."""
        picked = {int(value) for value in self.picked.data or () if value.isdecimal()}
        agency = self.agency.data or ""
        agency_id = int(agency) if agency in {str(id_) for id_, _ in page.agencies} else None
        audience = Audience(self.audience.data)
        found = chosen(page, audience, agency_id, picked)
        if audience is Audience.PICKED and not picked:
            raise Refused("Tick at least one name", field="picked")
        if not found.reached:
            raise Refused("Nobody among them can be written to", field="audience")
        return found

    def written(self) -> Written:
        """What is said, and who reads the answers."""
        return Written(self.subject.data or "", self.text.data or "", self.answers_to.data)


def _called(who: Addressee) -> str:
    parts = [who.name, who.agency, who.state.label, "" if who.address else "no e-mail address"]
    return ", ".join(filter(None, parts))


KEEP, CANCEL = "keep", "cancel"


class LeftForm(Form):
    """What becomes of what they hold for the agency."""

    bookings = RadioField(
        "What becomes of these?",
        choices=choices(
            [(KEEP, "They keep them"), (CANCEL, "Cancel them, so that others have the places")]
        ),
        validators=[InputRequired("Choose what becomes of their bookings")],
    )
