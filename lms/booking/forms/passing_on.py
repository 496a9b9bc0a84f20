"""What is typed to move a place to another date, or to hand it to a colleague."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from lms.accounts.rules import normal_address
from lms.booking.forms import REASON
from lms.booking.queries.transfers import OtherDate
from lms.errors import Refused
from lms.web.forms import Form, choices
from lms.web.words import session_span


class TransferForm(Form):
    """To which date a place is moved."""

    to = RadioField("Which date instead?", validators=[InputRequired("Choose a date")], choices=[])
    confirm_at_once = BooleanField("Move me at once")
    override_reason = TextAreaField(
        "Reason to move them all the same",
        description="Only where something stands in the way. It is kept with the booking.",
        validators=[REASON],
    )

    def prepare(self, dates: Sequence[OtherDate], *, is_own: bool, lifts: bool) -> None:
        """Offer the dates; whoever may lift what shuts one may choose that too (B14)."""
        self.open_dates = [
            each
            for each in dates
            if each.refusal is None or (lifts and each.refusal.is_overridable)
        ]
        self.shut_dates = [each for each in dates if each not in self.open_dates]
        self.to.choices = choices(
            (str(each.event.id), session_span(each.event.sessions)) for each in self.open_dates
        )
        ticked = [each.tick_working_days for each in self.open_dates if each.is_tick_offered]
        if not ticked or not is_own:
            del self.confirm_at_once
        else:
            self.confirm_at_once.label.text = (
                "Where I have to wait, move me at once if a place comes up at least "
                f"{max(ticked)} working days before"
            )
        if not lifts:
            del self.override_reason

    @property
    def wants_it_at_once(self) -> bool:
        return "confirm_at_once" in self and bool(self.confirm_at_once.data)

    @property
    def reason(self) -> str | None:
        """What a coordinator says to lift what stands in the way, if anything."""
        said = self.override_reason.data if "override_reason" in self else ""
        return (said or "").strip() or None


class HandOverForm(Form):
    """To whom a place is handed; the name is asked of one who is new here."""

    email = StringField(
        "Your colleague’s work e-mail",
        validators=[InputRequired("Enter your colleague’s work e-mail"), Length(max=254)],
    )
    name = StringField("Your colleague’s name", validators=[Length(max=120)])
    known_name = ""

    def validate_email(self, field: StringField) -> None:
        try:
            field.data = normal_address(field.data or "")
        except Refused as refusal:
            raise ValidationError(refusal.sentence) from None

    def knows(self, name: str) -> None:
        """Whose address it is, where they are known."""
        self.known_name = name

    def lacks_name(self) -> bool:
        """Whether the colleague is new and was sent without a name."""
        if self.known_name or (self.name.data or "").strip():
            return False
        self.name.errors = ["Enter your colleague’s name"]
        return True

    @property
    def colleague(self) -> str:
        return self.known_name or (self.name.data or "").strip()
