"""What is typed on and beside a register."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from wtforms import Field, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.attendance.commands import WalkIn
from lms.attendance.commands.closing import Answers
from lms.attendance.queries import Line
from lms.attendance.rules import MarkKind, SessionFact
from lms.booking.rules import Outcome
from lms.errors import Refused
from lms.web.forms import Form, choices

LONGEST_NAME = 200
LONGEST_REASON = 500


class MinutesForm(Form):
    """By how much somebody came late or left early."""

    late = IntegerField("Minutes late")
    early = IntegerField("Minutes early")

    def minutes(self, name: str) -> int:
        """What stands in a box: nothing is nought. Raises Refused for what is no number."""
        field = self[name]
        if not field.raw_data or not str(field.raw_data[0]).strip():
            return 0
        if field.data is None:
            raise Refused("Enter the minutes as a number, such as 20", field=name)
        return int(field.data)


class WalkInForm(Form):
    """Someone who came without a place."""

    name = StringField(
        "Name", validators=[InputRequired("Enter their name"), Length(max=LONGEST_NAME)]
    )
    agency = StringField(
        "Agency",
        description="As they say it. Agencies we know are offered as you type.",
        validators=[InputRequired("Enter their agency"), Length(max=LONGEST_NAME)],
    )
    email = StringField(
        "E-mail",
        description="With one, they are asked what they made of it, and what came of it.",
        validators=[Length(max=LONGEST_NAME)],
    )
    once = HiddenField()

    def walk_in(self) -> WalkIn:
        return WalkIn(
            name=(self.name.data or "").strip(),
            email=(self.email.data or "").strip(),
            agency=(self.agency.data or "").strip(),
            once=(self.once.data or "")[:64],
        )


class ExcuseForm(Form):
    """Why somebody is excused."""

    reason = TextAreaField(
        "Why are they excused?",
        description="Such as: called to court.",
        validators=[InputRequired("Enter why they are excused"), Length(max=LONGEST_REASON)],
    )


class CorrectionForm(Form):
    """What a closed register should have said."""

    outcome = RadioField(
        "What is right?",
        choices=choices([(outcome.value, outcome.label) for outcome in Outcome]),
        validators=[InputRequired("Choose what is right")],
    )
    reason = TextAreaField(
        "Why is the register corrected?",
        description="The reason is kept with the change.",
        validators=[
            InputRequired("Enter why the register is corrected"),
            Length(max=LONGEST_REASON),
        ],
    )


class ClosingForm(Form):
    """Closing: one question for each name and session without a mark."""

    @property
    def questions(self) -> list[Field]:
        """The questions, in the order of the names."""
        return [field for field in self if isinstance(field, RadioField)]

    @property
    def asked(self) -> str:
        """The names of the questions, as the button that answers all of them sends them."""
        return " ".join(field.name for field in self.questions)

    def were_all_there(self) -> bool:
        """Whether that button was pressed."""
        return "all" in request.form

    def answers(self) -> Answers:
        """What was said of each booking and session: of nobody whom the page did not ask about."""
        if self.were_all_there():
            asked = set(request.form["all"].split())
            return {
                (int(booking_id), int(session_id)): MarkKind.PRESENT
                for name in (field.name for field in self.questions if field.name in asked)
                for _, booking_id, session_id in [name.split("-")]
            }
        found = {}
        for field in self.questions:
            _, booking_id, session_id = field.name.split("-")
            found[int(booking_id), int(session_id)] = MarkKind(field.data)
        return found


def closing_form(lines: Iterable[Line], sessions: dict[SessionFact, str]) -> type[ClosingForm]:
    """A form that asks about each of `lines` at each session of theirs without a mark.

    `sessions` maps each session to how it is called; the name is empty where there is only one.
    """
    asked = [
        (line, session, called)
        for line in lines
        for session, called in sessions.items()
        if session.id not in line.marks
    ]
    fields = {
        f"mark-{line.booking_id}-{session.id}": RadioField(
            f"{line.name}, {called}" if called else line.name,
            description=line.agency,
            choices=choices([("present", "Present"), ("absent", "Absent")]),
            validators=[InputRequired(f"Choose whether {line.name} was there")],
        )
        for line, session, called in asked
    }
    return type("ClosingFormAsking", (ClosingForm,), fields)
