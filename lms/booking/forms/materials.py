"""What is typed about a file for those booked."""

from __future__ import annotations

from wtforms import FileField, RadioField, StringField
from wtforms.validators import InputRequired

from lms.catalogue.models import Material
from lms.files import ALLOWED_WORDS, LARGEST_FILE, size_words
from lms.web.forms import Form, choices

NOW, AFTER = "now", "after"
WHEN = choices([(NOW, "As soon as they have a place"), (AFTER, "Once the event has ended")])


class MaterialForm(Form):
    """How a file is called and when it is shown."""

    title = StringField(
        "What it is", description="As it stands in the list, such as Slides of the day."
    )
    shown = RadioField(
        "When those booked see it",
        choices=WHEN,
        default=NOW,
        validators=[InputRequired("Choose when those booked see it")],
    )

    @property
    def is_after(self) -> bool:
        return bool(self.shown.data == AFTER)


class NewMaterialForm(MaterialForm):
    """A file to add."""

    file = FileField("File", description=f"{ALLOWED_WORDS}. Up to {size_words(LARGEST_FILE)}.")


def material_data(material: Material) -> dict[str, str]:
    """What the form begins with."""
    return {"title": material.title, "shown": AFTER if material.is_after else NOW}
