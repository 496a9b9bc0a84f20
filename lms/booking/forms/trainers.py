"""Which courses a trainer can give."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectMultipleField

from lms.catalogue.queries import CourseLine
from lms.web.forms import Form, choices


class TrainerForm(Form):
    """The courses of the partnerships that the viewer runs."""

    courses = SelectMultipleField("Courses they can give", coerce=int)

    def offer(self, courses: Sequence[CourseLine]) -> None:
        """What there is to choose from."""
        self.courses.choices = choices((str(course.id), course.title) for course in courses)
