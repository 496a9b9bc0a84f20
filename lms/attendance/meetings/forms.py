"""What is sent with a meeting's file: the file, and whose names are confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import FileField, RadioField
from wtforms.validators import Optional

from lms.attendance.meetings.queries import Row
from lms.web.forms import Form, choices

LATER = "later"
CHOOSE_A_FILE = "Choose the attendance file that you downloaded from Teams or Zoom"


class MeetingFileForm(Form):
    """The file itself, which is read once and not kept."""

    file = FileField(
        "Attendance file",
        description="The CSV file as Teams or Zoom gave it, up to 5 MB. What it says is shown "
        "before anything is written.",
    )


class ConfirmingForm(Form):
    """Whose name it is, for each name that is like one of the register."""

    @property
    def questions(self) -> list[RadioField]:
        return [field for field in self if isinstance(field, RadioField)]

    def confirmed(self) -> dict[int, int]:
        """The booking by row, as far as somebody has said so."""
        return {
            int(field.name.removeprefix("row-")): int(field.data)
            for field in self.questions
            if field.data and field.data != LATER
        }


def confirming_form(rows: Iterable[Row]) -> type[ConfirmingForm]:
    """A form that asks of each row whether it is one of the people proposed for it."""
    fields = {
        f"row-{row.id}": RadioField(
            row.name,
            description=", ".join(row.addresses),
            choices=choices(
                [
                    *(
                        (str(who.booking_id), _proposed(who.name, who.agency))
                        for who in row.match.proposals
                    ),
                    (LATER, "Nobody of these, or decide later"),
                ]
            ),
            default=LATER,
            validators=[Optional()],
        )
        for row in rows
    }
    return type("ConfirmingFormAsking", (ConfirmingForm,), fields)


def _proposed(name: str, agency: str) -> str:
    return f"It is {name}, {agency}" if agency else f"It is {name}"
