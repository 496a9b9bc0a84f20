"""What is typed to book, for oneself or for somebody who rings up."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.booking.queries.outlook import Outlook, SideOutlook, Standpoint
from lms.booking.rules.prerequisites import Declared, declaration_fault
from lms.catalogue.forms.rows import RowForm, WrittenDayField, show_faults
from lms.catalogue.rules import ApprovedBy, CancelReason, EventMode, Fault
from lms.catalogue.rules.details import MOST_PLACES
from lms.clock import london_date
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
MOST_DECLARED = 10
MODES = [(EventMode.IN_PERSON.value, "In the room"), (EventMode.ONLINE.value, "Online")]


class DeclarationRow(RowForm):
    """One thing learnt elsewhere, in the place of a course."""

    provider = StringField(
        "Who gave it",
        description="For example: Dudley Safeguarding People Partnership.",
        validators=[
            InputRequired("Enter who gave the training"),
            Length(max=200, message="Keep it within 200 characters"),
        ],
    )
    completed_on = WrittenDayField(
        "When you finished it",
        description="For example, 8 February 2026.",
        validators=[InputRequired("Enter the day, such as 8 February 2026")],
    )


class BookingForm(Form):
    """The answers to be checked before a place is asked for."""

    whom = "me"
    standpoint = RadioField("For whom do you book?", validate_choice=False, choices=[])
    mode = RadioField("How will you take part?", choices=choices(MODES))
    line_manager_email = StringField(
        "Your line manager’s e-mail",
        description="Their own work address: they answer from it, and need no account.",
        validators=[Length(max=254, message="Keep it within 254 characters")],
    )
    declared = FieldList(FormField(DeclarationRow), max_entries=MOST_DECLARED)
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

    def prepare(self, outlook: Outlook, *, declares: bool = False) -> None:
        """Ask only what there is to choose; what was learnt elsewhere if one `declares` it."""
        self._ask_about_learning(outlook, declares=declares)
        self.line_manager_known = outlook.person.line_manager_email
        if outlook.approved_by is not ApprovedBy.LINE_MANAGER:
            del self.line_manager_email
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

    def _ask_about_learning(self, outlook: Outlook, *, declares: bool) -> None:
        self.unmet = outlook.unmet if declares else ()
        if not self.unmet:
            del self.declared
            return
        while len(self.declared) < len(self.unmet):
            self.declared.append_entry()
        while len(self.declared) > len(self.unmet):
            self.declared.pop_entry()

    def validate_days(self, outlook: Outlook, today: date) -> bool:
        """Whether what is declared lies where it counts; the faults stand by the fields (B9)."""
        starts_at = outlook.event.starts_at
        event_on = london_date(starts_at) if starts_at else today
        faults = [
            (place, declaration_fault(each, said.completed_on, event_on, today))
            for place, (each, said) in enumerate(zip(self.unmet, self._declared(), strict=True))
        ]
        fields = [Fault(f"declared-{n}-completed_on", fault) for n, fault in faults if fault]
        return not show_faults(self, fields)

    def _declared(self) -> tuple[Declared, ...]:
        if not self.unmet:
            return ()
        rows = [entry.form for entry in self.declared]
        return tuple(
            Declared(each.course_id, row.provider.data or "", row.completed_on.data or date.max)
            for each, row in zip(self.unmet, rows, strict=True)
        )

    def asks_for(self) -> dict[str, Any]:
        """The answers, as `request_place` takes them."""
        point: Standpoint = self.standpoints[self.standpoint.data]
        asks_manager = "line_manager_email" in self
        manager = text_of(self, "line_manager_email") if asks_manager else self.line_manager_known
        return {
            "line_manager_email": manager,
            "declared": self._declared(),
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
    line_manager_email = StringField(
        "Their line manager’s e-mail",
        description="It has to be of their agency, or known to its lead or to you.",
        validators=[Length(max=254, message="Keep it within 254 characters")],
    )
    override_reason = TextAreaField(
        "Reason to give a place all the same",
        description="It is kept with the booking, and shown to those who run the event.",
        validators=[REASON],
    )

    def prepare(self, outlook: Outlook, *, declares: bool = False) -> None:
        """What a person keeps of their needs is theirs to say."""
        super().prepare(outlook, declares=declares)
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


class ApprovalForm(Form):
    """An answer to "may they come?"; who declines says why."""

    why = TextAreaField("If you decline: the reason", validators=[REASON])


class ApproverForm(Form):
    """A line manager's address that an agency, or its coordinator, vouches for."""

    agency = SelectField("Agency", coerce=int)
    address = StringField(
        "Their work e-mail",
        description="For example, one at nhs.net, which does not say where somebody works.",
        validators=[InputRequired("Enter the e-mail address"), Length(max=254)],
    )


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
