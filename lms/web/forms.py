"""The base of every form: typed fields that are kept, and a summary of what is to be put right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from inspect import signature
from typing import Any, NamedTuple

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from lms.errors import DomainError
from lms.web.words import count_in_words


def choices(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    """(value, text) pairs as the choices of a field; plain tuples are on their way out."""
    return [SelectChoice(value, text) for value, text in pairs]


class Fault(NamedTuple):
    """A line of the error summary: a link to the field, and its message word for word."""

    href: str
    text: str


OUR_WORDS = {
    "Not a valid choice.": "Choose one of these",
    "Not a valid choice": "Choose one of these",
    "Invalid Choice: could not coerce.": "Choose one of these",
    "This field is required.": "Fill this in",
    "Not a valid integer value.": "Enter a whole number, such as 25",
    "Not a valid decimal value.": "Enter a number, such as 3.5",
    "Not a valid float value.": "Enter a number, such as 3.5",
    "Invalid email address.": "Enter an e-mail address, such as name@example.org",
    "Invalid URL.": "Enter an address that begins with https://",
    "Field cannot be longer than %(max)d character.": "Use %(max)d character at most",
    "Field cannot be longer than %(max)d characters.": "Use %(max)d characters at most",
    "Number must be at least %(min)s.": "Enter %(min)s or more",
    "Number must be at most %(max)s.": "Enter %(max)s or less",
    "Number must be between %(min)s and %(max)s.": "Enter a number from %(min)s to %(max)s",
}


FORM_OF_THE_REQUEST = signature(FlaskForm.__init__).parameters["formdata"].default
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class OurWords:
    """What is said where a form itself says nothing: what to do, not what was wrong."""

    def gettext(self, said: str) -> str:
        return OUR_WORDS.get(said, said)

    def ngettext(self, one: str, many: str, n: int) -> str:
        return self.gettext(one if n == 1 else many)


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours: everything typed is kept, and its faults are listed in order."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Typed text alone: a file or a JSON value sent in its place is of no field's kind."""
            del form
            if formdata is not FORM_OF_THE_REQUEST:
                return formdata
            return request.form if request.method in CHANGING else None

        def get_translations(self, form: Any) -> OurWords:
            del form
            return OurWords()

    def error_summary(self) -> list[Fault]:
        """What is to be put right, in the order of the fields; faults of no field come last."""
        faults = [fault for field in self for fault in _faults(field)]
        faults += [Fault("#main", text) for text in self.form_errors]
        return faults

    @property
    def summary_title(self) -> str:
        """'Two things to put right'."""
        return count_in_words(len(self.error_summary()))

    @property
    def has_errors(self) -> bool:
        return bool(self.errors)

    def refuse(self, error: DomainError) -> None:
        """Show a refusal by the field that it concerns, or at the head of the form."""
        field = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]


def _faults(field: Field) -> Iterator[Fault]:
    if isinstance(field, FieldList):
        for entry in field.entries:
            yield from _faults(entry)
    elif isinstance(field, FormField):
        for inner in field.form:
            yield from _faults(inner)
    else:
        yield from (Fault(f"#{first_id(field)}", str(text)) for text in field.errors[:1])


def first_id(field: Field) -> str:
    """The id of the control that a link to the field should reach."""
    return f"{field.id}-day" if isinstance(field, DayField) else str(field.id)


class Within:
    """A number within bounds; says nothing of what is none, which the field itself tells."""

    def __init__(self, least: int, most: int, message: str) -> None:
        self.least, self.most, self.message = least, most, message

    def __call__(self, form: Any, field: Field) -> None:
        del form
        number = field.data
        if number is None:
            return
        is_finite = not isinstance(number, Decimal) or number.is_finite()
        if not (is_finite and self.least <= number <= self.most):
            raise StopValidation(self.message)


class DayField(Field):
    """A date in three boxes: day, month, year. What was typed is kept, whatever it was."""

    PARTS = ("day", "month", "year")

    def __init__(self, *args: Any, message: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.message = message
        self.typed: dict[str, str] | None = None

    def process(self, formdata: Any, data: Any = ..., extra_filters: Any = None) -> None:
        super().process(formdata, self.default if data is ... else data, extra_filters)
        names = [f"{self.name}-{part}" for part in self.PARTS]
        if not formdata or not any(name in formdata for name in names):
            return
        self.typed = {
            part: str(formdata.get(name, "")).strip()
            for part, name in zip(self.PARTS, names, strict=True)
        }
        self.raw_data = [*filter(None, self.typed.values())]
        self.data = self._read(self.typed)

    @property
    def boxes(self) -> dict[str, str]:
        """What stands in the boxes: what was typed, else the date that the form began with."""
        if self.typed is not None:
            return self.typed
        if isinstance(self.data, date):
            parts = (self.data.day, self.data.month, self.data.year)
            return dict(zip(self.PARTS, map(str, parts), strict=True))
        return dict.fromkeys(self.PARTS, "")

    def _read(self, typed: dict[str, str]) -> date | None:
        try:
            return date(*(int(typed[part]) for part in ("year", "month", "day")))
        except (ValueError, OverflowError):
            return None

    def pre_validate(self, form: Any) -> None:
        del form
        if self.raw_data and self.data is None:
            raise StopValidation(self.message or "Enter a date, such as 8 2 2027")


CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*([ap])\.?m\.?|(\d{1,2})[:.]?(\d{2})")
SPOKEN = {"noon": time(12), "midday": time(12), "12 noon": time(12), "midnight": time(0)}


def read_clock_time(text: str) -> time | None:
    """'9:30am', '9.30 am', '14:00', '1400', 'noon'; None where it is no time of day."""
    said = text.strip().lower()
    if said in SPOKEN:
        return SPOKEN[said]
    match = CLOCK.fullmatch(said)
    if match is None:
        return None
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class ClockTimeField(Field):
    """A time of day, typed as people write it."""

    widget = TextInput()
    data: time | None

    def __init__(self, *args: Any, message: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.message = message

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if valuelist:
            self.data = read_clock_time(valuelist[0])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return _spoken(self.data) if isinstance(self.data, time) else ""

    def pre_validate(self, form: Any) -> None:
        del form
        if self.raw_data and str(self.raw_data[0]).strip() and self.data is None:
            raise StopValidation(self.message or "Enter a time, such as 9:30am or 2pm")


def _spoken(at: time) -> str:
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"
