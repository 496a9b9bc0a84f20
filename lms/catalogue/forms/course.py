"""The form of a course."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import (
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.agencies.models import Partnership
from lms.catalogue.forms.rows import (
    OutcomeRow,
    RowForm,
    named,
    outcome_rows,
    outcomes_in,
    show_faults,
    text_in,
)
from lms.catalogue.models import Course, Priority, Theme
from lms.catalogue.queries import Choice, outcome_details
from lms.catalogue.rules import CourseDetails, PrerequisiteDetails, Remit, course_faults
from lms.catalogue.rules.details import MOST_MINUTES
from lms.web.forms import Form, Within, choices

LEVELS = choices([("", "No level"), ("1", "Level 1"), ("2", "Level 2"), ("3", "Level 3")])
MINUTES = 60
BLANK_ROWS = 3
MOST_ROWS = 30
MOST_MONTHS = 120


class PrerequisiteRow(RowForm):
    """A course that comes first; an empty choice is no row."""

    course = SelectField("Course that comes first", validate_choice=False, choices=[])
    within_months = IntegerField(
        "Within how many months before",
        [Optional(), Within(1, MOST_MONTHS, f"Enter months from 1 to {MOST_MONTHS}, or nothing")],
    )


class CourseForm(Form):
    """All that a course says, with its outcomes in order."""

    partnership = SelectField("Partnership", coerce=int)
    title = StringField("Title", [InputRequired("Enter the course’s title"), Length(max=200)])
    code = StringField("Code", [Length(max=30)], description="Yours, if you use one.")
    level = SelectField("Level", choices=LEVELS)
    remit = SelectField("Who it is about", choices=choices((r.value, r.label) for r in Remit))
    hours = DecimalField(
        "Hours",
        [Optional(), Within(0, MOST_MINUTES // MINUTES, "Enter hours, such as 6 or 3.5")],
        places=None,
        description="Taught time, such as 6 or 3.5.",
    )
    aims = TextAreaField(
        "What it is about",
        [Length(max=4000)],
        description="One or two sentences that stand at the head of its page.",
    )
    audience = TextAreaField(
        "Who it is for",
        [Length(max=4000)],
        description="Roles that people will know themselves by.",
    )
    outcomes = FieldList(FormField(OutcomeRow), max_entries=MOST_ROWS)
    add_outcome = SubmitField("Add another")
    prerequisites = FieldList(FormField(PrerequisiteRow), max_entries=MOST_ROWS)
    add_prerequisite = SubmitField("Add another course")
    priorities = SelectMultipleField("Priorities", coerce=int)
    themes = SelectMultipleField("Themes", coerce=int)

    def offer(
        self,
        partnerships: Sequence[Partnership],
        priorities: Sequence[Priority],
        themes: Sequence[Theme],
        courses: Sequence[Choice],
    ) -> None:
        """What there is to choose from; blank rows for outcomes where there are none yet."""
        self.partnership.choices = named(partnerships)
        self.priorities.choices = named(priorities)
        self.themes.choices = named(themes)
        self._offer_courses(courses)
        wanted = 1 if self.add_outcome.data else 0 if self.outcomes.entries else BLANK_ROWS
        for _ in range(min(wanted, MOST_ROWS - len(self.outcomes.entries))):
            self.outcomes.append_entry({"place": len(self.outcomes.entries) + 1})

    def _offer_courses(self, courses: Sequence[Choice]) -> None:
        if self.add_prerequisite.data or not self.prerequisites.entries:
            self.prerequisites.append_entry({})
        offered = choices([("", "None"), *((str(each.id), each.name) for each in courses)])
        known = {str(each.id) for each in courses}
        for entry in self.prerequisites:
            entry.form.course.choices = offered
            if entry.form.course.data not in known:
                entry.form.course.data = ""

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        return is_sound and not show_faults(self, course_faults(self.details()))

    def details(self) -> CourseDetails:
        """What was typed."""
        return CourseDetails(
            partnership_id=self.partnership.data,
            title=text_in(self.title),
            code=text_in(self.code),
            level=int(self.level.data) if self.level.data else None,
            remit=Remit(self.remit.data),
            aims=text_in(self.aims),
            audience=text_in(self.audience),
            minutes=_minutes(self.hours.data),
            outcomes=outcomes_in(self.outcomes),
            prerequisites=tuple(
                PrerequisiteDetails(int(row.form.course.data), row.form.within_months.data)
                for row in self.prerequisites
                if row.form.course.data
            ),
            priority_ids=tuple(self.priorities.data or ()),
            theme_ids=tuple(self.themes.data or ()),
        )


def _minutes(hours: Decimal | None) -> int | None:
    return round(hours * MINUTES) if hours is not None else None


def course_data(course: Course) -> dict[str, Any]:
    """A course as its form begins."""
    return {
        "partnership": course.partnership_id,
        "title": course.title,
        "code": course.code,
        "level": str(course.level or ""),
        "remit": course.remit.value,
        "hours": _hours(course.minutes),
        "aims": course.aims,
        "audience": course.audience,
        "outcomes": outcome_rows(outcome_details(course.outcomes)),
        "prerequisites": [
            {"course": str(row.required_course_id), "within_months": row.within_months}
            for row in course.prerequisites
        ],
        "priorities": [priority.id for priority in course.priorities],
        "themes": [theme.id for theme in course.themes],
    }


def _hours(minutes: int | None) -> Decimal | None:
    return (Decimal(minutes) / MINUTES).quantize(Decimal("0.01")).normalize() if minutes else None
