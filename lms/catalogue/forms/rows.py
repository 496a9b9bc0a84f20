"""Rows that repeat within a form: learning outcomes, sessions; and a date written in one field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from wtforms import BooleanField, Field, FieldList, Form, HiddenField, IntegerField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation
from wtforms.widgets import TextInput

from lms.catalogue.rules import Fault, OutcomeDetails, SessionDetails
from lms.clock import LONDON, at_london, london
from lms.web.forms import ClockTimeField, OurWords, choices
from lms.words import day, day_and_year

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CENTURY = 2000
LONGEST_ID = 10


def read_day(text: str) -> date | None:
    """'Monday 8 February 2027', '8 Feb 27', '8/2/2027', '2027-02-08'; None where it is no date."""
    parts = [part for part in re.split(r"[\s/.,-]+", text.strip().lower()) if part]
    if parts and parts[0].startswith(WEEKDAYS) and parts[0].isalpha():
        parts = parts[1:]
    if len(parts) != 3:
        return None
    if len(parts[0]) == len("2027"):
        parts.reverse()
    try:
        on, month, year = int(parts[0]), _month(parts[1]), int(parts[2])
        return date(year + CENTURY if len(parts[2]) <= len("27") else year, month, on)
    except (ValueError, OverflowError):
        return None


def _month(text: str) -> int:
    return MONTHS.index(text[:3]) + 1 if text.isalpha() else int(text)


class WrittenDayField(Field):
    """A date in one field, typed as people write it. What was typed is kept."""

    widget = TextInput()
    data: date | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if valuelist:
            self.data = read_day(valuelist[0])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return day_and_year(self.data) if isinstance(self.data, date) else ""

    @property
    def is_typed(self) -> bool:
        return bool(self._value().strip())

    def pre_validate(self, form: Any) -> None:
        del form
        if self.is_typed and self.data is None:
            raise StopValidation("Enter a date, such as 8 February 2027")


class RowForm(Form):
    """A row of a form; it says its faults in our words."""

    class Meta:
        def get_translations(self, form: Any) -> OurWords:
            del form
            return OurWords()


def named(rows: Iterable[Any]) -> list[Any]:
    """Things with an id and a name, as the choices of a field."""
    return choices((str(row.id), row.name) for row in rows)


def number_in(hidden: Any) -> int | None:
    """The id that a hidden field carries; None where it carries none."""
    text = str(hidden or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_ID else None


def text_in(field: Any) -> str:
    """What was typed, without spaces around it."""
    return str(field.data or "").strip()


def in_order(rows: Iterable[Any]) -> list[Any]:
    """Rows by the order typed in `place`; those without one come last."""
    listed = list(rows)
    last = len(listed) + 1
    return sorted(listed, key=lambda row: last if row.place.data is None else row.place.data)


# --- Learning outcomes ----------------------------------------------------------------------


class OutcomeRow(RowForm):
    """One learning outcome with its place in the order."""

    outcome_id = HiddenField()
    place = IntegerField("Order", [Optional()])
    text = TextAreaField("Outcome", [Length(max=300)])
    is_retired = BooleanField("Retired")


def outcome_rows(outcomes: Iterable[OutcomeDetails]) -> list[dict[str, Any]]:
    """Outcomes as the form begins with them."""
    return [
        {
            "outcome_id": outcome.id,
            "place": number,
            "text": outcome.text,
            "is_retired": outcome.is_retired,
        }
        for number, outcome in enumerate(outcomes, start=1)
    ]


def outcomes_in(rows: Iterable[Any]) -> tuple[OutcomeDetails, ...]:
    """The outcomes that are typed, by the order given; rows left empty are none."""
    typed = in_order(entry.form for entry in rows if text_in(entry.form.text))
    return tuple(
        OutcomeDetails(text_in(row.text), number_in(row.outcome_id.data), row.is_retired.data)
        for row in typed
    )


# --- Sessions -------------------------------------------------------------------------------


class SessionRow(RowForm):
    """One day: its date, from when, until when."""

    session_id = HiddenField()
    on = WrittenDayField("Date")
    starts = ClockTimeField("Starts")
    ends = ClockTimeField("Ends")

    @property
    def is_empty(self) -> bool:
        typed = (self.on, self.starts, self.ends)
        return not any(field._value().strip() for field in typed)

    def validate(self, extra_validators: Any = None) -> bool:
        if self.is_empty:
            return True
        is_sound = super().validate(extra_validators)
        has_all = [self._has(field) for field in (self.on, self.starts, self.ends)]
        return all([is_sound, *has_all]) and all([*map(self._is_on_the_clock, ("starts", "ends"))])

    def _is_on_the_clock(self, name: str) -> bool:
        """Not in the hour that is left out in March, nor in the one that comes twice in October."""
        field, on = self[name], self.on.data
        if on is None or (said := clock_change(on, field.data)) is None:
            return True
        field.errors = [said]
        return False

    def readable(self) -> SessionDetails | None:
        """The session, where the row can be read at all."""
        has_all = self.on.data and self.starts.data is not None and self.ends.data is not None
        return self.details() if has_all else None

    def _has(self, field: Field) -> bool:
        if field.data is None and not field.errors:
            field.errors = [ENTER[field.short_name]]
        return field.data is not None

    def details(self) -> SessionDetails:
        """The session that is typed; only of a row that validates and is not empty."""
        on, starts, ends = self.on.data, self.starts.data, self.ends.data
        if on is None or starts is None or ends is None:
            raise ValueError("a row that does not validate has no session")
        return SessionDetails(
            at_london(on, starts), at_london(on, ends), number_in(self.session_id.data)
        )


ENTER = {
    "on": "Enter the date, such as 8 February 2027",
    "starts": "Enter when it starts, such as 9:30am",
    "ends": "Enter when it ends, such as 4:30pm",
}


def clock_change(on: date, at: time) -> str | None:
    """What to say of a time that the clock of that night does not show once, if it is one."""
    wall = datetime.combine(on, at, LONDON)
    if london(at_london(on, at)).time() != at:
        return f"Enter a time before 1am or from 2am on: on {day(on)} the clocks go forward at 1am"
    if wall.utcoffset() != wall.replace(fold=1).utcoffset():
        return f"Enter a time before 1am or from 2am on: on {day(on)} the hour from 1am comes twice"
    return None


def session_rows(sessions: Iterable[SessionDetails]) -> list[dict[str, Any]]:
    """Sessions as the form begins with them."""
    return [
        {
            "session_id": session.id,
            "on": london(session.starts_at).date(),
            "starts": _wall_time(session.starts_at),
            "ends": _wall_time(session.ends_at),
        }
        for session in sessions
    ]


def _wall_time(instant: datetime) -> time:
    return london(instant).time()


# --- Faults ---------------------------------------------------------------------------------


def show_faults(form: Form, faults: Iterable[Fault]) -> bool:
    """Put each fault beside its field, such as 'sessions-1-ends'; whether there were any."""
    found = list(faults)
    for fault in found:
        field = _field_at(form, fault.field)
        if field is None:
            form.form_errors = [*form.form_errors, fault.sentence]
            continue
        field.errors = [*field.errors, fault.sentence]
        whole = form[field.name.split("-")[0]]
        if whole is not field:  # a list knows of its rows' faults only while it validates them
            whole.errors = [*whole.errors, fault.sentence]
    return bool(found)


def _field_at(form: Form, name: str) -> Field | None:
    """The field of a name; of a list, its first row's first field that can be typed into."""
    wanted = {field.name: field for field in _all_fields(form)}
    first = next((field for at, field in wanted.items() if at.startswith(f"{name}-")), None)
    return wanted.get(name) or first


def _all_fields(form: Form) -> Iterable[Field]:
    for field in form:
        if isinstance(field, FieldList):
            for entry in field.entries:
                yield from (inner for inner in entry.form if not isinstance(inner, HiddenField))
        else:
            yield field
