"""The form of a partnership's priorities and themes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, FieldList, FormField, HiddenField, IntegerField, StringField
from wtforms.validators import Length, Optional

from lms.catalogue.commands import PriorityDetails, ThemeDetails
from lms.catalogue.forms.rows import RowForm, in_order, number_in, show_faults, text_in
from lms.catalogue.models import Priority, Theme
from lms.catalogue.rules import Fault
from lms.errors import Refused
from lms.web.forms import Form

BLANK_ROWS = 2
MOST_ROWS = 60


class NamedRow(RowForm):
    """Something with a name, which reports go on naming: it can be changed, never emptied."""

    row_id = HiddenField()
    name = StringField("Name", [Length(max=120)])

    def keeps_its_name(self) -> bool:
        """Whether it still has the name that reports go by; else says so beside it."""
        if text_in(self.row_id) and not text_in(self.name):
            self.name.errors = ["Enter its name: what stands in reports cannot be deleted"]
            return False
        return True


class PriorityRow(NamedRow):
    place = IntegerField("Order", [Optional()])
    is_ended = BooleanField("Ended")


class PrioritiesForm(Form):
    """Priorities in order, themes by name; two blank rows of each to add with."""

    priorities = FieldList(FormField(PriorityRow), max_entries=MOST_ROWS)
    themes = FieldList(FormField(NamedRow), max_entries=MOST_ROWS)

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        for entry in (*self.priorities, *self.themes):
            is_sound = entry.form.keeps_its_name() and is_sound
        return is_sound

    def show_refusal(self, refusal: Refused) -> None:
        """Show a refusal by the rows that it concerns."""
        show_faults(self, [Fault(refusal.field or "", refusal.sentence)])

    def priority_details(self) -> list[PriorityDetails]:
        """The priorities that are typed, by the order given."""
        rows = in_order(entry.form for entry in self.priorities if text_in(entry.form.name))
        return [
            PriorityDetails(text_in(row.name), number_in(row.row_id.data), row.is_ended.data)
            for row in rows
        ]

    def theme_details(self) -> list[ThemeDetails]:
        """The themes that are typed."""
        rows = [entry.form for entry in self.themes if text_in(entry.form.name)]
        return [ThemeDetails(text_in(row.name), number_in(row.row_id.data)) for row in rows]


def priorities_data(priorities: Iterable[Priority], themes: Iterable[Theme]) -> dict[str, Any]:
    """A partnership's priorities and themes as the form begins."""
    known = [
        {"row_id": p.id, "place": number, "name": p.name, "is_ended": p.ended_on is not None}
        for number, p in enumerate(priorities, start=1)
    ]
    blank = [{"place": len(known) + number} for number in range(1, BLANK_ROWS + 1)]
    return {
        "priorities": known + blank,
        "themes": [{"row_id": t.id, "name": t.name} for t in themes] + [{}] * BLANK_ROWS,
    }
