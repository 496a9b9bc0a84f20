"""The form of who can book an event: rows are added and emptied without script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.accounts.rules import normal_address
from lms.agencies.models import Partnership
from lms.booking.queries.who_can_book import Groups, name_typed
from lms.booking.rules import Allocation, Share, ShareKind, Side, WhoCanBook
from lms.catalogue.forms.rows import RowForm, WrittenDayField, number_in, show_faults, text_in
from lms.catalogue.rules import ApprovedBy, Fault, ListOrder
from lms.catalogue.rules.details import MOST_PLACES
from lms.clock import at_london, london
from lms.errors import Refused
from lms.web.forms import ClockTimeField, Form, Within, choices

MOST_ROWS = 30
LONGEST_LIST = 20_000
PLACES = Within(0, MOST_PLACES, f"Enter a number from 0 to {MOST_PLACES:,}")
KINDS = [
    (ShareKind.CAP.value, "Has at most"),
    (ShareKind.RESERVATION.value, "Has held back"),
]
SIDES = [(Side.ROOM.value, "In the room"), (Side.ONLINE.value, "Online")]
ORDERS = [
    (ListOrder.FIRST_COME.value, "First come, first served"),
    (ListOrder.MIX.value, "Mix: the agency with the fewest places goes first"),
]
APPROVERS = [
    (ApprovedBy.NOBODY.value, "Nobody: a place is had at once"),
    (ApprovedBy.LINE_MANAGER.value, "Their line manager, by e‑mail"),
    (ApprovedBy.AGENCY_LEAD.value, "Their agency’s lead"),
]
MORNING = time(9)


class ShareRow(RowForm):
    """A group with its places; a row without a group is none."""

    group = StringField("For whom", [Length(max=200)])
    kind = SelectField("How", choices=choices(KINDS))
    places = IntegerField("Places", validators=[Optional(), PLACES])
    side = SelectField("Where", choices=choices(SIDES), default=Side.ROOM.value)
    ends_on = WrittenDayField("Until")

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        if text_in(self.group) and self.places.data is None and not self.places.errors:
            self.places.errors = ["Enter how many places"]
            return False
        return is_sound


class PartnerRow(RowForm):
    """Another partnership with its part of the places; one without a number has none."""

    partnership_id = HiddenField()
    places = IntegerField("Places", validators=[Optional(), PLACES])
    release_on = WrittenDayField("Until")


class WhoCanBookForm(Form):
    """Opening, order, approval, invitation, and who may have how many of the places."""

    opens_on = WrittenDayField("First day for booking", description="Left empty: at once.")
    opens_time = ClockTimeField("From", description="Left empty: 9am.")
    order = RadioField("Who goes first, among those who wait", choices=choices(ORDERS))
    approved_by = RadioField("Who approves a booking", choices=choices(APPROVERS))
    is_by_invitation = BooleanField("Only by invitation: nobody else sees the event")
    invited_agencies = TextAreaField(
        "Agencies that are invited",
        [Length(max=LONGEST_LIST)],
        description="One a line, with everyone in the teams under it.",
    )
    invited_addresses = TextAreaField(
        "People who are invited",
        [Length(max=LONGEST_LIST)],
        description="Their e‑mail addresses, one a line. They need not have signed in before.",
    )
    unnamed_places = IntegerField(
        "Places that one agency may hold without names",
        [InputRequired("Enter how many, 0 for none"), PLACES],
        description="Its lead names the people later.",
    )
    shares = FieldList(FormField(ShareRow), max_entries=MOST_ROWS)
    add_share = SubmitField("Add another group")
    partners = FieldList(FormField(PartnerRow))

    def prepare(self, groups: Groups, partners: Sequence[Partnership], *, is_hybrid: bool) -> None:
        """Know the names that can be typed; ask room or online only where there are both."""
        self.groups, self.is_hybrid = groups, is_hybrid
        self.partner_names = {str(partner.id): partner.name for partner in partners}
        if self.add_share.data or not self.shares.entries:
            self.shares.append_entry({})

    @property
    def asks_for_rows(self) -> bool:
        """Whether a button was pressed that only adds a row."""
        return bool(self.add_share.data)

    def terms(self) -> WhoCanBook | None:
        """What was typed, once the form validates; None, with the faults shown, where a name or
        an address is of nobody."""
        faults = [*self._unknown_groups(), *self._unknown_agencies(), *self._no_addresses()]
        if show_faults(self, faults):
            return None
        return WhoCanBook(
            opens_at=self._opens_at(),
            order=ListOrder(self.order.data),
            approved_by=ApprovedBy(self.approved_by.data),
            is_by_invitation=self.is_by_invitation.data,
            invited_agency_ids=tuple(
                found
                for name in _lines(self.invited_agencies)
                if (found := self.groups.find_agency(name))
            ),
            invited_addresses=tuple(map(normal_address, _lines(self.invited_addresses))),
            unnamed_places=self.unnamed_places.data or 0,
            shares=tuple(self._share(row) for row in self._rows()),
            allocations=tuple(self._allocation(row) for row in self._partner_rows()),
        )

    def show(self, fault: Fault) -> None:
        """Show a fault of the terms by the row that it speaks of: those left empty count not."""
        list_name, _, rest = fault.field.partition("-")
        rows = {"shares": self._rows, "partners": self._partner_rows}.get(list_name)
        if rows is not None:
            place, _, name = rest.partition("-")
            fault = Fault(rows()[int(place)][name].name, fault.sentence)
        show_faults(self, [fault])

    def _rows(self) -> list[Any]:
        return [entry.form for entry in self.shares if text_in(entry.form.group)]

    def _partner_rows(self) -> list[Any]:
        known = (e.form for e in self.partners if e.form.partnership_id.data in self.partner_names)
        return [row for row in known if row.places.data is not None]

    def _share(self, row: Any) -> Share:
        group = self.groups.find(text_in(row.group))
        if group is None:
            raise ValueError("a form with an unknown group has no terms")
        side = Side(row.side.data) if self.is_hybrid else Side.ROOM
        return replace(
            group,
            kind=ShareKind(row.kind.data),
            places=row.places.data,
            ends_on=row.ends_on.data,
            side=side,
        )

    def _allocation(self, row: Any) -> Allocation:
        partnership_id = number_in(row.partnership_id.data) or 0
        return Allocation(partnership_id, row.places.data, row.release_on.data)

    def _opens_at(self) -> datetime | None:
        if self.opens_on.data is None:
            return None
        return at_london(self.opens_on.data, self.opens_time.data or MORNING)

    def _unknown_groups(self) -> Iterator[Fault]:
        for row in self._rows():
            typed = text_in(row.group)
            if self.groups.find(typed) is None:
                said = f"There is no “{typed}”.{self.groups.did_you_mean(typed)}"
                yield Fault(row.group.name, said.removesuffix("."))

    def _unknown_agencies(self) -> Iterator[Fault]:
        unknown = [n for n in _lines(self.invited_agencies) if not self.groups.find_agency(n)]
        for name in unknown[:1]:
            said = f"There is no agency “{name}”.{self.groups.did_you_mean_agency(name)}"
            yield Fault("invited_agencies", said.removesuffix("."))

    def _no_addresses(self) -> Iterator[Fault]:
        for written in _lines(self.invited_addresses):
            try:
                normal_address(written)
            except Refused:
                yield Fault("invited_addresses", f"“{written}” is no e‑mail address")
                return


def _lines(field: Any) -> list[str]:
    return [line.strip() for line in str(field.data or "").splitlines() if line.strip()]


def terms_data(
    terms: WhoCanBook, agency_names: dict[int, str], partners: Iterable[Partnership]
) -> dict[str, Any]:
    """The terms of an event as its form begins, with one more row to add with."""
    opens = london(terms.opens_at) if terms.opens_at else None
    parts = {part.partnership_id: part for part in terms.allocations}
    return {
        "opens_on": opens.date() if opens else None,
        "opens_time": opens.time() if opens else None,
        "order": terms.order.value,
        "approved_by": terms.approved_by.value,
        "is_by_invitation": terms.is_by_invitation,
        "invited_agencies": "\n".join(agency_names[at] for at in terms.invited_agency_ids),
        "invited_addresses": "\n".join(terms.invited_addresses),
        "unnamed_places": terms.unnamed_places,
        "shares": [*map(_share_data, terms.shares), {}],
        "partners": [_partner_data(partner.id, parts.get(partner.id)) for partner in partners],
    }


def _share_data(share: Share) -> dict[str, Any]:
    return {
        "group": name_typed(share),
        "kind": share.kind.value,
        "places": share.places,
        "side": share.side.value,
        "ends_on": share.ends_on,
    }


def _partner_data(partnership_id: int, part: Allocation | None) -> dict[str, Any]:
    return {
        "partnership_id": partnership_id,
        "places": part.places if part else None,
        "release_on": part.release_on if part else None,
    }
