"""What people said, what was done about it, and when."""

from __future__ import annotations

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import InputRequired

from lms.catalogue.commands.improvements import ImprovementDetails
from lms.catalogue.models import Improvement
from lms.web.forms import DayField, Form


class ImprovementForm(Form):
    """One line of "you said, we did"."""

    you_said = TextAreaField(
        "You said",
        description=(
            "In your own words, with a figure if you have one: “12 of 40 of you wanted more time "
            "for questions”. Quote only what was released."
        ),
        validators=[InputRequired("Enter what people said")],
    )
    we_did = TextAreaField(
        "We did",
        description="What is different now: “The afternoon has half an hour more for questions”.",
        validators=[InputRequired("Enter what you did about it")],
    )
    changed_on = DayField("When it changed", validators=[InputRequired("Enter when it changed")])

    def details(self) -> ImprovementDetails:
        assert self.changed_on.data is not None  # noqa: S101 - a day is required
        return ImprovementDetails(
            self.you_said.data or "", self.we_did.data or "", self.changed_on.data
        )


def improvement_data(improvement: Improvement) -> dict[str, Any]:
    """One of them as the form begins."""
    return {
        "you_said": improvement.you_said,
        "we_did": improvement.we_did,
        "changed_on": improvement.changed_on,
    }
