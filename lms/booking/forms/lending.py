"""Which partnership lends each trainer of an event."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import FieldList, FormField, IntegerField, SelectField
from wtforms import Form as Part
from wtforms.widgets import HiddenInput

from lms.agencies.models import Partnership
from lms.catalogue.models import Event
from lms.catalogue.queries import Choice
from lms.web.forms import Form, choices

NOBODY = ""


class TrainerRow(Part):
    """One trainer of the event."""

    person = IntegerField(widget=HiddenInput())
    lender = SelectField("Whose")


class LendingForm(Form):
    """The trainers that there are, and one more of another partnership."""

    rows = FieldList(FormField(TrainerRow))
    add = SelectField("Add a trainer of another partnership")

    def offer(
        self,
        event: Event,
        partnerships: Sequence[Partnership],
        elsewhere: Sequence[tuple[Partnership, Choice]],
    ) -> None:
        """The names to choose from: of partnerships, and of trainers who are not here yet."""
        here = {trainer.person_id: trainer.person.name for trainer in event.trainers}
        self.here = here
        for row in self.rows:
            name = here.get(row.form.person.data or 0, "")
            row.form.lender.label.text = f"Whose trainer is {name}?"
            row.form.lender.choices = choices((str(p.id), p.name) for p in partnerships)
        self.add.choices = choices(
            [
                (NOBODY, "Nobody more"),
                *(
                    (f"{trainer.id}-{partnership.id}", f"{trainer.name}, {partnership.name}")
                    for partnership, trainer in elsewhere
                    if trainer.id not in here
                ),
            ]
        )

    def lenders(self) -> dict[int, int]:
        """The partnership that lends each trainer, by the trainer; the host lends its own."""
        sent = ((row.form.person.data or 0, int(row.form.lender.data)) for row in self.rows)
        found = {person_id: lender for person_id, lender in sent if person_id in self.here}
        if self.add.data:
            person_id, lender_id = self.add.data.split("-")
            found[int(person_id)] = int(lender_id)
        return found
