"""What is typed when a year is published anew."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import Length

from lms.web.forms import Form


class FreezeForm(Form):
    """Why; asked only of another edition."""

    reason = StringField(
        "Why is it published anew?",
        description="It stands in the report. Such as: two registers were closed late.",
        validators=[Length(max=300, message="Keep it within 300 characters")],
    )
