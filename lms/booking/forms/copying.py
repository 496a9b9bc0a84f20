"""The forms of the same event on other days: a copy, and a series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import FieldList, FormField, HiddenField, IntegerField, SelectField, SubmitField
from wtforms.validators import InputRequired, Length

from lms.catalogue.forms.rows import SessionRow, WrittenDayField, show_faults
from lms.catalogue.rules import Fault, Rhythm, SessionDetails, first_day, series_faults
from lms.catalogue.rules.details import session_faults
from lms.clock import london, london_date
from lms.tokens import new_secret
from lms.web.forms import Form, choices

MOST_DAYS = 30
LONGEST_KEY = 64
RHYTHMS = choices(
    [
        (Rhythm.WEEKLY.value, "Every week"),
        (Rhythm.FORTNIGHTLY.value, "Every second week"),
        (Rhythm.EVERY_THREE_WEEKS.value, "Every third week"),
        (Rhythm.EVERY_FOUR_WEEKS.value, "Every fourth week"),
        (Rhythm.MONTHLY.value, "Every month, on the same weekday, such as the second Tuesday"),
    ]
)


class CopyForm(Form):
    """The days of a copy; all else is as it was. Under one `key` it is made once."""

    sessions = FieldList(FormField(SessionRow), max_entries=10 * MOST_DAYS)
    add_session = SubmitField("Add another day")
    key = HiddenField(validators=[InputRequired(), Length(max=LONGEST_KEY)])

    def prepare(self, distances: Sequence[int]) -> None:
        """`distances` are the days of the event that is copied, counted from its first."""
        self.distances = distances
        if self.add_session.data and len(self.sessions.entries) < MOST_DAYS:
            last = self.sessions.entries[-1].form if self.sessions.entries else None
            times = {"starts": last.starts.data, "ends": last.ends.data} if last else {}
            self.sessions.append_entry(times)
        elif not self.sessions.entries:
            self.sessions.append_entry({})

    def validate(self, extra_validators: Any = None) -> bool:
        self._fill_in_days()
        is_sound: bool = super().validate(extra_validators)
        if len(self.sessions.entries) > MOST_DAYS:
            said = f"Enter at most {MOST_DAYS} days: plan the others as an event of their own"
            return not show_faults(self, [Fault(f"sessions-{MOST_DAYS}-on", said)])
        if is_sound and not self.days():
            return not show_faults(self, [Fault("sessions", "Enter the day and the times")])
        return is_sound

    def _fill_in_days(self) -> None:
        """The days after the first that are left open follow it as they did."""
        rows = [entry.form for entry in self.sessions]
        first = rows[0].on.data if rows else None
        if first is None:
            return
        for row, distance in zip(rows[1:], self.distances[1:], strict=False):
            if not row.is_empty and not row.on.is_typed:
                row.on.data, row.on.raw_data = _later(first, distance), None

    def days(self) -> tuple[SessionDetails, ...]:
        """The sessions that are typed; only of a form whose rows are sound."""
        return tuple(entry.form.details() for entry in self.sessions if not entry.form.is_empty)

    def has_faults(self, now: datetime) -> bool:
        """Show what cannot be; whether there was any such thing."""
        days = self.days()
        faults = session_faults(days) or _past(days, now)
        typed = [entry.name for entry in self.sessions if not entry.form.is_empty]
        return show_faults(self, [_at_its_row(fault, typed) for fault in faults])


def _past(days: Sequence[SessionDetails], now: datetime) -> list[Fault]:
    """A copy begins later than now; later today will do."""
    first = first_day(days)
    if first is None or min(block.starts_at for block in days) > now:
        return []
    if first < london_date(now):
        return [Fault("sessions-0-on", "Enter a day that is still to come")]
    return [Fault("sessions-0-starts", "Enter a time that is still to come, or another day")]


def _later(first: date, distance: int) -> date | None:
    try:
        return first + timedelta(days=distance)
    except OverflowError:
        return None


def _at_its_row(fault: Fault, rows: Sequence[str]) -> Fault:
    """A fault of the second day belongs to the second row that is not empty."""
    _, place, part = fault.field.split("-")
    return Fault(f"{rows[int(place)]}-{part}", fault.sentence)


def copy_data(sessions: Sequence[SessionDetails]) -> dict[str, Any]:
    """A copy as its form begins: the hours as they were, the days to be said."""
    rows = [
        {"starts": london(block.starts_at).time(), "ends": london(block.ends_at).time()}
        for block in sessions
    ]
    return {"sessions": rows, "key": new_secret()}


class SeriesForm(Form):
    """From which day, how often, how many times."""

    first_on = WrittenDayField("The first new date")
    rhythm = SelectField("How often", choices=RHYTHMS)
    times = IntegerField(
        "How many events",
        [InputRequired("Enter how many events, such as 4")],
        description="Besides the one that you repeat.",
    )
    key = HiddenField(validators=[InputRequired(), Length(max=LONGEST_KEY)])

    def validate(self, extra_validators: Any = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        if self.first_on.data is None and not self.first_on.errors:
            self.first_on.errors = ["Enter the first new date, such as 8 February 2027"]
            return False
        return is_sound

    def has_faults(self, today: date) -> bool:
        """Show what cannot be; whether there was any such thing."""
        first, _, times = self.asked()
        return show_faults(self, series_faults(first, today, times))

    def asked(self) -> tuple[date, Rhythm, int]:
        """From which day, how often, how many times; only of a form that validates."""
        first, times = self.first_on.data, self.times.data
        if first is None or times is None:
            raise ValueError("a form that does not validate asks for nothing")
        return first, Rhythm(self.rhythm.data), times


def series_data(sessions: Sequence[SessionDetails], today: date) -> dict[str, Any]:
    """A series as its form begins: from two weeks after the event, if that is to come."""
    first = first_day(sessions)
    next_on = first + timedelta(weeks=2) if first else None
    return {
        "first_on": next_on if next_on and next_on > today else None,
        "rhythm": Rhythm.FORTNIGHTLY.value,
        "key": new_secret(),
    }
