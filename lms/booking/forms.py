"""What is typed to book, for oneself or for somebody who rings up."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.booking.queries.outlook import Outlook, SideOutlook, Standpoint
from lms.catalogue.rules import CancelReason, EventMode
from lms.catalogue.rules.details import MOST_PLACES
from lms.web.forms import Form, Within, choices
from lms.web.words import counted
from lms.words import count, of_them, sentence_case

LONGEST_NEEDS = 2000
LONGEST_REASON = 500
NEEDS = Length(max=LONGEST_NEEDS, message=f"Keep it within {LONGEST_NEEDS} characters")
REASON = Length(max=LONGEST_REASON, message=f"Keep it within {LONGEST_REASON} characters")
PLACES = Within(0, MOST_PLACES, f"Enter a number from 0 to {MOST_PLACES:,}")
AN_AMOUNT = "Enter an amount in pounds, such as 45 or 45.50"
HOW_MANY = "Enter how many places there are"
MODES = [(EventMode.IN_PERSON.value, "In the room"), (EventMode.ONLINE.value, "Online")]


class BookingForm(Form):
    """The answers to be checked before a place is asked for."""

    whom = "me"
    standpoint = RadioField("For whom do you book?", validate_choice=False, choices=[])
    mode = RadioField("How will you take part?", choices=choices(MODES))
    access_needs = TextAreaField(
        "Access needs",
        description="For example: a hearing loop, step-free access, slides beforehand.",
        validators=[NEEDS],
    )
    dietary_needs = TextAreaField(
        "Dietary needs", description="For example: halal, vegan, a nut allergy.", validators=[NEEDS]
    )
    remember = BooleanField("Remember this for next time")
    confirm_at_once = BooleanField("Confirm me at once")

    def prepare(self, outlook: Outlook) -> None:
        """Ask only what there is to choose."""
        self.standpoints = {point.key: point for point in outlook.standpoints}
        self.standpoint.choices = choices((p.key, p.words) for p in outlook.standpoints)
        self.asks_standpoint = len(self.standpoints) > 1
        if not self.asks_standpoint or self.standpoint.data not in self.standpoints:
            self.standpoint.data = outlook.standpoints[0].key
        self.asks_mode = outlook.event.mode is EventMode.HYBRID
        self.mode.validators = [
            InputRequired("Choose the room or online") if self.asks_mode else Optional()
        ]
        self.mode_hints = {side.mode.value: side_in_words(side) for side in outlook.sides}
        days = outlook.tick_working_days
        self.confirm_at_once.label.text = (
            f"Confirm {self.whom} at once if a place comes up at least {days} working days before"
        )
        if not outlook.is_tick_offered:
            del self.confirm_at_once
        if outlook.event.mode is EventMode.ONLINE:
            del self.dietary_needs

    def asks_for(self) -> dict[str, Any]:
        """The answers, as `request_place` takes them."""
        point: Standpoint = self.standpoints[self.standpoint.data]
        return {
            "agency_id": point.agency.id if point.agency else None,
            "agency_typed": point.agency_typed,
            "area_id": point.area_id,
            "mode": EventMode(self.mode.data) if self.asks_mode else None,
            "access_needs": text_of(self, "access_needs"),
            "dietary_needs": text_of(self, "dietary_needs"),
            "confirm_at_once": "confirm_at_once" in self and bool(self.confirm_at_once.data),
        }


class StaffBookingForm(BookingForm):
    """The same for one who rings up; the coordinator may lift what stands in the way (B14)."""

    whom = "them"
    standpoint = RadioField("For which agency?", validate_choice=False, choices=[])
    override_reason = TextAreaField(
        "Reason to give a place all the same",
        description="It is kept with the booking, and shown to those who run the event.",
        validators=[REASON],
    )

    def prepare(self, outlook: Outlook) -> None:
        """What a person keeps of their needs is theirs to say."""
        super().prepare(outlook)
        self.mode_hints = {value: of_them(hint) for value, hint in self.mode_hints.items()}
        del self.remember


def side_in_words(side: SideOutlook) -> str:
    """'2 places left', 'You would wait: all 6 places are taken. Three people wait already.'"""
    if side.wait is None:
        return f"{counted(side.left, 'place')} left"
    already = f"{sentence_case(count(side.waiting, 'person waits', 'people wait'))} already."
    return f"You would wait: {side.wait.sentence}. {already if side.waiting else ''}".strip()


def text_of(form: Form, name: str) -> str:
    """What was typed into a field that may not have been asked."""
    return str(form[name].data or "").strip() if name in form else ""


class TickForm(Form):
    """The tick of one who waits."""

    confirm_at_once = BooleanField("Confirm me at once")


class CancelForm(Form):
    """Giving up somebody else's place, with the reason if there is one to tell."""

    why = StringField(
        "Reason",
        description="They read it in the e-mail that tells them.",
        validators=[REASON],
    )


class CallOffForm(Form):
    """Cancelling or postponing an event."""

    reason = RadioField(
        "Why?",
        choices=choices((reason.value, reason.question_label) for reason in CancelReason),
        validators=[InputRequired("Choose why")],
    )
    note = StringField(
        "What to add",
        description="It stands in the e-mail to everyone, after the reason.",
        validators=[REASON],
    )


class ReasonForm(Form):
    """One reason, which is kept."""

    reason = TextAreaField("Reason", validators=[InputRequired("Say why"), REASON])


class AmountForm(Form):
    """What a charge amounts to, and why it is another than the terms say."""

    amount = DecimalField(
        "Amount in pounds",
        [InputRequired(AN_AMOUNT), Within(0, 100_000, AN_AMOUNT)],
    )
    note = StringField("Why", validators=[REASON])

    def pence(self) -> int:
        return round((self.amount.data or 0) * 100)


class PriorityForm(Form):
    """Where in the line somebody stands."""

    priority = RadioField(
        "When a place comes free",
        choices=choices([("1", "They go before the others"), ("0", "In the order of joining")]),
        validators=[InputRequired("Choose the order")],
    )
    reason = TextAreaField("Reason", validators=[REASON])


class NewPersonForm(Form):
    """Somebody who is not here yet."""

    name = StringField("Name", validators=[InputRequired("Enter their name"), Length(max=120)])
    email = StringField(
        "Work e-mail",
        description="Their own address: what they need to know goes there.",
        validators=[InputRequired("Enter their work e-mail"), Length(max=254)],
    )
    agency = StringField(
        "Agency",
        description="One that we know is found by its name; another is matched later.",
        validators=[InputRequired("Enter their agency, such as Street Teams"), Length(max=200)],
    )
    job_role = StringField(
        "Job role",
        validators=[
            InputRequired("Enter their job role, such as health visitor"),
            Length(max=120),
        ],
    )


class CapacityForm(Form):
    """How many places there are."""

    capacity = IntegerField("Places", validators=[InputRequired(HOW_MANY), PLACES])
    online_capacity = IntegerField("Places online", validators=[InputRequired(HOW_MANY), PLACES])
