"""The form of a venue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.agencies.models import Partnership
from lms.catalogue.forms.rows import named, text_in
from lms.catalogue.rules import VenueDetails
from lms.catalogue.rules.details import MOST_PLACES
from lms.web.forms import Form, Within


class VenueForm(Form):
    """What somebody must know to get to a venue, in and about."""

    partnership = SelectField("Partnership", coerce=int)
    name = StringField(
        "Name",
        [InputRequired("Enter the venue’s name"), Length(max=200)],
        description="As it stands in lists: Beacon Hall, Walsall.",
    )
    address = TextAreaField("Address", [Length(max=500)], description="With its postcode.")
    access = TextAreaField(
        "Access",
        [Length(max=1000)],
        description="Step-free ways, lift, hearing loop, toilets, a quiet room, parking bays.",
    )
    directions = TextAreaField(
        "Getting there",
        [Length(max=1000)],
        description="By bus and train, parking, where to sign in.",
    )
    seats = IntegerField(
        "Seats",
        [Optional(), Within(1, MOST_PLACES, f"Enter seats from 1 to {MOST_PLACES:,}, or nothing")],
        description="You are told where an event has more places than this.",
    )

    def offer(self, partnerships: Sequence[Partnership]) -> None:
        """Whose venue it can be."""
        self.partnership.choices = named(partnerships)

    def details(self) -> VenueDetails:
        """What was typed."""
        return VenueDetails(
            partnership_id=self.partnership.data,
            name=text_in(self.name),
            address=text_in(self.address),
            access=text_in(self.access),
            directions=text_in(self.directions),
            seats=self.seats.data,
        )


def venue_data(details: VenueDetails) -> dict[str, Any]:
    """A venue as its form begins."""
    return {"partnership": details.partnership_id, **vars(details)}
