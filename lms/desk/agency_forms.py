"""What an agency lead types: who is to be booked, how many places to hold, who takes one over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional

from lms.accounts.models import Person
from lms.agencies.models import Agency
from lms.booking.commands import Hindrance, Member, NewColleague
from lms.booking.queries.transfers import OtherDate
from lms.booking.rules import GroupChoice
from lms.catalogue.rules import EventMode
from lms.errors import Refused
from lms.web.addresses import row_id, row_id_in
from lms.web.forms import Form, Within, choices
from lms.web.words import session_span

SHORT = Length(max=200, message="Keep it within 200 characters")
MOST_AT_ONCE = 60
MODES = [(EventMode.IN_PERSON.value, "In the room"), (EventMode.ONLINE.value, "Online")]
IF_TOO_FEW = [
    (GroupChoice.ALL_OR_NOBODY.value, "Book nobody, and tell me"),
    (GroupChoice.AS_MANY_AS_FIT.value, "Book as many as there are places for"),
    (GroupChoice.OTHERS_WAIT.value, "Book those, and put the others on the waiting list"),
]


class AgencyForm(Form):
    """A form that asks for which agency, where the lead has several."""

    agency = SelectField("For which agency?", validate_choice=False)

    def offer_agencies(self, agencies: Iterable[Agency]) -> None:
        """Ask only where there is a choice."""
        offered = [(str(agency.id), agency.name) for agency in agencies]
        self.agency.choices = choices(offered)
        self.asks_agency = len(offered) > 1
        if not self.agency.data:
            self.agency.data = offered[0][0]

    def agency_id(self) -> int:
        """The agency chosen, whoever leads it. Raises Refused where none is named."""
        try:
            return row_id(self.agency.data or "")
        except ValueError:
            raise Refused("Choose an agency from the list", field="agency") from None


class GroupForm(AgencyForm):
    """Colleagues who are known, and others by name and address; what to do where not all fit."""

    agency = SelectField("Those who are not on the list work for", validate_choice=False)
    people = SelectMultipleField("Colleagues", validate_choice=False)
    others = TextAreaField(
        "Colleagues who are not on the list",
        description="One a line: name, comma, work e-mail. For example: Wren Abara, "
        "wren.abara@agency.example",
        validators=[Length(max=8000, message="Add no more than 60 people at once")],
    )
    mode = RadioField("How will they take part?", choices=choices(MODES))
    choice = RadioField(
        "If there are not places for all of them",
        choices=choices(IF_TOO_FEW),
        default=GroupChoice.ALL_OR_NOBODY.value,
    )

    def offer(self, agencies: Iterable[Agency], people: Iterable[Person], mode: EventMode) -> None:
        self.offer_agencies(agencies)
        self.people.choices = choices((str(person.id), person.name) for person in people)
        self.asks_mode = mode is EventMode.HYBRID
        if not self.asks_mode:
            self.mode.validators = [Optional()]

    @property
    def ticked(self) -> list[int]:
        """The people ticked; what cannot be anybody's number is left out."""
        return [found for number in self.people.data or [] if (found := row_id_in(number))]

    def members(self, agency_of: dict[int, int]) -> list[Member]:
        """Who is to be booked, each for an agency; `agency_of` has those of people who are known.

        Raises Refused for a line that cannot be read, and where there is nobody or too many.
        """
        members = [Member(person_id, agency_of[person_id]) for person_id in self.ticked]
        members += [Member(each, self.agency_id()) for each in self._written()]
        if not members:
            raise Refused("Choose at least one colleague", field="people")
        if len(members) > MOST_AT_ONCE:
            raise Refused(f"Book no more than {MOST_AT_ONCE} people at once", field="people")
        return members

    def leave_out(self, hindrances: Iterable[Hindrance]) -> None:
        """Take those who cannot be booked off the form: the next press books the others."""
        left_out = [each.whom for each in hindrances]
        ids = {str(whom) for whom in left_out if isinstance(whom, int)}
        self.people.data = [number for number in self.people.data or [] if number not in ids]
        addresses = {whom.address for whom in left_out if isinstance(whom, NewColleague)}
        kept = [each for each in self._written() if each.address not in addresses]
        self.others.data = "\n".join(f"{each.name}, {each.address}" for each in kept)

    def _written(self) -> list[NewColleague]:
        lines = [line.strip() for line in (self.others.data or "").splitlines()]
        return [_colleague(line) for line in lines if line]

    @property
    def kind(self) -> EventMode | None:
        """The mode chosen where it is asked."""
        return EventMode(self.mode.data) if self.asks_mode else None


def _colleague(line: str) -> NewColleague:
    name, _, address = line.replace(";", ",").replace("\t", ",").rpartition(",")
    if not name.strip() or "@" not in address:
        raise Refused(f"Write a name, a comma and an e-mail address, not: {line}", field="others")
    return NewColleague(name.strip(), address.strip())


class HoldForm(AgencyForm):
    """How many places to hold without a name."""

    places = IntegerField(
        "How many places?",
        validators=[
            InputRequired("Enter how many places to hold, such as 3"),
            Within(1, MOST_AT_ONCE, f"Enter a number from 1 to {MOST_AT_ONCE}"),
        ],
    )


class CancelForm(Form):
    """Giving up a colleague's place, with the reason if there is one to tell."""

    why = StringField(
        "Reason", description="They read it in the e-mail that tells them.", validators=[SHORT]
    )


class MoveForm(Form):
    """To which other date a colleague's place is moved."""

    to = RadioField("Which date instead?", validators=[InputRequired("Choose a date")], choices=[])

    def offer(self, dates: Iterable[OtherDate]) -> None:
        self.to.choices = choices(
            (str(each.event.id), session_span(each.event.sessions)) for each in dates
        )


class ColleagueForm(Form):
    """One colleague: chosen from those who are known, or written down."""

    person = SelectField("Colleague", validate_choice=False)
    name = StringField("Or somebody who is not on the list: name", validators=[SHORT])
    email = StringField("Their work e-mail", validators=[SHORT])

    def offer(self, people: Iterable[Person]) -> None:
        named = ((str(person.id), person.name) for person in people)
        self.person.choices = choices([("", "Choose a colleague"), *named])

    def whom(self) -> int | NewColleague:
        """Who is chosen. Raises Refused where it is nobody."""
        if (self.name.data or "").strip():
            if not (self.email.data or "").strip():
                raise Refused("Enter their work e-mail", field="email")
            return NewColleague(self.name.data or "", self.email.data or "")
        chosen = self.person.data or ""
        offered: set[Any] = {value for value, *_ in self.person.iter_choices()}
        if not chosen or not chosen.isdecimal() or chosen not in offered:
            raise Refused("Choose a colleague", field="person")
        return int(chosen)
