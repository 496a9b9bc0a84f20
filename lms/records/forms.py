"""What is asked before two records are made one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField

from lms.clock import london_date
from lms.records.rules import BOTH, Clash, Held
from lms.web.forms import Form, choices
from lms.words import day_and_year


class JoinForm(Form):
    """For each two bookings that one person cannot have: which stays."""

    @property
    def chosen(self) -> dict[str, str]:
        return {field.name: field.data or "" for field in self if field.name.startswith("clash-")}


def join_form(clashes: Iterable[Clash]) -> JoinForm:
    """The form for just these clashes; what is recommended is chosen already."""
    fields: dict[str, Any] = {clash.name: _field(clash) for clash in clashes}
    of_these: type[JoinForm] = type("JoinFormOfThese", (JoinForm,), fields)
    return of_these()


def _field(clash: Clash) -> RadioField:
    pairs = [
        (str(clash.kept.id), f"Keep {_words(clash.kept)}"),
        (str(clash.dropped.id), f"Keep {_words(clash.dropped)}"),
    ]
    if BOTH in clash.choices:
        pairs.append((BOTH, "Keep both, as an override"))
    titles = dict.fromkeys((clash.kept.title, clash.dropped.title))
    return RadioField(
        " and ".join(titles),
        description=clash.why.value,
        choices=choices(pairs),
        default=clash.recommended,
        validate_choice=False,
    )


def _words(held: Held) -> str:
    on = f", {day_and_year(london_date(held.starts_at))}" if held.starts_at else ", no date yet"
    state = held.outcome.words if held.outcome else held.state.words
    return f"{held.reference}: {state}{on}"
