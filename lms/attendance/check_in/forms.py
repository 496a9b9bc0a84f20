"""What is typed to check in: the code, who somebody is, where they work and how they take part."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from lms.accounts.forms import AgencyFields
from lms.attendance.check_in.commands import Claim
from lms.attendance.check_in.queries import Workplace
from lms.booking.rules import Side
from lms.web.forms import Form, choices

LONGEST_NAME = 120
LONGEST_KEY = 64
SIDES = ((Side.ROOM.value, "In the room"), (Side.ONLINE.value, "Online"))


class CodeForm(Form):
    """The code of a session, typed by hand."""

    code = StringField(
        "Code",
        description="As it is shown in the room, for example 1204-K7Q4M2X.",
        validators=[InputRequired("Enter the code that is shown in the room"), Length(max=60)],
    )


class WhoForm(Form):
    """Who somebody is, before they are asked where they work."""

    name = StringField(
        "Your name",
        validators=[
            InputRequired("Enter your name"),
            Length(max=LONGEST_NAME, message=f"Keep it within {LONGEST_NAME} characters"),
        ],
    )
    email = StringField(
        "Your work e-mail",
        description="If you booked, the address that you booked with.",
        validators=[Length(max=254)],
    )
    once = HiddenField()


class SideFields(Form):
    """In the room or online, asked at a hybrid event alone."""

    side = RadioField(
        "How are you taking part?",
        choices=choices(SIDES),
        validators=[InputRequired("Choose whether you are in the room or online")],
    )

    def of(self, *, is_hybrid: bool) -> None:
        """Ask, or take it that everybody takes part in the one way that there is."""
        if not is_hybrid:
            self.side.data = Side.ROOM.value

    @property
    def chosen_side(self) -> Side:
        return Side(self.side.data)


class WhereForm(AgencyFields, SideFields):
    """Where somebody works and how they take part; who they are comes along."""

    name = HiddenField(validators=[Length(max=LONGEST_NAME)])
    email = HiddenField(validators=[Length(max=254)])
    once = HiddenField()

    def claim(self) -> Claim:
        return Claim(
            name=self.name.data or "",
            email=self.email.data or "",
            agency_id=self.agency_id,
            agency_typed=self.agency_typed,
            once=(self.once.data or "")[:LONGEST_KEY],
        )


class OwnForm(SideFields):
    """Somebody who has signed in: as of which agency, where there are several, and how."""

    workplace = RadioField("As of which agency?", validate_choice=False, choices=[])

    def offer(self, workplaces: Sequence[Workplace]) -> None:
        """Ask where somebody works, where they work in several places."""
        self.workplaces = workplaces
        self.workplace.choices = choices([(str(at), w.name) for at, w in enumerate(workplaces)])
        self.asks_where = len(workplaces) > 1

    def validate(self, extra_validators: object = None) -> bool:
        is_sound = super().validate(extra_validators)
        if self.asks_where and self._chosen is None:
            self.workplace.errors = ["Choose the agency that you come for"]
            return False
        return bool(is_sound)

    @property
    def _chosen(self) -> Workplace | None:
        at = str(self.workplace.data or "")
        known = {str(nth): where for nth, where in enumerate(self.workplaces)}
        return known.get(at)

    @property
    def chosen_workplace(self) -> Workplace:
        """The agency that was chosen, else the only one, else none."""
        first = self.workplaces[0] if self.workplaces else Workplace(None, "")
        return self._chosen or first
